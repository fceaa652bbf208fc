import { type Finding, undecided, violation } from "../../../policy/frame/finding.ts";
import { interfaceEndpointGroups } from "../../../policy/rules/interface-endpoint-groups.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const RUNTIME = "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime";
const missing = (where: string, how = "not set"): Finding =>
  violation(`"${where}" is ${how}, and AWS then takes the VPC's default group`);

describeRule(interfaceEndpointGroups, {
  type: "aws:ec2/vpcEndpoint:VpcEndpoint",
  sound: { vpcEndpointType: "Interface", securityGroupIds: [UNKNOWN] },
  absent: [],
  cases: {
    "refuses an interface endpoint without": { unset: ["securityGroupIds"], finds: [missing("securityGroupIds")] },
    "refuses an empty list": { set: { securityGroupIds: [] }, finds: [missing("securityGroupIds", "empty")] },
    "leaves gateway endpoints alone, which have none": { inputs: { vpcEndpointType: "Gateway" } },
    "refuses a resource gateway without": {
      type: "aws:vpclattice/resourceGateway:ResourceGateway",
      inputs: { subnetIds: ["a"] },
      finds: [missing("securityGroupIds")],
    },
    "refuses a private connection without": {
      type: "aws-native:devopsagent:PrivateConnection",
      inputs: { connectionConfiguration: { serviceManaged: { vpcId: "vpc-1" } } },
      finds: [missing("connectionConfiguration.serviceManaged.securityGroupIds")],
    },
    "leaves a private connection alone that brings its own resource configuration": {
      type: "aws-native:devopsagent:PrivateConnection",
      inputs: { connectionConfiguration: { selfManaged: { resourceConfigurationId: "rcfg-1" } } },
    },
    "refuses an agent without": {
      type: RUNTIME,
      inputs: { networkConfiguration: { networkMode: "VPC", networkModeConfig: { subnets: ["a"] } } },
      finds: [missing("networkConfiguration.networkModeConfig.securityGroups")],
    },
    "cannot decide while not even the length of the list is known": {
      unknown: ["securityGroupIds"],
      finds: [undecided('"securityGroupIds" is not known yet', "Give it as a plain value.")],
    },
    "cannot decide while it is not known whether it is an interface endpoint": {
      inputs: { vpcEndpointType: UNKNOWN },
      finds: [undecided('"securityGroupIds" is not set, and whether it is an interface endpoint is not known yet')],
    },
  },
});
