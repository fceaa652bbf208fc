import { violation } from "../../../policy/frame/finding.ts";
import { providerPinned } from "../../../policy/rules/provider-pinned.ts";
import { describeRule } from "../support/table.ts";

const anywhere = violation('"region" is not set, so the shell decides', "Set aws:region in the stack's file.");
const anybody = violation(
  '"allowedAccountIds" is not set, so any credentials in the shell will do',
  "Set aws:allowedAccountIds in the stack's file.",
);

describeRule(providerPinned, {
  type: "pulumi:providers:aws",
  sound: { region: "us-east-1", allowedAccountIds: '["111122223333"]' },
  absent: [anywhere, anybody],
  alwaysKnown: "whether they are given is known, whatever they are",
  cases: {
    "refuses a provider for any account": { unset: ["allowedAccountIds"], finds: [anybody] },
    "refuses a provider for any region": { unset: ["region"], finds: [anywhere] },
  },
});
