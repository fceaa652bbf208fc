import { expects } from "../frame/expectations.ts";
import { nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

const RUNTIME = "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime";
const TOOLS = [
  "aws:bedrock/agentcoreBrowser:AgentcoreBrowser",
  "aws:bedrock/agentcoreCodeInterpreter:AgentcoreCodeInterpreter",
];

export const agentcoreInVpc = rule({
  name: "agentcore-in-vpc",
  title: "Agents run inside the VPC",
  says: "An AgentCore runtime, browser or code interpreter has the network mode VPC.",
  why: "In the mode PUBLIC an agent reaches the internet by AWS's own network, past every rule of the VPC.",
  severity: "critical",
  set: "baseline",
  topics: ["agentcore", "exposure"],
  references: nist("SC-7(5)", "AC-4"),
  url: "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/agentcore-vpc.html",
  fix: "Set networkMode: VPC, with subnets and security groups.",
  types: new Set([RUNTIME, ...TOOLS]),

  *resource(subject) {
    const path = "networkConfiguration.networkMode";
    yield* expects(subject.text(path), `"${path}"`, (mode) => mode === "VPC", {
      absent: "and AWS then takes PUBLIC",
      wrong: "is not VPC",
    });
  },
});
