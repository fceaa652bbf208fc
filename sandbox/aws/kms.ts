/** Keys: who may use them by key policy and IAM together, and how long they take to go. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { flag, given, integer, record, text } from "../values.ts";
import type { Properties, Value } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { ROLE, list, parsed, roleByArn, statements } from "./iam.ts";
import { arn } from "./network.ts";
import type { Keys } from "./policies.ts";
import { applies, whyDenied } from "./policies.ts";

export const KEY = "aws:kms/key:Key";
const ALIAS = "aws:kms/alias:Alias";
const DAY = 86_400;
const SPECS = ["SYMMETRIC_DEFAULT", "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "HMAC_256"];
const POLICY_BYTES = 32_768;

// ---- who may use a key

/** Who asks: a service in its own name, or a role; an account without a role is its administrator. */
export type Principal = { readonly service: string } | { readonly account: string; readonly role: string | undefined };

/** Key policies name the whole account by its ARN or number; that leaves the decision to the account's IAM policies. */
const isRoot = (one: Value, account: string): boolean => one === account || one === `arn:aws:iam::${account}:root`;

function isNamed(statement: Properties, principal: Principal, world: World, by: "itself" | "account"): boolean {
  const wanted = statement.Principal;
  if (wanted === "*") return by === "itself";
  if ("service" in principal)
    return by === "itself" && list(record(wanted).Service).some((one) => one === principal.service);
  const { account, role } = principal;
  return list(record(wanted).AWS).some((one) => {
    if (by === "account") return isRoot(one, account);
    if (one === "*") return true;
    return role !== undefined && one === world.get(ROLE, role, account)?.computed.arn;
  });
}

/**
 * Why a principal may not use a key; undefined where it may. A key policy that names the role or service decides by itself; one that names the account
 * leaves the decision to the account's IAM policies.
 *
 * @param keys condition keys of the request, such as `kms:ViaService` and `kms:EncryptionContext:…`
 */
export function whyKeyDenies(
  world: World,
  key: WorldObject,
  principal: Principal,
  action: string,
  keys: Keys = {},
): string | undefined {
  const request = { action, arn: text(key.computed.arn), keys: { "kms:CallerAccount": key.account, ...keys } };
  const matching = statements(parsed(key.computed.policy)).filter((statement) => applies(statement, request));
  const of = (effect: string, by: "itself" | "account"): boolean =>
    matching.some((statement) => statement.Effect === effect && isNamed(statement, principal, world, by));
  if (of("Deny", "itself") || of("Deny", "account")) return "with an explicit deny in a resource-based policy";
  if (of("Allow", "itself")) return undefined;
  const refused = `because no resource-based policy allows the ${action} action`;
  if ("service" in principal || !of("Allow", "account")) return refused;
  const { account, role } = principal;
  return role === undefined ? undefined : whyDenied(world, { account, role }, request);
}

/** A key by id, ARN, alias or alias ARN, pending deletion included; undefined where the region has none. */
export function keyBy({ world, caller }: Context, reference: string): WorldObject | undefined {
  const [, region = caller.region, account = caller.account, local = reference] =
    /^arn:aws:kms:([^:]+):(\d{12}):(.+)$/.exec(reference) ?? [];
  const id = local.startsWith("alias/")
    ? text(world.get(ALIAS, local, account)?.computed._keyId)
    : local.replace(/^key\//, "");
  const known = [...world.all(KEY), ...world.lingering(KEY).map(({ object }) => object)];
  return known.find((key) => key.id === id && key.account === account && key.region === region);
}

/** Why a key works for nobody right now; undefined where it works. */
export function keyState(world: World, key: WorldObject): string | undefined {
  if (world.lingering(KEY).some(({ object }) => object === key)) return "pending deletion";
  return key.inputs.isEnabled === false ? "disabled" : undefined;
}

/** The key that the request names, if it works and the principal may use it for all of the actions. */
export function usableKey(
  context: Context,
  reference: string,
  principal: Principal,
  actions: readonly string[],
  keys: Keys = {},
): WorldObject | undefined {
  const key = keyBy(context, reference);
  if (!key || keyState(context.world, key) !== undefined) return undefined;
  const denied = actions.some((action) => whyKeyDenies(context.world, key, principal, action, keys) !== undefined);
  return denied ? undefined : key;
}

/** A key that services use on their caller's behalf, by a grant: EKS, RDS, Secrets Manager, ElastiCache. */
export const keyForGrants = (context: Context, reference: string, service: string): WorldObject | undefined =>
  usableKey(context, reference, context.caller, ["kms:DescribeKey", "kms:CreateGrant"], {
    "kms:ViaService": `${service}.${context.caller.region}.amazonaws.com`,
    "kms:GrantIsForAWSResource": "true",
  });

// ---- keys

const malformed = (message: string): Refusal => new Refusal("MalformedPolicyDocumentException", message);

const defaultPolicy = (account: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Id: "key-default-1",
    Statement: [
      {
        Sid: "Enable IAM User Permissions",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
    ],
  });

/** The key policy that a request leads to, as AWS accepts it. */
function judgedPolicy(inputs: Properties, { world, caller }: Context): string {
  const policy = text(inputs.policy) ?? defaultPolicy(caller.account);
  const document = parsed(policy);
  const all = statements(document);
  if (document?.Version === undefined || all.length === 0 || all.length !== list(document.Statement).length)
    throw malformed("Policy contains a statement with one or more invalid elements.");
  for (const { Effect, Principal: principal } of all) {
    if (principal === undefined || (Effect !== "Allow" && Effect !== "Deny"))
      throw malformed("Policy contains a statement with no principal.");
    const unknown = list(record(principal).AWS).some(
      (one) => typeof one === "string" && one.includes(":role/") && !roleByArn(world, one),
    );
    if (unknown) throw malformed("Policy contains a statement with one or more invalid principals.");
  }
  if (Buffer.byteLength(policy) > POLICY_BYTES)
    throw new Refusal("LimitExceededException", `Key policies can have at most ${POLICY_BYTES} bytes.`);
  const { account, region } = caller;
  const computed = { arn: arn("kms", caller, "key/*"), policy };
  const asIf: WorldObject = { type: KEY, id: "*", account, region, inputs: {}, computed, readyAt: 0, estate: false };
  // The account's trust is enough here, whatever its IAM policies say.
  const open = [caller, { account, role: undefined }].some(
    (principal) => whyKeyDenies(world, asIf, principal, "kms:PutKeyPolicy") === undefined,
  );
  if (!open && !flag(inputs.bypassPolicyLockoutSafetyCheck))
    throw malformed("The new key policy will not allow you to update the key policy in the future.");
  return policy;
}

const uuid = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

const within = (property: string, inputs: Properties, [least, most]: readonly [number, number]): CheckFailure[] => {
  const number = integer(inputs[property]);
  if (number === undefined || (number >= least && number <= most)) return [];
  return [[property, `expected ${property} to be in the range (${least} - ${most}), got ${number}`]];
};

const rotation = (inputs: Properties): number =>
  flag(inputs.enableKeyRotation) ? (integer(inputs.rotationPeriodInDays) ?? 365) : 0;

function judgeRotation(inputs: Properties, id: string): void {
  if (flag(inputs.enableKeyRotation) && inputs.customerMasterKeySpec !== "SYMMETRIC_DEFAULT")
    throw new Refusal(
      "UnsupportedOperationException",
      `You cannot perform this operation on this key type: ${id} is ${text(inputs.customerMasterKeySpec) ?? ""}`,
    );
}

const key: ResourceModel = {
  type: KEY,
  arguments: {
    description: {},
    policy: {},
    enableKeyRotation: { default: false },
    rotationPeriodInDays: {},
    deletionWindowInDays: {},
    isEnabled: { default: true },
    keyUsage: { default: "ENCRYPT_DECRYPT", replace: true },
    customerMasterKeySpec: { default: "SYMMETRIC_DEFAULT", replace: true },
    multiRegion: { replace: true },
    bypassPolicyLockoutSafetyCheck: { default: false },
    tags: {},
  },
  computed: ["arn", "keyId", "policy", "description", "multiRegion", "rotationPeriodInDays", "region"],
  check(inputs) {
    const failures = [
      ...within("deletionWindowInDays", inputs, [7, 30]),
      ...within("rotationPeriodInDays", inputs, [90, 2560]),
    ];
    if (inputs.rotationPeriodInDays !== undefined && inputs.enableKeyRotation !== true)
      failures.push(["rotationPeriodInDays", "all of `enable_key_rotation,rotation_period_in_days` must be specified"]);
    const spec = text(inputs.customerMasterKeySpec);
    if (spec !== undefined && !SPECS.includes(spec))
      failures.push(["customerMasterKeySpec", `the sandbox's keys are one of ${SPECS.join(", ")}, not ${spec}`]);
    const policy = inputs.policy;
    if (policy !== undefined && policy !== UNKNOWN && parsed(policy) === undefined)
      failures.push(["policy", `"policy" contains an invalid JSON policy: ${String(policy).slice(0, 60)}`]);
    return failures;
  },
  create(inputs, context) {
    const policy = judgedPolicy(inputs, context);
    const keyId = uuid(context.world.hex(32));
    judgeRotation(inputs, keyId);
    return {
      id: keyId,
      computed: {
        arn: arn("kms", context.caller, `key/${keyId}`),
        keyId,
        policy,
        description: inputs.description ?? "",
        multiRegion: inputs.multiRegion ?? false,
        rotationPeriodInDays: rotation(inputs),
        region: context.caller.region,
      },
    };
  },
  update(object, inputs, context) {
    judgeRotation(inputs, object.id);
    return {
      policy: judgedPolicy({ ...inputs, policy: inputs.policy ?? object.computed.policy ?? null }, context),
      description: inputs.description ?? object.computed.description ?? "",
      rotationPeriodInDays: rotation(inputs),
    };
  },
  // Deleted keys wait; until then an administrator could take the deletion back.
  lingers: ({ inputs }) => (integer(inputs.deletionWindowInDays) ?? 30) * DAY,
  seconds: { create: 3, delete: 1 },
  calls: {
    arn: "kms:key/*",
    create: [["kms:CreateKey"]],
    given: { enableKeyRotation: [["kms:EnableKeyRotation", "self"]] },
    read: [
      ["kms:DescribeKey", "self"],
      ["kms:GetKeyPolicy", "self"],
      ["kms:GetKeyRotationStatus", "self"],
      ["kms:ListResourceTags", "self"],
    ],
    update: {
      description: [["kms:UpdateKeyDescription", "self"]],
      policy: [["kms:PutKeyPolicy", "self"]],
      isEnabled: [
        ["kms:EnableKey", "self"],
        ["kms:DisableKey", "self"],
      ],
      ...each(
        ["enableKeyRotation", "rotationPeriodInDays"],
        ["kms:EnableKeyRotation", "self"],
        ["kms:DisableKeyRotation", "self"],
      ),
      ...each(["deletionWindowInDays", "bypassPolicyLockoutSafetyCheck"]),
    },
    delete: [
      ["kms:ScheduleKeyDeletion", "self"],
      ["kms:DescribeKey", "self"],
    ],
  },
};

// ---- aliases

/** The key that an alias shall stand for. */
function target(context: Context, inputs: Properties): Properties {
  const reference = text(inputs.targetKeyId) ?? "";
  const found = keyBy(context, reference);
  if (!found)
    throw new Refusal("NotFoundException", `Key '${arn("kms", context.caller, `key/${reference}`)}' does not exist`);
  const keyArn = given(text(found.computed.arn), "ARN of a key");
  if (keyState(context.world, found) === "pending deletion")
    throw new Refusal("KMSInvalidStateException", `${keyArn} is pending deletion.`);
  return { targetKeyArn: keyArn, _keyId: found.id };
}

const alias: ResourceModel = {
  type: ALIAS,
  arguments: { name: { replace: true }, targetKeyId: { required: true } },
  computed: ["arn", "targetKeyArn", "namePrefix", "region"],
  settle: (inputs, { olds, autoname }) => ({ ...inputs, name: inputs.name ?? olds.name ?? `alias/${autoname(7)}` }),
  unknownOnUpdate: (changed) => (changed.includes("targetKeyId") ? ["targetKeyArn"] : []),
  check({ name }) {
    const wanted = text(name);
    return wanted === undefined || /^alias\/[a-zA-Z0-9/_-]{1,250}$/.test(wanted)
      ? []
      : [["name", `name must begin with 'alias/' and be comprised of only [a-zA-Z0-9/_-]: ${wanted}`]];
  },
  create(inputs, context) {
    const { world, caller } = context;
    const name = given(text(inputs.name), "name");
    const aliasArn = arn("kms", caller, name);
    if (name.startsWith("alias/aws/")) throw new Refusal("NotAuthorizedException", "");
    if (world.get(ALIAS, name, caller.account))
      throw new Refusal("AlreadyExistsException", `An alias with the name ${aliasArn} already exists`);
    return {
      id: name,
      computed: { arn: aliasArn, namePrefix: "", region: caller.region, ...target(context, inputs) },
    };
  },
  update: (_object, inputs, context) => target(context, inputs),
  seconds: { create: 1 },
  calls: {
    arn: "kms:{name}",
    create: [["kms:CreateAlias", "self", "targetKeyId"]],
    read: [["kms:ListAliases"]],
    update: { targetKeyId: [["kms:UpdateAlias", "self", "targetKeyId"]] },
    delete: [["kms:DeleteAlias", "self"]],
  },
};

export const kmsModels: readonly ResourceModel[] = [key, alias];
