/** What AWS would refuse, or fail at after ten minutes, of where gateways are to stand: looked up before anything is created. */
import * as aws from "@pulumi/aws";
import { ADDRESSES_PER_INTERFACE } from "../../model/lattice-limits.ts";
import type { Built } from "../../model/lattice-quotas.ts";
import type { StackProblem } from "../../model/problem.ts";
import { inVpc, subnetProblems } from "../look-up-checks.ts";
import { found } from "../lookup.ts";
import type { Config, GatewayConfig } from "./config.ts";

/** Everything that takes a place in a VPC. */
interface Placed {
  readonly property: string;
  readonly gateway: GatewayConfig;
  /** Groups that targets carry, in the VPC itself. */
  readonly targetGroups: readonly string[];
  readonly isBuilt: boolean;
}

/** @param networkSubnets ids of the endpoint tier, as far as `network` stands */
export async function placeProblems(
  stack: string,
  config: Config,
  { built, networkSubnets }: { readonly built: Built; readonly networkSubnets: readonly string[] },
): Promise<StackProblem[]> {
  const standing = Object.entries(config.vpcs).flatMap(([key, vpc]) => (vpc === "network" ? [] : [{ key, ...vpc }]));
  const placed = placedOf(config, built);
  const inNetwork = Object.entries(config.vpcs).flatMap(([key, vpc]) => {
    const own = placed.filter(({ gateway }) => vpc === "network" && gateway.vpc === key);
    return networkSubnets.map((id) => addressProblems({ stack, property: `corpai:vpcs.${key}` }, id, own));
  });
  const checks = await Promise.all([
    ...inNetwork,
    ...standing.flatMap(({ key, vpcId, subnets }) => {
      const at = { stack, property: `corpai:vpcs.${key}` };
      const own = placed.filter(({ gateway }) => gateway.vpc === key);
      return [
        vpcProblems(at, vpcId),
        ...subnets.map((subnet) => subnetProblems({ stack, property: `${at.property}.subnets` }, subnet, vpcId)),
        ...subnets.map(({ id }) => addressProblems({ stack, property: `${at.property}.subnets` }, id, own)),
        ...own.flatMap(({ property, gateway, targetGroups }) =>
          [...gateway.securityGroupIds, ...targetGroups].map(async (id) =>
            inVpc({ stack, property }, id, vpcId, (await found(aws.ec2.getSecurityGroup({ id })))?.vpcId),
          ),
        ),
      ];
    }),
  ]);
  return checks.flat();
}

function placedOf({ privateConnections, gateways, resources }: Config, built: Built): Placed[] {
  const groupOf = ({
    target,
  }:
    | Config["resources"][string]
    | Extract<Config["privateConnections"][string], { mode: "service-managed" }>): string[] =>
    target && "securityGroupId" in target ? [target.securityGroupId] : [];
  return [
    ...Object.entries(privateConnections).flatMap(([key, one]) =>
      one.mode === "service-managed"
        ? [
            {
              property: `corpai:privateConnections.${key}`,
              gateway: one,
              targetGroups: groupOf(one),
              isBuilt: built.privateConnections.includes(key),
            },
          ]
        : [],
    ),
    ...Object.entries(gateways).map(([key, gateway]) => {
      const behind = Object.entries(resources).filter(([, one]) => one.gateway === key);
      return {
        property: `corpai:gateways.${key}`,
        gateway,
        targetGroups: behind.flatMap(([, one]) => groupOf(one)),
        isBuilt: behind.some(([name]) => built.resources.includes(name)),
      };
    }),
  ];
}

async function vpcProblems(at: Pick<StackProblem, "stack" | "property">, id: string): Promise<StackProblem[]> {
  if (await found(aws.ec2.getVpc({ id }))) return [];
  return [
    {
      ...at,
      given: id,
      allowed: "a VPC of this account and region",
      wayOut: "Check aws:allowedAccountIds and aws:region, or correct the id.",
    },
  ];
}

/** Each new gateway takes so many addresses of each of its subnets. */
async function addressProblems(
  at: Pick<StackProblem, "stack" | "property">,
  id: string,
  placed: readonly Placed[],
): Promise<StackProblem[]> {
  const coming = placed.filter(({ isBuilt, gateway }) => !isBuilt && gateway.addressType !== "ipv6");
  const wanted = coming.reduce((sum, { gateway }) => sum + gateway.addressesPerInterface, 0);
  const free = (await found(aws.ec2.getSubnet({ id })))?.availableIpAddressCount;
  if (free === undefined || free >= wanted) return [];
  return [
    {
      ...at,
      given: `${id}, which has ${free} free addresses`,
      allowed: `subnets with at least ${wanted} free addresses for ${coming.length} new gateways: each takes ${ADDRESSES_PER_INTERFACE.default} unless addressesPerInterface says otherwise`,
      wayOut: "Free addresses in it, use another subnet of its AZ, or lower addressesPerInterface.",
    },
  ];
}
