import { undecided, violation } from "../../../policy/frame/finding.ts";
import { targetGroupHealthCheck } from "../../../policy/rules/target-group-health-check.ts";
import { describeRule } from "../support/table.ts";

describeRule(targetGroupHealthCheck, {
  type: "aws:lb/targetGroup:TargetGroup",
  sound: { healthCheck: { enabled: true, protocol: "HTTPS", path: "/ping" } },
  absent: [violation('"healthCheck" is not set')],
  cases: {
    "refuses one that is off": {
      set: { "healthCheck.enabled": false },
      finds: [violation('"healthCheck.enabled" is false')],
    },
    "refuses one without a protocol": {
      unset: ["healthCheck.protocol"],
      finds: [violation('"healthCheck.protocol" is not set')],
    },
    "cannot decide while nothing of it is known": {
      unknown: ["healthCheck"],
      finds: [undecided('"healthCheck" is not known yet', "Give it as a plain value.")],
    },
    "cannot decide while it is not known whether it is on": {
      unknown: ["healthCheck.enabled"],
      finds: [undecided('"healthCheck.enabled" is not known yet', "Give it as a plain value: enabled: true.")],
    },
  },
});
