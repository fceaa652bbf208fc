import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Protection } from "../../model/environment-class.ts";
import type { KeyPolicy } from "../../model/iam-documents.ts";
import type { Tags } from "../../model/tags.ts";

export interface RetainedKeyArgs {
  readonly description: string;
  readonly policy: KeyPolicy;
  readonly protection: Protection;
  readonly tags: Tags;
}

/**
 * A key of what holds data, rotated every year, and an alias for people. Where snapshots outlive what they were taken of, it stays in AWS when it leaves
 * Pulumi.
 *
 * @returns its ARN
 */
export function createRetainedKey(
  parent: pulumi.ComponentResource,
  name: string,
  { description, policy, protection, tags }: RetainedKeyArgs,
): pulumi.Output<string> {
  const { protect, retainKeys, keyDeletionDays } = protection;
  const key = new aws.kms.Key(
    name,
    {
      description,
      policy: JSON.stringify(policy),
      enableKeyRotation: true,
      deletionWindowInDays: keyDeletionDays,
      tags: { ...tags, Name: name },
    },
    { parent, protect, retainOnDelete: retainKeys },
  );
  new aws.kms.Alias(name, { targetKeyId: key.keyId }, { parent });
  return key.arn;
}
