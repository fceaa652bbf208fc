import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccountRegion } from "../../model/account-region.ts";
import type { Protection } from "../../model/environment-class.ts";
import { consumersKeyPolicy } from "../../model/key-policies.ts";
import type { Tags } from "../../model/tags.ts";

export interface ConsumerKeyArgs {
  readonly description: string;
  /** Services that may use it in their callers' names, by what they keep under it. */
  readonly consumers: Readonly<Record<string, string>>;
  readonly place: AccountRegion;
  readonly protection: Protection;
  readonly tags: Tags;
}

/** A key that is used through the named services and in no other way. Creates the key, rotated every year, and an alias for people. */
export class ConsumerKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ConsumerKeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:ConsumerKey", name, {}, opts);

    const { protect, retainKeys, keyDeletionDays } = args.protection;
    const key = new aws.kms.Key(
      name,
      {
        description: args.description,
        policy: JSON.stringify(consumersKeyPolicy(args.place, args.consumers)),
        enableKeyRotation: true,
        deletionWindowInDays: keyDeletionDays,
        tags: { ...args.tags, Name: name },
      },
      { parent: this, protect, retainOnDelete: retainKeys },
    );
    new aws.kms.Alias(name, { targetKeyId: key.keyId }, { parent: this });

    this.arn = key.arn;
    this.registerOutputs({ arn: this.arn });
  }
}
