import { each, mustHaveSome } from "../frame/expectations.ts";
import { undecided } from "../frame/finding.ts";
import { corpai, securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { endpointTypeOf } from "../reading/endpoints.ts";
import { ENDPOINT_TYPE } from "../reading/subnet-lists.ts";

const GATEWAY_TYPE = "aws:vpclattice/resourceGateway:ResourceGateway";
const PRIVATE_CONNECTION_TYPE = "aws-native:devopsagent:PrivateConnection";
const RUNTIME_TYPE = "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime";

const DEFAULT_GROUP = "and AWS then takes the VPC's default group";

export const interfaceEndpointGroups = rule({
  name: "interface-endpoint-groups",
  title: "What connects VPCs has a security group of its own",
  says: "An interface endpoint, a resource gateway and a private connection name their security groups.",
  why: "Without one, AWS takes the default group, whose rules are somebody else's.",
  severity: "high",
  set: "baseline",
  topics: ["privatelink", "network"],
  references: [...corpai("step 5"), ...securityHub("EC2.2"), ...nist("SC-7(5)", "AC-4")],
  url: "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
  fix: "Name a group that admits the clients on the service's port.",
  types: new Set([ENDPOINT_TYPE, GATEWAY_TYPE, PRIVATE_CONNECTION_TYPE, RUNTIME_TYPE]),

  *resource(subject) {
    if (subject.type === GATEWAY_TYPE) yield* mustHaveSome(subject, "securityGroupIds", DEFAULT_GROUP);
    else if (subject.type === PRIVATE_CONNECTION_TYPE)
      yield* each(subject, "connectionConfiguration.serviceManaged", (managed) =>
        mustHaveSome(managed, "securityGroupIds", DEFAULT_GROUP),
      );
    else if (subject.type === RUNTIME_TYPE)
      yield* each(subject, "networkConfiguration.networkModeConfig", (vpc) =>
        mustHaveSome(vpc, "securityGroups", DEFAULT_GROUP),
      );
    else {
      const type = endpointTypeOf(subject);
      const given = [...mustHaveSome(subject, "securityGroupIds", DEFAULT_GROUP)];
      if (type.is === "known" && type.value === "Interface") yield* given;
      else if (type.is === "unknown" && given.length > 0)
        yield undecided('"securityGroupIds" is not set, and whether it is an interface endpoint is not known yet');
    }
  },
});
