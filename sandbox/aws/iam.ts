/** Identity: roles and policies, judged by IAM's grammar and quotas. What they allow is judged in authorization.ts. */
import type { CheckFailure, Context, FunctionModel, ResourceModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { given, record, records, text } from "../values.ts";
import type { Properties, Value } from "../wire.ts";
import { UNKNOWN, isObject } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";

export const ROLE = "aws:iam/role:Role";
export const POLICY = "aws:iam/policy:Policy";
export const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
export const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const PROFILE = "aws:iam/instanceProfile:InstanceProfile";

/** The AWS-managed policies that this project's programs may meet; AWS has some 1,400. */
const MANAGED = new Set([
  ..."AmazonEKSClusterPolicy AmazonEKSComputePolicy AmazonEKSBlockStoragePolicy AmazonEKSLoadBalancingPolicy AmazonEKSNetworkingPolicy".split(
    " ",
  ),
  ..."AmazonEKSWorkerNodePolicy AmazonEKSWorkerNodeMinimalPolicy AmazonEKS_CNI_Policy AmazonEKSVPCResourceController AmazonEKSServicePolicy".split(
    " ",
  ),
  ..."AmazonEC2ContainerRegistryReadOnly AmazonEC2ContainerRegistryPullOnly AmazonSSMManagedInstanceCore CloudWatchAgentServerPolicy".split(
    " ",
  ),
  ..."AdministratorAccess PowerUserAccess ReadOnlyAccess SecurityAudit AmazonVPCFullAccess AmazonVPCReadOnlyAccess AmazonBedrockFullAccess".split(
    " ",
  ),
  ..."service-role/AmazonEBSCSIDriverPolicy service-role/AmazonRDSEnhancedMonitoringRole service-role/AWSLambdaBasicExecutionRole service-role/AWSLambdaVPCAccessExecutionRole".split(
    " ",
  ),
]);

export const accountArn = (account: string, kind: string, path: Value | undefined, name: string): string =>
  `arn:aws:iam::${account}:${kind}${text(path) ?? "/"}${name}`;

/** A role by its ARN, wherever in the world it stands. */
export function roleByArn(world: World, arn: string): WorldObject | undefined {
  const [, account = "", name = ""] = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  return world.get(ROLE, name, account);
}

/** The services and principals that a role's trust policy names, for an action. */
export function trusts(role: WorldObject, service: string): boolean {
  const document = parsed(role.inputs.assumeRolePolicy);
  return statements(document).some(
    ({ Effect, Principal }) => Effect === "Allow" && list(record(Principal).Service).includes(service),
  );
}

const malformed = (why: string): Refusal => new Refusal("MalformedPolicyDocument", why);
export const list = (value: Value | undefined): Value[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
export const statements = (document: Properties | undefined): Properties[] => records(list(document?.Statement));

export function parsed(value: Value | undefined): Properties | undefined {
  if (isObject(value)) return value;
  try {
    const document: unknown = JSON.parse(text(value) ?? "");
    return isObject(document) ? document : undefined;
  } catch {
    return undefined;
  }
}

/** The provider reads the JSON before it calls AWS. */
const jsonCheck =
  (property: string) =>
  (inputs: Properties): CheckFailure[] =>
    inputs[property] === undefined || inputs[property] === UNKNOWN || parsed(inputs[property]) !== undefined
      ? []
      : [[property, `"${property}" contains an invalid JSON policy: ${String(inputs[property]).slice(0, 60)}`]];

/** SDKs also take the document as an object; the provider turns it into text. */
const asText =
  (property: string) =>
  (inputs: Properties): Properties =>
    isObject(inputs[property]) ? { ...inputs, [property]: JSON.stringify(inputs[property]) } : inputs;

/** @param kind a trust policy names principals, any other one resources */
function judge(
  value: Value | undefined,
  kind: "identity" | "trust",
  quota: readonly [characters: number, name: string],
): void {
  const document = parsed(value);
  if (!document) throw malformed("Syntax errors in policy.");
  if (document.Version !== "2012-10-17" && document.Version !== "2008-10-17")
    throw malformed("The policy must contain a valid version string");
  const foreign = Object.keys(document).filter((key) => !["Version", "Id", "Statement"].includes(key));
  if (
    foreign.length > 0 ||
    statements(document).length !== list(document.Statement).length ||
    statements(document).length === 0
  )
    throw malformed("Syntax errors in policy.");
  for (const statement of statements(document)) judgeStatement(statement, kind);
  const size = JSON.stringify(document).length;
  if (size > quota[0]) throw new Refusal("LimitExceeded", `Cannot exceed quota for ${quota[1]}: ${quota[0]}`);
}

const STATEMENT_KEYS = [
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "NotPrincipal",
  "Condition",
];

function judgeStatement(statement: Properties, kind: "identity" | "trust"): void {
  const { Sid, Effect } = statement;
  if ((Effect !== "Allow" && Effect !== "Deny") || Object.keys(statement).some((key) => !STATEMENT_KEYS.includes(key)))
    throw malformed("Syntax errors in policy.");
  if (Sid !== undefined && !/^[0-9A-Za-z]*$/.test(text(Sid) ?? "-"))
    throw malformed(
      `Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*`,
    );
  const actions = [...list(statement.Action), ...list(statement.NotAction)];
  if (actions.length === 0) throw malformed("Policy statement must contain actions.");
  if (actions.some((action) => !/^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/.test(text(action) ?? "")))
    throw malformed("Actions/Conditions must be prefixed by a vendor, e.g., iam, sdb, ec2, etc.");
  const resources = [...list(statement.Resource), ...list(statement.NotResource)];
  const principals = statement.Principal ?? statement.NotPrincipal;
  if (kind === "trust") {
    if (resources.length > 0) throw malformed("Has prohibited field Resource");
    if (principals === undefined) throw malformed("Missing required field Principal cannot be empty!");
    return;
  }
  if (principals !== undefined) throw malformed("Policy document should not specify a principal.");
  if (resources.length === 0) throw malformed("Policy statement must contain resources.");
  const wrong = resources.find((resource) => !/^(\*|arn:[^:]+:[^:]*:[^:]*:[^:]*:.+)$/.test(text(resource) ?? ""));
  if (wrong !== undefined) throw malformed(`Resource ${String(wrong)} must be in ARN format or "*".`);
}

/** Roles of the caller's own account. */
function ownedRole({ world, caller }: Context, name: string): WorldObject {
  const role = world.get(ROLE, name, caller.account);
  if (!role) throw new Refusal("NoSuchEntity", `The role with name ${name} cannot be found.`);
  return role;
}

function unused(context: Context, type: string, name: string, what: string): void {
  const taken = context.world.all(
    type,
    ({ account, inputs }) => account === context.caller.account && inputs.name === name,
  );
  if (taken.length > 0) throw new Refusal("EntityAlreadyExists", `${what} with name ${name} already exists.`);
}

const unique = (context: Context, prefix: string): string => `${prefix}${context.world.hex(17).toUpperCase()}`;

const role: ResourceModel = {
  type: ROLE,
  arguments: {
    name: { replace: true },
    assumeRolePolicy: { required: true },
    description: {},
    path: { default: "/", replace: true },
    maxSessionDuration: { default: 3600 },
    permissionsBoundary: {},
    forceDetachPolicies: { default: false },
    tags: {},
  },
  autoname: { property: "name", limit: 64 },
  computed: ["arn", "uniqueId", "createDate", "managedPolicyArns", "inlinePolicies", "namePrefix"],
  settle: asText("assumeRolePolicy"),
  check(inputs) {
    const name = text(inputs.name);
    const failures = jsonCheck("assumeRolePolicy")(inputs);
    if (name !== undefined && !/^[\w+=,.@-]{1,64}$/.test(name))
      failures.push([
        "name",
        `invalid value for name (must be 1 to 64 characters out of alphanumerics and +=,.@_-): ${name}`,
      ]);
    return failures;
  },
  create(inputs, context) {
    const name = given(text(inputs.name), "name");
    unused(context, ROLE, name, "Role");
    judge(inputs.assumeRolePolicy, "trust", [2048, "ACLSizePerRole"]);
    const arn = accountArn(context.caller.account, "role", inputs.path, name);
    return {
      id: name,
      computed: {
        arn,
        uniqueId: unique(context, "AROA"),
        createDate: "2026-01-01T00:00:00Z",
        managedPolicyArns: [],
        inlinePolicies: [],
        namePrefix: "",
      },
    };
  },
  update(_object, inputs) {
    judge(inputs.assumeRolePolicy, "trust", [2048, "ACLSizePerRole"]);
    return {};
  },
  remove({ id, account, inputs }, { world }) {
    const of = (type: string): WorldObject[] =>
      world.all(type, (other) => other.account === account && other.inputs.role === id);
    if (of(PROFILE).length > 0)
      throw new Refusal("DeleteConflict", "Cannot delete entity, must remove roles from instance profile first.");
    if (inputs.forceDetachPolicies === true)
      [...of(ATTACHMENT), ...of(ROLE_POLICY)].forEach((object) => world.remove(object));
    if (of(ATTACHMENT).length > 0)
      throw new Refusal("DeleteConflict", "Cannot delete entity, must detach all policies first.");
    if (of(ROLE_POLICY).length > 0)
      throw new Refusal("DeleteConflict", "Cannot delete entity, must delete policies first.");
  },
  seconds: { create: 1 },
  calls: {
    arn: "iam:role{path}{name}",
    create: [["iam:CreateRole", "self"]],
    read: [
      ["iam:GetRole", "self"],
      ["iam:ListRolePolicies", "self"],
      ["iam:ListAttachedRolePolicies", "self"],
    ],
    update: {
      assumeRolePolicy: [["iam:UpdateAssumeRolePolicy", "self"]],
      description: [["iam:UpdateRoleDescription", "self"]],
      maxSessionDuration: [["iam:UpdateRole", "self"]],
      permissionsBoundary: [["iam:PutRolePermissionsBoundary", "self"]],
      forceDetachPolicies: [],
    },
    delete: [
      ["iam:ListInstanceProfilesForRole", "self"],
      ["iam:DeleteRole", "self"],
    ],
  },
};

const policy: ResourceModel = {
  type: POLICY,
  arguments: {
    name: { replace: true },
    policy: { required: true },
    description: { replace: true },
    path: { default: "/", replace: true },
    tags: {},
  },
  autoname: { property: "name", limit: 128 },
  computed: ["arn", "policyId", "namePrefix"],
  settle: asText("policy"),
  check: jsonCheck("policy"),
  create(inputs, context) {
    const name = given(text(inputs.name), "name");
    const arn = accountArn(context.caller.account, "policy", inputs.path, name);
    unused(context, POLICY, name, "A policy");
    judge(inputs.policy, "identity", [6144, "PolicySize"]);
    return { id: arn, computed: { arn, policyId: unique(context, "ANPA"), namePrefix: "" } };
  },
  update(_object, inputs) {
    judge(inputs.policy, "identity", [6144, "PolicySize"]);
    return {};
  },
  remove({ id }, { world }) {
    if (world.all(ATTACHMENT, ({ inputs }) => inputs.policyArn === id).length > 0)
      throw new Refusal("DeleteConflict", "Cannot delete a policy attached to entities.");
  },
  seconds: { create: 1 },
  calls: {
    arn: "iam:policy{path}{name}",
    create: [["iam:CreatePolicy", "self"]],
    read: [
      ["iam:GetPolicy", "self"],
      ["iam:GetPolicyVersion", "self"],
    ],
    update: {
      policy: [
        ["iam:ListPolicyVersions", "self"],
        ["iam:CreatePolicyVersion", "self"],
      ],
    },
    delete: [
      ["iam:ListPolicyVersions", "self"],
      ["iam:DeletePolicy", "self"],
    ],
  },
};

const rolePolicyAttachment: ResourceModel = {
  type: ATTACHMENT,
  arguments: { role: { required: true, replace: true }, policyArn: { required: true, replace: true } },
  computed: [],
  check({ policyArn }) {
    const arn = text(policyArn);
    return arn === undefined || arn.startsWith("arn:")
      ? []
      : [["policyArn", `"policy_arn" (${arn}) is an invalid ARN: arn: invalid prefix`]];
  },
  create(inputs, context) {
    const { id } = ownedRole(context, text(inputs.role) ?? "");
    const arn = text(inputs.policyArn) ?? "";
    const managed = /^arn:aws:iam::aws:policy\/(.+)$/.exec(arn)?.[1];
    const exists =
      managed === undefined
        ? context.world.get(POLICY, arn, context.caller.account) !== undefined
        : MANAGED.has(managed);
    if (!exists) {
      const hint =
        managed === undefined ? "" : ` (the sandbox knows these AWS-managed policies: ${[...MANAGED].join(", ")})`;
      throw new Refusal("NoSuchEntity", `Policy ${arn} does not exist or is not attachable.${hint}`);
    }
    const attached = context.world.all(
      ATTACHMENT,
      (other) => other.account === context.caller.account && other.inputs.role === id && other.inputs.policyArn !== arn,
    );
    if (attached.length >= 10) throw new Refusal("LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10");
    return { id: `${id}/${arn}`, computed: {} };
  },
  calls: {
    create: [["iam:AttachRolePolicy", "role"]],
    read: [["iam:ListAttachedRolePolicies", "role"]],
    delete: [["iam:DetachRolePolicy", "role"]],
    keys: { "iam:PolicyARN": "policyArn" },
  },
};

const rolePolicy: ResourceModel = {
  type: ROLE_POLICY,
  arguments: { name: { replace: true }, role: { required: true, replace: true }, policy: { required: true } },
  autoname: { property: "name", limit: 128 },
  computed: ["namePrefix"],
  settle: asText("policy"),
  check: jsonCheck("policy"),
  create(inputs, context) {
    const { id } = ownedRole(context, text(inputs.role) ?? "");
    judge(inputs.policy, "identity", [10240, "RolePolicySize"]);
    return { id: `${id}:${given(text(inputs.name), "name")}`, computed: { namePrefix: "" } };
  },
  update(_object, inputs) {
    judge(inputs.policy, "identity", [10240, "RolePolicySize"]);
    return {};
  },
  calls: {
    create: [["iam:PutRolePolicy", "role"]],
    read: [["iam:GetRolePolicy", "role"]],
    update: { policy: [["iam:PutRolePolicy", "role"]] },
    delete: [["iam:DeleteRolePolicy", "role"]],
  },
};

const instanceProfile: ResourceModel = {
  type: PROFILE,
  arguments: { name: { replace: true }, role: {}, path: { default: "/", replace: true }, tags: {} },
  autoname: { property: "name", limit: 128 },
  computed: ["arn", "uniqueId", "createDate", "namePrefix"],
  create(inputs, context) {
    const name = given(text(inputs.name), "name");
    unused(context, PROFILE, name, "Instance Profile");
    if (inputs.role !== undefined) ownedRole(context, text(inputs.role) ?? "");
    const arn = accountArn(context.caller.account, "instance-profile", inputs.path, name);
    return {
      id: name,
      computed: { arn, uniqueId: unique(context, "AIPA"), createDate: "2026-01-01T00:00:00Z", namePrefix: "" },
    };
  },
  seconds: { create: 1 },
  calls: {
    arn: "iam:instance-profile{path}{name}",
    create: [["iam:CreateInstanceProfile", "self"]],
    given: {
      role: [
        ["iam:AddRoleToInstanceProfile", "self"],
        ["iam:PassRole", "role"],
      ],
    },
    read: [["iam:GetInstanceProfile", "self"]],
    update: {
      role: [
        ["iam:RemoveRoleFromInstanceProfile", "self"],
        ["iam:AddRoleToInstanceProfile", "self"],
        ["iam:PassRole", "role"],
      ],
    },
    delete: [
      ["iam:RemoveRoleFromInstanceProfile", "self"],
      ["iam:DeleteInstanceProfile", "self"],
    ],
  },
};

const getRole: FunctionModel = {
  token: "aws:iam/getRole:getRole",
  arguments: ["name", "tags"],
  calls: [["iam:GetRole", "name"]],
  call({ name }, context) {
    const { id, account, inputs, computed } = ownedRole(context, text(name) ?? "");
    return {
      id,
      name: id,
      arn: computed.arn ?? accountArn(account, "role", inputs.path, id),
      path: inputs.path ?? "/",
      assumeRolePolicy: inputs.assumeRolePolicy ?? "",
      description: inputs.description ?? "",
      maxSessionDuration: inputs.maxSessionDuration ?? 3600,
      permissionsBoundary: inputs.permissionsBoundary ?? "",
      createDate: computed.createDate ?? "2026-01-01T00:00:00Z",
      uniqueId: computed.uniqueId ?? `AROA${id.toUpperCase()}`,
      roleLastUseds: [],
      tags: inputs.tags ?? {},
    };
  },
};

const getPolicy: FunctionModel = {
  token: "aws:iam/getPolicy:getPolicy",
  arguments: ["arn"],
  calls: [
    ["iam:GetPolicy", "arn"],
    ["iam:GetPolicyVersion", "arn"],
  ],
  call({ arn }, { world, caller }) {
    const found = world.get(POLICY, text(arn) ?? "", caller.account);
    if (!found) throw new Refusal("NotFound", `reading IAM policy (${text(arn)}): couldn't find resource`);
    const { id, inputs, computed } = found;
    return {
      id,
      arn: id,
      name: inputs.name ?? "",
      path: inputs.path ?? "/",
      description: inputs.description ?? "",
      policy: inputs.policy ?? "",
      policyId: computed.policyId ?? "",
      attachmentCount: world.all(ATTACHMENT, (one) => one.inputs.policyArn === id).length,
      tags: inputs.tags ?? {},
    };
  },
};

export const iamModels: readonly ResourceModel[] = [role, policy, rolePolicyAttachment, rolePolicy, instanceProfile];
export const iamFunctions: readonly FunctionModel[] = [getRole, getPolicy];
