import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../../model/tags.ts";
import { NodeRole } from "./node-role.ts";

export interface McpClusterArgs {
  readonly vpcId: pulumi.Input<string>;
  /** AZ ids of the client subnets: the control plane's and the nodes'. */
  readonly azIds: readonly string[];
  /** The client subnet of an AZ. */
  readonly subnetIn: (azId: string) => pulumi.Input<string>;
  /** The group that MCP pods carry. */
  readonly workloadsSecurityGroupId: pulumi.Input<string>;
  /** Kubernetes minor version. */
  readonly version: string;
  readonly tags: Tags;
}

/**
 * The EKS cluster of the MCP pods, in Auto Mode, its API reachable from inside the VPC only.
 *
 * Creates the cluster by `@pulumi/eks`, the MCP nodes' role with its access entry, and the rules between the cluster's group and the workloads'.
 * Calls AWS only, never the Kubernetes API: it can be brought up from anywhere.
 */
export class McpCluster extends pulumi.ComponentResource {
  readonly clusterName: pulumi.Output<string>;
  /** URL of the private API. */
  readonly endpoint: pulumi.Output<string>;
  /** Base64 PEM. */
  readonly certificateAuthority: pulumi.Output<string>;
  /** The group that EKS puts on control plane and nodes. */
  readonly clusterSecurityGroupId: pulumi.Output<string>;
  readonly nodeRoleName: pulumi.Output<string>;

  constructor(name: string, args: McpClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:cluster:McpCluster", name, { azIds: args.azIds }, opts);

    const cluster = this.#createCluster(name, args);
    const nodes = new NodeRole(
      `${name}-nodes`,
      { clusterName: cluster.eksCluster.name, tags: args.tags },
      { parent: this },
    );
    this.#connectWorkloads(name, args, cluster);

    this.clusterName = cluster.eksCluster.name;
    this.endpoint = cluster.eksCluster.endpoint;
    this.certificateAuthority = cluster.eksCluster.certificateAuthority.data;
    this.clusterSecurityGroupId = cluster.clusterSecurityGroupId;
    this.nodeRoleName = nodes.roleName;
    this.registerOutputs({
      azIds: args.azIds,
      clusterName: this.clusterName,
      endpoint: this.endpoint,
      certificateAuthority: this.certificateAuthority,
      clusterSecurityGroupId: this.clusterSecurityGroupId,
      nodeRoleName: this.nodeRoleName,
    });
  }

  #createCluster(name: string, args: McpClusterArgs): eks.Cluster {
    return new eks.Cluster(
      name,
      {
        vpcId: args.vpcId,
        privateSubnetIds: args.azIds.map(args.subnetIn),
        authenticationMode: eks.AuthenticationMode.Api,
        endpointPrivateAccess: true,
        endpointPublicAccess: false,
        autoMode: { enabled: true },
        version: args.version,
        enabledClusterLogTypes: ["api", "audit", "authenticator", "controllerManager", "scheduler"],
        tags: { ...args.tags },
      },
      { parent: this },
    );
  }

  /** Pods carry a group of their own, so what a node's group would allow by itself needs rules: probes and the API's calls in, DNS and the API out. */
  #connectWorkloads(name: string, { workloadsSecurityGroupId }: McpClusterArgs, cluster: eks.Cluster): void {
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-into-workloads`,
      {
        securityGroupId: workloadsSecurityGroupId,
        description: "Probes and calls from nodes and control plane",
        ipProtocol: "tcp",
        fromPort: 1,
        toPort: 65535,
        referencedSecurityGroupId: cluster.clusterSecurityGroupId,
      },
      { parent: this },
    );
    const fromWorkloads = [
      { key: "api", ipProtocol: "tcp", port: 443, description: "MCP workloads to the Kubernetes API" },
      { key: "dns-tcp", ipProtocol: "tcp", port: 53, description: "MCP workloads to cluster DNS" },
      { key: "dns-udp", ipProtocol: "udp", port: 53, description: "MCP workloads to cluster DNS" },
    ];
    for (const { key, ipProtocol, port, description } of fromWorkloads) {
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-from-workloads-${key}`,
        {
          securityGroupId: cluster.clusterSecurityGroupId,
          description,
          ipProtocol,
          fromPort: port,
          toPort: port,
          referencedSecurityGroupId: workloadsSecurityGroupId,
        },
        { parent: this },
      );
    }
  }
}
