import { undecided, violation } from "../../../policy/frame/finding.ts";
import { endpointServiceBehindInternalLb } from "../../../policy/rules/endpoint-service-behind-internal-lb.ts";
import type { Declared } from "../support/stack.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const balancer = (name: string, inputs: Declared["inputs"]): Declared => ({
  type: "aws:lb/loadBalancer:LoadBalancer",
  name,
  inputs,
});

describeRule(endpointServiceBehindInternalLb, {
  type: "aws:ec2/vpcEndpointService:VpcEndpointService",
  sound: { networkLoadBalancerArns: [UNKNOWN], acceptanceRequired: true },
  from: { networkLoadBalancerArns: ["nlb"] },
  beside: [balancer("nlb", { internal: true })],
  absent: [],
  cases: {
    "refuses one in front of an internet-facing load balancer": {
      beside: [balancer("nlb", { internal: false })],
      finds: [violation('"networkLoadBalancerArns" is nlb, which is internet-facing')],
    },
    "refuses one of several": {
      inputs: { networkLoadBalancerArns: [UNKNOWN, UNKNOWN] },
      from: { networkLoadBalancerArns: ["nlb", "other"] },
      beside: [balancer("nlb", { internal: true }), balancer("other", {})],
      finds: [violation('"networkLoadBalancerArns" is other, which is internet-facing')],
    },
    "refuses it while the whole list is not known": {
      inputs: { networkLoadBalancerArns: UNKNOWN },
      beside: [balancer("nlb", {})],
      finds: [violation('"networkLoadBalancerArns" is nlb, which is internet-facing')],
    },
    "finds it inside of a component that the value came from": {
      from: { networkLoadBalancerArns: ["component"] },
      beside: [
        { type: "their:index:Front", name: "component" },
        { ...balancer("nlb", {}), parent: "component" },
      ],
      finds: [violation('"networkLoadBalancerArns" is nlb, which is internet-facing')],
    },
    "cannot decide while it is not known whether it is internal": {
      beside: [balancer("nlb", { internal: UNKNOWN })],
      finds: [undecided("whether nlb is internal is not known yet")],
    },
  },
});
