import { undecided, violation } from "../../../policy/frame/finding.ts";
import { endpointPolicySupported } from "../../../policy/rules/endpoint-policy-supported.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

describeRule(endpointPolicySupported, {
  type: "aws:ec2/vpcEndpoint:VpcEndpoint",
  sound: { serviceName: "com.amazonaws.us-east-1.s3", policy: "{}" },
  absent: [],
  cases: {
    "refuses a policy on an endpoint to a customer's service": {
      set: { serviceName: "com.amazonaws.vpce.us-east-1.vpce-svc-0abc" },
      finds: [violation('"policy" is set, on an endpoint to a customer\'s service')],
    },
    "refuses one of which nothing is known but that it is there": {
      set: { serviceName: "com.amazonaws.vpce.us-east-1.vpce-svc-0abc", policy: UNKNOWN },
      finds: [violation('"policy" is set, on an endpoint to a customer\'s service')],
    },
    "passes an endpoint to a customer's service without": {
      inputs: { serviceName: "com.amazonaws.vpce.us-east-1.vpce-svc-0abc" },
    },
    "cannot decide while the service is not known": {
      unknown: ["serviceName"],
      finds: [undecided('"policy" is set, and whose service it leads to is not known yet')],
    },
  },
});
