import { type Finding, undecided, violation } from "../../../policy/frame/finding.ts";
import { ebsEncrypted } from "../../../policy/rules/ebs-encrypted.ts";
import { describeRule } from "../support/table.ts";

const clear = (where: string): Finding =>
  violation(`"${where}" is not set, and it is then in clear unless the account says otherwise`);

describeRule(ebsEncrypted, {
  type: "aws:ebs/volume:Volume",
  sound: { encrypted: true },
  absent: [clear("encrypted")],
  cases: {
    "refuses a volume in clear": { set: { encrypted: false }, finds: [violation('"encrypted" is false')] },
    "refuses those of an instance": {
      type: "aws:ec2/instance:Instance",
      inputs: { rootBlockDevice: { volumeSize: 20 }, ebsBlockDevices: [{ encrypted: true }, { encrypted: false }] },
      finds: [clear("rootBlockDevice.encrypted"), violation('"ebsBlockDevices[1].encrypted" is false')],
    },
    "leaves an instance alone that describes no volume": { type: "aws:ec2/instance:Instance", inputs: {} },
    "refuses those of a launch template, which says so as text": {
      type: "aws:ec2/launchTemplate:LaunchTemplate",
      inputs: { blockDeviceMappings: [{ ebs: { encrypted: "true" } }, { ebs: { encrypted: "false" } }] },
      finds: [violation('"blockDeviceMappings[1].ebs.encrypted" is false')],
    },
    "cannot decide while it is not known": {
      unknown: ["encrypted"],
      finds: [undecided('"encrypted" is not known yet', "Give it as a plain value: encrypted: true.")],
    },
  },
});
