import { violation } from "../../../policy/frame/finding.ts";
import { sgRulesDescribed } from "../../../policy/rules/sg-rules-described.ts";
import { describeRule } from "../support/table.ts";

describeRule(sgRulesDescribed, {
  type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  sound: { description: "MCP workloads" },
  absent: [violation('"description" is not set, so nobody can tell what it is for')],
  alwaysKnown: "whether there is a description is known, whatever it says",
  cases: {
    "passes one that is not known yet: it has been given": { unknown: ["description"] },
    "asks egress rules and the older ones as well": {
      type: "aws:ec2/securityGroupRule:SecurityGroupRule",
      inputs: { type: "egress" },
      finds: [violation('"description" is not set, so nobody can tell what it is for')],
    },
  },
});
