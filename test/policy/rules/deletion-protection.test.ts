import { type Finding, undecided, violation } from "../../../policy/frame/finding.ts";
import { deletionProtection } from "../../../policy/rules/deletion-protection.ts";
import { describeRule } from "../support/table.ts";

const off = (path: string): Finding => violation(`"${path}" is not set, and AWS then leaves it off`);

describeRule(deletionProtection, {
  type: "aws:lb/loadBalancer:LoadBalancer",
  sound: { enableDeletionProtection: true },
  absent: [off("enableDeletionProtection")],
  cases: {
    "refuses one that is off": {
      set: { enableDeletionProtection: false },
      finds: [violation('"enableDeletionProtection" is false')],
    },
    "asks nothing of a demo, which is to be destroyed": { stack: "customer-services.demo.data", inputs: {} },
    "asks the same of staging, and of an environment that is named so": {
      stack: "acme-staging",
      inputs: {},
      finds: [off("enableDeletionProtection")],
    },
    "can be told other environments": { inputs: {}, options: { environments: ["live"] } },
    "asks databases": { type: "aws:rds/cluster:Cluster", inputs: {}, finds: [off("deletionProtection")] },
    "asks tables": { type: "aws:dynamodb/table:Table", inputs: {}, finds: [off("deletionProtectionEnabled")] },
    "asks clusters": { type: "aws:eks/cluster:Cluster", inputs: {}, finds: [off("deletionProtection")] },
    "asks user pools, which have a word for it": {
      type: "aws:cognito/userPool:UserPool",
      inputs: { deletionProtection: "INACTIVE" },
      finds: [violation('"deletionProtection" is not ACTIVE')],
    },
    "cannot decide while it is not known": {
      unknown: ["enableDeletionProtection"],
      finds: [
        undecided(
          '"enableDeletionProtection" is not known yet',
          "Give it as a plain value: enableDeletionProtection: true.",
        ),
      ],
    },
  },
});
