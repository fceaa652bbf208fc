import { undecided, violation } from "../../../policy/frame/finding.ts";
import { endpointVpcDns } from "../../../policy/rules/endpoint-vpc-dns.ts";
import type { Declared } from "../support/stack.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const vpc = (inputs: Declared["inputs"], outputs?: Declared["outputs"]): readonly Declared[] => [
  { type: "aws:ec2/vpc:Vpc", name: "vpc", inputs, ...(outputs && { outputs }) },
];
const FIX = "Set enableDnsSupport and enableDnsHostnames of vpc to true.";
const off = violation('"enableDnsHostnames" is not set, in its VPC vpc, and AWS then leaves it off', FIX);

describeRule(endpointVpcDns, {
  type: "aws:ec2/vpcEndpoint:VpcEndpoint",
  sound: { vpcId: UNKNOWN, privateDnsEnabled: true },
  from: { vpcId: ["vpc"] },
  beside: vpc({ enableDnsHostnames: true }),
  absent: [],
  cases: {
    "refuses a VPC without DNS hostnames, before it exists": { beside: vpc({}), finds: [off] },
    "refuses a VPC without DNS support": {
      beside: vpc({ enableDnsHostnames: true, enableDnsSupport: false }),
      finds: [violation('"enableDnsSupport" of its VPC vpc is false', FIX)],
    },
    "finds the VPC by its id": {
      inputs: { vpcId: "vpc-1", privateDnsEnabled: true },
      from: {},
      beside: vpc({}, { id: "vpc-1" }),
      finds: [off],
    },
    "leaves endpoints without private DNS alone": { set: { privateDnsEnabled: false }, beside: vpc({}) },
    "leaves the VPCs of elsewhere to AWS": { inputs: { vpcId: "vpc-7", privateDnsEnabled: true }, from: {} },
    "cannot decide while it is not known whether it has private DNS": {
      unknown: ["privateDnsEnabled"],
      beside: vpc({}),
      finds: [undecided(`whether it has private DNS is not known yet; if so, ${off.what}`)],
    },
    "cannot decide while the VPC is not known": {
      from: {},
      finds: [undecided("which VPC it is in, is not known yet")],
    },
  },
});
