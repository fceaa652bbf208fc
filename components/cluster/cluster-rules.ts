import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface ClusterRulesArgs {
  /** The group that EKS puts on control plane and nodes. */
  readonly clusterSecurityGroupId: pulumi.Input<string>;
  /** The group that MCP pods carry. */
  readonly workloadsSecurityGroupId: pulumi.Input<string>;
  /** The group in front of AWS's own services. */
  readonly awsEndpointsSecurityGroupId: pulumi.Input<string>;
}

/** What MCP pods may do on the cluster's group. */
const FROM_WORKLOADS = [
  { key: "api", ipProtocol: "tcp", port: 443, description: "MCP workloads to the Kubernetes API" },
  { key: "dns-tcp", ipProtocol: "tcp", port: 53, description: "MCP workloads to cluster DNS" },
  { key: "dns-udp", ipProtocol: "udp", port: 53, description: "MCP workloads to cluster DNS" },
] as const;

/**
 * Rules between the cluster's group and those of its network.
 *
 * Creates: probes and the API's calls into the workloads; their way to API and DNS, which a group of their own would not give them; nodes to the endpoints
 * of AWS's services.
 */
export class ClusterRules extends pulumi.ComponentResource {
  constructor(name: string, args: ClusterRulesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:cluster:ClusterRules", name, {}, opts);

    const { clusterSecurityGroupId, workloadsSecurityGroupId, awsEndpointsSecurityGroupId } = args;
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-into-workloads`,
      {
        securityGroupId: workloadsSecurityGroupId,
        description: "Probes and calls from nodes and control plane",
        ipProtocol: "tcp",
        fromPort: 1,
        toPort: 65535,
        referencedSecurityGroupId: clusterSecurityGroupId,
      },
      { parent: this },
    );
    for (const { key, ipProtocol, port, description } of FROM_WORKLOADS) {
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-from-workloads-${key}`,
        {
          securityGroupId: clusterSecurityGroupId,
          description,
          ipProtocol,
          fromPort: port,
          toPort: port,
          referencedSecurityGroupId: workloadsSecurityGroupId,
        },
        { parent: this },
      );
    }
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-to-aws-endpoints`,
      {
        securityGroupId: awsEndpointsSecurityGroupId,
        description: "Nodes to AWS services",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
        referencedSecurityGroupId: clusterSecurityGroupId,
      },
      { parent: this },
    );

    this.registerOutputs({ clusterSecurityGroupId, workloadsSecurityGroupId, awsEndpointsSecurityGroupId });
  }
}
