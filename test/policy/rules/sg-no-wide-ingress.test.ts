import { undecided, violation } from "../../../policy/frame/finding.ts";
import { sgNoWideIngress } from "../../../policy/rules/sg-no-wide-ingress.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";

describeRule(sgNoWideIngress, {
  type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  sound: { ipProtocol: "tcp", fromPort: 8443, toPort: 8443, cidrIpv4: "10.40.0.0/17" },
  absent: [],
  cases: {
    "refuses more ports than are allowed": {
      set: { fromPort: 8000, toPort: 8443 },
      finds: [violation("it opens 444 ports to a range of addresses; 10 at most are allowed")],
    },
    "passes as many as are": { set: { fromPort: 8434 } },
    "refuses all protocols, which have no ports": {
      inputs: { ipProtocol: "-1", cidrIpv4: "10.40.0.0/17" },
      finds: [violation("it opens every port to a range of addresses; 10 at most are allowed")],
    },
    "passes all ports from a group, which is no range of addresses": {
      inputs: { ipProtocol: "-1", referencedSecurityGroupId: "sg-1" },
    },
    "refuses inline rules": {
      type: GROUP,
      inputs: { ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["10.0.0.0/8"] }] },
      finds: [violation('"ingress.0" opens every port to a range of addresses; 10 at most are allowed')],
    },
    "refuses prefix lists": {
      type: RULE,
      inputs: { type: "ingress", protocol: "tcp", fromPort: 1, toPort: 65535, prefixListIds: ["pl-1"] },
      finds: [violation("it opens 65535 ports to a range of addresses; 10 at most are allowed")],
    },
    "leaves egress alone": { type: RULE, inputs: { type: "egress", protocol: "-1", cidrBlocks: ["0.0.0.0/0"] } },
    "can be told another number": { set: { fromPort: 8000 }, options: { maximumPorts: 1000 } },
    "cannot decide while the ports are not known": {
      unknown: ["fromPort"],
      finds: [undecided("which ports it opens is not known yet", "Give it as a plain value.")],
    },
    "cannot decide while it is not known whether it is ingress": {
      type: RULE,
      inputs: { type: UNKNOWN, protocol: "-1", cidrBlocks: ["10.0.0.0/8"] },
      finds: [undecided("whether it is ingress is not known yet; if so, it opens every port to a range of addresses")],
    },
  },
});
