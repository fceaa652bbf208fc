import { undecided, violation } from "../../../policy/frame/finding.ts";
import { nlbInboundRules } from "../../../policy/rules/nlb-inbound-rules.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const ENFORCE = "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic";
const nobodys = violation(
  `"${ENFORCE}" is not set, so whether its group judges PrivateLink clients is AWS's default and nobody's decision`,
);
const groupless = violation(
  '"securityGroups" is not set, and AWS never lets it have one later',
  "Give it a group when it is created.",
);

describeRule(nlbInboundRules, {
  type: "aws:lb/loadBalancer:LoadBalancer",
  sound: { loadBalancerType: "network", securityGroups: [UNKNOWN], [ENFORCE]: "on" },
  absent: [],
  cases: {
    "passes either decision": { set: { [ENFORCE]: "off" } },
    "refuses none": { unset: [ENFORCE], finds: [nobodys] },
    "refuses what is no decision": {
      set: { [ENFORCE]: "maybe" },
      finds: [violation(`"${ENFORCE}" is neither on nor off`)],
    },
    "refuses one without a group": { unset: ["securityGroups"], finds: [groupless] },
    "leaves application load balancers alone": { inputs: { loadBalancerType: "application" } },
    "cannot decide while the decision is not known": {
      unknown: [ENFORCE],
      finds: [undecided(`"${ENFORCE}" is not known yet`, "Give it as a plain value.")],
    },
    "cannot decide while it is not known what it is": {
      inputs: { loadBalancerType: UNKNOWN, securityGroups: ["sg-1"] },
      finds: [
        undecided(
          "whether it is a network load balancer, which has to decide about PrivateLink clients, is not known yet",
        ),
      ],
    },
  },
});
