import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { McpServer, type Variable } from "../../components/mcp/mcp-server.ts";
import { WorkloadNodes } from "../../components/mcp/workload-nodes.ts";
import { kubeconfig } from "../../components/mcp/kubeconfig.ts";
import { regionalHost } from "../../model/service-name.ts";
import { programContext } from "../context.ts";
import type { BuiltConnection } from "../connections/index.ts";
import { found } from "../lookup.ts";
import type { Outputs } from "../outputs.ts";
import { type Reader, reader } from "../reader.ts";
import type { ServerConfig } from "./config.ts";

/** One MCP server, as `corpai status` shows it. */
export interface RunningServer {
  readonly namespace: string;
  readonly deployment: string;
  /** Keys of the connections that it uses. */
  readonly connections: readonly string[];
  /** Keys of those that have no host yet: until they do, the server runs no pods. */
  readonly waitingFor: readonly string[];
  /** Its variables, secrets as `[secret]`. */
  readonly env: Readonly<Record<string, string>>;
}

export interface McpServersOutputs {
  readonly servers: Readonly<Record<string, RunningServer>>;
}

/** Where clients of a connection go. No host: nobody has accepted it yet. */
interface ConnectionTarget {
  readonly host: pulumi.Output<string | undefined>;
  readonly port: pulumi.Output<number>;
}

const NAMESPACE = "corpai-mcp";
const NO_HOST = "pending.invalid";

/** A registration that no update of `connections` has built yet: unknown to a preview, none to an update. */
const UNBUILT = pulumi.unknown as Pick<BuiltConnection, "port"> & { readonly endpointId: string | undefined };
const NOT_BUILT: typeof UNBUILT = { endpointId: undefined, port: 0 };

export default async function mcpServers(): Promise<Outputs<McpServersOutputs>> {
  const { config, environment, aws: settings, secret } = programContext("mcp-servers");
  const read = reader("mcp-servers", environment);
  const cluster = read.program("cluster");
  const network = read.program("network");

  const provider = new k8s.Provider("cluster", {
    kubeconfig: kubeconfig({
      region: settings.region,
      name: cluster.output("clusterName"),
      endpoint: cluster.output("endpoint"),
      certificateAuthority: cluster.output("certificateAuthority"),
    }),
  });
  const onCluster = { providers: [provider] };
  new WorkloadNodes(
    "mcp",
    {
      nodeRoleName: cluster.output("nodeRoleName"),
      subnetIds: network.output("clientSubnets").apply((subnets) => subnets.map(({ id }) => id)),
      clusterSecurityGroupId: cluster.output("clusterSecurityGroupId"),
      workloadsSecurityGroupId: network.output("workloadsSecurityGroupId"),
    },
    onCluster,
  );
  const namespace = new k8s.core.v1.Namespace(
    NAMESPACE,
    { metadata: { name: NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "restricted" } } },
    { provider },
  );
  const targets = connectionTargets(read);

  const servers = Object.entries(config.servers).map(([key, server]) => {
    const used = connectionsOf(server);
    const waitingFor = pulumi
      .all(used.map((connection) => targets(connection).host.apply((host) => (host === undefined ? [connection] : []))))
      .apply((lists) => lists.flat());
    const env = variablesOf(server, targets, secret);
    const running = new McpServer(
      key,
      {
        namespace: namespace.metadata.name,
        image: server.image,
        port: server.port,
        replicas: waitingFor.apply((waiting) => (waiting.length > 0 ? 0 : server.replicas)),
        env,
      },
      onCluster,
    );
    tellWaiting(key, waitingFor);
    return [
      key,
      {
        namespace: namespace.metadata.name,
        deployment: running.deploymentName,
        connections: used,
        waitingFor,
        env: masked(env),
      },
    ] as const;
  });
  return { servers: Object.fromEntries(servers) };
}

function tellWaiting(server: string, waitingFor: pulumi.Output<string[]>): void {
  void waitingFor.apply((waiting) => {
    for (const connection of waiting)
      void pulumi.log.warn(
        `${server} waits for connection ${connection}, which has no host yet: it runs no pods until the customer has accepted it`,
      );
  });
}

function connectionsOf({ env }: ServerConfig): string[] {
  return [
    ...new Set(
      Object.values(env).flatMap((value) =>
        typeof value === "object" && "connection" in value ? [value.connection] : [],
      ),
    ),
  ];
}

/**
 * Looks each connection's host up live, by endpoint id: what `connections` knew when it ran may have changed since. An endpoint that is gone, or has yet
 * to be built, is a connection without a host: it must not hold up servers that do not use it.
 */
function connectionTargets(read: Reader<"mcp-servers">): (connection: string) => ConnectionTarget {
  const built = read.all("connections", "connections");
  const known = new Map<string, ConnectionTarget>();
  return (key) => {
    const earlier = known.get(key);
    if (earlier) return earlier;
    const connection = built.apply(
      (connections) => connections[key] ?? (pulumi.runtime.isDryRun() ? UNBUILT : NOT_BUILT),
    );
    const target = { host: connection.apply(({ endpointId }) => hostOf(endpointId)), port: connection.port };
    known.set(key, target);
    return target;
  };
}

async function hostOf(endpointId: string | undefined): Promise<string | undefined> {
  const endpoint = endpointId === undefined ? undefined : await found(aws.ec2.getVpcEndpoint({ id: endpointId }));
  return endpoint && regionalHost(endpoint.dnsEntries);
}

function variablesOf(
  { env }: ServerConfig,
  targets: (connection: string) => ConnectionTarget,
  secret: (name: string) => pulumi.Output<string>,
): Record<string, Variable> {
  return Object.fromEntries(
    Object.entries(env).map(([variable, value]): [string, Variable] => {
      if (typeof value === "string") return [variable, { value }];
      if ("secret" in value) return [variable, { secret: secret(value.secret) }];
      const { host, port } = targets(value.connection);
      return [variable, { value: value.value === "host" ? host.apply((name) => name ?? NO_HOST) : port.apply(String) }];
    }),
  );
}

function masked(env: Readonly<Record<string, Variable>>): Record<string, pulumi.Input<string>> {
  return Object.fromEntries(
    Object.entries(env).map(([variable, value]) => [variable, "value" in value ? value.value : "[secret]"]),
  );
}
