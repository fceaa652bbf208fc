import { EXPOSURE_TYPES, internetExposures } from "../../model/internet-exposures.ts";
import { ISOLATED_PROGRAMS } from "../../model/subnet-kinds.ts";
import { type Located, undecided, violation } from "../frame/finding.ts";
import { texts } from "../frame/options.ts";
import { corpai, securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { recordsOf } from "../reading/records.ts";

export const internetReachability = rule({
  name: "internet-reachability",
  title: "No path between the internet and what is private",
  says: "No route, no placement and no shared target connects the internet with a private service, or an isolated subnet with the internet.",
  why: "Each setting can look right by itself while together they are a way in, or a way out.",
  severity: "critical",
  set: "baseline",
  topics: ["network", "exposure"],
  references: [...nist("SC-7", "SC-7(5)", "AC-4"), ...securityHub("EC2.15", "RDS.2"), ...corpai("prerequisites")],
  url: "https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html",
  fix: "Look at the route tables; corpai trace shows the same across stacks.",
  options: {
    isolatedPrograms: texts(
      "Programs, by the first part of their stacks' names, all of whose subnets are isolated",
      ISOLATED_PROGRAMS,
    ),
  },
  types: EXPOSURE_TYPES,

  *stack(stack, { options: { isolatedPrograms } }): Iterable<Located> {
    const exposures = internetExposures(recordsOf(stack, EXPOSURE_TYPES), isolatedPrograms);
    for (const { at, verdict, because, fix } of exposures) {
      const subject = stack.registry.get(at.urn);
      if (subject)
        yield { ...(verdict === "exposed" ? violation(because, fix) : undecided(because, fix)), at: subject };
    }
  },
});
