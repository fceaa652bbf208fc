import { undecided, violation } from "../../../policy/frame/finding.ts";
import { rdsBackups } from "../../../policy/rules/rds-backups.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

describeRule(rdsBackups, {
  type: "aws:rds/cluster:Cluster",
  sound: { backupRetentionPeriod: 14 },
  absent: [violation('"backupRetentionPeriod" is not set, and AWS then keeps them for a day, or not at all')],
  cases: {
    "refuses fewer days than are wanted": {
      set: { backupRetentionPeriod: 1 },
      finds: [violation('"backupRetentionPeriod" is less than 7 days')],
    },
    "passes exactly as many": { set: { backupRetentionPeriod: 7 } },
    "can be told another number": {
      options: { minimumDays: 30 },
      finds: [violation('"backupRetentionPeriod" is less than 30 days')],
    },
    "asks nothing of a demo": { stack: "data.demo", inputs: {} },
    "leaves a replica alone": { type: "aws:rds/instance:Instance", inputs: { replicateSourceDb: "source" } },
    "cannot decide while it is not known": {
      unknown: ["backupRetentionPeriod"],
      finds: [undecided('"backupRetentionPeriod" is not known yet', "Give it as a plain value.")],
    },
    "cannot decide while it is not known whether it is a replica": {
      inputs: { replicateSourceDb: UNKNOWN },
      finds: [undecided('"backupRetentionPeriod" does not say enough, and whether it is a replica is not known yet')],
    },
  },
});
