import { mustBe } from "../frame/expectations.ts";
import { undecided } from "../frame/finding.ts";
import { cis, securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

const INSTANCE = "aws:rds/instance:Instance";

export const rdsEncrypted = rule({
  name: "rds-encrypted",
  title: "Databases are encrypted",
  says: "A database's storage is encrypted.",
  why: "It cannot be encrypted later without a copy and a switch.",
  severity: "high",
  set: "baseline",
  topics: ["data", "encryption"],
  references: [...cis("2.3.1"), ...securityHub("RDS.3", "RDS.27"), ...nist("SC-28", "SC-13")],
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html",
  fix: "Set storageEncrypted: true.",
  caution: "AWS replaces a database whose encryption changes.",
  types: new Set([INSTANCE, "aws:rds/cluster:Cluster"]),

  *resource(database) {
    // A replica, and what is restored from a snapshot, are encrypted as their source is.
    const source = ["replicateSourceDb", "snapshotIdentifier", "replicationSourceIdentifier"].map(
      (path) => database.read(path).is,
    );
    if (source.includes("known")) return;
    const findings = [...mustBe(database, "storageEncrypted", true, { absent: "and AWS then leaves it in clear" })];
    if (!source.includes("unknown")) yield* findings;
    else if (findings.length > 0)
      yield undecided('"storageEncrypted" is not true, and what it is made from is not known yet');
  },
});
