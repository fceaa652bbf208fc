import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type PolicyKind, latticePolicy } from "../../model/lattice-policies.ts";

export interface ResourcePolicyArgs {
  /** Of a resource configuration, or of a service network. */
  readonly resourceArn: pulumi.Input<string>;
  readonly kind: PolicyKind;
  /** Account ids, and ARNs of roles: nobody else may use it. */
  readonly principals: readonly string[];
}

/**
 * Who of other accounts may use a resource or join a service network, by name, down to one role; at once and without an invitation.
 *
 * Creates the resource policy. Not for what is shared as well: a share writes the same policy.
 */
export class ResourcePolicy extends pulumi.ComponentResource {
  constructor(name: string, args: ResourcePolicyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:lattice:ResourcePolicy", name, {}, opts);
    new aws.vpclattice.ResourcePolicy(
      name,
      {
        resourceArn: args.resourceArn,
        // AWS takes no line breaks.
        policy: pulumi
          .output(args.resourceArn)
          .apply((arn) => JSON.stringify(latticePolicy(args.kind, arn, args.principals))),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
