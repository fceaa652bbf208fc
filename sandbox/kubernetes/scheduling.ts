/** Where a pod comes to stand: which pool takes it, in which AZ, at which address. */
import { vpcIdOf } from "../aws/eks.ts";
import { rangeOf, toIp } from "../aws/network.ts";
import type { Origin } from "../aws/reach.ts";
import { text } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import type { Enforcement } from "./network-policies.ts";
import { mayStandIn, misfit, poolsOf, resolveClass } from "./nodes.ts";

export interface Standing {
  /** The node that it stands on, as the network sees it. */
  readonly node: Origin;
  readonly ip: string;
  readonly azId: string;
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
  readonly enforcement: Enforcement;
}

/** Spread over the AZs by turns; a pod stands in its node's AZ, and its address comes from the end of the subnet. */
export function schedule(
  world: World,
  cluster: WorldObject,
  spec: Properties,
  index: number,
  taken: Set<string>,
): Standing | string {
  const reasons: string[] = [];
  for (const pool of poolsOf(world, cluster)) {
    const against = misfit(pool, spec);
    const resolved = against ?? resolveClass(world, cluster, pool.className);
    if (typeof resolved === "string") {
      reasons.push(resolved);
      continue;
    }
    const zoneOf = ({ computed }: WorldObject): string => text(computed.availabilityZoneId) ?? "";
    const nodeZones = new Set(resolved.nodeSubnets.filter((subnet) => mayStandIn(pool, spec, subnet)).map(zoneOf));
    const places = resolved.podSubnets.filter((subnet) => nodeZones.has(zoneOf(subnet)));
    const zones = [...new Set(places.map(zoneOf))].sort();
    const azId = zones[index % zones.length];
    const subnet = places.filter((place) => zoneOf(place) === azId)[0];
    if (azId === undefined || !subnet) {
      reasons.push(
        `NodeClass ${pool.className}: no AZ that NodePool ${pool.name} allows has both a node and a pod subnet`,
      );
      continue;
    }
    const range = rangeOf(text(subnet.inputs.cidrBlock) ?? "");
    for (let number = (range?.last ?? 0) - 1; range && number > range.first + 3; number -= 1) {
      const ip = toIp(number);
      if (taken.has(`${subnet.id}/${ip}`)) continue;
      taken.add(`${subnet.id}/${ip}`);
      const home = resolved.nodeSubnets.find((place) => zoneOf(place) === azId) ?? subnet;
      const node = {
        account: cluster.account,
        region: cluster.region,
        vpcId: vpcIdOf(cluster),
        subnetId: home.id,
        ip: firstAddress(home),
        securityGroupIds: resolved.nodeGroupIds,
      };
      const { podGroupIds: securityGroupIds, enforcement } = resolved;
      return { node, ip, azId, subnetId: subnet.id, securityGroupIds, enforcement };
    }
    reasons.push(`subnet ${subnet.id} has no free address`);
  }
  return reasons.length > 0 ? reasons.join("; ") : "the cluster has no NodePool";
}

/** Nodes are no objects of this world; any address of their subnet stands for theirs. */
const firstAddress = (subnet: WorldObject): string =>
  toIp((rangeOf(text(subnet.inputs.cidrBlock) ?? "")?.first ?? 0) + 4);
