import { givePlain, notKnown } from "../frame/expectations.ts";
import { undecided, violation } from "../frame/finding.ts";
import { cis, securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { DEFAULT_GROUP_TYPE } from "../reading/openings.ts";

export const sgDefaultClosed = rule({
  name: "sg-default-closed",
  title: "The default security group admits nothing",
  says: "A VPC's default security group has no rules.",
  why: "Whatever is created without a group gets this one, and with rules in it nobody notices.",
  severity: "high",
  set: "baseline",
  topics: ["network"],
  references: [...cis("5.4"), ...securityHub("EC2.2"), ...nist("SC-7(5)")],
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html",
  fix: "Leave ingress and egress out, and give every resource a group of its own.",
  types: new Set([DEFAULT_GROUP_TYPE]),

  *resource(group) {
    for (const direction of ["ingress", "egress"]) {
      const rules = group.list(direction);
      if (rules.is === "unknown") yield undecided(notKnown(`"${direction}"`), givePlain());
      else if (rules.is === "known" && rules.value.length > 0) yield violation(`"${direction}" has rules`);
    }
  },
});
