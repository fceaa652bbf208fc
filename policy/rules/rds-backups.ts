import { expects } from "../frame/expectations.ts";
import { undecided } from "../frame/finding.ts";
import { texts, whole } from "../frame/options.ts";
import { securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { isProtected, PROTECTED } from "../reading/environments.ts";

export const rdsBackups = rule({
  name: "rds-backups",
  title: "Databases are backed up",
  says: "A database of a protected environment keeps its backups for a while.",
  why: "A mistake is often found days after it was made.",
  severity: "medium",
  set: "baseline",
  topics: ["data", "availability"],
  references: [...securityHub("RDS.11"), ...nist("CP-9", "CP-6")],
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.html",
  fix: "Set backupRetentionPeriod to the days that backups are to be kept.",
  options: {
    environments: texts(PROTECTED.says, PROTECTED.environments),
    minimumDays: whole("Fewest days that backups are kept", 7, 1),
  },
  types: new Set(["aws:rds/instance:Instance", "aws:rds/cluster:Cluster"]),

  *resource(database, { options: { environments, minimumDays } }) {
    if (!isProtected(database.stack, environments)) return;
    // A replica is backed up by its source.
    const replica = database.read("replicateSourceDb").is;
    if (replica === "known") return;
    const findings = [
      ...expects(database.number("backupRetentionPeriod"), '"backupRetentionPeriod"', (days) => days >= minimumDays, {
        absent: "and AWS then keeps them for a day, or not at all",
        wrong: `is less than ${minimumDays} days`,
      }),
    ];
    if (replica === "absent") yield* findings;
    else if (findings.length > 0)
      yield undecided('"backupRetentionPeriod" does not say enough, and whether it is a replica is not known yet');
  },
});
