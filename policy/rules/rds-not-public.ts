import { mustBe } from "../frame/expectations.ts";
import { cis, securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

const TYPES = new Set(["aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance"]);

export const rdsNotPublic = rule({
  name: "rds-not-public",
  title: "Databases have no public address",
  says: "A database is not publicly accessible.",
  why: "A database is what all else here is built to keep private.",
  severity: "critical",
  set: "baseline",
  topics: ["data", "exposure"],
  references: [...cis("2.3.3"), ...securityHub("RDS.2"), ...nist("SC-7(5)", "AC-4")],
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
  fix: "Set publiclyAccessible: false.",
  types: TYPES,
  remedies: [{ types: TYPES, set: { publiclyAccessible: false } }],

  *resource(database) {
    yield* mustBe(database, "publiclyAccessible", false);
  },
});
