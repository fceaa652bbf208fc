import { open, undecided, violation } from "../../../policy/frame/finding.ts";
import { listenerOnInternalLb } from "../../../policy/rules/listener-on-internal-lb.ts";
import type { Declared } from "../support/stack.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const balancer = (inputs: Declared["inputs"], outputs?: Declared["outputs"]): readonly Declared[] => [
  { type: "aws:lb/loadBalancer:LoadBalancer", name: "nlb", inputs, ...(outputs && { outputs }) },
];
const facing = violation('"loadBalancerArn" is nlb, which is internet-facing');

describeRule(listenerOnInternalLb, {
  type: "aws:lb/listener:Listener",
  sound: { loadBalancerArn: UNKNOWN, port: 8443 },
  from: { loadBalancerArn: ["nlb"] },
  beside: balancer({ internal: true }),
  absent: [],
  cases: {
    "refuses one on an internet-facing load balancer, before either exists": {
      beside: balancer({ internal: false }),
      finds: [facing],
    },
    "refuses one on a load balancer that does not say, since AWS then makes it internet-facing": {
      beside: balancer({}),
      finds: [facing],
    },
    "refuses it by the ARN once that is known": {
      inputs: { loadBalancerArn: "arn:nlb" },
      from: {},
      beside: balancer({ internal: false }, { internal: false, arn: "arn:nlb" }),
      finds: [facing],
    },
    "passes it by the ARN, whatever else stands in the stack": {
      inputs: { loadBalancerArn: "arn:nlb" },
      beside: [
        ...balancer({ internal: true }, { internal: true, arn: "arn:nlb" }),
        { type: "aws:lb/loadBalancer:LoadBalancer", name: "other", inputs: {}, outputs: { arn: "arn:other" } },
      ],
    },
    "knows listeners and load balancers by their older names": {
      type: "aws:alb/listener:Listener",
      beside: [{ type: "aws:alb/loadBalancer:LoadBalancer", name: "nlb", inputs: {} }],
      finds: [facing],
    },
    "cannot decide while it is not known whether the load balancer is internal": {
      beside: balancer({ internal: UNKNOWN }),
      finds: [undecided("whether nlb is internal is not known yet")],
    },
    "cannot decide while nothing is known of the load balancer": {
      from: {},
      finds: [undecided('which load balancer "loadBalancerArn" is, is not known yet')],
    },
    "says so where the load balancer is of elsewhere": {
      inputs: { loadBalancerArn: "arn:elsewhere" },
      from: {},
      finds: [
        open(
          'nothing in this stack says whether the load balancer in "loadBalancerArn" is internal',
          "Build it beside this one, or look at it by hand.",
        ),
      ],
    },
  },
});
