/** AgentCore's gateways and their targets. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { given, record, records, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import type { WorldObject } from "../world.ts";
import { validation } from "./agentcore-places.ts";
import { judgeAuthorizer, ownIdentity, serviceRole, suffix } from "./agentcore-runtime.ts";
import { keyForGrants } from "./kms.ts";
import { arn, inPlace } from "./network.ts";

export const GATEWAY = "aws:bedrock/agentcoreGateway:AgentcoreGateway";
export const TARGET = "aws:bedrock/agentcoreGatewayTarget:AgentcoreGatewayTarget";

const NAME = /^(?=.{1,100}$)[0-9a-zA-Z]+(-[0-9a-zA-Z]+)*$/;
const nameFailures = (name: string | undefined): CheckFailure[] =>
  name === undefined || NAME.test(name)
    ? []
    : [["name", `Attribute name must be letters, numbers and single hyphens, up to 100 characters, got: ${name}`]];

function judgeGateway(inputs: Properties, context: Context): void {
  serviceRole(text(inputs.roleArn) ?? "", context);
  const configuration = inputs.authorizerConfiguration;
  if (inputs.authorizerType === "CUSTOM_JWT") {
    if (configuration === undefined)
      throw validation("Authorizer configuration is required when the authorizer type is CUSTOM_JWT");
    judgeAuthorizer(record(configuration), context);
  } else if (configuration !== undefined)
    throw validation("Authorizer configuration is only allowed when the authorizer type is CUSTOM_JWT");
  const key = text(inputs.kmsKeyArn);
  if (key !== undefined && !keyForGrants(context, key, "bedrock-agentcore"))
    throw new Refusal("AccessDeniedException", `The KMS key ${key} does not exist, or may not be used.`);
}

const TUNABLE =
  "authorizerConfiguration authorizerType description exceptionLevel kmsKeyArn protocolConfiguration roleArn";

const gateway: ResourceModel = {
  type: GATEWAY,
  arguments: {
    ...Object.fromEntries(TUNABLE.split(" ").map((name) => [name, {}])),
    name: { required: true, replace: true },
    authorizerType: { required: true },
    protocolType: { replace: true },
    roleArn: { required: true },
    tags: {},
  },
  computed: ["gatewayArn", "gatewayId", "gatewayUrl", "region", "workloadIdentityDetails"],
  check({ name, authorizerType }) {
    const failures = nameFailures(text(name));
    const types = ["CUSTOM_JWT", "AWS_IAM", "NONE", "AUTHENTICATE_ONLY"];
    if (authorizerType !== UNKNOWN && !types.includes(text(authorizerType) ?? ""))
      failures.push(["authorizerType", `expected one of ${types.join(", ")}, got: ${String(authorizerType)}`]);
    return failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    const name = given(text(inputs.name), "name");
    if (world.all(GATEWAY, (one) => inPlace(context)(one) && one.inputs.name === name).length > 0)
      throw new Refusal("ConflictException", `A gateway with name ${name} already exists.`);
    judgeGateway(inputs, context);
    const id = `${name.toLowerCase()}-${suffix(world)}`;
    return {
      id,
      computed: {
        gatewayArn: arn("bedrock-agentcore", caller, `gateway/${id}`),
        gatewayId: id,
        gatewayUrl: `https://${id}.gateway.bedrock-agentcore.${caller.region}.amazonaws.com/mcp`,
        workloadIdentityDetails: [ownIdentity(id, caller)],
        region: caller.region,
      },
    };
  },
  update(_object, inputs, context) {
    judgeGateway(inputs, context);
    return {};
  },
  remove({ id }, { world }) {
    if (world.all(TARGET, ({ inputs }) => inputs.gatewayIdentifier === id).length > 0)
      throw validation("Gateway has targets associated with it. Delete all targets before deleting the gateway.");
  },
  seconds: { create: 30, delete: 20, update: () => 20 },
  calls: {
    arn: "bedrock-agentcore:gateway/*",
    create: [["bedrock-agentcore:CreateGateway"]],
    within: { roleArn: [["iam:PassRole", "roleArn"]] },
    read: [["bedrock-agentcore:GetGateway", "self"]],
    update: each(TUNABLE.split(" "), ["bedrock-agentcore:UpdateGateway", "self"]),
    delete: [["bedrock-agentcore:DeleteGateway", "self"]],
  },
};

/** The function and the tools of a target. */
export const lambdaOf = ({ inputs }: Pick<WorldObject, "inputs">): Properties =>
  record(record(record(inputs.targetConfiguration).mcp).lambda);

export const toolsOf = (target: Pick<WorldObject, "inputs">): readonly Properties[] =>
  records(record(lambdaOf(target).toolSchema).inlinePayloads);

function judgeTarget(inputs: Properties, context: Context): void {
  const owner = context.world.get(GATEWAY, text(inputs.gatewayIdentifier) ?? "", context.caller.account);
  if (!owner)
    throw new Refusal("ResourceNotFoundException", `Gateway ${text(inputs.gatewayIdentifier) ?? ""} was not found.`);
  if (text(lambdaOf({ inputs }).lambdaArn) === undefined)
    throw new Refusal("SandboxUnsupported", "the sandbox's gateway targets are Lambda functions");
  if (record(inputs.credentialProviderConfiguration).gatewayIamRole === undefined)
    throw validation("Credential provider configuration GATEWAY_IAM_ROLE is required for Lambda targets");
  const tools = toolsOf({ inputs });
  if (tools.length === 0) throw validation("A Lambda target needs at least one tool.");
  const unfit = tools.find(({ name }) => !/^[a-zA-Z0-9_-]{1,64}$/.test(text(name) ?? ""));
  if (unfit) throw validation(`Tool name must be letters, numbers, hyphens and underscores: ${text(unfit.name) ?? ""}`);
}

const TARGET_TUNABLE = ["credentialProviderConfiguration", "description", "targetConfiguration"];

const target: ResourceModel = {
  type: TARGET,
  arguments: {
    ...Object.fromEntries(TARGET_TUNABLE.map((name) => [name, {}])),
    name: { required: true },
    gatewayIdentifier: { required: true, replace: true },
    targetConfiguration: { required: true },
  },
  computed: ["region", "targetId"],
  check: ({ name }) => nameFailures(text(name)),
  create(inputs, context) {
    judgeTarget(inputs, context);
    const { world, caller } = context;
    const isNamed = ({ inputs: other }: WorldObject): boolean =>
      other.gatewayIdentifier === inputs.gatewayIdentifier && other.name === inputs.name;
    if (world.all(TARGET, isNamed).length > 0)
      throw new Refusal("ConflictException", `A target with name ${text(inputs.name) ?? ""} already exists.`);
    const targetId = suffix(world).toUpperCase();
    return { id: `${text(inputs.gatewayIdentifier) ?? ""},${targetId}`, computed: { targetId, region: caller.region } };
  },
  update(_object, inputs, context) {
    judgeTarget(inputs, context);
    return {};
  },
  seconds: { create: 20, delete: 10, update: () => 10 },
  calls: {
    create: [["bedrock-agentcore:CreateGatewayTarget"]],
    read: [["bedrock-agentcore:GetGatewayTarget"]],
    update: each([...TARGET_TUNABLE, "name"], ["bedrock-agentcore:UpdateGatewayTarget"]),
    delete: [["bedrock-agentcore:DeleteGatewayTarget"]],
  },
};

export const agentcoreGatewayModels: readonly ResourceModel[] = [gateway, target];
