import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

export interface WorkloadNodesArgs {
  readonly nodeRoleName: pulumi.Input<string>;
  /** Subnets of nodes and pods alike, all inside the client CIDR. */
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  /** The group that EKS puts on its nodes. */
  readonly clusterSecurityGroupId: pulumi.Input<string>;
  /** The group that pods on these nodes carry. */
  readonly workloadsSecurityGroupId: pulumi.Input<string>;
  /** The one tenant whose pods run on these nodes, with the group that they carry besides. */
  readonly tenant?: { readonly key: string; readonly securityGroupId: pulumi.Input<string> } | undefined;
}

/** Label and taint of the nodes that carry the MCP workloads' group: nothing else runs there, and MCP pods run nowhere else. */
export const WORKLOAD_NODES = { key: "corpai.io/workloads", value: "mcp" } as const;

/** The same of one tenant's nodes: a pod carries the groups of its node's class, so tenants share no nodes. */
export const nodesOf = (tenant: string | undefined): { readonly key: string; readonly value: string } =>
  tenant === undefined ? WORKLOAD_NODES : { key: WORKLOAD_NODES.key, value: `mcp-${tenant}` };

/**
 * Nodes of EKS Auto Mode whose pods carry the MCP workloads' security group, and which enforce network policies.
 *
 * Creates a NodeClass and a NodePool. Auto Mode takes groups for pods per node class, together with their subnets.
 */
export class WorkloadNodes extends pulumi.ComponentResource {
  readonly nodePoolName: pulumi.Output<string>;

  constructor(name: string, args: WorkloadNodesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:mcp:WorkloadNodes", name, {}, opts);

    const byId = (id: pulumi.Input<string>): { id: pulumi.Input<string> } => ({ id });
    const subnets = pulumi.output(args.subnetIds).apply((ids) => ids.map(byId));
    const groups = [args.workloadsSecurityGroupId, ...(args.tenant ? [args.tenant.securityGroupId] : [])];
    const mark = nodesOf(args.tenant?.key);
    const nodeClass = new k8s.apiextensions.CustomResource(
      `${name}-class`,
      {
        apiVersion: "eks.amazonaws.com/v1",
        kind: "NodeClass",
        metadata: { name },
        spec: {
          role: args.nodeRoleName,
          subnetSelectorTerms: subnets,
          securityGroupSelectorTerms: [byId(args.clusterSecurityGroupId)],
          podSubnetSelectorTerms: subnets,
          podSecurityGroupSelectorTerms: groups.map(byId),
          // A pod that no policy has been worked out for yet may do nothing, instead of everything.
          networkPolicy: "DefaultDeny",
          networkPolicyEventLogs: "Enabled",
        },
      },
      { parent: this },
    );
    const nodePool = new k8s.apiextensions.CustomResource(
      `${name}-pool`,
      {
        apiVersion: "karpenter.sh/v1",
        kind: "NodePool",
        metadata: { name },
        spec: {
          template: {
            metadata: { labels: { [mark.key]: mark.value } },
            spec: {
              nodeClassRef: { group: "eks.amazonaws.com", kind: "NodeClass", name: nodeClass.metadata.name },
              requirements: [
                { key: "karpenter.sh/capacity-type", operator: "In", values: ["on-demand"] },
                { key: "kubernetes.io/arch", operator: "In", values: ["amd64"] },
                { key: "eks.amazonaws.com/instance-category", operator: "In", values: ["c", "m", "r"] },
              ],
              taints: [{ ...mark, effect: "NoSchedule" }],
            },
          },
          limits: { cpu: "64", memory: "256Gi" },
        },
      },
      { parent: this },
    );

    this.nodePoolName = nodePool.metadata.name;
    this.registerOutputs({ nodePoolName: this.nodePoolName });
  }
}
