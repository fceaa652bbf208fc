import type { PlacedEndpoint } from "../../components/network/aws-endpoints.ts";
import { Network, type PlacedSubnet } from "../../components/network/network.ts";
import { type EndpointWish, awsEndpointsFor } from "../../model/aws-endpoints.ts";
import { planCell, planCidrs } from "../../model/cidr-plan.ts";
import { protectionOf } from "../../model/environment-class.ts";
import { show } from "../../model/problem.ts";
import { programTags } from "../../model/tags.ts";
import { MINIMUM_AZS } from "../../model/zones.ts";
import { programContext, refuse, refuseAll } from "../context.ts";
import { type Last, lastOutputs } from "../itself.ts";
import type { Outputs } from "../outputs.ts";
import { cellsOf } from "./config.ts";
import { accountOf } from "../provider-settings.ts";
import { statedQuotaProblems } from "../stated-quotas.ts";
import { type Zone, endpointOffer, zonesOf } from "../zones.ts";

/** What CorpAI's other programs read. */
export interface NetworkOutputs {
  readonly vpcId: string;
  /** What customers admit: all nodes and pods are inside. */
  readonly clientCidr: string;
  readonly clientSubnets: readonly PlacedSubnet[];
  readonly dataSubnets: readonly PlacedSubnet[];
  readonly endpointSubnets: readonly PlacedSubnet[];
  /** By cell: endpoint subnets of the stacks of connections that name it. */
  readonly endpointCells: Readonly<Record<string, readonly PlacedSubnet[]>>;
  /** The group that MCP pods carry. */
  readonly workloadsSecurityGroupId: string;
  /** By tenant: the group that pods of that tenant carry besides. */
  readonly tenantSecurityGroupIds: Readonly<Record<string, string>>;
  /** The group in front of AWS's own services: whoever calls them has to be admitted on 443. */
  readonly awsEndpointsSecurityGroupId: string;
}

export default async function network(): Promise<Outputs<NetworkOutputs>> {
  const { name, config, environment, aws: settings } = programContext("network");
  refuseAll(await statedQuotaProblems(name, accountOf(settings), environment.facts.quotas));
  const last = lastOutputs("network");
  await onlyAppended(name, config.azIds, last);
  const endpointCells = Object.fromEntries(
    Object.entries(cellsOf(config)).map(([cell, { block, azIds }]) => [cell, planCell(config.vpcCidr, block, azIds)]),
  );
  await cellsStay(name, endpointCells, last);
  const zones = await zonesOf(name, "corpai:azIds", config.azIds);
  const awsEndpoints = await placedEndpoints(name, config, zones);
  const plan = planCidrs(config.vpcCidr, config.azIds);

  const vpc = new Network("corpai", {
    plan,
    zones,
    natGateways: config.natGateways,
    tenants: config.tenants,
    endpointCells,
    awsEndpoints,
    flowLogGroupName: `/corpai/${environment.name}/flow-logs`,
    protection: protectionOf(environment.class),
    place: { account: accountOf(settings), region: settings.region },
    tags: programTags("network"),
  });

  return {
    vpcId: vpc.vpcId,
    clientCidr: plan.clientCidr,
    clientSubnets: vpc.clientSubnets,
    dataSubnets: vpc.dataSubnets,
    endpointSubnets: vpc.endpointSubnets,
    endpointCells: vpc.endpointCells,
    workloadsSecurityGroupId: vpc.workloadsSecurityGroupId,
    tenantSecurityGroupIds: vpc.tenantSecurityGroupIds,
    awsEndpointsSecurityGroupId: vpc.awsEndpointsSecurityGroupId,
  };
}

/**
 * AZs can only be added at the end: awsx numbers its subnets in this order, so that any other change would replace subnets that hold nodes and endpoints,
 * and fail half-way. What stands is read from the stack's own last outputs.
 */
async function onlyAppended(stack: string, azIds: readonly string[], last: Last<"network">): Promise<void> {
  const before = await last("clientSubnets");
  const standing = (before ?? []).map(({ azId }) => azId);
  if (standing.every((azId, index) => azIds[index] === azId)) return;
  refuse([
    {
      stack,
      property: "corpai:azIds",
      given: show(azIds),
      allowed: `a list that starts with ${show(standing)}, the AZs that stand`,
      wayOut: "Append new AZs at the end. To leave an AZ, move to a new network: subnets in use cannot be replaced.",
    },
  ]);
}

/** What stands of a cell keeps its addresses: another block would replace subnets that hold endpoints. A cell may go, once nothing stands in it. */
async function cellsStay(
  stack: string,
  planned: Readonly<Record<string, Readonly<Record<string, string>>>>,
  last: Last<"network">,
): Promise<void> {
  const standing = Object.entries((await last("endpointCells")) ?? {});
  refuseAll(
    standing.flatMap(([cell, subnets]) => {
      const now = planned[cell];
      const moved = subnets.filter(({ azId, cidr }) => now !== undefined && now[azId] !== cidr);
      return moved.length === 0
        ? []
        : [
            {
              stack,
              property: `corpai:endpointCells.${cell}`,
              given: show(now),
              allowed: `the subnets that stand: ${subnets.map(({ azId, cidr }) => `${cidr} in ${azId}`).join(", ")}`,
              wayOut: "Keep its block and its AZs, and add another cell for what is to stand elsewhere.",
            },
          ];
    }),
  );
}

/** Where AWS offers each endpoint among our AZs. Those without one reach it in another AZ. */
async function placedEndpoints(
  stack: string,
  wish: EndpointWish,
  zones: readonly Zone[],
): Promise<readonly PlacedEndpoint[]> {
  const placed = await Promise.all(
    awsEndpointsFor(wish).map(async (endpoint): Promise<PlacedEndpoint> => {
      const { azIds } = await endpointOffer(endpoint.service, zones);
      return { endpoint, azIds };
    }),
  );
  refuseAll(
    placed
      .filter(({ azIds }) => azIds.length < MINIMUM_AZS)
      .map(({ endpoint: { service, purpose }, azIds }) => ({
        stack,
        property: "corpai:azIds",
        given: `${show(zones.map(({ azId }) => azId))}, of which AWS offers the endpoint ${service} (${purpose}) in ${azIds.join(", ") || "none"}`,
        allowed: `AZs of which at least ${MINIMUM_AZS} have each endpoint that the environment needs`,
        wayOut: "Add an AZ that has it, or choose another region.",
      })),
  );
  return placed;
}
