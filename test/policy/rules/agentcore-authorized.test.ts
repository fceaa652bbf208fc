import { undecided, violation } from "../../../policy/frame/finding.ts";
import { agentcoreAuthorized } from "../../../policy/rules/agentcore-authorized.ts";
import { type Case, describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const JWT = "authorizerConfiguration.customJwtAuthorizer";
const RUNTIME = "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime";
const LIST = "List allowedClients or allowedScopes.";
const anyToken = violation(`"${JWT}" takes every token of the issuer`, LIST);
const jwt = (more: object = {}): Case["inputs"] => ({
  authorizerType: "CUSTOM_JWT",
  authorizerConfiguration: { customJwtAuthorizer: { discoveryUrl: "https://issuer", ...more } },
});

describeRule(agentcoreAuthorized, {
  type: "aws:bedrock/agentcoreGateway:AgentcoreGateway",
  sound: { authorizerType: "AWS_IAM" },
  absent: [violation('"authorizerType" is not set, so nobody says who may call')],
  cases: {
    "refuses a gateway that checks nobody": {
      set: { authorizerType: "NONE" },
      finds: [violation('"authorizerType" lets calls through unchecked')],
    },
    "refuses tokens of anybody whom the issuer knows": { inputs: jwt(), finds: [anyToken] },
    "refuses an empty list of clients": { inputs: jwt({ allowedClients: [] }), finds: [anyToken] },
    "passes tokens of named clients": { inputs: jwt({ allowedClients: [UNKNOWN] }) },
    "passes tokens of named scopes, since Cognito's carry no audience": {
      inputs: jwt({ allowedScopes: ["mcp/call"] }),
    },
    "refuses tokens without anything to check them by": {
      inputs: { authorizerType: "CUSTOM_JWT" },
      finds: [violation(`"${JWT}" is not set, without which no token can be checked`)],
    },
    "asks a runtime that takes tokens the same": {
      type: RUNTIME,
      inputs: { authorizerConfiguration: { customJwtAuthorizer: { discoveryUrl: "https://issuer" } } },
      finds: [anyToken],
    },
    "leaves a runtime alone that takes signed requests": { type: RUNTIME, inputs: {} },
    "cannot decide while it is not known how": {
      unknown: ["authorizerType"],
      finds: [undecided('"authorizerType" is not known yet', "Give it as a plain value.")],
    },
    "cannot decide while the list is not known": {
      inputs: jwt({ allowedClients: UNKNOWN }),
      finds: [undecided(`by what "${JWT}" checks tokens is not known yet`, LIST)],
    },
    "cannot decide while none of the configuration is known": {
      inputs: { authorizerType: "CUSTOM_JWT", authorizerConfiguration: UNKNOWN },
      finds: [undecided(`"${JWT}" is not known yet`, "Give it as a plain value.")],
    },
  },
});
