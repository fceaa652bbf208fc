import { undecided, violation } from "../frame/finding.ts";
import { corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { isNetworkLoadBalancer, LOAD_BALANCER_TYPES } from "../reading/load-balancers.ts";

export const nlbCrossZone = rule({
  name: "nlb-cross-zone",
  title: "Cross-zone balancing is somebody's decision",
  says: "A network load balancer says whether it sends to targets of other AZs.",
  why: "AWS's default is no: a client whose AZ has no target then reaches nothing, while all looks healthy.",
  severity: "medium",
  set: "baseline",
  topics: ["privatelink", "availability"],
  references: [...corpai("step 2"), ...nist("CP-10", "SC-36")],
  url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html",
  fix: "Set enableCrossZoneLoadBalancing: true, or false where each AZ has targets of its own.",
  types: LOAD_BALANCER_TYPES,

  *resource(balancer) {
    const network = isNetworkLoadBalancer(balancer);
    if (network === false || balancer.read("enableCrossZoneLoadBalancing").is !== "absent") return;
    const what = '"enableCrossZoneLoadBalancing" is not set';
    yield network === true
      ? violation(`${what}, and AWS then leaves it off`)
      : undecided(`${what}, and whether it is a network load balancer is not known yet`);
  },
});
