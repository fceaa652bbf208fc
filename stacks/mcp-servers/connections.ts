import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { clientHost } from "../../model/service-name.ts";
import type { BuiltConnection } from "../connections/index.ts";
import { found } from "../lookup.ts";
import type { Reader } from "../reader.ts";

/** Where clients of a connection go. No host: nobody has accepted it yet. */
export interface ConnectionTarget {
  readonly host: pulumi.Output<string | undefined>;
  readonly port: pulumi.Output<number>;
  /** A further port by its name; 0 where it is not built yet. */
  readonly portNamed: (name: string) => pulumi.Output<number>;
  /** What the service's certificate is for; empty where nobody says, or it is not built yet. */
  readonly serverName: pulumi.Output<string>;
  /** PEM of who signed it; empty likewise. */
  readonly caBundle: pulumi.Output<string>;
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
 * to be built, is a connection without a host: it must not hold up servers that do not use it.
 */
export function connectionTargets(read: Reader<"mcp-servers">): (connection: string) => ConnectionTarget {
  const built = read.all("connections", "connections");
  const known = new Map<string, ConnectionTarget>();
  return (key) => {
    const earlier = known.get(key);
    if (earlier) return earlier;
    const connection = built.apply(
      (connections) => connections[key] ?? (pulumi.runtime.isDryRun() ? UNBUILT : NOT_BUILT),
    );
    const target = {
      host: connection.apply(({ endpointId, privateDnsName }) => liveHost(endpointId, privateDnsName)),
      port: connection.port,
      portNamed: (name: string) => connection.ports.apply((ports) => ports[name] ?? 0),
      serverName: connection.apply(({ tls }) => tls?.serverName ?? ""),
      caBundle: connection.apply(({ tls }) => tls?.caBundle ?? ""),
    };
    known.set(key, target);
    return target;
  };
}

/** @param privateName of the service; undefined where the connection was built before there was such a thing */
async function liveHost(
  endpointId: string | undefined,
  privateName: string | null | undefined,
): Promise<string | undefined> {
  const endpoint = endpointId === undefined ? undefined : await found(aws.ec2.getVpcEndpoint({ id: endpointId }));
  return endpoint && clientHost(endpoint, privateName ?? undefined);
}

/** Of some connections those that have no host. */
export const withoutHost = (
  used: readonly string[],
  targets: (connection: string) => ConnectionTarget,
): pulumi.Output<string[]> =>
  pulumi
    .all(used.map((connection) => targets(connection).host.apply((host) => (host === undefined ? [connection] : []))))
    .apply((lists) => lists.flat());
