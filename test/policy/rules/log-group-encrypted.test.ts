import { violation } from "../../../policy/frame/finding.ts";
import { logGroupEncrypted } from "../../../policy/rules/log-group-encrypted.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

describeRule(logGroupEncrypted, {
  type: "aws:cloudwatch/logGroup:LogGroup",
  sound: { kmsKeyId: UNKNOWN },
  absent: [violation('"kmsKeyId" is not set, and AWS then takes a key of its own')],
  alwaysKnown: "whether a key is given is known, whichever it is",
  cases: {
    "refuses AWS's own key": {
      inputs: { retentionInDays: 90 },
      finds: [violation('"kmsKeyId" is not set, and AWS then takes a key of its own')],
    },
  },
});
