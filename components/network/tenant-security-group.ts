import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../../model/tags.ts";

export interface TenantSecurityGroupArgs {
  readonly tenant: string;
  readonly vpcId: pulumi.Input<string>;
  readonly tags: Tags;
}

/**
 * What tells the pods of one tenant from all others: connections of that tenant admit this group alone. Its pods carry it beside the workloads' group, so it
 * holds no rule of its own. Creates the group.
 */
export class TenantSecurityGroup extends pulumi.ComponentResource {
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: TenantSecurityGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:network:TenantSecurityGroup", name, {}, opts);

    const group = new aws.ec2.SecurityGroup(
      name,
      { description: `MCP workloads of tenant ${args.tenant}`, vpcId: args.vpcId, tags: { ...args.tags, Name: name } },
      { parent: this },
    );

    this.securityGroupId = group.id;
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }
}
