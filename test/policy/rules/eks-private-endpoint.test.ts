import { undecided, violation } from "../../../policy/frame/finding.ts";
import { eksPrivateEndpoint } from "../../../policy/rules/eks-private-endpoint.ts";
import { describeRule } from "../support/table.ts";

const absent = [
  violation('"vpcConfig.endpointPublicAccess" is not set, and AWS then makes it public'),
  violation('"vpcConfig.endpointPrivateAccess" is not set, and AWS then leaves the VPC without a way to the API'),
];

describeRule(eksPrivateEndpoint, {
  type: "aws:eks/cluster:Cluster",
  sound: { vpcConfig: { endpointPublicAccess: false, endpointPrivateAccess: true, subnetIds: ["a", "b"] } },
  absent,
  cases: {
    "refuses a public one, even if it is private as well": {
      set: { "vpcConfig.endpointPublicAccess": true },
      finds: [violation('"vpcConfig.endpointPublicAccess" is true')],
    },
    "refuses one that is neither": {
      set: { "vpcConfig.endpointPrivateAccess": false },
      finds: [violation('"vpcConfig.endpointPrivateAccess" is false')],
    },
    "refuses AWS's defaults": { inputs: { vpcConfig: { subnetIds: ["a", "b"] } }, finds: absent },
    "cannot decide while it is not known": {
      unknown: ["vpcConfig.endpointPublicAccess"],
      finds: [
        undecided(
          '"vpcConfig.endpointPublicAccess" is not known yet',
          "Give it as a plain value: endpointPublicAccess: false.",
        ),
      ],
    },
  },
});
