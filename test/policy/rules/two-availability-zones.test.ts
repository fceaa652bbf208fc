/** The table of the rule; what it decides by in all its breadth is proven in two-availability-zones-by-subnets.test.ts and -stated.test.ts. */
import { undecided, violation } from "../../../policy/frame/finding.ts";
import { twoAvailabilityZones } from "../../../policy/rules/two-availability-zones.ts";
import { planned, zone } from "../support/spread.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const required = "at least 2 AZs are required (CorpAI's rule, not AWS's)";

describeRule(twoAvailabilityZones, {
  type: "aws:lb/loadBalancer:LoadBalancer",
  sound: { loadBalancerType: "network", subnets: [UNKNOWN, UNKNOWN] },
  from: { subnets: ["a", "b"] },
  beside: [planned("a", zone("a")), planned("b", zone("b"))],
  absent: [],
  cases: {
    "refuses one AZ": {
      beside: [planned("a", zone("a")), planned("b", zone("a"))],
      finds: [violation(`the subnets in "subnets" are all in us-east-1a; ${required}`)],
    },
    "refuses one subnet": {
      set: { subnets: [UNKNOWN] },
      finds: [violation(`"subnets" names one subnet only; ${required}`)],
    },
    "cannot decide while nothing tells the AZs": {
      from: {},
      finds: [
        undecided(
          'which AZs the subnets in "subnets" are in is not known yet',
          "Name subnets whose AZs are plain values.",
        ),
      ],
    },
  },
});
