import { expects } from "../frame/expectations.ts";
import { securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

export const lambdaUrlAuthorized = rule({
  name: "lambda-url-authorized",
  title: "Function URLs check who calls",
  says: "A Lambda function's URL demands signed requests.",
  why: "A function URL is on the internet whatever VPC the function is in.",
  severity: "critical",
  set: "baseline",
  topics: ["agentcore", "exposure", "identity"],
  references: [...securityHub("Lambda.1"), ...nist("AC-3", "SC-7(5)")],
  url: "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
  fix: "Set authorizationType: AWS_IAM.",
  types: new Set(["aws:lambda/functionUrl:FunctionUrl"]),

  *resource(url) {
    yield* expects(url.text("authorizationType"), '"authorizationType"', (type) => type === "AWS_IAM", {
      absent: "and nothing then says who may call",
      wrong: "lets everybody call",
    });
  },
});
