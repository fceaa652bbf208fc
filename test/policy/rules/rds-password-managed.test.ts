import { violation } from "../../../policy/frame/finding.ts";
import { rdsPasswordManaged } from "../../../policy/rules/rds-password-managed.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

describeRule(rdsPasswordManaged, {
  type: "aws:rds/instance:Instance",
  sound: { manageMasterUserPassword: true, username: "corpai" },
  absent: [],
  alwaysKnown: "whether a password is given is known, whatever it is",
  cases: {
    "refuses a password, and does not print it": {
      set: { password: "hunter2" },
      finds: [violation('"password" is given by the program')],
    },
    "refuses one that is not known yet": {
      type: "aws:rds/cluster:Cluster",
      inputs: { masterPassword: UNKNOWN },
      finds: [violation('"masterPassword" is given by the program')],
    },
  },
});
