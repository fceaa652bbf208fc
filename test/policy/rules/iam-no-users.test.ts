import { violation } from "../../../policy/frame/finding.ts";
import { iamNoUsers } from "../../../policy/rules/iam-no-users.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

describeRule(iamNoUsers, {
  type: "aws:iam/role:Role",
  sound: {},
  absent: [],
  alwaysKnown: "whether there is a user is known",
  cases: {
    "refuses a user": { type: "aws:iam/user:User", finds: [violation("it is an IAM user")] },
    "refuses its credentials": {
      type: "aws:iam/accessKey:AccessKey",
      inputs: { user: UNKNOWN },
      finds: [violation("it is a credential of an IAM user")],
    },
  },
});
