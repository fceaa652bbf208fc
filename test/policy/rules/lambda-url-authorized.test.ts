import { undecided, violation } from "../../../policy/frame/finding.ts";
import { lambdaUrlAuthorized } from "../../../policy/rules/lambda-url-authorized.ts";
import { describeRule } from "../support/table.ts";

describeRule(lambdaUrlAuthorized, {
  type: "aws:lambda/functionUrl:FunctionUrl",
  sound: { authorizationType: "AWS_IAM" },
  absent: [violation('"authorizationType" is not set, and nothing then says who may call')],
  cases: {
    "refuses one that everybody may call": {
      set: { authorizationType: "NONE" },
      finds: [violation('"authorizationType" lets everybody call')],
    },
    "cannot decide while it is not known": {
      unknown: ["authorizationType"],
      finds: [undecided('"authorizationType" is not known yet', "Give it as a plain value.")],
    },
  },
});
