import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { nodesOf } from "./workload-nodes.ts";

/** What every pod here has: no token for the Kubernetes API, and what the pod security standard `restricted` asks for. */
export const MCP_POD = {
  automountServiceAccountToken: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 10001,
    fsGroup: 10001,
    seccompProfile: { type: "RuntimeDefault" },
  },
};

/** Only these nodes give pods the workloads' group. */
export const onMcpNodes = (tenant?: string) => {
  const { key, value } = nodesOf(tenant);
  return {
    nodeSelector: { [key]: value },
    tolerations: [{ key, value, operator: "Equal", effect: "NoSchedule" }],
  };
};

export const RESTRICTED_CONTAINER = {
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
};

/** Labels of everything that belongs to one workload; its pods are selected by the first. */
export const workloadLabels = (name: string): Record<string, string> => ({
  "app.kubernetes.io/name": name,
  "app.kubernetes.io/part-of": "corpai-mcp",
});

/** The service account of a workload: it has no token for the Kubernetes API, and is what EKS gives credentials to. */
export const serviceAccountFor = (
  name: string,
  namespace: pulumi.Input<string>,
  parent: pulumi.Resource,
): k8s.core.v1.ServiceAccount =>
  new k8s.core.v1.ServiceAccount(
    name,
    { metadata: { name, namespace, labels: workloadLabels(name) }, automountServiceAccountToken: false },
    { parent },
  );
