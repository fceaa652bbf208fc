import type { PlacedSubnet } from "../../components/network/network.ts";
import type { AgentcoreGateway, AgentcoreGroup, AgentcoreHome, AgentcoreService } from "../../model/agentcore-names.ts";
import type { Outputs } from "../outputs.ts";

/** What the other AgentCore programs read. */
export interface AgentcoreNetworkOutputs {
  readonly vpcId: string;
  readonly cidr: string;
  /** By AZ id. */
  readonly subnets: Readonly<Record<string, PlacedSubnet>>;
  /** The AZ id of each home's subnet. Without a third subnet, `mcp` is at home where `resources` is. */
  readonly homes: Readonly<Record<AgentcoreHome, string>>;
  /** The only route table: this VPC's own addresses, S3 and DynamoDB. */
  readonly routeTableId: string;
  /** By the document's names. */
  readonly securityGroupIds: Readonly<Record<AgentcoreGroup, string>>;
  /** Interface endpoints, by service. */
  readonly endpointIds: Readonly<Record<AgentcoreService, string>>;
  readonly gatewayEndpointIds: Readonly<Record<AgentcoreGateway, string>>;
  /** The prefix lists of the gateway endpoints. */
  readonly prefixListIds: Readonly<Record<AgentcoreGateway, string>>;
  readonly flowLogGroupName: string;
  /** Names that the VPC's resolver was asked for. */
  readonly queryLogGroupName: string;
}

export default function agentcoreNetwork(): Promise<Outputs<AgentcoreNetworkOutputs>> {
  throw new Error("agentcore-network: not built yet");
}
