import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../../model/tags.ts";

export interface StoreSecurityGroupArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly port: number;
  /** The only group that may use the store. */
  readonly workloadsSecurityGroupId: pulumi.Input<string>;
  readonly tags: Tags;
}

/**
 * The group of one store.
 *
 * Creates the group, and the way into it from the workloads' group on exactly the store's port, at both ends. Does not: any way out, for a store never
 * begins a connection.
 */
export class StoreSecurityGroup extends pulumi.ComponentResource {
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: StoreSecurityGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:data:StoreSecurityGroup", name, {}, opts);

    const group = new aws.ec2.SecurityGroup(
      name,
      { description: "CorpAI store: MCP workloads only", vpcId: args.vpcId, tags: { ...args.tags, Name: name } },
      { parent: this },
    );
    const way = { ipProtocol: "tcp", fromPort: args.port, toPort: args.port };
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-from-workloads`,
      {
        ...way,
        securityGroupId: group.id,
        description: "MCP workloads",
        referencedSecurityGroupId: args.workloadsSecurityGroupId,
      },
      { parent: this },
    );
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-for-workloads`,
      {
        ...way,
        securityGroupId: args.workloadsSecurityGroupId,
        description: `Store ${name}`,
        referencedSecurityGroupId: group.id,
      },
      { parent: this },
    );

    this.securityGroupId = group.id;
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }
}
