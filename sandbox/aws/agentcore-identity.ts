/** AgentCore Identity: workload identities, and providers of credentials that fetch tokens in an agent's name, from the service's side. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { given, record, records, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import { digest } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { validation } from "./agentcore-places.ts";
import { CLIENT, poolAt } from "./cognito.ts";
import { arn, inPlace } from "./network.ts";
import type { Actor } from "./policies.ts";
import { whyDenied } from "./policies.ts";
import { SECRET, managedSecret, whyUnreadable } from "./secrets-manager.ts";
import type { Token } from "./tokens.ts";
import { tokenFor } from "./tokens.ts";

export const WORKLOAD_IDENTITY = "aws:bedrock/agentcoreWorkloadIdentity:AgentcoreWorkloadIdentity";
export const OAUTH2_PROVIDER = "aws:bedrock/agentcoreOauth2CredentialProvider:AgentcoreOauth2CredentialProvider";
const DIRECTORY = "workload-identity-directory/default";
const VAULT = "token-vault/default";

const workloadIdentity: ResourceModel = {
  type: WORKLOAD_IDENTITY,
  arguments: { name: { required: true, replace: true }, allowedResourceOauth2ReturnUrls: { set: true } },
  computed: ["region", "workloadIdentityArn"],
  check({ name }) {
    const wanted = text(name);
    return wanted === undefined || /^[A-Za-z0-9_.-]{3,255}$/.test(wanted)
      ? []
      : [["name", `Attribute name must be 3 to 255 letters, numbers and _.-, got: ${wanted}`]];
  },
  create(inputs, context) {
    const name = given(text(inputs.name), "name");
    if (context.world.get(WORKLOAD_IDENTITY, name, context.caller.account))
      throw new Refusal("ConflictException", `Workload identity ${name} already exists.`);
    const workloadIdentityArn = arn("bedrock-agentcore", context.caller, `${DIRECTORY}/workload-identity/${name}`);
    return { id: name, computed: { workloadIdentityArn, region: context.caller.region } };
  },
  update: () => ({}),
  seconds: { create: 1, delete: 1 },
  calls: {
    arn: `bedrock-agentcore:${DIRECTORY}/workload-identity/{name}`,
    create: [["bedrock-agentcore:CreateWorkloadIdentity", "self"]],
    read: [["bedrock-agentcore:GetWorkloadIdentity", "self"]],
    update: { allowedResourceOauth2ReturnUrls: [["bedrock-agentcore:UpdateWorkloadIdentity", "self"]] },
    delete: [["bedrock-agentcore:DeleteWorkloadIdentity", "self"]],
  },
};

const custom = ({ oauth2ProviderConfig }: Properties): Properties =>
  record(record(oauth2ProviderConfig).customOauth2ProviderConfig);

/** What the service keeps of a provider: where its issuer is, and the credentials of its client, which only it can read. */
function kept(inputs: Properties, context: Context): Properties {
  if (inputs.credentialProviderVendor !== "CustomOauth2")
    throw new Refusal("SandboxUnsupported", "the sandbox's providers are of vendor CustomOauth2");
  const { oauthDiscovery, clientId, clientSecret } = custom(inputs);
  const url = text(record(oauthDiscovery).discoveryUrl) ?? "";
  if (!poolAt(context.world, url)) throw validation(`Failed to fetch the OpenID Connect configuration from ${url}`);
  if (text(clientId) === undefined || text(clientSecret) === undefined)
    throw validation("Client ID and client secret are required.");
  return { _discoveryUrl: url, _clientId: clientId ?? "", _clientSecret: digest(clientSecret ?? "") };
}

const provider: ResourceModel = {
  type: OAUTH2_PROVIDER,
  arguments: {
    name: { required: true, replace: true },
    credentialProviderVendor: { required: true, replace: true },
    oauth2ProviderConfig: { required: true, sensitive: true },
    tags: {},
  },
  computed: ["callbackUrl", "clientSecretArns", "credentialProviderArn", "region"],
  check(inputs) {
    const failures: CheckFailure[] = [];
    const name = text(inputs.name);
    if (name !== undefined && !/^[a-zA-Z0-9_-]{1,128}$/.test(name))
      failures.push(["name", `Attribute name must be letters, numbers, hyphens and underscores, got: ${name}`]);
    return failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    const name = given(text(inputs.name), "name");
    if (world.all(OAUTH2_PROVIDER, (one) => inPlace(context)(one) && one.id === name).length > 0)
      throw new Refusal("ConflictException", `Credential provider with name: ${name} already exists`);
    const own = kept(inputs, context);
    const secret = managedSecret(
      context,
      `bedrock-agentcore-identity!default/oauth2/${name}`,
      "bedrock-agentcore-identity",
    );
    return {
      id: name,
      computed: {
        callbackUrl: `https://bedrock-agentcore.${caller.region}.amazonaws.com/identities/oauth2/callback/${world.hex(12)}`,
        clientSecretArns: [{ secretArn: secret.id }],
        credentialProviderArn: arn("bedrock-agentcore", caller, `${VAULT}/oauth2credentialprovider/${name}`),
        region: caller.region,
        ...own,
      },
    };
  },
  update: (_object, inputs, context) => kept(inputs, context),
  remove({ computed }, { world }) {
    const [secret] = secretsOf(world, computed);
    if (secret) world.remove(secret);
  },
  seconds: { create: 2, delete: 2 },
  calls: {
    arn: `bedrock-agentcore:${VAULT}/oauth2credentialprovider/{name}`,
    create: [["bedrock-agentcore:CreateOauth2CredentialProvider", "self"]],
    read: [["bedrock-agentcore:GetOauth2CredentialProvider", "self"]],
    update: each(["oauth2ProviderConfig"], ["bedrock-agentcore:UpdateOauth2CredentialProvider", "self"]),
    delete: [["bedrock-agentcore:DeleteOauth2CredentialProvider", "self"]],
  },
};

const secretsOf = (world: World, computed: Properties): WorldObject[] =>
  records(computed.clientSecretArns).flatMap(({ secretArn }) => world.get(SECRET, text(secretArn) ?? "") ?? []);

/** What an agent asks AgentCore Identity for. */
export interface IdentityRequest {
  readonly workloadIdentity: string;
  readonly provider: string;
  readonly scopes: readonly string[];
}

/**
 * The token that a role gets through AgentCore Identity by the client credentials flow, or why it gets none. The service itself calls the pool's token
 * endpoint, so nothing of this needs a way to the internet.
 */
export function tokenThroughIdentity(
  world: World,
  role: Actor & { readonly region: string },
  request: IdentityRequest,
): Token | string {
  const { account, region } = role;
  const identity = world.get(WORKLOAD_IDENTITY, request.workloadIdentity, account);
  // What AWS makes for a runtime by itself is nobody's to ask for by name.
  if (!identity) return `ResourceNotFoundException: Workload identity ${request.workloadIdentity} was not found.`;
  const found = world.get(OAUTH2_PROVIDER, request.provider, account);
  if (!found) return `ResourceNotFoundException: Credential provider ${request.provider} was not found.`;
  const directory = arn("bedrock-agentcore", { account, region }, DIRECTORY);
  const vault = arn("bedrock-agentcore", { account, region }, VAULT);
  const own = text(identity.computed.workloadIdentityArn) ?? "";
  const calls = [
    ...[directory, own].map((on) => ["bedrock-agentcore:GetWorkloadAccessToken", on] as const),
    ...[directory, own, vault, text(found.computed.credentialProviderArn) ?? ""].map(
      (on) => ["bedrock-agentcore:GetResourceOauth2Token", on] as const,
    ),
  ];
  for (const [action, on] of calls) {
    const why = whyDenied(world, role, { action, arn: on, keys: {} });
    if (why !== undefined)
      return `AccessDeniedException: User: arn:aws:sts::${account}:assumed-role/${role.role} is not authorized to perform: ${action} on resource: ${on} ${why}`;
  }
  const [secret] = secretsOf(world, found.computed);
  const unreadable = whyUnreadable(world, secret?.id ?? "", role);
  if (unreadable !== undefined) return unreadable;
  const client = world.get(CLIENT, text(found.computed._clientId) ?? "");
  const clientSecret = text(client?.computed.clientSecret) ?? "";
  if (digest(clientSecret) !== found.computed._clientSecret) return "invalid_client";
  return tokenFor(world, { clientId: client?.id ?? "", clientSecret, scopes: request.scopes });
}

export const agentcoreIdentityModels: readonly ResourceModel[] = [workloadIdentity, provider];
