import { type Located, undecided, violation } from "../frame/finding.ts";
import { corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { EGRESS_TYPE, GROUP_TYPE, INGRESS_TYPE, RULE_TYPE } from "../reading/openings.ts";

const STANDALONE = [RULE_TYPE, INGRESS_TYPE, EGRESS_TYPE];

export const sgOneSpelling = rule({
  name: "sg-one-spelling",
  title: "A security group's rules are spelled one way",
  says: "A security group has either inline rules or rules that stand alone.",
  why: "The provider takes each other's rules away at every update: what is open changes from run to run.",
  severity: "high",
  set: "baseline",
  topics: ["network"],
  references: [...corpai("review"), ...nist("CM-2", "SC-7")],
  url: "https://www.pulumi.com/registry/packages/aws/api-docs/ec2/securitygroup/",
  fix: "Make all of them resources of their own.",
  types: new Set([GROUP_TYPE]),

  *stack(stack): Iterable<Located> {
    for (const group of stack.of([GROUP_TYPE])) {
      const inline = ["ingress", "egress"].filter((direction) => {
        const given = group.given.list(direction);
        return given.is === "unknown" || (given.is === "known" && given.value.length > 0);
      });
      if (inline.length === 0) continue;
      for (const alone of stack.of(STANDALONE)) {
        const referent = stack.referents(alone, "securityGroupId", [GROUP_TYPE]);
        if (referent.is === "found" && referent.subjects.includes(group))
          yield {
            ...violation(`${alone.name} stands alone, and "${inline.join('" and "')}" of ${group.name} are inline`),
            at: group,
          };
        else if (referent.is === "open")
          yield { ...undecided(`whose rule ${alone.name} is, is not known yet`), at: group };
      }
    }
  },
});
