import * as aws from "@pulumi/aws";
import { Network, type PlacedSubnet } from "../../components/network/network.ts";
import { planCidrs } from "../../model/cidr-plan.ts";
import { show } from "../../model/problem.ts";
import { programTags } from "../../model/tags.ts";
import { programContext, refuse, refuseAll } from "../context.ts";
import { lastOutput } from "../itself.ts";
import type { Outputs } from "../outputs.ts";

/** What CorpAI's other programs read. */
export interface NetworkOutputs {
  readonly vpcId: string;
  /** What customers admit: all nodes and pods are inside. */
  readonly clientCidr: string;
  readonly clientSubnets: readonly PlacedSubnet[];
  readonly dataSubnets: readonly PlacedSubnet[];
  readonly endpointSubnets: readonly PlacedSubnet[];
  /** The group that MCP pods carry. */
  readonly workloadsSecurityGroupId: string;
}

export default async function network(): Promise<Outputs<NetworkOutputs>> {
  const { name, config } = programContext("network");
  await onlyAppended(name, config.azIds);
  const zones = await zonesOf(name, config.azIds);
  const plan = planCidrs(config.vpcCidr, config.azIds);

  const vpc = new Network("corpai", {
    plan,
    zones,
    natGateways: config.natGateways,
    flowLogRetentionDays: config.flowLogRetentionDays,
    tags: programTags("network"),
  });

  return {
    vpcId: vpc.vpcId,
    clientCidr: plan.clientCidr,
    clientSubnets: vpc.clientSubnets,
    dataSubnets: vpc.dataSubnets,
    endpointSubnets: vpc.endpointSubnets,
    workloadsSecurityGroupId: vpc.workloadsSecurityGroupId,
  };
}

/**
 * AZs can only be added at the end: awsx numbers its subnets in this order, so that any other change would replace subnets that hold nodes and endpoints,
 * and fail half-way. What stands is read from the stack's own last outputs.
 */
async function onlyAppended(stack: string, azIds: readonly string[]): Promise<void> {
  const before = await lastOutput<readonly PlacedSubnet[]>("clientSubnets");
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

/** This account's names of the AZs; awsx takes names. */
async function zonesOf(stack: string, azIds: readonly string[]): Promise<{ azId: string; name: string }[]> {
  const { names, zoneIds } = await aws.getAvailabilityZones({ state: "available" });
  const nameOf = (azId: string): string | undefined => names[zoneIds.indexOf(azId)];
  refuseAll(
    azIds
      .filter((azId) => nameOf(azId) === undefined)
      .map((azId) => ({
        stack,
        property: "corpai:azIds",
        given: show(azId),
        allowed: `AZs that this account can use: ${[...zoneIds].sort().join(", ")}`,
        wayOut: "Choose among these.",
      })),
  );
  return azIds.map((azId) => ({ azId, name: nameOf(azId) ?? "" }));
}
