/** What becomes of a call to an agent or gateway: who may make it, whether a session starts, and whether the tool behind it may be called. */
import { record, text } from "../values.ts";
import type { World, WorldObject } from "../world.ts";
import { GATEWAY, TARGET, lambdaOf, toolsOf } from "./agentcore-gateway.ts";
import { interfacesOfRuntime } from "./agentcore-places.ts";
import { DEFAULT_ENDPOINT, RUNTIME, RUNTIME_ENDPOINT } from "./agentcore-runtime.ts";
import { type ApiRequest, callWalk } from "./calls.ts";
import { imageReference } from "./ecr.ts";
import { roleByArn } from "./iam.ts";
import { whyNotInvoked } from "./lambda.ts";
import { arn } from "./network.ts";
import type { Actor } from "./policies.ts";
import { whyDenied } from "./policies.ts";
import type { Token } from "./tokens.ts";
import { whyTokenRefused } from "./tokens.ts";

/** Whoever calls: with a token, by a role, or with neither. */
export interface Call {
  readonly token?: Token;
  readonly role?: Actor;
}

/** Inbound authorization is the one or the other: an object with an authorizer of tokens takes no signatures. */
function whyNotAuthorized(
  world: World,
  { inputs }: WorldObject,
  { token, role }: Call,
  request: { readonly action: string; readonly arn: string },
): string | undefined {
  if (inputs.authorizerConfiguration !== undefined)
    return whyTokenRefused(world, record(record(inputs.authorizerConfiguration).customJwtAuthorizer), token);
  if (!role) return "AccessDeniedException: Missing Authentication Token";
  const why = whyDenied(world, role, { ...request, keys: {} });
  return (
    why &&
    `AccessDeniedException: role ${role.role} is not authorized to perform: ${request.action} on resource: ${request.arn} ${why}`
  );
}

/** What a session calls before it begins: the registry for the image's manifest, and the bucket in which AWS keeps its layers. */
function pullsOf(uri: string): readonly ApiRequest[] {
  const image = imageReference(uri);
  if (!image) return [];
  const { account, region, repository } = image;
  const resource = arn("ecr", image, `repository/${repository}`);
  const bucket = `prod-${region}-starport-layer-bucket`;
  return [
    { host: `api.ecr.${region}.amazonaws.com`, action: "ecr:GetAuthorizationToken", resource: "*", signedBy: "role" },
    { host: `${account}.dkr.ecr.${region}.amazonaws.com`, action: "ecr:BatchGetImage", resource, signedBy: "role" },
    {
      host: `${bucket}.s3.${region}.amazonaws.com`,
      action: "s3:GetObject",
      resource: `arn:aws:s3:::${bucket}/layer`,
      signedBy: "other",
    },
  ];
}

/** Why a runtime starts no session in its VPC, whatever its status says; undefined where it does. */
export function whyNoSession(world: World, runtime: WorldObject): string | undefined {
  const { containerConfiguration } = record(runtime.inputs.agentRuntimeArtifact);
  const pulls = pullsOf(text(record(containerConfiguration).containerUri) ?? "");
  const role = roleByArn(world, text(runtime.inputs.roleArn) ?? "")?.id;
  for (const source of interfacesOfRuntime(world, runtime))
    for (const request of pulls) {
      const { verdict, hops } = callWalk(world, { ...source, role }, request);
      if (verdict === "open") continue;
      return `RuntimeClientError: Runtime initialization time exceeded. Please make sure that initialization completes in 120s. (${hops.at(-1)?.because ?? ""})`;
    }
  return undefined;
}

/** Why a call of an agent's endpoint fails; undefined where the agent answers. @param qualifier name of the endpoint */
export function whyNoAnswer(
  world: World,
  runtimeArn: string,
  call: Call,
  qualifier = DEFAULT_ENDPOINT,
): string | undefined {
  const runtime = world.all(RUNTIME, ({ computed }) => computed.agentRuntimeArn === runtimeArn)[0];
  const endpoint = runtime && world.get(RUNTIME_ENDPOINT, `${runtime.id},${qualifier}`, runtime.account);
  if (!runtime || (qualifier !== DEFAULT_ENDPOINT && !endpoint))
    return `ResourceNotFoundException: No endpoint or agent found with qualifier '${qualifier}' for agent '${runtimeArn}'`;
  const request = { action: "bedrock-agentcore:InvokeAgentRuntime", arn: runtimeArn };
  return whyNotAuthorized(world, runtime, call, request) ?? whyNoSession(world, runtime);
}

/** Why a call of a gateway's tool fails; undefined where its function is run. @param tool as the gateway lists it: `<target>___<tool>` */
export function whyNoTool(world: World, gatewayArn: string, call: Call, tool: string): string | undefined {
  const gateway = world.all(GATEWAY, ({ computed }) => computed.gatewayArn === gatewayArn)[0];
  if (!gateway) return `ResourceNotFoundException: Gateway ${gatewayArn} was not found.`;
  const refused = whyNotAuthorized(world, gateway, call, {
    action: "bedrock-agentcore:InvokeGateway",
    arn: gatewayArn,
  });
  if (refused !== undefined) return refused;
  const [targetName, toolName] = tool.split("___");
  const target = world.all(
    TARGET,
    ({ inputs }) => inputs.gatewayIdentifier === gateway.id && inputs.name === targetName,
  )[0];
  if (!target || !toolsOf(target).some(({ name }) => name === toolName)) return `Unknown tool: ${tool}`;
  const role = roleByArn(world, text(gateway.inputs.roleArn) ?? "");
  if (!role) return "AccessDeniedException: the gateway's role is gone";
  return whyNotInvoked(world, text(lambdaOf(target).lambdaArn) ?? "", role);
}
