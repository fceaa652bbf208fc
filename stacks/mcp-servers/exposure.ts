import type * as pulumi from "@pulumi/pulumi";
import type { Exposure } from "../../components/mcp/mcp-server.ts";
import type { PlacedSubnet } from "../../components/network/network.ts";
import type { NetworkFacts } from "../../model/environment-facts.ts";
import type { ServerConfig } from "./config.ts";

/** A load balancer in the endpoint tier, which no pod stands in: a traffic policy can then admit it and nobody else. */
export function exposureOf(
  { expose, port }: ServerConfig,
  network: NetworkFacts | undefined,
  endpointSubnets: pulumi.Output<readonly PlacedSubnet[]>,
): Exposure | undefined {
  if (expose === false || !network) return undefined;
  const { azIds = network.azIds, from = [network.vpcCidr], port: own = port } = expose === true ? {} : expose;
  return {
    port: own,
    subnets: endpointSubnets.apply((subnets) => subnets.filter(({ azId }) => azIds.includes(azId))),
    clientCidrs: from,
  };
}
