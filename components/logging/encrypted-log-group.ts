import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccountRegion } from "../../model/account-region.ts";
import type { Protection } from "../../model/environment-class.ts";
import { logGroupKeyPolicy } from "../../model/key-policies.ts";
import type { Tags } from "../../model/tags.ts";

export interface EncryptedLogGroupArgs {
  /** In full: the key's policy names it, so it is known before the group exists, and unique in the account's region. */
  readonly logGroupName: string;
  /** What it holds, for people. */
  readonly description: string;
  /** How long its lines are kept, and its key after it. */
  readonly protection: Protection;
  readonly place: AccountRegion;
  readonly tags: Tags;
}

/**
 * A log group under a key of its own.
 *
 * Creates the KMS key, whose policy lets the log service use it for this group only, and the group with its retention.
 */
export class EncryptedLogGroup extends pulumi.ComponentResource {
  readonly logGroupName: pulumi.Output<string>;
  readonly logGroupArn: pulumi.Output<string>;

  constructor(name: string, args: EncryptedLogGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:logging:EncryptedLogGroup", name, {}, opts);

    const key = new aws.kms.Key(
      name,
      {
        description: `${args.description}: log group ${args.logGroupName}`,
        enableKeyRotation: true,
        deletionWindowInDays: args.protection.keyDeletionDays,
        policy: JSON.stringify(logGroupKeyPolicy(args.place, args.logGroupName)),
        tags: { ...args.tags, Name: name },
      },
      { parent: this },
    );
    const group = new aws.cloudwatch.LogGroup(
      name,
      { name: args.logGroupName, retentionInDays: args.protection.logDays, kmsKeyId: key.arn, tags: { ...args.tags } },
      { parent: this },
    );

    this.logGroupName = group.name;
    this.logGroupArn = group.arn;
    this.registerOutputs({ logGroupName: this.logGroupName, logGroupArn: this.logGroupArn });
  }
}
