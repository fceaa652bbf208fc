import type { ResourceValidationPolicy } from "@pulumi/policy";
import { type Properties, read } from "./reading/guarded.ts";
import { isNetworkLoadBalancer, LOAD_BALANCER_TYPES } from "./reading/load-balancers.ts";
import { judge, type Verdict, verdictOf } from "./reading/verdict.ts";

const FIX = "Set internal: true.";

function decide(name: string, properties: Properties, verdict: Verdict): void {
  const network = isNetworkLoadBalancer(properties);
  if (network === false) return;

  const internal = read(properties, "internal");
  if (internal.is === "known" && internal.value === true) return;

  if (network === "unknown") {
    verdict.warning(
      `${name}: undecided, checked at update: "loadBalancerType" is not known yet, and "internal" is not true. ${FIX}`,
    );
  } else if (internal.is === "unknown") {
    verdict.warning(
      `${name}: undecided, checked at update: "internal" is not known yet. Give it as a plain value: internal: true.`,
    );
  } else if (internal.is === "absent") {
    verdict.violation(`${name}: "internal" is not set, and AWS then makes it internet-facing. ${FIX}`);
  } else {
    verdict.violation(`${name}: "internal" is not true, so it is internet-facing. ${FIX}`);
  }
}

/** A customer's private service must not be reachable from the internet because its load balancer is. */
export function nlbInternal(): ResourceValidationPolicy {
  return {
    name: "nlb-internal",
    displayName: "Network load balancers are internal",
    description: "A network load balancer is internal.",
    enforcementLevel: "mandatory",
    severity: "critical",
    tags: ["privatelink", "exposure"],
    remediationSteps:
      "Set internal: true on the load balancer. AWS replaces it, so plan for a new endpoint service or do it before the first connection.",
    validateResource: ({ type, name, props }, report) => {
      if (!LOAD_BALANCER_TYPES.has(type)) return;
      const verdict = verdictOf(report);
      judge(name, verdict, undefined, () => decide(name, props, verdict));
    },
  };
}
