import { undecided, violation } from "../../../policy/frame/finding.ts";
import { agentcoreInVpc } from "../../../policy/rules/agentcore-in-vpc.ts";
import { describeRule } from "../support/table.ts";

const PATH = "networkConfiguration.networkMode";

describeRule(agentcoreInVpc, {
  type: "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime",
  sound: { networkConfiguration: { networkMode: "VPC", networkModeConfig: { subnets: ["a"], securityGroups: ["g"] } } },
  absent: [violation(`"${PATH}" is not set, and AWS then takes PUBLIC`)],
  cases: {
    "refuses an agent on AWS's own network": { set: { [PATH]: "PUBLIC" }, finds: [violation(`"${PATH}" is not VPC`)] },
    "refuses a browser or an interpreter in a sandbox with a way out": {
      type: "aws:bedrock/agentcoreCodeInterpreter:AgentcoreCodeInterpreter",
      inputs: { networkConfiguration: { networkMode: "PUBLIC" } },
      finds: [violation(`"${PATH}" is not VPC`)],
    },
    "cannot decide while it is not known": {
      unknown: [PATH],
      finds: [undecided(`"${PATH}" is not known yet`, "Give it as a plain value.")],
    },
  },
});
