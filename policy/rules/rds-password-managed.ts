import { violation } from "../frame/finding.ts";
import { securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

export const rdsPasswordManaged = rule({
  name: "rds-password-managed",
  title: "RDS keeps the master password itself",
  says: "A database's master password is made and rotated by RDS, and stands in no state.",
  why: "A password that a program gives is in its configuration, in its state and in whoever's hands made it.",
  severity: "high",
  set: "baseline",
  topics: ["data", "identity"],
  references: [...securityHub("SecretsManager.1"), ...nist("IA-5", "SC-12")],
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html",
  fix: "Set manageMasterUserPassword: true and leave the password out.",
  types: new Set(["aws:rds/instance:Instance", "aws:rds/cluster:Cluster"]),

  *resource(database) {
    for (const path of ["password", "masterPassword"])
      if (database.read(path).is !== "absent") yield violation(`"${path}" is given by the program`);
  },
});
