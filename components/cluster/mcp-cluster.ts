import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import * as pulumi from "@pulumi/pulumi";
import type { AccountRegion } from "../../model/account-region.ts";
import { type ClusterAccess, accessPolicyArn } from "../../model/cluster-access.ts";
import type { AccessGrant, AccessScope } from "../../model/cluster-access.ts";
import type { Protection } from "../../model/environment-class.ts";
import { ownAccountKeyPolicy } from "../../model/key-policies.ts";
import { SERVICE_CIDR } from "../../model/service-cidr.ts";
import type { Tags } from "../../model/tags.ts";
import { EncryptedLogGroup } from "../logging/encrypted-log-group.ts";
import { ClusterRules } from "./cluster-rules.ts";
import { NodeRole } from "./node-role.ts";
import { WorkloadSupport } from "./workload-support.ts";

export interface McpClusterArgs {
  /** What EKS calls it; unique in the account's region, and final. */
  readonly clusterName: string;
  readonly vpcId: pulumi.Input<string>;
  /** AZ ids of the control plane, final. Nodes stand where their node class says. */
  readonly azIds: readonly string[];
  /** The client subnet of an AZ. */
  readonly subnetIn: (azId: string) => pulumi.Input<string>;
  /** The group that MCP pods carry. */
  readonly workloadsSecurityGroupId: pulumi.Input<string>;
  /** The group in front of AWS's own services. */
  readonly awsEndpointsSecurityGroupId: pulumi.Input<string>;
  /** Kubernetes minor version. */
  readonly version: string;
  /** Who may reach the API from outside the VPC; undefined: nobody. */
  readonly publicAccessCidrs: readonly string[] | undefined;
  /** Who may use the Kubernetes API, by key, besides whoever creates the cluster. */
  readonly access: Readonly<Record<string, ClusterAccess>>;
  /** Whether AWS refuses to delete the cluster, and how long logs and keys are kept. */
  readonly protection: Protection;
  readonly place: AccountRegion;
  readonly tags: Tags;
}

const LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/**
 * The EKS cluster of the MCP pods, in Auto Mode, its API reachable from inside the VPC only unless CIDRs are named.
 *
 * Creates the cluster by `@pulumi/eks`, a key for its Kubernetes secrets, the log group of its control plane, the MCP nodes' role with its access entry,
 * the rules between the cluster's group and those of workloads and AWS endpoints, and what autoscalers and load balancers need. Calls AWS only, never the
 * Kubernetes API: it can be brought up from anywhere. Pod Identity needs nothing more, since Auto Mode's nodes bring its agent.
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

    const secretsKey = this.#createSecretsKey(name, args);
    const logs = this.#createLogs(name, args);
    const cluster = this.#createCluster(name, args, secretsKey, logs);
    const nodes = new NodeRole(
      `${name}-nodes`,
      { clusterName: cluster.eksCluster.name, tags: args.tags },
      { parent: this },
    );
    new ClusterRules(
      name,
      {
        clusterSecurityGroupId: cluster.clusterSecurityGroupId,
        workloadsSecurityGroupId: args.workloadsSecurityGroupId,
        awsEndpointsSecurityGroupId: args.awsEndpointsSecurityGroupId,
      },
      { parent: this },
    );
    new WorkloadSupport(
      `${name}-workloads`,
      { clusterName: cluster.eksCluster.name, clusterRoleArn: cluster.eksCluster.roleArn, tags: args.tags },
      { parent: this },
    );

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

  #createSecretsKey(name: string, { clusterName, protection, place, tags }: McpClusterArgs): aws.kms.Key {
    return new aws.kms.Key(
      `${name}-secrets`,
      {
        description: `Kubernetes secrets of EKS cluster ${clusterName}`,
        enableKeyRotation: true,
        deletionWindowInDays: protection.keyDeletionDays,
        policy: JSON.stringify(ownAccountKeyPolicy(place)),
        tags: { ...tags, Name: `${name}-secrets` },
      },
      { parent: this },
    );
  }

  /** Made before the cluster: EKS would make the group itself, without retention and key, and leave it behind. */
  #createLogs(name: string, { clusterName, protection, place, tags }: McpClusterArgs): EncryptedLogGroup {
    return new EncryptedLogGroup(
      `${name}-control-plane`,
      {
        logGroupName: `/aws/eks/${clusterName}/cluster`,
        description: "Control plane of EKS",
        protection,
        place,
        tags,
      },
      { parent: this },
    );
  }

  #createCluster(name: string, args: McpClusterArgs, secretsKey: aws.kms.Key, logs: EncryptedLogGroup): eks.Cluster {
    return new eks.Cluster(
      name,
      {
        name: args.clusterName,
        vpcId: args.vpcId,
        privateSubnetIds: args.azIds.map(args.subnetIn),
        kubernetesServiceIpAddressRange: SERVICE_CIDR,
        authenticationMode: eks.AuthenticationMode.Api,
        accessEntries: accessEntries(args),
        endpointPrivateAccess: true,
        endpointPublicAccess: args.publicAccessCidrs !== undefined,
        ...(args.publicAccessCidrs && { publicAccessCidrs: [...args.publicAccessCidrs] }),
        autoMode: { enabled: true },
        // For node groups, which Auto Mode has none of; its profile and access entry would carry no tags of ours.
        createInstanceRole: false,
        version: args.version,
        upgradePolicy: { supportType: "STANDARD" },
        encryptionConfigKeyArn: secretsKey.arn,
        enabledClusterLogTypes: LOG_TYPES,
        deletionProtection: args.protection.protect,
        tags: { ...args.tags },
      },
      { parent: this, dependsOn: [logs] },
    );
  }
}

/** As `@pulumi/eks` takes them. It tags them only where each says so. */
function accessEntries({ access, tags }: McpClusterArgs): Record<string, eks.types.input.AccessEntryArgs> {
  return Object.fromEntries(
    Object.entries(access).map(([key, { principal, grants }]) => [
      key,
      {
        principalArn: principal,
        tags: { ...tags },
        accessPolicies: Object.fromEntries(
          (Object.entries(grants) as [AccessGrant, AccessScope][]).map(([grant, scope]) => [
            grant,
            {
              policyArn: accessPolicyArn(grant),
              accessScope: scope === "cluster" ? { type: "cluster" } : { type: "namespace", namespaces: [...scope] },
            },
          ]),
        ),
      },
    ]),
  );
}
