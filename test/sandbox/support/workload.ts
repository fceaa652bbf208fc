/** MCP pods on a cluster beside a connection: everything right, the pods with the workloads' group, for tests to break. */
import { podsOf } from "../../../sandbox/kubernetes/pods.ts";
import type { Pod } from "../../../sandbox/kubernetes/pods.ts";
import type { Properties } from "../../../sandbox/wire.ts";
import { K, admitNodes, deployment, giveNodes, startCluster } from "./cluster.ts";
import type { Cluster, Workload } from "./cluster.ts";
import type { Connection } from "./connection.ts";

/** Zones of the pods. */
export const SHARED = ["use1-az1", "use1-az2", "use1-az4"];

export interface Stage {
  readonly built: Connection;
  readonly cluster: Cluster;
  /** The variables by which a pod finds the connection. */
  env(): Properties[];
  /** Starts the Deployment "clickhouse". @returns its pods as they are then */
  run(workload?: Workload): readonly Pod[];
}

export function besideConnection(built: Connection): Stage {
  const subnets = SHARED.map((zone) => built.subnets[zone] ?? "");
  const cluster = startCluster(built.corpai, subnets);
  const { kubernetes } = cluster;
  admitNodes(built.corpai, cluster);
  kubernetes.make(K.namespace, { metadata: { name: "mcp" } });
  giveNodes(cluster, subnets, built.workloads.id);
  const env = (): Properties[] => [
    { name: "CLICKHOUSE_HOST", value: built.host() },
    { name: "CLICKHOUSE_PORT", value: "8443" },
  ];
  const run = (workload: Workload = {}): readonly Pod[] => {
    kubernetes.make(K.deployment, deployment({ env: env(), ...workload }));
    return podsOf(built.world);
  };
  return { built, cluster, env, run };
}
