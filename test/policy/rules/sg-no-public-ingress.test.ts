import { type Finding, open, undecided, violation } from "../../../policy/frame/finding.ts";
import { sgNoPublicIngress } from "../../../policy/rules/sg-no-public-ingress.ts";
import type { Declared } from "../support/stack.ts";
import { type Case, describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const RULE = "aws:ec2/securityGroupRule:SecurityGroupRule";
const GROUP = "aws:ec2/securityGroup:SecurityGroup";
const DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const LIST: Declared = { type: "aws:ec2/managedPrefixList:ManagedPrefixList", name: "partners" };

const admits = (where: string, cidr: string): Finding =>
  violation(`"${where}" admits ${cidr}, which holds addresses of the internet`);
const rule = (cidrIpv4: string): Case => ({ inputs: { cidrIpv4 }, finds: [admits("cidrIpv4", cidrIpv4)] });

describeRule(sgNoPublicIngress, {
  type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  sound: { ipProtocol: "tcp", fromPort: 8443, toPort: 8443, cidrIpv4: "10.40.0.0/17" },
  absent: [],
  cases: {
    "refuses the whole internet": rule("0.0.0.0/0"),
    "refuses either half of it": rule("128.0.0.0/1"),
    "refuses a single address of it": rule("8.8.8.8/32"),
    "refuses what AWS makes of host bits": rule("10.0.0.0/0"),
    "refuses a block that only begins in private addresses": rule("172.16.0.0/11"),
    "refuses the internet's other family": { inputs: { cidrIpv6: "::/0" }, finds: [admits("cidrIpv6", "::/0")] },
    "refuses its halves as well": { inputs: { cidrIpv6: "2000::/3" }, finds: [admits("cidrIpv6", "2000::/3")] },
    "passes unique local IPv6 and the carriers' range, where EKS may have its pods": {
      type: GROUP,
      inputs: { ingress: [{ cidrBlocks: ["100.64.0.0/10", "192.168.1.0/24"], ipv6CidrBlocks: ["fd00::/8"] }] },
    },
    "refuses what is no CIDR, and does not print it": {
      inputs: { cidrIpv4: "hunter2" },
      finds: [violation('"cidrIpv4" is no CIDR', "Give a CIDR, such as 10.40.0.0/16.")],
    },
    "passes groups": { inputs: { referencedSecurityGroupId: "sg-1" } },
    "refuses the older spelling of a rule": {
      type: RULE,
      inputs: { type: "ingress", cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"], ipv6CidrBlocks: ["::/0"] },
      finds: [admits("cidrBlocks[1]", "0.0.0.0/0"), admits("ipv6CidrBlocks[0]", "::/0")],
    },
    "leaves egress alone": { type: RULE, inputs: { type: "egress", cidrBlocks: ["0.0.0.0/0"] } },
    "cannot decide while it is not known whether a rule is ingress": {
      type: RULE,
      inputs: { type: UNKNOWN, cidrBlocks: ["0.0.0.0/0"] },
      finds: [
        undecided(
          'whether it is ingress is not known yet; if so, "cidrBlocks[0]" admits 0.0.0.0/0, which holds addresses of the internet',
        ),
      ],
    },
    "refuses inline rules": {
      type: GROUP,
      inputs: {
        ingress: [{ cidrBlocks: ["10.0.0.0/8"] }, { cidrBlocks: ["0.0.0.0/0"] }],
        egress: [{ cidrBlocks: ["0.0.0.0/0"] }],
      },
      finds: [admits("ingress[1].cidrBlocks[0]", "0.0.0.0/0")],
    },
    "refuses those of the default group": {
      type: DEFAULT_GROUP,
      inputs: { ingress: [{ ipv6CidrBlocks: ["::/0"] }] },
      finds: [admits("ingress[0].ipv6CidrBlocks[0]", "::/0")],
    },
    "cannot decide while a CIDR is not known": {
      unknown: ["cidrIpv4"],
      finds: [undecided('"cidrIpv4" is not known yet', "Give it as a plain value.")],
    },
    "cannot decide while the inline rules are not known": {
      type: GROUP,
      inputs: { ingress: UNKNOWN },
      finds: [undecided('"ingress" is not known yet', "Give it as a plain value.")],
    },
    "says of the others what there is to say while one is not known": {
      type: GROUP,
      inputs: { ingress: [UNKNOWN, { cidrBlocks: [UNKNOWN, "0.0.0.0/0"] }] },
      finds: [
        undecided('"ingress" is not known yet', "Give it as a plain value."),
        undecided('"ingress[1].cidrBlocks[0]" is not known yet', "Give it as a plain value."),
        admits("ingress[1].cidrBlocks[1]", "0.0.0.0/0"),
      ],
    },
    "passes a CIDR that is allowed": {
      inputs: { cidrIpv4: "203.0.113.7/32" },
      options: { allowedCidrs: ["203.0.113.7/32"] },
    },
    "looks into a prefix list of the stack before it has an id": {
      inputs: { prefixListId: UNKNOWN },
      from: { prefixListId: ["partners"] },
      beside: [{ ...LIST, inputs: { entries: [{ cidr: "10.0.0.0/8" }, { cidr: "198.51.100.0/24" }] } }],
      finds: [
        violation(
          '"prefixListId", prefix list partners, admits 198.51.100.0/24, which holds addresses of the internet',
        ),
      ],
    },
    "looks into entries that stand alone, and finds the list by its id": {
      type: GROUP,
      inputs: { ingress: [{ prefixListIds: ["pl-1"] }] },
      beside: [
        { ...LIST, outputs: { id: "pl-1" } },
        {
          type: "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry",
          name: "entry",
          inputs: { prefixListId: "pl-1", cidr: "0.0.0.0/1" },
        },
      ],
      finds: [
        violation(
          '"ingress[0].prefixListIds[0]", prefix list partners, admits 0.0.0.0/1, which holds addresses of the internet',
        ),
      ],
    },
    "cannot decide while its entries are not known": {
      inputs: { prefixListId: UNKNOWN },
      from: { prefixListId: ["partners"] },
      beside: [{ ...LIST, inputs: { entries: UNKNOWN } }],
      finds: [undecided("what prefix list partners holds is not known yet", "Give it as a plain value.")],
    },
    "says that nobody knows what a prefix list of elsewhere holds": {
      inputs: { prefixListId: "pl-7" },
      finds: [
        open(
          'nothing in this stack says what the prefix list in "prefixListId" holds',
          "Admit CIDRs or groups, or name it in allowedPrefixLists of this rule.",
        ),
      ],
    },
    "unless somebody does": { inputs: { prefixListId: "pl-7" }, options: { allowedPrefixLists: ["pl-7"] } },
    "cannot decide while nothing is known of the list": {
      inputs: { prefixListId: UNKNOWN },
      finds: [undecided('which prefix list "prefixListId" is, is not known yet')],
    },
  },
});
