import { type Finding, undecided, violation } from "../../../policy/frame/finding.ts";
import { flowLogsPresent } from "../../../policy/rules/flow-logs-present.ts";
import type { Declared } from "../support/stack.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const VPC = "aws:ec2/vpc:Vpc";
const vpc: Declared = { type: VPC, name: "vpc", inputs: {} };
const none = violation("no flow log is for it");
const partial = (how: string): Finding =>
  violation(
    `"trafficType" of thing ${how}, so accepted or rejected traffic ${how === "is not ALL" ? "is" : "may be"} missing`,
    "Set trafficType: ALL.",
  );

describeRule(flowLogsPresent, {
  type: "aws:ec2/flowLog:FlowLog",
  sound: { vpcId: UNKNOWN, trafficType: "ALL" },
  from: { vpcId: ["vpc"] },
  beside: [vpc],
  absent: [],
  absentBeside: { vpc: [none] },
  cases: {
    "refuses a VPC without": { type: VPC, inputs: {}, from: {}, beside: [], finds: [none] },
    "refuses a VPC whose log is of another": {
      inputs: { vpcId: "vpc-7", trafficType: "ALL" },
      from: {},
      elsewhere: { vpc: [none] },
    },
    "refuses a log of rejections only": { set: { trafficType: "REJECT" }, elsewhere: { vpc: [partial("is not ALL")] } },
    "refuses one that does not say": { unset: ["trafficType"], elsewhere: { vpc: [partial("is not set")] } },
    "passes a VPC with one whole log beside others": {
      set: { trafficType: "REJECT" },
      beside: [
        { ...vpc, outputs: { id: "vpc-1" } },
        { type: "aws:ec2/flowLog:FlowLog", name: "all", inputs: { vpcId: "vpc-1", trafficType: "ALL" } },
      ],
    },
    "cannot decide while it is not known which VPC it is of": {
      from: {},
      elsewhere: { vpc: [undecided("whether a flow log is for it is not known yet")] },
    },
    "cannot decide while it is not known of what": {
      unknown: ["trafficType"],
      elsewhere: { vpc: [undecided('"trafficType" of thing is not known yet', "Give it as a plain value.")] },
    },
  },
});
