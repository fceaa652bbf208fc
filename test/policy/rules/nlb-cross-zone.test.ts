import { undecided, violation } from "../../../policy/frame/finding.ts";
import { nlbCrossZone } from "../../../policy/rules/nlb-cross-zone.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const unset = '"enableCrossZoneLoadBalancing" is not set';

describeRule(nlbCrossZone, {
  type: "aws:lb/loadBalancer:LoadBalancer",
  sound: { loadBalancerType: "network", enableCrossZoneLoadBalancing: true },
  absent: [],
  cases: {
    "passes a no, which is a decision as well": { set: { enableCrossZoneLoadBalancing: false } },
    "refuses AWS's default": {
      unset: ["enableCrossZoneLoadBalancing"],
      finds: [violation(`${unset}, and AWS then leaves it off`)],
    },
    "leaves application load balancers alone, which always balance so": { inputs: { loadBalancerType: "application" } },
    "passes a value that is not known yet: somebody has decided": { unknown: ["enableCrossZoneLoadBalancing"] },
    "cannot decide while it is not known what it is": {
      inputs: { loadBalancerType: UNKNOWN },
      finds: [undecided(`${unset}, and whether it is a network load balancer is not known yet`)],
    },
  },
});
