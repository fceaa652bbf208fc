import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { deployPolicy, managedPolicies, previewPolicy } from "../../model/delivery-permissions.ts";
import { type DeliveryRole, type DeliveryTrust, deliveryRoleName, deliveryTrust } from "../../model/delivery-roles.ts";
import type { BroadDocument } from "../../model/iam-documents.ts";
import type { Side, Tags } from "../../model/tags.ts";

export interface DeliveryAccessArgs extends DeliveryTrust {
  /** Whose account it is: the programs of the one need other permissions than those of the other. */
  readonly side: Side;
  /** The bucket of the environment's states; undefined where they are in Pulumi Cloud. */
  readonly stateBucket: string | undefined;
  /** Roles that the environment's stacks of this account assume. */
  readonly assumes: readonly string[];
  readonly tags: Tags;
}

/** Longest session, in seconds: an update of a whole environment takes more than STS's own hour. */
const SESSION_SECONDS = { preview: 3600, deploy: 4 * 3600 } as const;

/**
 * By what workflows and deployments act in an account for one environment.
 *
 * Creates two roles, each with a policy of its own and AWS's: one that reads, for pull requests' previews and for drift, and one that changes, for what is
 * merged. The identity providers whose tokens they take stand already.
 */
export class DeliveryAccess extends pulumi.ComponentResource {
  readonly previewRoleArn: pulumi.Output<string>;
  readonly deployRoleArn: pulumi.Output<string>;

  constructor(name: string, args: DeliveryAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:bootstrap:DeliveryAccess", name, {}, opts);

    this.previewRoleArn = this.#role(`${name}-preview`, "preview", args, previewPolicy(args));
    this.deployRoleArn = this.#role(`${name}-deploy`, "deploy", args, deployPolicy(args.side, args));

    this.registerOutputs({ previewRoleArn: this.previewRoleArn, deployRoleArn: this.deployRoleArn });
  }

  #role(name: string, kind: DeliveryRole, args: DeliveryAccessArgs, document: BroadDocument): pulumi.Output<string> {
    const physicalName = deliveryRoleName(args.environment, kind);
    const tags = { ...args.tags, Name: physicalName };
    const child = { parent: this };
    const role = new aws.iam.Role(
      name,
      {
        name: physicalName,
        description: kind === "preview" ? "Previews of pull requests, and drift" : "Updates from what is merged",
        assumeRolePolicy: JSON.stringify(deliveryTrust(kind, args)),
        maxSessionDuration: SESSION_SECONDS[kind],
        tags,
      },
      child,
    );
    const policy = new aws.iam.Policy(name, { name: physicalName, policy: JSON.stringify(document), tags }, child);
    new aws.iam.RolePolicyAttachment(name, { role: role.name, policyArn: policy.arn }, child);
    for (const policyArn of managedPolicies(args.side)[kind])
      new aws.iam.RolePolicyAttachment(
        `${name}-${policyArn.split("/").at(-1) ?? ""}`,
        { role: role.name, policyArn },
        child,
      );
    return role.arn;
  }
}
