import { undecided, violation } from "../frame/finding.ts";
import { corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { isNetworkLoadBalancer, LOAD_BALANCER_TYPES } from "../reading/load-balancers.ts";

export const nlbInternal = rule({
  name: "nlb-internal",
  title: "Network load balancers are internal",
  says: "A network load balancer is internal.",
  why: "A customer's private service must not be reachable from the internet because its load balancer is.",
  severity: "critical",
  set: "baseline",
  topics: ["privatelink", "exposure"],
  references: [...corpai("step 2"), ...nist("SC-7(5)", "AC-4")],
  url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html",
  fix: "Set internal: true.",
  caution: "AWS replaces the load balancer, so plan for a new endpoint service or do it before the first connection.",
  types: LOAD_BALANCER_TYPES,

  *resource(balancer) {
    const network = isNetworkLoadBalancer(balancer);
    if (network === false) return;
    const internal = balancer.flag("internal");
    if (internal.is === "known" && internal.value) return;

    if (network === "unknown") yield undecided('"loadBalancerType" is not known yet, and "internal" is not true');
    else if (internal.is === "unknown")
      yield undecided('"internal" is not known yet', "Give it as a plain value: internal: true.");
    else if (internal.is === "absent") yield violation('"internal" is not set, and AWS then makes it internet-facing');
    else yield violation('"internal" is not true, so it is internet-facing');
  },
});
