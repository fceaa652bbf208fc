import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../../model/tags.ts";

export interface WorkloadsSecurityGroupArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly vpcCidr: string;
  readonly tags: Tags;
}

/**
 * The group that MCP pods carry: what endpoints and stores admit.
 *
 * Creates the group and egress to this VPC only. Does not: any ingress, any way to the internet.
 */
export class WorkloadsSecurityGroup extends pulumi.ComponentResource {
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: WorkloadsSecurityGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:network:WorkloadsSecurityGroup", name, {}, opts);

    const group = new aws.ec2.SecurityGroup(
      name,
      { description: "MCP workloads", vpcId: args.vpcId, tags: { ...args.tags, Name: name } },
      { parent: this },
    );
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-to-vpc`,
      {
        securityGroupId: group.id,
        description: "Endpoints, stores and DNS of this VPC",
        ipProtocol: "-1",
        cidrIpv4: args.vpcCidr,
      },
      { parent: this },
    );

    this.securityGroupId = group.id;
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }
}
