import { undecided, violation } from "../../../policy/frame/finding.ts";
import { dynamodbRecoverable } from "../../../policy/rules/dynamodb-recoverable.ts";
import { describeRule } from "../support/table.ts";

describeRule(dynamodbRecoverable, {
  type: "aws:dynamodb/table:Table",
  sound: { pointInTimeRecovery: { enabled: true } },
  absent: [violation('"pointInTimeRecovery.enabled" is not set, and AWS then leaves it off')],
  cases: {
    "refuses a table without": {
      set: { "pointInTimeRecovery.enabled": false },
      finds: [violation('"pointInTimeRecovery.enabled" is false')],
    },
    "cannot decide while it is not known": {
      unknown: ["pointInTimeRecovery.enabled"],
      finds: [undecided('"pointInTimeRecovery.enabled" is not known yet', "Give it as a plain value: enabled: true.")],
    },
  },
});
