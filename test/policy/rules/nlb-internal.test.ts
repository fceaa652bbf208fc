import { undecided, violation } from "../../../policy/frame/finding.ts";
import { nlbInternal } from "../../../policy/rules/nlb-internal.ts";
import { type Case, describeRule } from "../support/table.ts";

const LEGACY = ["alb", "elasticloadbalancingv2", "applicationloadbalancing"].map(
  (module) => `aws:${module}/loadBalancer:LoadBalancer`,
);
const facing = violation('"internal" is not true, so it is internet-facing');
const typeless = undecided('"loadBalancerType" is not known yet, and "internal" is not true');

describeRule(nlbInternal, {
  type: "aws:lb/loadBalancer:LoadBalancer",
  sound: { loadBalancerType: "network", internal: true, subnets: ["subnet-1", "subnet-2"] },
  absent: [],
  cases: {
    "refuses one that is not internal, since anybody could reach the private service": {
      set: { internal: false },
      finds: [facing],
    },
    "refuses one that does not say, since AWS's default is internet-facing": {
      unset: ["internal"],
      finds: [violation('"internal" is not set, and AWS then makes it internet-facing')],
    },
    "cannot decide while it is not known, rather than pass it": {
      unknown: ["internal"],
      finds: [undecided('"internal" is not known yet', "Give it as a plain value: internal: true.")],
    },
    "passes one of unknown type that is internal in any case": { unknown: ["loadBalancerType"] },
    "cannot decide while the type is not known": {
      unknown: ["loadBalancerType"],
      set: { internal: false },
      finds: [typeless],
    },
    "nor while neither is": { unknown: ["loadBalancerType", "internal"], finds: [typeless] },
    "leaves load balancers of other types alone": { inputs: { loadBalancerType: "application", internal: false } },
    "and AWS's default is one of those": { inputs: { internal: false } },
    "leaves classic load balancers alone": {
      type: "aws:elb/loadBalancer:LoadBalancer",
      set: { internal: false },
    },
    ...Object.fromEntries(
      LEGACY.map((type): [string, Case] => [
        `knows it as ${type}`,
        { type, set: { internal: false }, finds: [facing] },
      ]),
    ),
  },
});
