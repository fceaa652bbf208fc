import { expects } from "../frame/expectations.ts";
import { whole } from "../frame/options.ts";
import { cis, securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

const TYPES = new Set([
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ec2/instance:Instance",
  "aws:ec2/launchConfiguration:LaunchConfiguration",
]);

export const imdsV2Required = rule({
  name: "imds-v2-required",
  title: "Instance metadata by token only",
  says: "An instance answers metadata requests by IMDSv2 only, and no further than they have to go.",
  why: "By version 1 a request that somebody tricks a server into making brings back the node's credentials.",
  severity: "high",
  set: "baseline",
  topics: ["compute", "identity"],
  references: [...cis("5.6"), ...securityHub("EC2.8", "EC2.170", "AutoScaling.3"), ...nist("AC-3", "AC-6")],
  url: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html",
  fix: 'Set metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 }.',
  options: { maximumHops: whole("Most hops that an answer may take; 2 where pods need it", 2, 1) },
  types: TYPES,
  remedies: [{ types: TYPES, set: { "metadataOptions.httpTokens": "required" } }],

  *resource(subject, { options: { maximumHops } }) {
    const tokens = "metadataOptions.httpTokens";
    yield* expects(subject.text(tokens), `"${tokens}"`, (value) => value === "required", {
      absent: "and AWS may then answer without a token",
      wrong: "is not required",
    });
    const hops = "metadataOptions.httpPutResponseHopLimit";
    yield* expects(subject.number(hops), `"${hops}"`, (limit) => limit <= maximumHops, {
      wrong: `is more than ${maximumHops}`,
    });
  },
});
