import * as pulumi from "@pulumi/pulumi";
import type { PlacedSubnet } from "../../components/network/network.ts";
import type { EnvironmentFacts } from "../../model/environment-facts.ts";
import { AWS_SERVICE_PORT, DNS_EGRESS, type Egress, POD_IDENTITY_EGRESS } from "../../model/pod-egress.ts";
import type { NetworkOutputs } from "../network/index.ts";
import type { Upstream } from "../reader.ts";
import type { ServerConfig } from "./config.ts";
import type { ConnectionTarget } from "./connections.ts";
import type { StoreReader } from "./stores.ts";
import { connectionsOf, portsUsed, storesOf } from "./uses.ts";

interface Sources {
  readonly targets: (connection: string) => ConnectionTarget;
  readonly stores: StoreReader;
  readonly network: Upstream<NetworkOutputs>;
  readonly facts: Pick<EnvironmentFacts, "connections">;
}

/** Where a server's pods may send to: names, the endpoints and stores that it uses, and, where it logs in to a store, whoever hands out credentials. */
export function egressOf(server: ServerConfig, { targets, stores, network, facts }: Sources): pulumi.Output<Egress[]> {
  const used = storesOf(server);
  const ways = connectionsOf(server).flatMap((key) =>
    portsUsed(server, key).flatMap((name) => targets(key).everyPort(name)),
  );
  const byCell = Map.groupBy(ways, ({ connection }) => cellOf(connection, facts));
  const toEndpoints = [...byCell].map(([cell, own]) =>
    pulumi
      .all([subnetsOf(cell, network), pulumi.all(own.map(({ port }) => port))])
      .apply(([subnets, ports]) => onPorts(subnets, ports)),
  );
  const storePorts = pulumi.all(used.map((key) => stores.any(key).port));
  return pulumi
    .all([pulumi.all(toEndpoints), storePorts, network.output("dataSubnets")])
    .apply(([endpoints, toStores, dataSubnets]) => [
      DNS_EGRESS,
      ...(used.length > 0 ? [POD_IDENTITY_EGRESS] : []),
      ...endpoints.flat(),
      ...onPorts(dataSubnets, toStores),
    ]);
}

/** The cell in which a connection's endpoint stands. */
const cellOf = (connection: string, { connections }: Sources["facts"]): string | undefined =>
  connections.find(({ registrations }) => Object.hasOwn(registrations, connection))?.cell;

/** None of a cell that has yet to be built: neither is there an endpoint in it. */
const subnetsOf = (
  cell: string | undefined,
  network: Upstream<NetworkOutputs>,
): pulumi.Output<readonly PlacedSubnet[]> =>
  cell === undefined
    ? network.output("endpointSubnets")
    : network.output("endpointCells").apply((cells) => cells[cell] ?? []);

/** Where the Job goes that makes roles in a database. */
export function rolesEgress(port: pulumi.Output<number>, network: Upstream<NetworkOutputs>): pulumi.Output<Egress[]> {
  return pulumi
    .all([port, network.output("endpointSubnets"), network.output("dataSubnets")])
    .apply(([toDatabase, endpointSubnets, dataSubnets]) => [
      DNS_EGRESS,
      POD_IDENTITY_EGRESS,
      ...onPorts(endpointSubnets, [AWS_SERVICE_PORT]),
      ...onPorts(dataSubnets, [toDatabase]),
    ]);
}

/** Each port once, in order, so that the order of variables changes nothing. A connection that is not built has none. */
function onPorts(subnets: readonly PlacedSubnet[], ports: readonly number[]): Egress[] {
  // To Kubernetes, a rule without a destination allows all of them.
  if (subnets.length === 0) return [];
  const cidrs = subnets.map(({ cidr }) => cidr);
  return [...new Set(ports)]
    .filter((port) => port > 0)
    .toSorted((a, b) => a - b)
    .map((port) => ({ cidrs, port, protocols: ["TCP"] }));
}
