import { undecided, violation } from "../../../policy/frame/finding.ts";
import { noPublicIp } from "../../../policy/rules/no-public-ip.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const INSTANCE = "aws:ec2/instance:Instance";

describeRule(noPublicIp, {
  type: "aws:ec2/subnet:Subnet",
  sound: { cidrBlock: "10.40.0.0/20", mapPublicIpOnLaunch: false },
  absent: [],
  cases: {
    "refuses a subnet that gives public addresses": {
      set: { mapPublicIpOnLaunch: true },
      finds: [violation('"mapPublicIpOnLaunch" is true')],
    },
    "passes one that says that it is public, as awsx's for NAT gateways do": {
      set: { mapPublicIpOnLaunch: true, tags: { SubnetType: "Public" } },
    },
    "refuses an instance's own": {
      type: INSTANCE,
      inputs: { associatePublicIpAddress: true },
      finds: [violation('"associatePublicIpAddress" is true')],
    },
    "passes an instance without": { type: INSTANCE, inputs: { associatePublicIpAddress: false } },
    "refuses a launch template's, which says so as text": {
      type: "aws:ec2/launchTemplate:LaunchTemplate",
      inputs: { networkInterfaces: [{ associatePublicIpAddress: "false" }, { associatePublicIpAddress: "true" }] },
      finds: [violation('"networkInterfaces[1].associatePublicIpAddress" is true')],
    },
    "refuses an elastic address on an instance, whether or not its id is known": {
      type: "aws:ec2/eip:Eip",
      inputs: { instance: UNKNOWN },
      finds: [violation('"instance" gives it an address of the internet', "Take the association away.")],
    },
    "passes the elastic address of a NAT gateway": { type: "aws:ec2/eip:Eip", inputs: { domain: "vpc" } },
    "refuses an association": {
      type: "aws:ec2/eipAssociation:EipAssociation",
      inputs: { networkInterfaceId: "eni-1" },
      finds: [violation('"networkInterfaceId" gives it an address of the internet', "Take the association away.")],
    },
    "cannot decide while it is not known": {
      unknown: ["mapPublicIpOnLaunch"],
      finds: [
        undecided('"mapPublicIpOnLaunch" is not known yet', "Give it as a plain value: mapPublicIpOnLaunch: false."),
      ],
    },
    "cannot decide while it is not known whether the subnet is public": {
      set: { mapPublicIpOnLaunch: true, tags: { SubnetType: UNKNOWN } },
      finds: [
        undecided(
          '"mapPublicIpOnLaunch" is true, and whether it is a public subnet is not known yet',
          "Give it as a plain value.",
        ),
      ],
    },
  },
});
