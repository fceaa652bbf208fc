import { undecided, violation } from "../../../policy/frame/finding.ts";
import { endpointPolicyScoped } from "../../../policy/rules/endpoint-policy-scoped.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const FULL = JSON.stringify({ Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }] });
const scoped = {
  Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" }],
};
const POLICY = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy";
const everything = violation("a statement without Sid of its policy lets everybody do everything");
const none = violation('"policy" is not set, and AWS then lets everything through');

describeRule(endpointPolicyScoped, {
  type: "aws:ec2/vpcEndpoint:VpcEndpoint",
  sound: { serviceName: "com.amazonaws.us-east-1.s3", vpcEndpointType: "Gateway", policy: JSON.stringify(scoped) },
  absent: [],
  cases: {
    "refuses full access": { set: { policy: FULL }, finds: [everything] },
    "refuses none at all, which is AWS's full access": { unset: ["policy"], finds: [none] },
    "refuses none where the type is AWS's default": { unset: ["policy", "vpcEndpointType"], finds: [none] },
    "takes everybody with a condition, as AgentCore's token callers need": {
      set: {
        policy: {
          Statement: [
            {
              Effect: "Allow",
              Principal: "*",
              Action: "*",
              Resource: "*",
              Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } },
            },
          ],
        },
      },
    },
    "leaves a customer's service alone, which takes no policy": {
      inputs: { serviceName: "com.amazonaws.vpce.us-east-1.vpce-svc-0abc", vpcEndpointType: "Interface" },
    },
    "leaves services alone whose endpoints take none": {
      inputs: { serviceName: "com.amazonaws.us-east-1.eks", vpcEndpointType: "Interface" },
    },
    "leaves the other types of endpoint alone": {
      inputs: { serviceName: "com.amazonaws.us-east-1.s3", vpcEndpointType: "GatewayLoadBalancer" },
    },
    "finds a policy that is a resource of its own, before the endpoint exists": {
      unset: ["policy"],
      beside: [
        {
          type: POLICY,
          name: "policy",
          inputs: { vpcEndpointId: UNKNOWN, policy: scoped },
          from: { vpcEndpointId: ["thing"] },
        },
      ],
    },
    "refuses full access in one that is a resource of its own": {
      type: POLICY,
      inputs: { vpcEndpointId: "vpce-1", policy: FULL },
      finds: [everything],
    },
    "cannot decide while the document is not known": {
      unknown: ["policy"],
      finds: [undecided('"policy" is not known yet', "Give it as a plain value.")],
    },
    "cannot decide while the service is not known": {
      unset: ["policy"],
      unknown: ["serviceName"],
      finds: [undecided('"policy" is not set, and whether it leads to an AWS service is not known yet')],
    },
    "cannot decide while what a statement allows is not known": {
      set: { policy: { Statement: [{ Effect: "Allow", Principal: "*", Action: UNKNOWN, Resource: "*" }] } },
      finds: [undecided("what a statement without Sid of its policy lets through is not known yet")],
    },
  },
});
