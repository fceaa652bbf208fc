/** What the platform's components are given where a test does not care. */
import type { McpClusterArgs } from "../../../components/cluster/mcp-cluster.ts";
import type { NetworkArgs } from "../../../components/network/network.ts";
import { AWS_ENDPOINTS } from "../../../model/aws-endpoints.ts";
import { planCidrs } from "../../../model/cidr-plan.ts";
import { protectionOf } from "../../../model/environment-class.ts";

export const tags = { ManagedBy: "corpai-terraform" };
export const place = { account: "111122223333", region: "us-east-1" };
const zones = [
  { azId: "use1-az1", name: "us-east-1a" },
  { azId: "use1-az4", name: "us-east-1c" },
];
const azIds = zones.map(({ azId }) => azId);

/** Of class dev, with every endpoint, without NAT gateways. */
export const networkArgs = (more: Partial<NetworkArgs> = {}): NetworkArgs => ({
  plan: planCidrs("10.40.0.0/16", azIds),
  zones,
  natGateways: "none",
  tenants: [],
  endpointCells: {},
  awsEndpoints: AWS_ENDPOINTS.map((endpoint) => ({ endpoint, azIds })),
  flowLogGroupName: "/corpai/demo/flow-logs",
  protection: protectionOf("dev"),
  place,
  tags,
  ...more,
});

/** Of class dev, private, with nobody let in. */
export const clusterArgs = (more: Partial<McpClusterArgs> = {}): McpClusterArgs => ({
  clusterName: "corpai-demo",
  vpcId: "vpc",
  azIds: ["use1-az1", "use1-az2"],
  subnetIn: (azId) => `subnet-${azId}`,
  workloadsSecurityGroupId: "sg-workloads",
  awsEndpointsSecurityGroupId: "sg-aws",
  version: "1.35",
  publicAccessCidrs: undefined,
  access: {},
  protection: protectionOf("dev"),
  place,
  tags,
  ...more,
});
