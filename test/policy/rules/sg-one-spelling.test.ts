import { undecided, violation } from "../../../policy/frame/finding.ts";
import { sgOneSpelling } from "../../../policy/rules/sg-one-spelling.ts";
import type { Declared } from "../support/stack.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const inline = { ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/8"] }] };
const group: Declared = { type: GROUP, name: "group", inputs: inline };
const both = violation('thing stands alone, and "ingress" of group are inline');

describeRule(sgOneSpelling, {
  type: INGRESS,
  sound: { securityGroupId: UNKNOWN },
  from: { securityGroupId: ["group"] },
  beside: [{ type: GROUP, name: "group", inputs: {} }],
  absent: [],
  cases: {
    "refuses both for one group, before it has an id": { beside: [group], elsewhere: { group: [both] } },
    "refuses both for one group, by its id": {
      inputs: { securityGroupId: "sg-1" },
      beside: [{ ...group, outputs: { id: "sg-1" } }],
      elsewhere: { group: [both] },
    },
    "passes a group whose answer lists the rules that stand alone, as AWS's does": {
      beside: [{ type: GROUP, name: "group", inputs: {}, outputs: { id: "sg-1", ...inline } }],
      inputs: { securityGroupId: "sg-1" },
    },
    "passes rules of another group": {
      inputs: { securityGroupId: "sg-2" },
      from: {},
      beside: [{ ...group, outputs: { id: "sg-1" } }],
    },
    "cannot decide while it is not known whose rule it is": {
      beside: [group],
      from: {},
      elsewhere: { group: [undecided("whose rule thing is, is not known yet")] },
    },
    "refuses an inline list of which nothing is known, since there is one": {
      beside: [{ ...group, inputs: { ingress: UNKNOWN } }],
      elsewhere: { group: [both] },
    },
  },
});
