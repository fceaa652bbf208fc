import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../../model/tags.ts";

export interface WorkloadSupportArgs {
  readonly clusterName: pulumi.Input<string>;
  /** The role that Auto Mode acts as. */
  readonly clusterRoleArn: pulumi.Input<string>;
  readonly tags: Tags;
}

/**
 * What workloads need of their cluster beyond nodes.
 *
 * Creates the metrics server, without which autoscalers know no load; and the right of the cluster's role to give load balancers tags of ours, which AWS's own
 * policies leave out. https://docs.aws.amazon.com/eks/latest/userguide/auto-cluster-iam-role.html
 */
export class WorkloadSupport extends pulumi.ComponentResource {
  readonly metricsServer: pulumi.Output<string>;

  constructor(name: string, args: WorkloadSupportArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:cluster:WorkloadSupport", name, {}, opts);

    const metrics = new aws.eks.Addon(
      name,
      { clusterName: args.clusterName, addonName: "metrics-server", tags: { ...args.tags } },
      { parent: this },
    );
    new aws.iam.RolePolicy(
      name,
      {
        role: pulumi.output(args.clusterRoleArn).apply((arn) => arn.split("/").at(-1) ?? ""),
        policy: pulumi.output(args.clusterName).apply(taggedBalancers),
      },
      { parent: this },
    );

    this.metricsServer = metrics.addonName;
    this.registerOutputs({ metricsServer: this.metricsServer });
  }
}

/** Only in calls that also say that the thing is this cluster's. */
const taggedBalancers = (clusterName: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TagLoadBalancers",
        Effect: "Allow",
        Action: [
          "elasticloadbalancing:CreateLoadBalancer",
          "elasticloadbalancing:CreateTargetGroup",
          "elasticloadbalancing:CreateListener",
          "elasticloadbalancing:CreateRule",
          "elasticloadbalancing:AddTags",
          "ec2:CreateSecurityGroup",
          "ec2:CreateTags",
        ],
        Resource: "*",
        Condition: { StringEquals: { "aws:RequestTag/eks:eks-cluster-name": clusterName } },
      },
    ],
  });
