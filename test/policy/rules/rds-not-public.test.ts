import { undecided, violation } from "../../../policy/frame/finding.ts";
import { rdsNotPublic } from "../../../policy/rules/rds-not-public.ts";
import { describeRule } from "../support/table.ts";

describeRule(rdsNotPublic, {
  type: "aws:rds/instance:Instance",
  sound: { publiclyAccessible: false },
  absent: [],
  cases: {
    "refuses a database that everybody can find": {
      set: { publiclyAccessible: true },
      finds: [violation('"publiclyAccessible" is true')],
    },
    "refuses one of a cluster": {
      type: "aws:rds/clusterInstance:ClusterInstance",
      inputs: { publiclyAccessible: true },
      finds: [violation('"publiclyAccessible" is true')],
    },
    "cannot decide while it is not known": {
      unknown: ["publiclyAccessible"],
      finds: [
        undecided('"publiclyAccessible" is not known yet', "Give it as a plain value: publiclyAccessible: false."),
      ],
    },
  },
});
