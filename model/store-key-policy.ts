import { storeLogGroup, storeName } from "./physical-name.ts";

/** The logs that RDS exports for PostgreSQL: what the database says, and what an upgrade of it says. */
export const POSTGRES_LOGS = ["postgresql", "upgrade"] as const;

/**
 * The policy of the stores' key: IAM decides who uses it, and the log service may for the logs of this environment's stores, in no other name.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function storeKeyPolicy({
  account,
  region,
  environment,
}: {
  readonly account: string;
  readonly region: string;
  readonly environment: string;
}) {
  const logGroups = storeLogGroup(storeName(environment, "*"), "*");
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AdministerByIam",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "EncryptLogsOfStores",
        Effect: "Allow",
        Principal: { Service: `logs.${region}.amazonaws.com` },
        Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        Resource: "*",
        Condition: {
          ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${account}:log-group:${logGroups}` },
        },
      },
    ],
  } as const;
}
