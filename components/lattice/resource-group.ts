import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../../model/tags.ts";

export interface ResourceGroupArgs {
  readonly gatewayId: pulumi.Input<string>;
  readonly tags: Tags;
}

/** Resource configurations that are associated and shared as one. Creates the group; its children name it. */
export class ResourceGroup extends pulumi.ComponentResource {
  readonly groupId: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ResourceGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:lattice:ResourceGroup", name, {}, opts);
    const group = new aws.vpclattice.ResourceConfiguration(
      name,
      {
        type: "GROUP",
        resourceGatewayIdentifier: args.gatewayId,
        tags: { ...args.tags, Name: `corpai-${name}` },
      },
      { parent: this },
    );
    this.groupId = group.id;
    this.arn = group.arn;
    this.registerOutputs({ groupId: this.groupId, arn: this.arn });
  }
}
