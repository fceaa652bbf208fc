import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { kubeconfig } from "../../components/mcp/kubeconfig.ts";
import { McpServer } from "../../components/mcp/mcp-server.ts";
import { NetworkPolicyController } from "../../components/mcp/network-policy-controller.ts";
import { RestrictedNamespace } from "../../components/mcp/restricted-namespace.ts";
import { WorkloadNodes } from "../../components/mcp/workload-nodes.ts";
import { programTags } from "../../model/tags.ts";
import { programContext } from "../context.ts";
import type { Outputs } from "../outputs.ts";
import { accountOf } from "../provider-settings.ts";
import { reader } from "../reader.ts";
import { bringUpFirst, required } from "../required.ts";
import { connectionTargets, withoutHost } from "./connections.ts";
import { exposureOf } from "./exposure.ts";
import { StoreAccess } from "./store-access.ts";
import { storeReader } from "./stores.ts";
import { egressOf } from "./traffic.ts";
import { bundlesOf, connectionsOf, storesOf, tenantsOf } from "./uses.ts";
import { masked, variablesOf } from "./variables.ts";

/** One MCP server, as `corpai status` shows it. */
export interface RunningServer {
  readonly namespace: string;
  readonly deployment: string;
  /** Keys of the connections that it uses. */
  readonly connections: readonly string[];
  /** Keys of those that have no host yet: until they do, the server runs no pods. */
  readonly waitingFor: readonly string[];
  /** Keys of the stores that it uses. */
  readonly stores: readonly string[];
  /** Its variables, secrets as `[secret]`. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it is reached from outside the cluster; null where it is not. */
  readonly endpoint: { readonly host: string; readonly port: number } | null;
}

export interface McpServersOutputs {
  readonly servers: Readonly<Record<string, RunningServer>>;
}

/** Pods of servers, and apart from them what may read the masters' secrets of databases. */
const NAMESPACE = "corpai-mcp";
const ROLES_NAMESPACE = "corpai-mcp-roles";

export default async function mcpServers(): Promise<Outputs<McpServersOutputs>> {
  const { config, environment, aws: settings, secret } = programContext("mcp-servers");
  const read = reader("mcp-servers", environment);
  const cluster = read.program("cluster");
  const network = read.program("network");
  const tags = programTags("mcp-servers");

  const provider = new k8s.Provider("cluster", {
    kubeconfig: kubeconfig({
      region: settings.region,
      name: cluster.output("clusterName"),
      endpoint: cluster.output("endpoint"),
      certificateAuthority: cluster.output("certificateAuthority"),
    }),
  });
  const onCluster = { providers: [provider] };
  const policies = new NetworkPolicyController("network-policies", onCluster);
  const nodePlace = {
    nodeRoleName: cluster.output("nodeRoleName"),
    subnetIds: network.output("clientSubnets").apply((subnets) => subnets.map(({ id }) => id)),
    clusterSecurityGroupId: cluster.output("clusterSecurityGroupId"),
    workloadsSecurityGroupId: network.output("workloadsSecurityGroupId"),
  };
  const nodes = new WorkloadNodes("mcp", nodePlace, onCluster);
  for (const key of tenantsOf(config.servers)) {
    const stack = `network.${environment.name}`;
    const securityGroupId = network
      .output("tenantSecurityGroupIds")
      .apply((groups) => required(groups[key], `${stack} has no tenant ${key} yet. ${bringUpFirst(stack)}`));
    new WorkloadNodes(`mcp-${key}`, { ...nodePlace, tenant: { key, securityGroupId } }, onCluster);
  }
  const namespace = new RestrictedNamespace(NAMESPACE, onCluster);
  const targets = connectionTargets(read, environment.facts);
  const stores = storeReader(read, environment.name);
  const access = new StoreAccess({
    stores,
    engines: environment.facts.data?.stores ?? {},
    environment: environment.name,
    place: { region: settings.region, account: accountOf(settings) },
    clusterName: cluster.output("clusterName"),
    tags,
  });

  const servers = Object.entries(config.servers).map(([key, server]) => {
    const connections = connectionsOf(server);
    const waitingFor = withoutHost(connections, targets);
    const env = variablesOf(key, server, { targets, access, secret });
    const exposure = exposureOf(server, environment.facts.network, network.output("endpointSubnets"));
    const running = new McpServer(
      key,
      {
        ...server,
        namespace: namespace.namespaceName,
        waits: waitingFor.apply((waiting) => waiting.length > 0),
        env,
        caBundles: Object.fromEntries(
          bundlesOf(server).map((connection) => [connection, targets(connection).caBundle]),
        ),
        egress: egressOf(server, { targets, stores, network, facts: environment.facts }),
        permissions: access.permissionsOf(key, storesOf(server)),
        exposure,
        tags,
      },
      onCluster,
    );
    tellWaiting(key, waitingFor);
    return [
      key,
      {
        namespace: namespace.namespaceName,
        deployment: running.deploymentName,
        connections,
        waitingFor,
        stores: storesOf(server),
        env: masked(env),
        endpoint: exposure && running.host ? { host: running.host, port: exposure.port } : null,
      },
    ] as const;
  });

  const users = access.databaseUsers(config.servers);
  if (config.databaseClientImage !== undefined && Object.keys(users).length > 0) {
    const { namespaceName } = new RestrictedNamespace(ROLES_NAMESPACE, onCluster);
    const image = config.databaseClientImage;
    access.createRoles(users, { image, namespace: namespaceName, network, onCluster, after: [nodes, policies] });
  }
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
