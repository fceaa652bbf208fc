/** The interface endpoints of the isolated network, by the end of their names: `com.amazonaws.<region>.<service>`. */
export const AGENTCORE_SERVICES = [
  "bedrock-runtime",
  "bedrock-agentcore",
  "bedrock-agentcore.gateway",
  "ecr.api",
  "ecr.dkr",
  "logs",
  "monitoring",
  "secretsmanager",
  "ssm",
  "rds-data",
  "kms",
  "xray",
] as const;
export type AgentcoreService = (typeof AGENTCORE_SERVICES)[number];

/** Its gateway endpoints. */
export const AGENTCORE_GATEWAYS = ["s3", "dynamodb"] as const;
export type AgentcoreGateway = (typeof AGENTCORE_GATEWAYS)[number];

/** Its security groups, by the document's names. */
export const AGENTCORE_GROUPS = [
  "VPCEndpointSecurityGroup",
  "MCPRuntimeSecurityGroup",
  "AgentRuntimeSecurityGroup",
  "GatewayLambdaSecurityGroup",
  "AuroraSecurityGroup",
] as const;
export type AgentcoreGroup = (typeof AGENTCORE_GROUPS)[number];

/** What the document gives a subnet of its own. */
export const AGENTCORE_HOMES = ["agent", "resources", "mcp"] as const;
export type AgentcoreHome = (typeof AGENTCORE_HOMES)[number];
