/** What agents stand on, in the demo estate's VPC, as programs ask for it. */
import type { Properties } from "../../../sandbox/wire.ts";
import { World } from "../../../sandbox/world.ts";
import { textOf, trust } from "./cluster.ts";
import { SUBNET_A, SUBNET_B } from "./connection.ts";
import { GROUP } from "./stores.ts";
import type { Actor, Outputs } from "./world.ts";
import { DATA, actor, demoWorld } from "./world.ts";

export const A = {
  pool: "aws:cognito/userPool:UserPool",
  domain: "aws:cognito/userPoolDomain:UserPoolDomain",
  resourceServer: "aws:cognito/resourceServer:ResourceServer",
  client: "aws:cognito/userPoolClient:UserPoolClient",
  table: "aws:dynamodb/table:Table",
  repository: "aws:ecr/repository:Repository",
  function: "aws:lambda/function:Function",
  cluster: "aws:rds/cluster:Cluster",
  member: "aws:rds/clusterInstance:ClusterInstance",
  runtime: "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime",
  endpoint: "aws:bedrock/agentcoreAgentRuntimeEndpoint:AgentcoreAgentRuntimeEndpoint",
  gateway: "aws:bedrock/agentcoreGateway:AgentcoreGateway",
  target: "aws:bedrock/agentcoreGatewayTarget:AgentcoreGatewayTarget",
  identity: "aws:bedrock/agentcoreWorkloadIdentity:AgentcoreWorkloadIdentity",
  provider: "aws:bedrock/agentcoreOauth2CredentialProvider:AgentcoreOauth2CredentialProvider",
  source: "aws:cloudwatch/logDeliverySource:LogDeliverySource",
  destination: "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
  delivery: "aws:cloudwatch/logDelivery:LogDelivery",
  logGroup: "aws:cloudwatch/logGroup:LogGroup",
  role: "aws:iam/role:Role",
  rolePolicy: "aws:iam/rolePolicy:RolePolicy",
} as const;

export const DIGEST = `sha256:${"a".repeat(64)}`;
export const IMAGE = `${DATA}.dkr.ecr.us-east-1.amazonaws.com/support/agent@${DIGEST}`;
export const REPOSITORY_ARN = `arn:aws:ecr:us-east-1:${DATA}:repository/support/agent`;

/** An account in a world where a pipeline pushes the agent's image into its repository. */
export function account(): Actor {
  const { facts, objects } = demoWorld();
  return actor(new World("agents", { ...facts, pushes: { "support/agent": [DIGEST] } }, objects), DATA);
}

/** A role with what it is allowed. */
export function role(aws: Actor, name: string, service: string, ...statements: Properties[]): Outputs {
  const made = aws.make(A.role, { name, assumeRolePolicy: trust(service) });
  const Statement = statements.map((statement) => ({ Effect: "Allow", ...statement }));
  if (statements.length > 0)
    aws.make(A.rolePolicy, {
      name: `${name}-own`,
      role: name,
      policy: JSON.stringify({ Version: "2012-10-17", Statement }),
    });
  return made;
}

/** A pool with scopes read and agent, and one client that may have both. */
export interface Pool {
  readonly id: string;
  readonly discoveryUrl: string;
  readonly client: Outputs;
}

export function pool(aws: Actor, { withDomain = true }: { readonly withDomain?: boolean } = {}): Pool {
  const { id } = aws.make(A.pool, { name: "agents" });
  if (withDomain) aws.make(A.domain, { domain: "acme-agents", userPoolId: id });
  aws.make(A.resourceServer, {
    identifier: "agents",
    name: "agents",
    userPoolId: id,
    scopes: ["read", "agent"].map((scopeName) => ({ scopeName, scopeDescription: scopeName })),
  });
  const discoveryUrl = `https://cognito-idp.us-east-1.amazonaws.com/${id}/.well-known/openid-configuration`;
  return { id, discoveryUrl, client: aws.make(A.client, clientArguments(id)) };
}

export const clientArguments = (userPoolId: string, more: Properties = {}): Properties => ({
  name: "caller",
  userPoolId,
  generateSecret: true,
  allowedOauthFlows: ["client_credentials"],
  allowedOauthFlowsUserPoolClient: true,
  allowedOauthScopes: ["agents/read", "agents/agent"],
  ...more,
});

const PULL = [
  { Action: "ecr:GetAuthorizationToken", Resource: "*" },
  { Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], Resource: REPOSITORY_ARN },
];

/** Arguments of a runtime whose repository and role are made here, unless they stand. */
export function runtimeArguments(aws: Actor, more: Properties = {}): Properties {
  const { world, caller } = aws.context;
  if (!world.get(A.repository, "support/agent", caller.account)) aws.make(A.repository, { name: "support/agent" });
  if (!world.get(A.role, "agent", caller.account)) role(aws, "agent", "bedrock-agentcore.amazonaws.com", ...PULL);
  return {
    agentRuntimeName: "support_agent",
    roleArn: `arn:aws:iam::${DATA}:role/agent`,
    agentRuntimeArtifact: { containerConfiguration: { containerUri: IMAGE } },
    networkConfiguration: {
      networkMode: "VPC",
      networkModeConfig: { subnets: [SUBNET_A, SUBNET_B], securityGroups: [GROUP] },
    },
    ...more,
  };
}

export const jwt = ({ discoveryUrl, client }: Pool, more: Properties = {}): Properties => ({
  customJwtAuthorizer: { discoveryUrl, allowedClients: [client.id], allowedScopes: ["agents/agent"], ...more },
});

export const tableArguments = (more: Properties = {}): Properties => ({
  name: "customers",
  billingMode: "PAY_PER_REQUEST",
  hashKey: "customerId",
  attributes: [{ name: "customerId", type: "S" }],
  ...more,
});

const INTERFACES = {
  Action: ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"],
  Resource: "*",
};

export function functionArguments(aws: Actor, more: Properties = {}): Properties {
  if (!aws.context.world.get(A.role, "lookup", aws.context.caller.account))
    role(aws, "lookup", "lambda.amazonaws.com", INTERFACES);
  return {
    name: "lookup",
    role: `arn:aws:iam::${DATA}:role/lookup`,
    runtime: "nodejs24.x",
    handler: "index.handler",
    code: { hash: "abc" },
    vpcConfig: { subnetIds: [SUBNET_A, SUBNET_B], securityGroupIds: [GROUP] },
    ...more,
  };
}

/** A gateway with one tool behind it. */
export function gateway(aws: Actor, authorizer: Properties, more: Properties = {}): Outputs {
  const lambda = aws.make(A.function, functionArguments(aws));
  role(aws, "gateway", "bedrock-agentcore.amazonaws.com", {
    Action: "lambda:InvokeFunction",
    Resource: textOf(lambda.arn),
  });
  const made = aws.make(A.gateway, {
    name: "tools",
    roleArn: `arn:aws:iam::${DATA}:role/gateway`,
    authorizerType: "CUSTOM_JWT",
    authorizerConfiguration: authorizer,
    protocolType: "MCP",
    ...more,
  });
  aws.make(A.target, targetArguments(made.id, textOf(lambda.arn)));
  return made;
}

export const targetArguments = (gatewayIdentifier: string, lambdaArn: string, more: Properties = {}): Properties => ({
  name: "lookup",
  gatewayIdentifier,
  credentialProviderConfiguration: { gatewayIamRole: {} },
  targetConfiguration: {
    mcp: {
      lambda: {
        lambdaArn,
        toolSchema: {
          inlinePayloads: [{ name: "get_customer", description: "A customer by id", inputSchema: { type: "object" } }],
        },
      },
    },
  },
  ...more,
});
