import { violation } from "../frame/finding.ts";
import { cis, securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

export const iamNoUsers = rule({
  name: "iam-no-users",
  title: "No IAM users and no access keys",
  says: "Nobody and nothing has credentials that do not expire.",
  why: "A key that has leaked once works until somebody notices.",
  severity: "high",
  set: "baseline",
  topics: ["identity"],
  references: [...cis("1.13"), ...securityHub("IAM.2", "IAM.3"), ...nist("IA-5", "AC-2")],
  url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
  fix: "Use a role: for people by IAM Identity Center, for pods by Pod Identity, for pipelines by OIDC.",
  types: new Set(["aws:iam/user:User", "aws:iam/accessKey:AccessKey", "aws:iam/userLoginProfile:UserLoginProfile"]),

  *resource(subject) {
    yield violation(subject.type === "aws:iam/user:User" ? "it is an IAM user" : "it is a credential of an IAM user");
  },
});
