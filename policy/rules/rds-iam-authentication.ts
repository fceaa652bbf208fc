import { mustBe } from "../frame/expectations.ts";
import { securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

const TYPES = new Set(["aws:rds/instance:Instance", "aws:rds/cluster:Cluster"]);

export const rdsIamAuthentication = rule({
  name: "rds-iam-authentication",
  title: "Databases know IAM roles",
  says: "A database lets roles sign in by IAM.",
  why: "A role's token lasts fifteen minutes; a password lasts until somebody changes it.",
  severity: "medium",
  set: "strict",
  topics: ["data", "identity"],
  references: [...securityHub("RDS.10", "RDS.12"), ...nist("IA-2", "AC-2")],
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html",
  fix: "Set iamDatabaseAuthenticationEnabled: true.",
  types: TYPES,
  remedies: [{ types: TYPES, set: { iamDatabaseAuthenticationEnabled: true } }],

  *resource(database) {
    yield* mustBe(database, "iamDatabaseAuthenticationEnabled", true, { absent: "and AWS then leaves it off" });
  },
});
