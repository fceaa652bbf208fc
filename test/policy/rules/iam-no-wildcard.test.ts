import { undecided, violation } from "../../../policy/frame/finding.ts";
import { iamNoWildcard } from "../../../policy/rules/iam-no-wildcard.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const allowing = (Action: unknown): string =>
  JSON.stringify({ Statement: [{ Sid: "Read", Effect: "Allow", Action, Resource: "*" }] });

describeRule(iamNoWildcard, {
  type: "aws:iam/policy:Policy",
  sound: { policy: allowing(["ec2:DescribeVpcs", "s3:Get*"]) },
  absent: [],
  cases: {
    "refuses everything": { set: { policy: allowing("*") }, finds: [violation("statement Read allows *")] },
    "refuses all of a service, one finding for each": {
      set: { policy: allowing(["kms:*", "s3:*", "ec2:DescribeVpcs"]) },
      finds: [violation("statement Read allows kms:*"), violation("statement Read allows s3:*")],
    },
    "refuses all but a list": {
      set: { policy: JSON.stringify({ Statement: { Sid: "Read", Effect: "Allow", NotAction: "iam:*" } }) },
      finds: [violation('statement Read allows all but a list ("NotAction")')],
    },
    "passes denials": { set: { policy: JSON.stringify({ Statement: { Effect: "Deny", Action: "*" } }) } },
    "refuses a role's inline policies": {
      type: "aws:iam/role:Role",
      inputs: { inlinePolicies: [{ name: "all", policy: allowing("*") }] },
      finds: [violation("statement Read allows *")],
    },
    "refuses a policy of a role that is a resource of its own": {
      type: "aws:iam/rolePolicy:RolePolicy",
      inputs: { policy: allowing("*") },
      finds: [violation("statement Read allows *")],
    },
    "cannot decide while the document is not known": {
      unknown: ["policy"],
      finds: [undecided('"policy" is not known yet', "Give it as a plain value.")],
    },
    "cannot decide while the actions are not known": {
      set: { policy: { Statement: [{ Effect: "Allow", Action: [UNKNOWN] }] } },
      finds: [undecided("which actions a statement without Sid allows is not known yet")],
    },
  },
});
