// Proves AgentCore's rules as far as the sandbox has them: what is refused, who may call, what READY does not say, and what outlives an agent.
// That AWS's texts are these word for word is not proved, nor does any agent run here.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { whyNoAnswer, whyNoTool } from "../../sandbox/aws/agentcore-access.ts";
import { tokenThroughIdentity } from "../../sandbox/aws/agentcore-identity.ts";
import { interfaces } from "../../sandbox/aws/network.ts";
import type { Token } from "../../sandbox/aws/tokens.ts";
import { tokenFor } from "../../sandbox/aws/tokens.ts";
import type { Properties } from "../../sandbox/wire.ts";
import type { Pool } from "./support/agentcore.ts";
import {
  A,
  DIGEST,
  IMAGE,
  account,
  gateway,
  jwt,
  pool,
  role,
  runtimeArguments,
  targetArguments,
} from "./support/agentcore.ts";
import { textOf } from "./support/cluster.ts";
import { SUBNET_A, SUBNET_B, SUBNET_C } from "./support/connection.ts";
import { GROUP } from "./support/stores.ts";
import type { Actor, Outputs } from "./support/world.ts";
import { DATA, actor } from "./support/world.ts";

const HOUR = 3600;

let aws: Actor;
beforeEach(() => {
  aws = account();
});
const create = (more: Properties = {}): Outputs => aws.make(A.runtime, runtimeArguments(aws, more));
const refused = (more: Properties, why: RegExp): void => assert.throws(() => create(more), why);
const network = (subnets: string[], more: Properties = {}): Properties => ({
  networkConfiguration: { networkMode: "VPC", networkModeConfig: { subnets, securityGroups: [GROUP], ...more } },
});
const agentInterfaces = () => interfaces(aws.context.world, ({ owner }) => owner.startsWith("agentcore "));

function token({ client }: Pool, scopes?: readonly string[]): Token {
  const given = tokenFor(aws.context.world, {
    clientId: client.id,
    clientSecret: textOf(client.clientSecret),
    ...(scopes && { scopes }),
  });
  assert.ok(typeof given !== "string", JSON.stringify(given));
  return given;
}

describe("runtimes", () => {
  it("are named without hyphens, each name once", () => {
    refused(
      { agentRuntimeName: "support-agent" },
      /must start with a letter and contain only letters, numbers and underscores/,
    );
    assert.match(
      textOf(create().agentRuntimeArn),
      /^arn:aws:bedrock-agentcore:us-east-1:111122223333:runtime\/support_agent-[a-z0-9]{10}$/,
    );
    refused({}, /ConflictException: Agent with name support_agent already exists/);
  });

  it("stand in AZs that AgentCore serves, by id, in one VPC", () => {
    const outside = aws.make("aws:ec2/subnet:Subnet", {
      vpcId: "vpc-0acedada000000001",
      cidrBlock: "10.20.9.0/24",
      availabilityZone: "us-east-1d",
    });
    refused(
      network([SUBNET_A, outside.id]),
      /unsupported availability zones in region us-east-1: subnet-[0-9a-f]+ in us-east-1d \(ID: use1-az6\). Supported availability zones are: use1-az1, use1-az2, use1-az4/,
    );
    refused(network([]), /takes 1 to 16 subnets/);
    refused(network([SUBNET_A], { requireServiceS3Endpoint: true }), /ValidationException: requireServiceS3Endpoint/);
  });

  it("are known in regions that have AgentCore, and nowhere else", () => {
    const elsewhere = actor(aws.context.world, DATA, { region: "us-west-1" });
    assert.throws(
      () => elsewhere.make(A.runtime, runtimeArguments(aws)),
      /UnknownEndpoint: could not resolve endpoint of bedrock-agentcore-control in us-west-1/,
    );
  });

  it("need a role that AgentCore may assume, and that may read the image's repository", () => {
    role(aws, "other", "lambda.amazonaws.com");
    const other = `arn:aws:iam::${DATA}:role/other`;
    refused({ roleArn: other }, /ValidationException: Role validation failed for '.+role\/other'/);
    role(aws, "poor", "bedrock-agentcore.amazonaws.com");
    refused({ roleArn: `arn:aws:iam::${DATA}:role/poor` }, /Access denied while validating ECR URI/);
  });

  it("need an image that is in its repository", () => {
    const image = (containerUri: string): Properties => ({
      agentRuntimeArtifact: { containerConfiguration: { containerUri } },
    });
    refused(image(IMAGE.replace(DIGEST, `sha256:${"b".repeat(64)}`)), /does not exist in the repository/);
    refused(image("docker.io/acme/agent"), /Invalid container URI/);
  });

  it("count their versions, and endpoints follow the newest unless one is named", () => {
    const { id } = create();
    const pinned = aws.make(A.endpoint, { agentRuntimeId: id, name: "pinned", agentRuntimeVersion: "1" });
    const following = aws.make(A.endpoint, { agentRuntimeId: id, name: "following" });
    assert.equal(aws.change(A.runtime, id, runtimeArguments(aws, { description: "second" })).agentRuntimeVersion, "2");
    assert.equal(aws.make(A.endpoint, { agentRuntimeId: id, name: "later" }).agentRuntimeVersion, "2");
    assert.equal(pinned.agentRuntimeVersion, "1");
    assert.equal(following.agentRuntimeVersion, "1");
    assert.throws(
      () => aws.make(A.endpoint, { agentRuntimeId: id, name: "none", agentRuntimeVersion: "9" }),
      /ResourceNotFoundException: Version 9/,
    );
  });

  it("are READY although nothing in their VPC leads to their image, and then every session fails", () => {
    const keys = pool(aws);
    const { agentRuntimeArn } = create({ authorizerConfiguration: jwt(keys) });
    assert.equal(aws.context.world.all(A.runtime)[0]?.computed._status, "READY");
    assert.match(
      whyNoAnswer(aws.context.world, textOf(agentRuntimeArn), { token: token(keys) }) ?? "",
      /RuntimeClientError: Runtime initialization time exceeded.+\(no endpoint for ecr.api in vpc-/,
    );
  });
});

describe("interfaces of agents", () => {
  it("are shared by agents with the same subnets and groups", () => {
    create();
    assert.equal(agentInterfaces().length, 2);
    create({ agentRuntimeName: "second" });
    assert.equal(agentInterfaces().length, 2);
    create({ agentRuntimeName: "third", ...network([SUBNET_C]) });
    assert.equal(agentInterfaces().length, 3);
  });

  it("stand for eight hours after the last agent, and hold on to subnets and groups all the while", () => {
    const vpcId = "vpc-0acedada000000001";
    const group = aws.make("aws:ec2/securityGroup:SecurityGroup", { name: "agents", vpcId });
    const subnet = aws.make("aws:ec2/subnet:Subnet", {
      vpcId,
      cidrBlock: "10.20.9.0/24",
      availabilityZoneId: "use1-az1",
    });
    const place = { networkMode: "VPC", networkModeConfig: { subnets: [subnet.id], securityGroups: [group.id] } };
    const first = create({ networkConfiguration: place });
    const second = create({ networkConfiguration: place, agentRuntimeName: "second" });
    aws.unmake(A.runtime, first.id);
    aws.context.world.advance(9 * HOUR);
    assert.equal(agentInterfaces().length, 1, "the second agent still uses it");
    aws.unmake(A.runtime, second.id);
    const blocked = (): void => {
      assert.throws(() => aws.unmake("aws:ec2/securityGroup:SecurityGroup", group.id), /DependencyViolation/);
      assert.throws(() => aws.unmake("aws:ec2/subnet:Subnet", subnet.id), /DependencyViolation/);
    };
    blocked();
    aws.context.world.advance(7 * HOUR);
    blocked();
    aws.context.world.advance(HOUR);
    aws.unmake("aws:ec2/securityGroup:SecurityGroup", group.id);
    aws.unmake("aws:ec2/subnet:Subnet", subnet.id);
  });

  it("are taken over by an agent that comes back before they are gone", () => {
    const { id } = create();
    const [before] = agentInterfaces();
    aws.unmake(A.runtime, id);
    create();
    aws.context.world.advance(9 * HOUR);
    assert.deepEqual(agentInterfaces()[0], before);
  });

  it("move with the agent: the old ones stay behind", () => {
    const { id } = create();
    aws.change(A.runtime, id, runtimeArguments(aws, network([SUBNET_B])));
    assert.equal(agentInterfaces().length, 3);
    aws.context.world.advance(8 * HOUR);
    assert.equal(agentInterfaces().length, 1);
  });
});

describe("who may call an agent", () => {
  /** Why a call is refused, where the agent's session would start or not is another question. */
  const call = (runtime: Outputs, given: Parameters<typeof whyNoAnswer>[2], qualifier?: string): string =>
    (whyNoAnswer(aws.context.world, textOf(runtime.agentRuntimeArn), given, qualifier) ?? "").split(":")[0] ?? "";

  it("with tokens: nobody without one, with one of another client, scope or issuer, or one that has expired", () => {
    const keys = pool(aws);
    const other = aws.make(A.client, {
      name: "other",
      userPoolId: keys.id,
      generateSecret: true,
      allowedOauthFlows: ["client_credentials"],
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthScopes: ["agents/agent"],
    });
    const runtime = create({ authorizerConfiguration: jwt(keys) });
    assert.equal(call(runtime, {}), "UnauthorizedException");
    assert.equal(call(runtime, { token: token(keys, ["agents/read"]) }), "AccessDeniedException");
    assert.equal(call(runtime, { token: token({ ...keys, client: other }) }), "UnauthorizedException");
    assert.equal(call(runtime, { token: { ...token(keys), issuer: "https://example.com" } }), "UnauthorizedException");
    const own = token(keys, ["agents/agent"]);
    assert.equal(call(runtime, { token: own }), "RuntimeClientError", "let in, and then the image is out of reach");
    aws.context.world.advance(HOUR);
    assert.equal(call(runtime, { token: own }), "UnauthorizedException");
    assert.equal(call(runtime, { token: token(keys) }, "none"), "ResourceNotFoundException");
  });

  it("no token of Cognito's where an audience is asked for, which its access tokens do not carry", () => {
    const keys = pool(aws);
    const runtime = create({ authorizerConfiguration: jwt(keys, { allowedAudiences: ["agents"] }) });
    assert.equal(call(runtime, { token: token(keys) }), "UnauthorizedException");
  });

  it("without an authorizer: roles that are allowed to, and nobody else", () => {
    const runtime = create();
    role(aws, "nobody", "ec2.amazonaws.com", { Action: "s3:GetObject", Resource: "*" });
    role(aws, "caller", "ec2.amazonaws.com", {
      Action: "bedrock-agentcore:InvokeAgentRuntime",
      Resource: textOf(runtime.agentRuntimeArn),
    });
    assert.equal(call(runtime, {}), "AccessDeniedException");
    assert.equal(call(runtime, { role: { account: DATA, role: "nobody" } }), "AccessDeniedException");
    assert.equal(call(runtime, { role: { account: DATA, role: "caller" } }), "RuntimeClientError");
  });

  it("an authorizer whose issuer cannot be found is refused", () => {
    const missing = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_nothing00/.well-known/openid-configuration";
    refused(
      { authorizerConfiguration: { customJwtAuthorizer: { discoveryUrl: missing, allowedClients: ["x"] } } },
      /Failed to fetch the OpenID Connect configuration/,
    );
    refused(
      { authorizerConfiguration: { customJwtAuthorizer: { discoveryUrl: "https://example.com" } } },
      /discoveryUrl must end with/,
    );
  });
});

describe("gateways", () => {
  const callTool = (made: Outputs, given: Parameters<typeof whyNoTool>[2], tool = "lookup___get_customer") =>
    whyNoTool(aws.context.world, textOf(made.gatewayArn), given, tool);

  it("let a token in, and call the function by their own role", () => {
    const keys = pool(aws);
    const made = gateway(aws, jwt(keys));
    assert.match(
      textOf(made.gatewayUrl),
      /^https:\/\/tools-[a-z0-9]{10}\.gateway\.bedrock-agentcore\.us-east-1\.amazonaws\.com\/mcp$/,
    );
    assert.match(callTool(made, {}) ?? "", /^UnauthorizedException/);
    assert.equal(callTool(made, { token: token(keys) }), undefined);
    assert.match(callTool(made, { token: token(keys) }, "lookup___drop_table") ?? "", /^Unknown tool/);
    const [policy] = aws.context.world.all(A.rolePolicy, ({ inputs }) => inputs.role === "gateway");
    aws.unmake(A.rolePolicy, policy?.id ?? "");
    assert.match(callTool(made, { token: token(keys) }) ?? "", /lambda:InvokeFunction/);
  });

  it("say how they authorize, and take targets that they can call", () => {
    const made = gateway(aws, jwt(pool(aws)));
    const arguments_ = (more: Properties): Properties => ({
      name: "second",
      roleArn: `arn:aws:iam::${DATA}:role/gateway`,
      authorizerType: "CUSTOM_JWT",
      ...more,
    });
    assert.throws(() => aws.make(A.gateway, arguments_({})), /Authorizer configuration is required/);
    assert.throws(() => aws.make(A.gateway, arguments_({ authorizerType: "OPEN" })), /expected one of CUSTOM_JWT/);
    assert.throws(
      () => aws.make(A.target, targetArguments(made.id, "arn", { name: "two", credentialProviderConfiguration: {} })),
      /GATEWAY_IAM_ROLE is required/,
    );
    assert.throws(() => aws.make(A.target, targetArguments(made.id, "arn")), /ConflictException/);
  });

  it("stay while they have targets", () => {
    const made = gateway(aws, jwt(pool(aws)));
    assert.throws(() => aws.unmake(A.gateway, made.id), /Gateway has targets associated with it/);
    aws.unmake(A.target, aws.context.world.all(A.target)[0]?.id ?? "");
    aws.unmake(A.gateway, made.id);
  });
});

describe("AgentCore Identity", () => {
  const directory = `arn:aws:bedrock-agentcore:us-east-1:${DATA}:workload-identity-directory/default`;
  const vault = `arn:aws:bedrock-agentcore:us-east-1:${DATA}:token-vault/default`;
  const GRANTS: readonly Properties[] = [
    { Action: "bedrock-agentcore:GetWorkloadAccessToken", Resource: directory },
    { Action: "bedrock-agentcore:GetWorkloadAccessToken", Resource: `${directory}/workload-identity/support` },
    { Action: "bedrock-agentcore:GetResourceOauth2Token", Resource: directory },
    { Action: "bedrock-agentcore:GetResourceOauth2Token", Resource: `${directory}/workload-identity/support` },
    { Action: "bedrock-agentcore:GetResourceOauth2Token", Resource: vault },
    { Action: "bedrock-agentcore:GetResourceOauth2Token", Resource: `${vault}/oauth2credentialprovider/tools` },
    {
      Action: "secretsmanager:GetSecretValue",
      Resource: `arn:aws:secretsmanager:us-east-1:${DATA}:secret:bedrock-agentcore-identity!default/oauth2/tools-??????`,
    },
  ];

  function provide({ client, discoveryUrl }: Pool, more: Properties = {}): void {
    aws.make(A.identity, { name: "support" });
    aws.make(A.provider, {
      name: "tools",
      credentialProviderVendor: "CustomOauth2",
      oauth2ProviderConfig: {
        customOauth2ProviderConfig: {
          oauthDiscovery: { discoveryUrl },
          clientId: client.id,
          clientSecret: textOf(client.clientSecret),
          ...more,
        },
      },
    });
  }
  const ask = (name: string, scopes = ["agents/read"]): Token | string =>
    tokenThroughIdentity(
      aws.context.world,
      { account: DATA, region: "us-east-1", role: name },
      { workloadIdentity: "support", provider: "tools", scopes },
    );

  it("gives a token to a role with all grants, and to none that lacks one of them", () => {
    provide(pool(aws));
    role(aws, "all", "bedrock-agentcore.amazonaws.com", ...GRANTS);
    assert.deepEqual((ask("all") as Token).scopes, ["agents/read"]);
    GRANTS.forEach((missing, index) => {
      role(aws, `lacks${index}`, "bedrock-agentcore.amazonaws.com", ...GRANTS.filter((one) => one !== missing));
      const answer = ask(`lacks${index}`);
      assert.match(
        typeof answer === "string" ? answer : "a token",
        new RegExp(`not authorized to perform: ${textOf(missing.Action)}`),
      );
    });
  });

  it("gets none for a scope that the client may not have, nor for a client whose secret has changed", () => {
    provide(pool(aws), { clientSecret: "wrong" });
    role(aws, "all", "bedrock-agentcore.amazonaws.com", ...GRANTS);
    assert.equal(ask("all"), "invalid_client");
    aws.unmake(A.provider, "tools");
    aws.unmake(A.identity, "support");
    const [client] = aws.context.world.all(A.client);
    provide({ client: aws.read(A.client, client?.id ?? ""), discoveryUrl: poolUrl(), id: "" });
    assert.equal(ask("all", ["agents/write"]), "invalid_scope");
  });
  const poolUrl = (): string =>
    `https://cognito-idp.us-east-1.amazonaws.com/${aws.context.world.all(A.pool)[0]?.id ?? ""}/.well-known/openid-configuration`;

  it("takes its secret along when it goes", () => {
    provide(pool(aws));
    const secrets = () => aws.context.world.all("aws:secretsmanager/secret:Secret");
    assert.equal(secrets().length, 1);
    aws.unmake(A.provider, "tools");
    assert.equal(secrets().length, 0);
  });

  it("keeps no client's secret where the world can be read", () => {
    const keys = pool(aws);
    provide(keys);
    const [stored] = aws.context.world.all(A.provider);
    assert.ok(!JSON.stringify(stored).includes(textOf(keys.client.clientSecret)));
  });
});

describe("deliveries of logs", () => {
  it("bring traces to X-Ray and logs to a group, and nothing the other way round", () => {
    const { agentRuntimeArn } = create();
    aws.make(A.logGroup, { name: "agent" });
    const source = (name: string, logType: string, resourceArn = textOf(agentRuntimeArn)) =>
      aws.make(A.source, { name, logType, resourceArn });
    const [traces, logs] = [source("traces", "TRACES"), source("logs", "APPLICATION_LOGS")];
    assert.throws(() => source("again", "TRACES"), /ConflictException/);
    assert.throws(() => source("access", "ACCESS_LOGS"), /not supported for the resource/);
    assert.throws(() => source("other", "TRACES", "arn:nothing"), /ResourceNotFoundException/);
    const xray = aws.make(A.destination, { name: "xray", deliveryDestinationType: "XRAY" });
    const group = aws.make(A.destination, {
      name: "group",
      deliveryDestinationConfiguration: {
        destinationResourceArn: `arn:aws:logs:us-east-1:${DATA}:log-group:agent`,
      },
    });
    const deliver = (from: Outputs, to: Outputs) =>
      aws.make(A.delivery, { deliverySourceName: from.id, deliveryDestinationArn: textOf(to.arn) });
    assert.throws(() => deliver(traces, group), /type CWL is not supported for log type TRACES/);
    assert.throws(() => deliver(logs, xray), /type XRAY is not supported for log type APPLICATION_LOGS/);
    deliver(traces, xray);
    deliver(logs, group);
    assert.throws(() => aws.unmake(A.source, traces.id), /ConflictException/);
  });
});
