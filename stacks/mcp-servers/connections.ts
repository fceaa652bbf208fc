import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { connectionState } from "../../model/connection-state.ts";
import type { EnvironmentFacts } from "../../model/environment-facts.ts";
import { clientHost } from "../../model/service-name.ts";
import { lineOf } from "../../model/succession.ts";
import type { BuiltConnection } from "../connections/index.ts";
import { found } from "../lookup.ts";
import type { Reader } from "../reader.ts";

/** Where clients of a connection go. No host: nobody has accepted it yet. */
export interface ConnectionTarget {
  readonly host: pulumi.Output<string | undefined>;
  readonly port: pulumi.Output<number>;
  /** A further port by its name; 0 where it is not built yet. */
  readonly portNamed: (name: string) => pulumi.Output<number>;
  /** The ways of every connection that may answer for it: while pods go over from one to another, old ones and new ones run beside each other. */
  readonly everyPort: (name: string | undefined) => readonly Way[];
  /** What the service's certificate is for; empty where nobody says, or it is not built yet. */
  readonly serverName: pulumi.Output<string>;
  /** PEM of who signed it; empty likewise. */
  readonly caBundle: pulumi.Output<string>;
}

/** One connection's own port. */
interface Way {
  readonly connection: string;
  readonly port: pulumi.Output<number>;
}

/** In place of a host that there is not yet. */
export const NO_HOST = "pending.invalid";

/** A registration that no update of `connections` has built yet: unknown to a preview, none to an update. */
const UNBUILT = pulumi.unknown as Pick<BuiltConnection, "port" | "ports" | "tls" | "privateDnsName"> & {
  readonly endpointId: string | undefined;
};
const NOT_BUILT: typeof UNBUILT = { endpointId: undefined, port: 0, ports: {}, tls: null, privateDnsName: null };

/**
 * Looks each connection's host up live, by endpoint id: what `connections` knew when it ran may have changed since. An endpoint that is gone, or has yet
 * to be built, is a connection without a host: it must not hold up servers that do not use it. One that has a successor gives way to it once that is
 * available.
 */
export function connectionTargets(
  read: Reader<"mcp-servers">,
  facts: Pick<EnvironmentFacts, "connections">,
): (connection: string) => ConnectionTarget {
  const built = read.all("connections", "connections");
  const known = new Map<string, ConnectionTarget>();
  return (key) => {
    const earlier = known.get(key);
    if (earlier) return earlier;
    const [first, ...others] = lineOf(key, facts).map((one) => ownTarget(one, one === key, built));
    const target = others.reduce<ConnectionTarget>(orElse, first ?? ownTarget(key, true, built));
    known.set(key, target);
    return target;
  };
}

/** @param isLast whether there is no other to go to, so that one whose way is not open yet will do */
function ownTarget(
  key: string,
  isLast: boolean,
  built: pulumi.Output<Readonly<Record<string, BuiltConnection>>>,
): ConnectionTarget {
  const connection = built.apply(
    (connections) => connections[key] ?? (pulumi.runtime.isDryRun() ? UNBUILT : NOT_BUILT),
  );
  const portNamed = (name: string): pulumi.Output<number> => connection.ports.apply((ports) => ports[name] ?? 0);
  return {
    host: connection.apply((own) => liveHost(own, isLast)),
    port: connection.port,
    portNamed,
    everyPort: (name) => [{ connection: key, port: name === undefined ? connection.port : portNamed(name) }],
    serverName: connection.apply(({ tls }) => tls?.serverName ?? ""),
    caBundle: connection.apply(({ tls }) => tls?.caBundle ?? ""),
  };
}

/** The first of two connections, or the second as long as the first has no host. */
function orElse(one: ConnectionTarget, other: ConnectionTarget): ConnectionTarget {
  const chosen = <T>(pick: (target: ConnectionTarget) => pulumi.Output<T>): pulumi.Output<T> =>
    pulumi
      .all([one.host, pick(one), pick(other)])
      .apply(([host, first, second]) => (host === undefined ? second : first)) as pulumi.Output<T>;
  return {
    host: chosen(({ host }) => host),
    port: chosen(({ port }) => port),
    portNamed: (name) => chosen(({ portNamed }) => portNamed(name)),
    serverName: chosen(({ serverName }) => serverName),
    caBundle: chosen(({ caBundle }) => caBundle),
    everyPort: (name) => [...one.everyPort(name), ...other.everyPort(name)],
  };
}

/** What `connections` says of one; of a private name nothing where it was built before there was such a thing. */
async function liveHost({ endpointId, privateDnsName }: typeof UNBUILT, isLast: boolean): Promise<string | undefined> {
  const endpoint = endpointId === undefined ? undefined : await found(aws.ec2.getVpcEndpoint({ id: endpointId }));
  if (!endpoint || (!isLast && connectionState(endpoint.state) !== "available")) return undefined;
  return clientHost(endpoint, privateDnsName ?? undefined);
}

/** Of some connections those that have no host. */
export const withoutHost = (
  used: readonly string[],
  targets: (connection: string) => ConnectionTarget,
): pulumi.Output<string[]> =>
  pulumi
    .all(used.map((connection) => targets(connection).host.apply((host) => (host === undefined ? [connection] : []))))
    .apply((lists) => lists.flat());
