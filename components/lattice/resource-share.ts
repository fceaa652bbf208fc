import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../../model/tags.ts";

export interface ResourceShareArgs {
  readonly resourceArn: pulumi.Input<string>;
  /** Account ids, and ARNs of organizations and of units of them. */
  readonly principals: readonly string[];
  readonly tags: Tags;
}

/**
 * Shares one resource by AWS Resource Access Manager.
 *
 * Creates the share, and what it is of and for. Within an organization it is there at once; another account gets an invitation, which it has to accept.
 */
export class ResourceShare extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ResourceShareArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:lattice:ResourceShare", name, {}, opts);

    const share = new aws.ram.ResourceShare(
      name,
      {
        name: `corpai-${name}`,
        // RAM does not say whether an account is of the organization until it is asked to share with it.
        allowExternalPrincipals: args.principals.some((principal) => !principal.startsWith("arn:")),
        tags: { ...args.tags },
      },
      { parent: this },
    );
    const shared = new aws.ram.ResourceAssociation(
      name,
      { resourceShareArn: share.arn, resourceArn: args.resourceArn },
      { parent: this },
    );
    for (const principal of args.principals)
      new aws.ram.PrincipalAssociation(
        `${name}-${principal.split("/").at(-1) ?? principal}`,
        { resourceShareArn: share.arn, principal },
        // An invitation to an empty share would be of nothing.
        { parent: this, dependsOn: [shared] },
      );

    this.arn = share.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
