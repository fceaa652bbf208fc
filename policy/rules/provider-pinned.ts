import { mustBeGiven } from "../frame/expectations.ts";
import { corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

export const providerPinned = rule({
  name: "provider-pinned",
  title: "A stack changes one account only",
  says: "The AWS provider names its region and the account that it may change.",
  why: "With the credentials of another customer in the shell, an update builds this customer's network there.",
  severity: "high",
  set: "baseline",
  topics: ["identity"],
  references: [...corpai("accounts"), ...nist("AC-3", "CM-2")],
  url: "https://www.pulumi.com/registry/packages/aws/installation-configuration/",
  fix: "Set aws:region and aws:allowedAccountIds in the stack's file.",
  types: new Set(["pulumi:providers:aws"]),

  *resource(provider) {
    yield* mustBeGiven(provider, "region", "so the shell decides", "Set aws:region in the stack's file.");
    yield* mustBeGiven(
      provider,
      "allowedAccountIds",
      "so any credentials in the shell will do",
      "Set aws:allowedAccountIds in the stack's file.",
    );
  },
});
