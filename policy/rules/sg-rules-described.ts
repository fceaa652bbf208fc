import { mustBeGiven } from "../frame/expectations.ts";
import { corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { EGRESS_TYPE, INGRESS_TYPE, RULE_TYPE } from "../reading/openings.ts";

export const sgRulesDescribed = rule({
  name: "sg-rules-described",
  title: "Security group rules say what they are for",
  says: "A rule of a security group has a description.",
  why: "Whoever reviews a customer's groups a year later has nothing else to go by.",
  severity: "low",
  set: "strict",
  topics: ["network", "ownership"],
  references: [...corpai("review"), ...nist("CM-3", "SC-7")],
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html",
  fix: "Say in a few words who comes in, or where it goes.",
  types: new Set([INGRESS_TYPE, EGRESS_TYPE, RULE_TYPE]),

  *resource(subject) {
    yield* mustBeGiven(subject, "description", "so nobody can tell what it is for");
  },
});
