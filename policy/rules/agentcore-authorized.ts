import { each, expects } from "../frame/expectations.ts";
import { type Finding, undecided, violation } from "../frame/finding.ts";
import type { Subject } from "../frame/shown.ts";
import { nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

const GATEWAY = "aws:bedrock/agentcoreGateway:AgentcoreGateway";
const RUNTIME = "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime";
const JWT = "authorizerConfiguration.customJwtAuthorizer";

/** What a token can be checked by besides that its issuer made it. Cognito's access tokens carry no audience. */
const CHECKS = ["allowedClients", "allowedScopes", "allowedAudiences", "allowedAudience", "customClaims"];

function* jwt(subject: Subject): Iterable<Finding> {
  yield* each(subject, JWT, function* (authorizer) {
    const checks = CHECKS.map((check) => authorizer.list(check));
    if (checks.some((check) => check.is === "known" && check.value.length > 0)) return;
    const fix = "List allowedClients or allowedScopes.";
    yield checks.some(({ is }) => is === "unknown")
      ? undecided(`by what "${JWT}" checks tokens is not known yet`, fix)
      : violation(`"${JWT}" takes every token of the issuer`, fix);
  });
}

export const agentcoreAuthorized = rule({
  name: "agentcore-authorized",
  title: "Gateways and runtimes check who calls",
  says: "An AgentCore gateway has an authorizer, and one that takes tokens checks more than their issuer.",
  why: "A gateway is a public name in front of private tools.",
  severity: "critical",
  set: "baseline",
  topics: ["agentcore", "identity"],
  references: nist("AC-3", "IA-2"),
  url: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-inbound-auth.html",
  fix: "Set authorizerType: AWS_IAM, or CUSTOM_JWT with allowedClients.",
  types: new Set([GATEWAY, RUNTIME]),

  *resource(subject) {
    if (subject.type === GATEWAY) {
      yield* expects(
        subject.text("authorizerType"),
        '"authorizerType"',
        (type) => type === "AWS_IAM" || type === "CUSTOM_JWT",
        {
          absent: "so nobody says who may call",
          wrong: "lets calls through unchecked",
        },
      );
      const type = subject.text("authorizerType");
      if (type.is === "known" && type.value === "CUSTOM_JWT" && subject.read(JWT).is === "absent")
        yield violation(`"${JWT}" is not set, without which no token can be checked`);
    }
    yield* jwt(subject);
  },
});
