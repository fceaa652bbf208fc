import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccountRegion } from "../../model/account-region.ts";
import { ownAccountKeyPolicy } from "../../model/key-policies.ts";
import { onlyByTls } from "../../model/state-policies.ts";
import { stateKeyAlias } from "../../model/delivery-permissions.ts";
import type { Tags } from "../../model/tags.ts";

export interface StateStoreArgs extends AccountRegion {
  readonly environment: string;
  /** Shared by all accounts of AWS, so it has to be nobody else's. */
  readonly bucketName: string;
  readonly tags: Tags;
}

/** Longest that AWS lets a key wait: whoever lets go of this one by mistake loses all secrets. */
const KEY_DELETION_DAYS = 30;

/**
 * Where an environment's stacks keep their states, and the key of their secrets.
 *
 * Creates a bucket that keeps every version, is encrypted under the key, and is closed to the public and to whoever comes without TLS; the key, rotated every
 * year; and its alias, by which the stacks' files name it. Bucket and key are protected, and stay in AWS when Pulumi lets go of them.
 */
export class StateStore extends pulumi.ComponentResource {
  readonly bucketName: pulumi.Output<string>;
  readonly keyAlias: pulumi.Output<string>;

  constructor(name: string, args: StateStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:bootstrap:StateStore", name, {}, opts);
    const child = { parent: this };
    const kept = { ...child, protect: true, retainOnDelete: true };

    const key = new aws.kms.Key(
      name,
      {
        description: `Pulumi's states and secrets of ${args.environment}`,
        policy: JSON.stringify(ownAccountKeyPolicy(args)),
        enableKeyRotation: true,
        deletionWindowInDays: KEY_DELETION_DAYS,
        tags: { ...args.tags, Name: name },
      },
      kept,
    );
    const alias = new aws.kms.Alias(name, { name: stateKeyAlias(args.environment), targetKeyId: key.keyId }, child);

    const bucket = new aws.s3.Bucket(name, { bucket: args.bucketName, tags: { ...args.tags, Name: name } }, kept);
    const closed = new aws.s3.BucketPublicAccessBlock(
      name,
      {
        bucket: bucket.id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      child,
    );
    new aws.s3.BucketVersioning(name, { bucket: bucket.id, versioningConfiguration: { status: "Enabled" } }, child);
    new aws.s3.BucketServerSideEncryptionConfiguration(
      name,
      {
        bucket: bucket.id,
        rules: [
          {
            applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn },
            bucketKeyEnabled: true,
          },
        ],
      },
      child,
    );
    // Two calls about one bucket's openness at a time are refused by S3 now and then.
    new aws.s3.BucketPolicy(
      name,
      { bucket: bucket.id, policy: JSON.stringify(onlyByTls(args.bucketName)) },
      { ...child, dependsOn: [closed] },
    );

    this.bucketName = bucket.id;
    this.keyAlias = alias.name;
    this.registerOutputs({ bucketName: this.bucketName, keyAlias: this.keyAlias });
  }
}
