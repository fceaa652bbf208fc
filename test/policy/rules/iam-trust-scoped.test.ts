import { undecided, violation } from "../../../policy/frame/finding.ts";
import { iamTrustScoped } from "../../../policy/rules/iam-trust-scoped.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const trusting = (Principal: object, Condition?: object): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "Trust", Effect: "Allow", Action: "sts:AssumeRole", Principal, ...(Condition && { Condition }) },
    ],
  });
const OIDC = { Federated: "arn:aws:iam::111122223333:oidc-provider/api.pulumi.com/oidc" };
const everybody = violation("statement Trust of its trust policy trusts everybody");
const anyToken = violation("statement Trust of its trust policy trusts everybody whom an identity provider knows");

describeRule(iamTrustScoped, {
  type: "aws:iam/role:Role",
  sound: { assumeRolePolicy: trusting({ Service: "ec2.amazonaws.com" }) },
  absent: [],
  cases: {
    "refuses everybody": { set: { assumeRolePolicy: trusting({ AWS: "*" }) }, finds: [everybody] },
    "refuses every account": {
      set: { assumeRolePolicy: trusting({ AWS: ["arn:aws:iam::111122223333:root", "arn:aws:iam::*:root"] }) },
      finds: [everybody],
    },
    "refuses a principal that is a bare asterisk": {
      set: { assumeRolePolicy: trusting("*" as unknown as object) },
      finds: [everybody],
    },
    "refuses all but some": {
      set: {
        assumeRolePolicy: JSON.stringify({
          Statement: { Sid: "Trust", Effect: "Allow", NotPrincipal: { AWS: "arn:aws:iam::111122223333:root" } },
        }),
      },
      finds: [everybody],
    },
    "passes everybody of the organization": {
      set: { assumeRolePolicy: trusting({ AWS: "*" }, { StringEquals: { "aws:PrincipalOrgID": "o-1" } }) },
    },
    "refuses a condition that narrows nothing": {
      set: { assumeRolePolicy: trusting({ AWS: "*" }, { StringLike: { "aws:PrincipalArn": "*" } }) },
      finds: [everybody],
    },
    "passes an account, and denials": {
      set: {
        assumeRolePolicy: {
          Statement: [
            { Effect: "Allow", Principal: { AWS: "arn:aws:iam::111122223333:root" } },
            { Effect: "Deny", Principal: "*" },
          ],
        },
      },
    },
    "refuses an identity provider without a subject": {
      set: {
        assumeRolePolicy: trusting(OIDC, { StringEquals: { "api.pulumi.com/oidc:aud": "corpai" } }),
      },
      finds: [anyToken],
    },
    "refuses one whose subject is anything": {
      set: { assumeRolePolicy: trusting(OIDC, { StringLike: { "api.pulumi.com/oidc:sub": "*" } }) },
      finds: [anyToken],
    },
    "passes one whose subject is named": {
      set: {
        assumeRolePolicy: trusting(OIDC, { StringLike: { "api.pulumi.com/oidc:sub": "pulumi:deploy:org:corpai:*" } }),
      },
    },
    "refuses what it cannot read, since nobody can then say whom it trusts": {
      set: { assumeRolePolicy: "hunter2" },
      finds: [
        violation(
          '"assumeRolePolicy" is no policy document that can be read',
          "Give it as JSON with a list of statements.",
        ),
      ],
    },
    "cannot decide while the document is not known": {
      unknown: ["assumeRolePolicy"],
      finds: [undecided('"assumeRolePolicy" is not known yet', "Give it as a plain value.")],
    },
    "cannot decide while a principal is not known": {
      set: { assumeRolePolicy: { Statement: [{ Effect: "Allow", Principal: { AWS: UNKNOWN } }] } },
      finds: [undecided("whom a statement without Sid of its trust policy trusts is not known yet")],
    },
    "cannot decide while the conditions are not known": {
      set: {
        assumeRolePolicy: {
          Statement: [
            { Effect: "Allow", Principal: "*", Condition: UNKNOWN },
            { Effect: "Allow", Principal: OIDC, Condition: { StringEquals: { "api.pulumi.com/oidc:sub": UNKNOWN } } },
          ],
        },
      },
      finds: [
        undecided("the conditions of a statement without Sid, which trusts everybody, are not known yet"),
        undecided("the conditions of a statement without Sid, which trusts an identity provider, are not known yet"),
      ],
    },
  },
});
