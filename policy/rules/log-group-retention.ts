import { expects } from "../frame/expectations.ts";
import { whole } from "../frame/options.ts";
import { securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

export const logGroupRetention = rule({
  name: "log-group-retention",
  title: "Log groups say how long they keep",
  says: "A log group keeps what it holds for a number of days.",
  why: "By default it keeps everything for ever, which is a cost and, of personal data, an offence.",
  severity: "medium",
  set: "baseline",
  topics: ["logging"],
  references: [...securityHub("CloudWatch.16"), ...nist("AU-11", "SI-12")],
  url: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
  fix: "Set retentionInDays to one of CloudWatch's steps: 7, 30, 90, 365.",
  options: { minimumDays: whole("Fewest days that logs are kept", 7, 1) },
  types: new Set(["aws:cloudwatch/logGroup:LogGroup"]),

  *resource(group, { options: { minimumDays } }) {
    yield* expects(group.number("retentionInDays"), '"retentionInDays"', (days) => days >= minimumDays, {
      absent: "and AWS then keeps everything for ever",
      wrong: `is less than ${minimumDays} days, or 0, which is for ever`,
    });
  },
});
