/** Buckets: names that all accounts share, and the settings that stand beside a bucket. What is in them is not modelled. */
import type { ApiCall, CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { given, record, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import type { WorldObject } from "../world.ts";
import { parsed, statements } from "./iam.ts";

const BUCKET = "aws:s3/bucket:Bucket";
const BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const NAME = /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|--x-s3)$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

const bucket: ResourceModel = {
  type: BUCKET,
  arguments: {
    bucket: { replace: true },
    forceDestroy: { default: false },
    objectLockEnabled: { replace: true },
    tags: {},
  },
  autoname: { property: "bucket", limit: 63 },
  computed: ["arn", "bucketDomainName", "bucketRegionalDomainName", "bucketPrefix", "hostedZoneId", "region"],
  check({ bucket: name }): CheckFailure[] {
    const wanted = text(name);
    return wanted === undefined || NAME.test(wanted)
      ? []
      : [["bucket", `invalid bucket name: ${wanted}: 3 to 63 lower-case letters, digits, dots and hyphens`]];
  },
  create(inputs, { world, caller }) {
    const name = given(text(inputs.bucket), "bucket");
    const taken = world.all(BUCKET, ({ id }) => id === name)[0];
    if (taken)
      throw taken.account === caller.account
        ? new Refusal(
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.",
          )
        : new Refusal(
            "BucketAlreadyExists",
            "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
          );
    return {
      id: name,
      computed: {
        arn: `arn:aws:s3:::${name}`,
        bucketDomainName: `${name}.s3.amazonaws.com`,
        bucketRegionalDomainName: `${name}.s3.${caller.region}.amazonaws.com`,
        bucketPrefix: "",
        hostedZoneId: "Z3AQBSTGFYJSTF",
        region: caller.region,
      },
    };
  },
  update: () => ({}),
  seconds: { create: 2 },
  calls: {
    arn: "s3:{bucket}",
    create: [["s3:CreateBucket", "self"]],
    read: [["s3:ListBucket", "self"]],
    // Only the provider's own: what it does once the bucket goes.
    update: { forceDestroy: [] },
    delete: [["s3:DeleteBucket", "self"]],
  },
};

/** The bucket of the caller's account that a setting is for. */
function ownBucket({ world, caller }: Context, inputs: Properties): WorldObject {
  const name = text(inputs.bucket) ?? "";
  const found = world.all(BUCKET, ({ id }) => id === name)[0];
  if (!found) throw new Refusal("NoSuchBucket", "The specified bucket does not exist");
  if (found.account !== caller.account) throw new Refusal("AccessDenied", "Access Denied");
  return found;
}

/** What stands beside a bucket under its name. */
function setting(
  type: string,
  more: Pick<ResourceModel, "arguments"> & Partial<Pick<ResourceModel, "check">>,
  [write, read, remove]: readonly [string, string, string],
  judge: (inputs: Properties, context: Context) => void = () => undefined,
): ResourceModel {
  const judged = (inputs: Properties, context: Context): void => {
    ownBucket(context, inputs);
    judge(inputs, context);
  };
  const call = (action: string): ApiCall => [`s3:${action}`, "bucket"];
  return {
    type,
    ...more,
    arguments: { bucket: { required: true, replace: true }, ...more.arguments },
    computed: [],
    create(inputs, context) {
      judged(inputs, context);
      return { id: given(text(inputs.bucket), "bucket"), computed: {} };
    },
    update(_object, inputs, context) {
      judged(inputs, context);
      return {};
    },
    calls: {
      create: [call(write)],
      read: [call(read)],
      update: Object.fromEntries(Object.keys(more.arguments).map((argument) => [argument, [call(write)]])),
      delete: [call(remove)],
    },
  };
}

const versioning = setting(
  "aws:s3/bucketVersioning:BucketVersioning",
  { arguments: { versioningConfiguration: { required: true } } },
  ["PutBucketVersioning", "GetBucketVersioning", "PutBucketVersioning"],
);

const encryption = setting(
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  { arguments: { rules: { required: true } } },
  ["PutEncryptionConfiguration", "GetEncryptionConfiguration", "PutEncryptionConfiguration"],
);

const switchedOff = { default: false } as const;
const block = setting(
  BLOCK,
  {
    arguments: {
      blockPublicAcls: switchedOff,
      blockPublicPolicy: switchedOff,
      ignorePublicAcls: switchedOff,
      restrictPublicBuckets: switchedOff,
    },
  },
  ["PutBucketPublicAccessBlock", "GetBucketPublicAccessBlock", "PutBucketPublicAccessBlock"],
);

/** Whether a policy lets everybody in, as S3 counts it: an allow for any principal without a condition. */
const isPublic = (policy: Properties | undefined): boolean =>
  statements(policy).some(
    ({ Effect, Principal, Condition }) =>
      Effect === "Allow" && Condition === undefined && (Principal === "*" || record(Principal).AWS === "*"),
  );

const bucketPolicy = setting(
  "aws:s3/bucketPolicy:BucketPolicy",
  {
    arguments: { policy: { required: true } },
    check: ({ policy }) =>
      policy === undefined || policy === UNKNOWN || parsed(policy) !== undefined
        ? []
        : [["policy", `"policy" contains an invalid JSON policy: ${String(policy).slice(0, 60)}`]],
  },
  ["PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy"],
  (inputs, { world }) => {
    const policy = parsed(inputs.policy);
    const own = `arn:aws:s3:::${text(inputs.bucket) ?? ""}`;
    const resources = statements(policy).flatMap(({ Resource }) => (Array.isArray(Resource) ? Resource : [Resource]));
    if (resources.some((one) => one !== own && !String(one).startsWith(`${own}/`)))
      throw new Refusal("MalformedPolicy", "Policy has invalid resource");
    const blocked = world.all(BLOCK, ({ id, inputs: on }) => id === inputs.bucket && on.blockPublicPolicy === true);
    if (isPublic(policy) && blocked.length > 0)
      throw new Refusal(
        "AccessDenied",
        "User is not authorized to perform: s3:PutBucketPolicy because public policies are blocked by the BlockPublicPolicy block public access setting.",
      );
  },
);

export const s3Models: readonly ResourceModel[] = [bucket, versioning, encryption, block, bucketPolicy];
