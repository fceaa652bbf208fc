import { undecided, violation } from "../../../policy/frame/finding.ts";
import { sgDefaultClosed } from "../../../policy/rules/sg-default-closed.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

describeRule(sgDefaultClosed, {
  type: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  sound: { vpcId: "vpc-1", ingress: [], egress: [] },
  absent: [],
  cases: {
    "refuses rules of either direction": {
      set: { ingress: [{ self: true }], egress: [{ protocol: "-1", cidrBlocks: ["0.0.0.0/0"] }] },
      finds: [violation('"ingress" has rules'), violation('"egress" has rules')],
    },
    "refuses rules of which nothing is known but that they are there": {
      set: { ingress: [UNKNOWN] },
      finds: [violation('"ingress" has rules')],
    },
    "cannot decide while nothing is known": {
      unknown: ["ingress"],
      finds: [undecided('"ingress" is not known yet', "Give it as a plain value.")],
    },
  },
});
