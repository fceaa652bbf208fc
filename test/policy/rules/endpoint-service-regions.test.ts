import { undecided, violation } from "../../../policy/frame/finding.ts";
import { endpointServiceRegions } from "../../../policy/rules/endpoint-service-regions.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

describeRule(endpointServiceRegions, {
  type: "aws:ec2/vpcEndpointService:VpcEndpointService",
  sound: { acceptanceRequired: true },
  absent: [],
  cases: {
    "refuses a region that nobody has allowed": {
      set: { supportedRegions: ["us-east-1", "eu-west-1"] },
      options: { allowedRegions: ["us-east-1"] },
      finds: [violation('"supportedRegions[1]" is a region that nobody has allowed')],
    },
    "cannot decide while they are not known": {
      set: { supportedRegions: UNKNOWN },
      finds: [undecided('"supportedRegions" is not known yet', "Give it as a plain value.")],
    },
  },
});
