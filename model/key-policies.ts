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
 * @param logGroups names, or patterns of names
 */
function forLogGroups(
  { account, region }: AccountRegion,
  Sid: string,
  ...logGroups: readonly string[]
): ResourcePolicyStatement {
  const groups = logGroups.map((group) => `arn:aws:logs:${region}:${account}:log-group:${group}`);
  return {
    Sid,
    Effect: "Allow",
    Principal: { Service: `logs.${region}.amazonaws.com` },
    Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
    Resource: "*",
    Condition: {
      ArnLike: { "kms:EncryptionContext:aws:logs:arn": groups.length === 1 ? (groups[0] ?? "") : groups },
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

/** A key of the groups of one thing's logs. */
export const logGroupsKeyPolicy = (place: AccountRegion, logGroups: readonly string[]): KeyPolicy =>
  policyOf([ownAccount(place), forLogGroups(place, "EncryptTheseLogGroups", ...logGroups)]);

const ADMINISTRATION =
  "CancelKeyDeletion CreateAlias DeleteAlias DescribeKey DisableKey EnableKey EnableKeyRotation DisableKeyRotation GetKeyPolicy GetKeyRotationStatus ListAliases ListGrants ListResourceTags PutKeyPolicy RevokeGrant ScheduleKeyDeletion TagResource UntagResource UpdateAlias UpdateKeyDescription";

/**
 * A key that nobody uses but through these services: who administers it by IAM cannot decrypt anything with it, and neither can who is allowed
 * `kms:Decrypt` outside of them.
 * https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 *
 * @param consumers services by what they keep under the key
 */
export function consumersKeyPolicy(place: AccountRegion, consumers: Readonly<Record<string, string>>): KeyPolicy {
  const Principal = { AWS: `arn:aws:iam::${place.account}:root` };
  return policyOf([
    {
      Sid: "AdministerByIam",
      Effect: "Allow",
      Principal,
      Action: ADMINISTRATION.split(" ").map((action) => `kms:${action}`),
      Resource: "*",
    },
    ...Object.entries(consumers).map(([Sid, service]): ResourcePolicyStatement => ({
      Sid,
      Effect: "Allow",
      Principal,
      Action: [
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey*",
        "kms:ReEncrypt*",
      ],
      Resource: "*",
      Condition: {
        StringEquals: {
          "kms:CallerAccount": place.account,
          "kms:ViaService": `${service}.${place.region}.amazonaws.com`,
        },
      },
    })),
  ]);
}
