import { each, mustBe } from "../frame/expectations.ts";
import { violation } from "../frame/finding.ts";
import { corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { TARGET_GROUP_TYPES } from "../reading/load-balancers.ts";

export const targetGroupHealthCheck = rule({
  name: "target-group-health-check",
  title: "Targets are checked, and it says how",
  says: "A target group says how its targets' health is checked.",
  why: "A check by default asks the traffic port by TCP, which a service that answers nothing passes.",
  severity: "medium",
  set: "baseline",
  topics: ["privatelink", "availability"],
  references: [...corpai("step 2"), ...nist("SI-4", "CP-10")],
  url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html",
  fix: "Give it a healthCheck with enabled: true and a protocol.",
  types: TARGET_GROUP_TYPES,

  *resource(group) {
    const check = group.read("healthCheck");
    if (check.is === "absent") yield violation('"healthCheck" is not set');
    yield* each(group, "healthCheck", function* (one) {
      yield* mustBe(one, "enabled", true);
      if (one.read("protocol").is === "absent") yield violation('"healthCheck.protocol" is not set');
    });
  },
});
