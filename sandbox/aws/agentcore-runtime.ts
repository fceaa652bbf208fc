/** AgentCore's runtimes and their endpoints: what AWS checks before it calls one READY, which says nothing of whether it can pull its image. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { given, record, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { RUNTIME, leave, networkOf, stand, validation, zonesServed } from "./agentcore-places.ts";
import { DISCOVERY, poolAt } from "./cognito.ts";
import { hasImage, imageReference } from "./ecr.ts";
import { roleByArn, trusts } from "./iam.ts";
import { arn, inPlace } from "./network.ts";
import { whyDenied } from "./policies.ts";

export { RUNTIME } from "./agentcore-places.ts";
export const RUNTIME_ENDPOINT = "aws:bedrock/agentcoreAgentRuntimeEndpoint:AgentcoreAgentRuntimeEndpoint";
export const SERVICE = "bedrock-agentcore.amazonaws.com";
/** A runtime's own endpoint, which follows its newest version. */
export const DEFAULT_ENDPOINT = "DEFAULT";

const NAME = /^[a-zA-Z][a-zA-Z0-9_]{0,47}$/;
const BASE36 = 36;
/** Ten letters and digits, as AWS ends its names. */
export const suffix = (world: World): string =>
  BigInt(`0x${world.hex(16)}`)
    .toString(BASE36)
    .padStart(10, "0")
    .slice(0, 10);

/** The identity that AgentCore makes for a runtime or gateway, and keeps to itself. */
export const ownIdentity = (id: string, caller: Context["caller"]): Properties => ({
  workloadIdentityArn: arn("bedrock-agentcore", caller, `workload-identity-directory/default/workload-identity/${id}`),
});

/** The role that AgentCore shall assume. */
export function serviceRole(roleArn: string, { world }: Context): WorldObject {
  const role = roleByArn(world, roleArn);
  if (!role || !trusts(role, SERVICE))
    throw validation(
      `Role validation failed for '${roleArn}'. Please verify that the role exists and its trust policy allows assumption by this service`,
    );
  return role;
}

/** What an authorizer of tokens is made of, as AWS accepts it. It fetches the issuer's document itself, not through anybody's VPC. */
export function judgeAuthorizer(configuration: Properties, { world }: Context): void {
  const jwt = record(configuration.customJwtAuthorizer);
  const url = text(jwt.discoveryUrl) ?? "";
  if (!url.endsWith(DISCOVERY)) throw validation(`discoveryUrl must end with ${DISCOVERY}: ${url}`);
  if (!poolAt(world, url)) throw validation(`Failed to fetch the OpenID Connect configuration from ${url}`);
}

/** The service looks for the image in the role's name, by its own ways: those of the VPC are not tried. */
function judgeImage(inputs: Properties, role: WorldObject, { world, caller }: Context): void {
  const { containerConfiguration } = record(inputs.agentRuntimeArtifact);
  const uri = text(record(containerConfiguration).containerUri) ?? "";
  const image = imageReference(uri);
  if (!image) throw validation(`Invalid container URI: ${uri}`);
  const repository = arn("ecr", image, `repository/${image.repository}`);
  const calls = [
    ["ecr:GetAuthorizationToken", "*"],
    ["ecr:BatchGetImage", repository],
    ["ecr:GetDownloadUrlForLayer", repository],
  ] as const;
  const actor = { account: role.account, role: role.id };
  if (calls.some(([action, on]) => whyDenied(world, actor, { action, arn: on, keys: {} }) !== undefined))
    throw validation(
      `Access denied while validating ECR URI '${uri}'. The execution role requires permissions for ecr:GetAuthorizationToken, ecr:BatchGetImage, and ecr:GetDownloadUrlForLayer operations.`,
    );
  if (image.region !== caller.region || !hasImage(world, image))
    throw validation(
      `The specified image identifier does not exist in the repository. Check the image identifier and try again: ${uri}`,
    );
}

interface Judged {
  readonly interfaces: string;
}

function judged(inputs: Properties, context: Context): Judged {
  zonesServed(context);
  const role = serviceRole(text(inputs.roleArn) ?? "", context);
  judgeImage(inputs, role, context);
  if (inputs.authorizerConfiguration !== undefined) judgeAuthorizer(record(inputs.authorizerConfiguration), context);
  const wanted = networkOf(inputs, context);
  return { interfaces: wanted ? stand(wanted, context) : "" };
}

const TUNABLE =
  "agentRuntimeArtifact authorizerConfiguration description environmentVariables lifecycleConfigurations networkConfiguration protocolConfiguration requestHeaderConfiguration roleArn";

const runtime: ResourceModel = {
  type: RUNTIME,
  arguments: {
    ...Object.fromEntries(TUNABLE.split(" ").map((name) => [name, {}])),
    agentRuntimeName: { required: true, replace: true },
    agentRuntimeArtifact: { required: true },
    networkConfiguration: { required: true },
    roleArn: { required: true },
    tags: {},
  },
  computed: [
    ..."agentRuntimeArn agentRuntimeId agentRuntimeVersion region workloadIdentityDetails lifecycleConfigurations".split(
      " ",
    ),
  ],
  unknownOnUpdate: () => ["agentRuntimeVersion"],
  check({ agentRuntimeName, networkConfiguration, agentRuntimeArtifact }) {
    const failures: CheckFailure[] = [];
    const name = text(agentRuntimeName);
    if (name !== undefined && !NAME.test(name))
      failures.push([
        "agentRuntimeName",
        `Attribute agent_runtime_name must start with a letter and contain only letters, numbers and underscores, up to 48 characters, got: ${name}`,
      ]);
    const mode = record(networkConfiguration).networkMode;
    if (mode !== undefined && mode !== UNKNOWN && mode !== "VPC" && mode !== "PUBLIC")
      failures.push(["networkConfiguration", `networkMode must be one of ["PUBLIC" "VPC"], got: ${String(mode)}`]);
    if (record(agentRuntimeArtifact).codeConfiguration !== undefined)
      failures.push(["agentRuntimeArtifact", "the sandbox's runtimes are container images"]);
    return failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    const name = given(text(inputs.agentRuntimeName), "name");
    if (world.all(RUNTIME, (one) => inPlace(context)(one) && one.inputs.agentRuntimeName === name).length > 0)
      throw new Refusal("ConflictException", `Agent with name ${name} already exists.`);
    const { interfaces } = judged(inputs, context);
    const id = `${name}-${suffix(world)}`;
    return {
      id,
      computed: {
        agentRuntimeArn: arn("bedrock-agentcore", caller, `runtime/${id}`),
        agentRuntimeId: id,
        agentRuntimeVersion: "1",
        lifecycleConfigurations: inputs.lifecycleConfigurations ?? [
          { idleRuntimeSessionTimeout: 900, maxLifetime: 28_800 },
        ],
        workloadIdentityDetails: [ownIdentity(id, caller)],
        region: caller.region,
        _interfaces: interfaces,
        _status: "READY",
      },
    };
  },
  update(object, inputs, context) {
    const { interfaces } = judged(inputs, context);
    const before = text(object.computed._interfaces) ?? "";
    if (before !== interfaces) leave(context.world, before, object);
    return {
      agentRuntimeVersion: String(Number(object.computed.agentRuntimeVersion) + 1),
      ...(inputs.lifecycleConfigurations !== undefined && { lifecycleConfigurations: inputs.lifecycleConfigurations }),
      _interfaces: interfaces,
    };
  },
  remove(object, { world }) {
    // Its endpoints go with it, its interfaces do not.
    world
      .all(RUNTIME_ENDPOINT, ({ inputs }) => inputs.agentRuntimeId === object.id)
      .forEach((one) => world.remove(one));
    leave(world, text(object.computed._interfaces) ?? "", object);
  },
  seconds: { create: 60, delete: 30, update: () => 60 },
  calls: {
    arn: "bedrock-agentcore:runtime/*",
    create: [["bedrock-agentcore:CreateAgentRuntime"]],
    within: { roleArn: [["iam:PassRole", "roleArn"]] },
    read: [["bedrock-agentcore:GetAgentRuntime", "self"]],
    update: each(TUNABLE.split(" "), ["bedrock-agentcore:UpdateAgentRuntime", "self"]),
    delete: [["bedrock-agentcore:DeleteAgentRuntime", "self"]],
  },
};

const endpoint: ResourceModel = {
  type: RUNTIME_ENDPOINT,
  arguments: {
    agentRuntimeId: { required: true, replace: true },
    agentRuntimeVersion: {},
    description: {},
    name: { required: true, replace: true },
    tags: {},
  },
  computed: ["agentRuntimeArn", "agentRuntimeEndpointArn", "agentRuntimeVersion", "region"],
  check({ name }) {
    const wanted = text(name);
    return wanted === undefined || NAME.test(wanted)
      ? []
      : [
          [
            "name",
            `Attribute name must start with a letter and contain only letters, numbers and underscores, got: ${wanted}`,
          ],
        ];
  },
  create(inputs, context) {
    const { world, caller } = context;
    const [id, name] = [text(inputs.agentRuntimeId) ?? "", given(text(inputs.name), "name")];
    const owner = ownedRuntime(id, context);
    if (name === DEFAULT_ENDPOINT || world.get(RUNTIME_ENDPOINT, `${id},${name}`, caller.account))
      throw new Refusal("ConflictException", `Agent endpoint ${name} already exists.`);
    return {
      id: `${id},${name}`,
      computed: {
        agentRuntimeArn: owner.computed.agentRuntimeArn ?? "",
        agentRuntimeEndpointArn: `${text(owner.computed.agentRuntimeArn) ?? ""}/runtime-endpoint/${name}`,
        agentRuntimeVersion: versionFor(inputs, owner),
        region: caller.region,
      },
    };
  },
  update: (object, inputs, context) => ({
    agentRuntimeVersion: versionFor(inputs, ownedRuntime(text(object.inputs.agentRuntimeId) ?? "", context)),
  }),
  seconds: { create: 20, delete: 10, update: () => 20 },
  calls: {
    create: [["bedrock-agentcore:CreateAgentRuntimeEndpoint"]],
    read: [["bedrock-agentcore:GetAgentRuntimeEndpoint"]],
    update: each(["agentRuntimeVersion", "description"], ["bedrock-agentcore:UpdateAgentRuntimeEndpoint"]),
    delete: [["bedrock-agentcore:DeleteAgentRuntimeEndpoint"]],
  },
};

function ownedRuntime(id: string, { world, caller }: Context): WorldObject {
  const found = world.get(RUNTIME, id, caller.account);
  if (!found || found.region !== caller.region)
    throw new Refusal("ResourceNotFoundException", `Agent ${id} was not found.`);
  return found;
}

/** The version that an endpoint serves: one that there is, the newest where none is named. */
function versionFor(inputs: Properties, { id, computed }: WorldObject): string {
  const newest = text(computed.agentRuntimeVersion) ?? "1";
  const wanted = text(inputs.agentRuntimeVersion) ?? newest;
  if (!(Number(wanted) >= 1 && Number(wanted) <= Number(newest)))
    throw new Refusal("ResourceNotFoundException", `Version ${wanted} of agent ${id} was not found.`);
  return wanted;
}

export const agentcoreRuntimeModels: readonly ResourceModel[] = [runtime, endpoint];
