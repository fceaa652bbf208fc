import { undecided, violation } from "../../../policy/frame/finding.ts";
import { interfaceEndpointPrivateDns } from "../../../policy/rules/interface-endpoint-private-dns.ts";
import { describeRule } from "../support/table.ts";

const off = violation('"privateDnsEnabled" is not set, and the service\'s own name then leads past it');

describeRule(interfaceEndpointPrivateDns, {
  type: "aws:ec2/vpcEndpoint:VpcEndpoint",
  sound: { vpcEndpointType: "Interface", serviceName: "com.amazonaws.us-east-1.logs", privateDnsEnabled: true },
  absent: [],
  cases: {
    "refuses one without": { unset: ["privateDnsEnabled"], finds: [off] },
    "refuses one where it is off": {
      set: { privateDnsEnabled: false },
      finds: [violation('"privateDnsEnabled" is false')],
    },
    "leaves a customer's service alone": {
      inputs: { vpcEndpointType: "Interface", serviceName: "com.amazonaws.vpce.us-east-1.vpce-svc-0abc" },
    },
    "leaves gateway endpoints alone": { inputs: { serviceName: "com.amazonaws.us-east-1.s3" } },
    "cannot decide while it is not known": {
      unknown: ["privateDnsEnabled"],
      finds: [undecided('"privateDnsEnabled" is not known yet', "Give it as a plain value: privateDnsEnabled: true.")],
    },
    "cannot decide while the service is not known": {
      unset: ["privateDnsEnabled"],
      unknown: ["serviceName"],
      finds: [undecided('"privateDnsEnabled" is not true, and whether it leads to an AWS service is not known yet')],
    },
  },
});
