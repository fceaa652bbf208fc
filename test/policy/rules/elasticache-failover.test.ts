import { type Finding, undecided, violation } from "../../../policy/frame/finding.ts";
import { elasticacheFailover } from "../../../policy/rules/elasticache-failover.ts";
import { describeRule } from "../support/table.ts";

const off = (path: string): Finding => violation(`"${path}" is not set, and AWS then leaves it off`);

describeRule(elasticacheFailover, {
  type: "aws:elasticache/replicationGroup:ReplicationGroup",
  sound: { automaticFailoverEnabled: true, multiAzEnabled: true },
  absent: [off("automaticFailoverEnabled"), off("multiAzEnabled")],
  cases: {
    "refuses one that stays in one AZ": {
      set: { multiAzEnabled: false },
      finds: [violation('"multiAzEnabled" is false')],
    },
    "asks nothing of a demo": { stack: "data.demo", inputs: {} },
    "cannot decide while it is not known": {
      unknown: ["multiAzEnabled"],
      finds: [undecided('"multiAzEnabled" is not known yet', "Give it as a plain value: multiAzEnabled: true.")],
    },
  },
});
