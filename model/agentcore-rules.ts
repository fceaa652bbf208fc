import type { AgentcoreGateway, AgentcoreGroup } from "./agentcore-names.ts";

/** One rule of a group of the isolated network: always HTTPS. */
export interface IsolatedRule {
  /** Names the rule's resource, and the rule wherever flows speak of it. */
  readonly key: string;
  readonly group: AgentcoreGroup;
  readonly direction: "ingress" | "egress";
  readonly peer: { readonly group: AgentcoreGroup } | { readonly prefixList: AgentcoreGateway } | "vpc";
  readonly description: string;
}

export const HTTPS = 443;

const toEndpoints = (key: string, group: AgentcoreGroup): IsolatedRule => ({
  key,
  group,
  direction: "egress",
  peer: { group: "VPCEndpointSecurityGroup" },
  description: "Interface endpoints of AWS services",
});

const toGateway = (
  key: string,
  group: AgentcoreGroup,
  prefixList: AgentcoreGateway,
  description: string,
): IsolatedRule => ({
  key,
  group,
  direction: "egress",
  peer: { prefixList },
  description,
});

/**
 * The document's rules, and those to S3 that it forgot: runtimes pull the layers of their images from there themselves. A Lambda function's code is
 * brought by the service, so its group needs none.
 *
 * The document's egress to 127.0.0.1/32 is left out, since a group without egress rules says the same. Aurora's group has no rule at all: the Data API
 * comes to it on AWS's side, and nothing in the VPC connects to the database.
 */
export const ISOLATED_RULES: readonly IsolatedRule[] = [
  {
    key: "endpoints-from-vpc",
    group: "VPCEndpointSecurityGroup",
    direction: "ingress",
    peer: "vpc",
    description: "Everything in this VPC to AWS services",
  },
  toEndpoints("mcp-to-endpoints", "MCPRuntimeSecurityGroup"),
  toGateway("mcp-to-dynamodb", "MCPRuntimeSecurityGroup", "dynamodb", "DynamoDB by its gateway endpoint"),
  toGateway("mcp-to-s3", "MCPRuntimeSecurityGroup", "s3", "Image layers by the gateway endpoint of S3"),
  toEndpoints("agent-to-endpoints", "AgentRuntimeSecurityGroup"),
  toGateway("agent-to-s3", "AgentRuntimeSecurityGroup", "s3", "Image layers by the gateway endpoint of S3"),
  toEndpoints("lambda-to-endpoints", "GatewayLambdaSecurityGroup"),
  toGateway("lambda-to-dynamodb", "GatewayLambdaSecurityGroup", "dynamodb", "DynamoDB by its gateway endpoint"),
];

/** What each group is for, as AWS shows it. */
export const GROUP_PURPOSES: Readonly<Record<AgentcoreGroup, string>> = {
  VPCEndpointSecurityGroup: "Interface endpoints of AWS services",
  MCPRuntimeSecurityGroup: "MCP runtime",
  AgentRuntimeSecurityGroup: "Agent runtime",
  GatewayLambdaSecurityGroup: "Lambda functions of the gateway",
  AuroraSecurityGroup: "Aurora, reached by the Data API alone",
};
