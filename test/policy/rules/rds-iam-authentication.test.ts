import { undecided, violation } from "../../../policy/frame/finding.ts";
import { rdsIamAuthentication } from "../../../policy/rules/rds-iam-authentication.ts";
import { describeRule } from "../support/table.ts";

describeRule(rdsIamAuthentication, {
  type: "aws:rds/instance:Instance",
  sound: { iamDatabaseAuthenticationEnabled: true },
  absent: [violation('"iamDatabaseAuthenticationEnabled" is not set, and AWS then leaves it off')],
  cases: {
    "refuses passwords alone": {
      set: { iamDatabaseAuthenticationEnabled: false },
      finds: [violation('"iamDatabaseAuthenticationEnabled" is false')],
    },
    "cannot decide while it is not known": {
      unknown: ["iamDatabaseAuthenticationEnabled"],
      finds: [
        undecided(
          '"iamDatabaseAuthenticationEnabled" is not known yet',
          "Give it as a plain value: iamDatabaseAuthenticationEnabled: true.",
        ),
      ],
    },
  },
});
