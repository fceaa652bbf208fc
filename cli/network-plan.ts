import { endpointCidrs } from "../model/cell-check.ts";
import { planCidrs } from "../model/cidr-plan.ts";
import type { ConnectionValue } from "../model/environment-facts.ts";
import type { NetworkPlan } from "../model/network-nodes.ts";
import { privateNameOf } from "../model/private-name.ts";
import { tlsOf } from "../model/tls.ts";
import { type Environment, hostKeyOf, listedSubnets } from "../stacks/environment.ts";

/** What an environment's files say of the way from pods to services. */
export function networkPlan({ name, stacks, facts }: Environment): NetworkPlan {
  const offers = stacks.flatMap(({ name: stack, config }) => ("services" in config ? [{ stack, config }] : []));
  return {
    environment: name,
    registrations: facts.connections.flatMap(({ stack, registrations }) =>
      Object.entries(registrations).map(([key, { service, succeeds }]) => ({
        key,
        stack,
        service,
        succeeds,
        serverName: tlsOf(service, facts)?.serverName,
        privateName: privateNameOf(service, facts)?.name,
      })),
    ),
    workloads: stacks.flatMap(({ name: stack, config }) =>
      "servers" in config
        ? Object.entries(config.servers).map(([server, { env }]) => ({ name: server, stack, uses: usesOf(env) }))
        : [],
    ),
    services: offers.flatMap(({ stack, config }) =>
      Object.entries(config.services).map(([key, { port, ...service }]) => ({
        stack,
        key,
        behind: hostKeyOf(config.services, key),
        port,
        ports: Object.fromEntries(Object.entries(service.ports).map(([name, further]) => [name, further.port])),
        targetSecurityGroupId: "targets" in service ? service.targetSecurityGroupId : undefined,
      })),
    ),
    acceptances: facts.acceptances.flatMap(({ stack, accept }) =>
      Object.entries(accept).map(([service, endpoints]) => ({ stack, service, endpoints })),
    ),
    subnets: [
      ...facts.privateConnections.flatMap(({ vpcs }) =>
        Object.values(vpcs).flatMap((vpc) => (vpc === "network" ? [] : vpc.subnets)),
      ),
      ...offers.flatMap(({ config }) => listedSubnets(config).map(([, subnet]) => subnet)),
    ],
    ...clientsOf(facts.network),
    cells: cellsOf(facts),
    vpcCidr: facts.network?.vpcCidr,
    privateConnections: facts.privateConnections,
  };
}

type Uses = NetworkPlan["workloads"][number]["uses"];

/** A variable that holds something of a connection. */
interface OfConnection {
  readonly connection: string;
  readonly value: ConnectionValue;
  readonly port?: string;
}

function usesOf(env: Readonly<Record<string, unknown>>): Uses {
  return Object.entries(env).flatMap(([variable, value]) => {
    if (typeof value !== "object" || value === null || !("connection" in value)) return [];
    const { connection, value: what, port } = value as OfConnection;
    return [{ connection, variable, value: what, port }];
  });
}

function cellsOf({ network, connections }: Environment["facts"]): NetworkPlan["cells"] {
  const inCells = connections.flatMap(({ stack, cell }) =>
    network && cell !== undefined ? [[stack, endpointCidrs(network, cell)] as const] : [],
  );
  return Object.fromEntries(
    inCells.map(([stack, cidrs]) => [stack, Object.entries(cidrs).map(([azId, endpoint]) => ({ azId, endpoint }))]),
  );
}

function clientsOf(network: Environment["facts"]["network"]): Pick<NetworkPlan, "clientCidr" | "tiers"> {
  if (!network) return { clientCidr: undefined, tiers: [] };
  const { clientCidr, subnets } = planCidrs(network.vpcCidr, network.azIds);
  return {
    clientCidr,
    tiers: Object.entries(subnets).map(([azId, { client, endpoint }]) => ({ azId, client, endpoint })),
  };
}
