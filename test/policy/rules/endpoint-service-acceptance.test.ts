import { undecided, violation } from "../../../policy/frame/finding.ts";
import { endpointServiceAcceptance } from "../../../policy/rules/endpoint-service-acceptance.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const nobody = violation('"acceptanceRequired" is not true, and "allowedPrincipals" lists nobody');

describeRule(endpointServiceAcceptance, {
  type: "aws:ec2/vpcEndpointService:VpcEndpointService",
  sound: { acceptanceRequired: true },
  absent: [nobody],
  cases: {
    "refuses one that accepts whoever asks": { set: { acceptanceRequired: false }, finds: [nobody] },
    "refuses an empty list": { set: { acceptanceRequired: false, allowedPrincipals: [] }, finds: [nobody] },
    "passes one that names who may connect": {
      set: { acceptanceRequired: false, allowedPrincipals: ["arn:aws:iam::111122223333:root"] },
    },
    "cannot decide while neither is known": {
      set: { acceptanceRequired: UNKNOWN },
      finds: [undecided('"acceptanceRequired" is not known yet, and nobody is listed')],
    },
    "cannot decide while the list is not known": {
      set: { acceptanceRequired: false, allowedPrincipals: UNKNOWN },
      finds: [undecided('"acceptanceRequired" is not true, and "allowedPrincipals" is not known yet')],
    },
  },
});
