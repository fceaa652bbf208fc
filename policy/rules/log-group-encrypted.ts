import { mustBeGiven } from "../frame/expectations.ts";
import { nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

export const logGroupEncrypted = rule({
  name: "log-group-encrypted",
  title: "Log groups have a key of their own",
  says: "A log group is encrypted by a key of the account.",
  why: "Who may read flow logs and audit logs is then the key's policy as well, and taking the key away closes them.",
  severity: "low",
  set: "strict",
  topics: ["logging", "encryption"],
  references: nist("SC-28", "AU-9(3)"),
  url: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
  fix: "Set kmsKeyId to the ARN of a key whose policy lets CloudWatch Logs use it.",
  types: new Set(["aws:cloudwatch/logGroup:LogGroup"]),

  *resource(group) {
    yield* mustBeGiven(group, "kmsKeyId", "and AWS then takes a key of its own");
  },
});
