import * as pulumi from "@pulumi/pulumi";
import type { Destination, Target } from "../../components/lattice/gateway-security-group.ts";
import type { GatewayPlace } from "../../components/lattice/resource-gateway.ts";
import type { DestinationFacts, GatewayFacts, HostFacts } from "../../model/private-connection-facts.ts";
import { type ProgramContext } from "../context.ts";
import type { Reader } from "../reader.ts";
import { bringUpFirst, required } from "../required.ts";

/** What stands around the gateways: VPCs, the network's among them, and MCP servers. */
export interface Surroundings {
  readonly gatewayPlace: (gateway: GatewayFacts) => GatewayPlace;
  readonly host: (host: HostFacts) => pulumi.Output<string>;
  readonly destination: (destination: DestinationFacts) => Destination;
}

export function surroundings(
  read: Reader<"private-connections">,
  { config, environment }: ProgramContext<"private-connections">,
): Surroundings {
  const network = read.optional("network");
  const servers = read.optional("mcp-servers")?.output("servers");
  const endpointSubnets = network?.output("endpointSubnets");
  const azIds = environment.facts.network?.azIds ?? [];

  function host(named: HostFacts): pulumi.Output<string> {
    if (typeof named === "string") return pulumi.output(named);
    const stack = `mcp-servers.${environment.name}`;
    return pulumi
      .output(servers ?? {})
      .apply((all) =>
        required(
          all[named.server]?.endpoint?.host,
          `${stack} has no load balancer for ${named.server} yet. ${bringUpFirst(stack)}`,
        ),
      );
  }

  /** A server's load balancer stands in the endpoint tier. */
  const endpointTier = (): Target => ({
    cidrs: Object.fromEntries(
      azIds.map((azId) => [
        azId,
        pulumi
          .output(endpointSubnets ?? [])
          .apply((subnets) =>
            required(
              subnets.find((subnet) => subnet.azId === azId)?.cidr,
              `network.${environment.name} has no subnet in ${azId} yet. ${bringUpFirst(`network.${environment.name}`)}`,
            ),
          ),
      ]),
    ),
  });

  return {
    host,
    gatewayPlace({ vpc, ...rest }) {
      const place = config.vpcs[vpc];
      const standing = place === undefined || place === "network" ? undefined : place;
      return {
        ...rest,
        vpcId: standing?.vpcId ?? pulumi.output(network?.output("vpcId") ?? ""),
        subnetIds:
          standing?.subnets.map(({ id }) => id) ??
          pulumi.output(endpointSubnets ?? []).apply((subnets) => subnets.map(({ id }) => id)),
      };
    },
    destination({ ports, target }) {
      if (!target) return { ports, target: endpointTier() };
      return {
        ports,
        target: "cidrs" in target ? { cidrs: Object.fromEntries(target.cidrs.map((cidr) => [cidr, cidr])) } : target,
      };
    },
  };
}
