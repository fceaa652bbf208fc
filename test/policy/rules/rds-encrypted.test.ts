import { undecided, violation } from "../../../policy/frame/finding.ts";
import { rdsEncrypted } from "../../../policy/rules/rds-encrypted.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const clear = violation('"storageEncrypted" is not set, and AWS then leaves it in clear');

describeRule(rdsEncrypted, {
  type: "aws:rds/instance:Instance",
  sound: { storageEncrypted: true },
  absent: [clear],
  cases: {
    "refuses storage in clear": {
      set: { storageEncrypted: false },
      finds: [violation('"storageEncrypted" is false')],
    },
    "asks clusters as well": { type: "aws:rds/cluster:Cluster", inputs: {}, finds: [clear] },
    "leaves a replica alone, which is as its source is": { inputs: { replicateSourceDb: "source" } },
    "cannot decide while it is not known": {
      unknown: ["storageEncrypted"],
      finds: [undecided('"storageEncrypted" is not known yet', "Give it as a plain value: storageEncrypted: true.")],
    },
    "cannot decide while it is not known what it is made from": {
      inputs: { snapshotIdentifier: UNKNOWN },
      finds: [undecided('"storageEncrypted" is not true, and what it is made from is not known yet')],
    },
  },
});
