import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { serviceTrust } from "../../model/service-trust.ts";
import type { Tags } from "../../model/tags.ts";

export interface NodeRoleArgs {
  readonly clusterName: pulumi.Input<string>;
  readonly tags: Tags;
}

const NODE_POLICIES = ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"] as const;
const AUTO_NODE_POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy";

/**
 * The role of the nodes that carry MCP pods.
 *
 * Creates the role, its two managed policies, and the access entry that a node class of our own needs to let its nodes join.
 * https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html
 */
export class NodeRole extends pulumi.ComponentResource {
  readonly roleName: pulumi.Output<string>;

  constructor(name: string, args: NodeRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:cluster:NodeRole", name, {}, opts);

    const role = new aws.iam.Role(
      name,
      {
        description: "Nodes of MCP workloads",
        assumeRolePolicy: serviceTrust("ec2.amazonaws.com"),
        tags: { ...args.tags },
      },
      { parent: this },
    );
    for (const policy of NODE_POLICIES) {
      new aws.iam.RolePolicyAttachment(
        `${name}-${policy}`,
        { role: role.name, policyArn: `arn:aws:iam::aws:policy/${policy}` },
        { parent: this },
      );
    }
    const entry = new aws.eks.AccessEntry(
      name,
      { clusterName: args.clusterName, principalArn: role.arn, type: "EC2", tags: { ...args.tags } },
      { parent: this },
    );
    new aws.eks.AccessPolicyAssociation(
      name,
      {
        clusterName: entry.clusterName,
        principalArn: entry.principalArn,
        policyArn: AUTO_NODE_POLICY,
        accessScope: { type: "cluster" },
      },
      { parent: this },
    );

    this.roleName = role.name;
    this.registerOutputs({ roleName: this.roleName });
  }
}
