import { undecided, violation } from "../../../policy/frame/finding.ts";
import { logGroupRetention } from "../../../policy/rules/log-group-retention.ts";
import { describeRule } from "../support/table.ts";

const tooShort = violation('"retentionInDays" is less than 7 days, or 0, which is for ever');

describeRule(logGroupRetention, {
  type: "aws:cloudwatch/logGroup:LogGroup",
  sound: { retentionInDays: 90 },
  absent: [violation('"retentionInDays" is not set, and AWS then keeps everything for ever')],
  cases: {
    "refuses less than a week": { set: { retentionInDays: 1 }, finds: [tooShort] },
    "refuses for ever by its number": { set: { retentionInDays: 0 }, finds: [tooShort] },
    "can be told another number": {
      set: { retentionInDays: 30 },
      options: { minimumDays: 365 },
      finds: [violation('"retentionInDays" is less than 365 days, or 0, which is for ever')],
    },
    "cannot decide while it is not known": {
      unknown: ["retentionInDays"],
      finds: [undecided('"retentionInDays" is not known yet', "Give it as a plain value.")],
    },
  },
});
