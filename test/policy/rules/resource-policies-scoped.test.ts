import { undecided, violation } from "../../../policy/frame/finding.ts";
import { resourcePoliciesScoped } from "../../../policy/rules/resource-policies-scoped.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const open = { Statement: [{ Sid: "All", Effect: "Allow", Principal: "*", Action: "kms:Decrypt", Resource: "*" }] };
const everybody = violation("statement All of its policy admits everybody");
const PERMISSION = "aws:lambda/permission:Permission";

describeRule(resourcePoliciesScoped, {
  type: "aws:kms/key:Key",
  sound: {
    policy: JSON.stringify({
      Statement: [{ Effect: "Allow", Principal: { AWS: "arn:aws:iam::111122223333:root" }, Action: "kms:*" }],
    }),
  },
  absent: [],
  cases: {
    "refuses everybody": { set: { policy: open }, finds: [everybody] },
    "passes everybody who comes by an endpoint of ours": {
      set: { policy: open, "policy.Statement.0.Condition": { StringEquals: { "aws:SourceVpce": "vpce-1" } } },
    },
    "refuses a condition that holds for those who do not say": {
      set: { policy: open, "policy.Statement.0.Condition": { StringEqualsIfExists: { "aws:PrincipalOrgID": "o-1" } } },
      finds: [everybody],
    },
    "refuses a condition that is only about who it is not": {
      set: {
        policy: open,
        "policy.Statement.0.Condition": { StringNotEquals: { "aws:PrincipalAccount": "111122223333" } },
      },
      finds: [everybody],
    },
    "refuses the policies of buckets, queues, secrets and what else has one": {
      type: "aws:secretsmanager/secretPolicy:SecretPolicy",
      inputs: { policy: open },
      finds: [everybody],
    },
    "refuses a function that everybody may call": {
      type: PERMISSION,
      inputs: { principal: "*", action: "lambda:InvokeFunction" },
      finds: [violation('"principal" lets everybody call the function')],
    },
    "passes one that an account's rule may": {
      type: PERMISSION,
      inputs: { principal: "*", principalOrgId: "o-1" },
    },
    "cannot decide while the document is not known": {
      unknown: ["policy"],
      finds: [undecided('"policy" is not known yet', "Give it as a plain value.")],
    },
    "cannot decide while a principal is not known": {
      set: { policy: open, "policy.Statement.0.Principal": UNKNOWN },
      finds: [undecided("whom statement All of its policy admits is not known yet")],
    },
    "cannot decide while the conditions are not known": {
      set: { policy: open, "policy.Statement.0.Condition": UNKNOWN },
      finds: [undecided("the conditions of statement All, which admits everybody, are not known yet")],
    },
  },
});
