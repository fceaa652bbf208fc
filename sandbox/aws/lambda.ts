/** Lambda's functions in a VPC: what AWS checks before it takes one, and the interfaces that outlive it. Their code does not run here. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { given, integer, record, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import { UNKNOWN, digest } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { roleByArn, trusts } from "./iam.ts";
import { keyForGrants } from "./kms.ts";
import { arn, attach, groupsIn, inPlace, leaveBehind, ownedSubnet, ownedVpc, regroup } from "./network.ts";
import { whyDenied } from "./policies.ts";

export const FUNCTION = "aws:lambda/function:Function";

const invalid = (message: string): Refusal => new Refusal("InvalidParameterValueException", message);

/** Of Node.js, those that take new functions in November 2026. */
const RUNTIMES = ["nodejs22.x", "nodejs24.x"];
/** How long AWS keeps the interfaces of a function that is gone; the provider waits for them before it deletes a group or subnet. */
const INTERFACES_LINGER = 20 * 60;
const SERVICE = "lambda.amazonaws.com";

/** What a function's role has to be allowed, so that AWS can give it interfaces. */
const INTERFACE_CALLS = ["CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface"];

function judgeRole(inputs: Properties, world: World): void {
  const role = roleByArn(world, text(inputs.role) ?? "");
  if (!role || !trusts(role, SERVICE)) throw invalid("The role defined for the function cannot be assumed by Lambda.");
  if (texts(record(inputs.vpcConfig).subnetIds).length === 0) return;
  const actor = { account: role.account, role: role.id };
  const missing = INTERFACE_CALLS.find(
    (call) => whyDenied(world, actor, { action: `ec2:${call}`, arn: "*", keys: {} }) !== undefined,
  );
  if (missing !== undefined)
    throw invalid(`The provided execution role does not have permissions to call ${missing} on EC2`);
}

/** Gives the function an interface in each of its subnets. @returns the VPC, "" where it is in none */
function stand(owner: string, inputs: Properties, context: Context): string {
  const { subnetIds, securityGroupIds } = record(inputs.vpcConfig);
  const subnets = texts(subnetIds).map((id) => ownedSubnet(context, id));
  const vpcId = text(subnets[0]?.inputs.vpcId);
  if (vpcId === undefined) return "";
  if (subnets.some((subnet) => subnet.inputs.vpcId !== vpcId))
    throw invalid("All subnets of a function must be in one VPC.");
  const groups = groupsIn(context, ownedVpc(context, vpcId), texts(securityGroupIds));
  for (const subnet of subnets)
    attach(context, { owner, subnet, securityGroupIds: groups, description: `AWS Lambda VPC ENI-${owner}` });
  return vpcId;
}

function judgeKey(inputs: Properties, context: Context): void {
  const key = text(inputs.kmsKeyArn);
  if (key !== undefined && !keyForGrants(context, key, "lambda"))
    throw invalid(
      `Lambda was unable to configure access to your environment variables because the KMS key ${key} is invalid for CreateGrant.`,
    );
}

const outputs = (inputs: Properties): Properties => ({
  sourceCodeHash: digest(inputs.code ?? null).slice(0, 44),
  codeSha256: digest(inputs.code ?? null).slice(0, 44),
  lastModified: "",
  version: "$LATEST",
});

const TUNABLE =
  "architectures code description environment handler kmsKeyArn loggingConfig memorySize reservedConcurrentExecutions role runtime timeout tracingConfig vpcConfig";

const lambdaFunction: ResourceModel = {
  type: FUNCTION,
  arguments: {
    ...Object.fromEntries(TUNABLE.split(" ").map((name) => [name, {}])),
    name: { replace: true },
    role: { required: true },
    memorySize: { default: 128 },
    packageType: { default: "Zip", replace: true },
    publish: { default: false },
    reservedConcurrentExecutions: { default: -1 },
    skipDestroy: { default: false },
    timeout: { default: 3 },
    tags: {},
  },
  autoname: { property: "name", limit: 64 },
  computed: [
    ..."arn codeSha256 invokeArn lastModified qualifiedArn qualifiedInvokeArn region responseStreamingInvokeArn".split(
      " ",
    ),
    ..."signingJobArn signingProfileVersionArn sourceCodeHash sourceCodeSize version vpcConfig.vpcId".split(" "),
  ],
  unknownOnUpdate: (changed) => (changed.includes("code") ? ["lastModified", "codeSha256"] : []),
  check(inputs) {
    const failures: CheckFailure[] = [];
    const runtime = text(inputs.runtime);
    if (runtime !== undefined && !RUNTIMES.includes(runtime))
      failures.push(["runtime", `expected runtime to be one of ${RUNTIMES.join(", ")}, got ${runtime}`]);
    if (inputs.code === undefined && inputs.packageType === "Zip")
      failures.push(["code", "one of `filename,image_uri,s3_bucket` must be specified"]);
    const timeout = integer(inputs.timeout);
    if (timeout !== undefined && (timeout < 1 || timeout > 900))
      failures.push(["timeout", `expected timeout to be in the range (1 - 900), got ${timeout}`]);
    if (inputs.handler === undefined && inputs.runtime !== UNKNOWN)
      failures.push(["handler", "handler and runtime must be set when PackageType is Zip"]);
    return failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    const name = given(text(inputs.name), "name");
    if (world.all(FUNCTION, (one) => inPlace(context)(one) && one.id === name).length > 0)
      throw new Refusal("ResourceConflictException", `Function already exist: ${name}`);
    judgeRole(inputs, world);
    judgeKey(inputs, context);
    const functionArn = arn("lambda", caller, `function:${name}`);
    const invoke = `arn:aws:apigateway:${caller.region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
    const vpcId = stand(name, inputs, context);
    return {
      id: name,
      computed: {
        ...outputs(inputs),
        arn: functionArn,
        invokeArn: invoke,
        qualifiedArn: `${functionArn}:$LATEST`,
        qualifiedInvokeArn: invoke,
        responseStreamingInvokeArn: invoke,
        signingJobArn: "",
        signingProfileVersionArn: "",
        sourceCodeSize: JSON.stringify(inputs.code ?? null).length,
        region: caller.region,
        ...(vpcId === "" ? {} : { "vpcConfig.vpcId": vpcId }),
      },
    };
  },
  update(object, inputs, context) {
    judgeRole(inputs, context.world);
    judgeKey(inputs, context);
    const [before, after] = [record(object.inputs.vpcConfig), record(inputs.vpcConfig)];
    if (texts(before.subnetIds).toSorted().join() !== texts(after.subnetIds).toSorted().join())
      throw new Refusal("SandboxUnsupported", "the sandbox's functions stay in their subnets");
    regroup(context.world, object.id, texts(after.securityGroupIds));
    return outputs(inputs);
  },
  remove: ({ id }, { world }) => leaveBehind(world, id, INTERFACES_LINGER),
  seconds: { create: 90, delete: 5 },
  calls: {
    arn: "lambda:function:{name}",
    create: [["lambda:CreateFunction", "self"]],
    within: { role: [["iam:PassRole", "role"]] },
    read: [
      ["lambda:GetFunction", "self"],
      ["lambda:ListVersionsByFunction", "self"],
      ["lambda:GetFunctionCodeSigningConfig", "self"],
    ],
    update: {
      ...each(TUNABLE.split(" "), ["lambda:UpdateFunctionConfiguration", "self"]),
      code: [["lambda:UpdateFunctionCode", "self"]],
      publish: [["lambda:PublishVersion", "self"]],
      reservedConcurrentExecutions: [["lambda:PutFunctionConcurrency", "self"]],
      // Only the provider's own: whether it deletes at all.
      skipDestroy: [],
    },
    delete: [["lambda:DeleteFunction", "self"]],
  },
};

/** Why a role may not call a function; undefined where it may, and the function is there. */
export function whyNotInvoked(world: World, functionArn: string, role: WorldObject): string | undefined {
  const found = world.all(FUNCTION, ({ computed }) => computed.arn === functionArn)[0];
  if (!found) return `ResourceNotFoundException: Function not found: ${functionArn}`;
  const request = { action: "lambda:InvokeFunction", arn: functionArn, keys: {} };
  const why = whyDenied(world, { account: role.account, role: role.id }, request);
  return (
    why &&
    `AccessDeniedException: role ${role.id} is not authorized to perform: ${request.action} on resource: ${functionArn} ${why}`
  );
}

export const lambdaModels: readonly ResourceModel[] = [lambdaFunction];
