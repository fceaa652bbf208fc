import type { AccountRegion } from "./account-region.ts";
import { type KeyPolicy, type ResourcePolicyStatement, policyOf } from "./iam-documents.ts";
import { storeLogGroup, storeName } from "./physical-name.ts";

/** Leaves who may use and administer the key to the account's IAM policies; without it nobody could ever change the key's policy. */
export function ownAccount({ account }: AccountRegion): ResourcePolicyStatement {
  return {
    Sid: "AdministerByIam",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: "kms:*",
    Resource: "*",
  };
}

/**
 * A key that services use in the name of whoever sets them up, by a grant: EKS for secrets.
 * https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html
 */
export const ownAccountKeyPolicy = (place: AccountRegion): KeyPolicy => policyOf([ownAccount(place)]);

/**
 * Lets the log service use the key in its own name, for these groups and no others.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 *
 * @param logGroups a name, or a pattern of names
 */
function forLogGroups({ account, region }: AccountRegion, Sid: string, logGroups: string): ResourcePolicyStatement {
  return {
    Sid,
    Effect: "Allow",
    Principal: { Service: `logs.${region}.amazonaws.com` },
    Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
    Resource: "*",
    Condition: {
      ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${account}:log-group:${logGroups}` },
    },
  };
}

/** A key of one log group. */
export const logGroupKeyPolicy = (place: AccountRegion, logGroupName: string): KeyPolicy =>
  policyOf([ownAccount(place), forLogGroups(place, "EncryptThisLogGroup", logGroupName)]);

/** The stores' key: IAM decides who uses it, and the log service may for the logs of this environment's stores, in no other name. */
export const storeKeyPolicy = (place: AccountRegion & { readonly environment: string }): KeyPolicy =>
  policyOf([
    ownAccount(place),
    forLogGroups(place, "EncryptLogsOfStores", storeLogGroup(storeName(place.environment, "*"), "*")),
  ]);
