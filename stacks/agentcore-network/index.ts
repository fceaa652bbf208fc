import { IsolatedNetwork } from "../../components/agentcore/isolated-network.ts";
import type { PlacedSubnet } from "../../components/network/network.ts";
import { agentcoreNetworkProblems } from "../../model/agentcore-check.ts";
import { endpointsOf } from "../../model/agentcore-endpoints.ts";
import {
  AGENTCORE_HOMES,
  type AgentcoreGateway,
  type AgentcoreGroup,
  type AgentcoreHome,
  type AgentcoreService,
} from "../../model/agentcore-names.ts";
import { protectionOf } from "../../model/environment-class.ts";
import { show } from "../../model/problem.ts";
import { programTags } from "../../model/tags.ts";
import type { StackConfiguration } from "../configuration.ts";
import { programContext, refuseAll } from "../context.ts";
import { agentcoreNetworkFacts } from "../facts.ts";
import type { Outputs } from "../outputs.ts";
import { accountOf } from "../provider-settings.ts";
import { type Zone, endpointOffer, zonesOf } from "../zones.ts";
import type { Config } from "./config.ts";

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

export default async function agentcoreNetwork(): Promise<Outputs<AgentcoreNetworkOutputs>> {
  const context = programContext("agentcore-network");
  const { name, config, environment, aws } = context;
  const facts = agentcoreNetworkFacts(context);
  refuseAll(agentcoreNetworkProblems(facts));
  const subnets = subnetsOf(config);
  const zones = await zonesOf(name, "corpai:subnets", Object.keys(subnets));
  const withoutPolicy = await servicesWithoutPolicy(context, zones);

  const network = new IsolatedNetwork("agentcore", {
    vpcCidr: config.vpcCidr,
    subnets,
    withoutPolicy,
    networkAcls: config.networkAcls,
    flowLogGroupName: config.flowLogGroupName,
    queryLogGroupName: `/corpai/${environment.name}/agentcore-dns-queries`,
    protection: protectionOf(environment.class),
    scope: {
      account: accountOf(aws),
      region: aws.region,
      modelRegions: facts.modelRegions,
      sessionManager: config.sessionManager,
    },
    tags: programTags("agentcore-network"),
  });

  return {
    vpcId: network.vpcId,
    cidr: config.vpcCidr,
    subnets: network.subnets,
    homes: homesOf(config),
    routeTableId: network.routeTableId,
    securityGroupIds: network.securityGroupIds,
    endpointIds: network.endpointIds,
    gatewayEndpointIds: network.gatewayEndpointIds,
    prefixListIds: network.prefixListIds,
    flowLogGroupName: network.flowLogGroupName,
    queryLogGroupName: network.queryLogGroupName,
  };
}

/** CIDRs by AZ id. */
const subnetsOf = ({ subnets }: Config): Readonly<Record<string, string>> =>
  Object.fromEntries(
    AGENTCORE_HOMES.flatMap((home) => {
      const subnet = subnets[home];
      return subnet ? [[subnet.azId, subnet.cidr]] : [];
    }),
  );

const homesOf = ({ subnets: { agent, resources, mcp } }: Config): Readonly<Record<AgentcoreHome, string>> => ({
  agent: agent.azId,
  resources: resources.azId,
  mcp: (mcp ?? resources).azId,
});

/**
 * What AWS says of the endpoints before one is made.
 *
 * @throws {pulumi.RunError} where AWS does not offer one in one of our AZs: a runtime there would look for it in another, or nowhere
 */
async function servicesWithoutPolicy(
  { name: stack, config, aws: { region } }: StackConfiguration<"agentcore-network">,
  zones: readonly Zone[],
): Promise<readonly string[]> {
  const offers = await Promise.all(
    endpointsOf(config).map(async (endpoint) => ({ ...endpoint, ...(await endpointOffer(endpoint.service, zones)) })),
  );
  refuseAll(
    offers
      .filter(({ azIds }) => azIds.length < zones.length)
      .map(({ service, purpose, azIds }) => ({
        stack,
        property: azIds.length === 0 ? "aws:region" : "corpai:subnets",
        given: `${azIds.length === 0 ? region : show(zones.map(({ azId }) => azId))}, of which AWS offers the endpoint ${service} (${purpose}) in ${azIds.join(", ") || "no AZ of ours"}`,
        allowed: "AZs that have every one of the endpoints",
        wayOut:
          azIds.length === 0 ? "Choose another region: the environment does not work without it." : "Choose other AZs.",
      })),
  );
  return offers.flatMap(({ service, takesPolicy }) => (takesPolicy ? [] : [service]));
}
