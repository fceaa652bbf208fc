import { type Finding, undecided, violation } from "../../../policy/frame/finding.ts";
import { endpointServicePrincipalsScoped } from "../../../policy/rules/endpoint-service-principals-scoped.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const SEPARATE = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple";
const wider = (where: string): Finding => violation(`"${where}" names more than one account, role or user`);

describeRule(endpointServicePrincipalsScoped, {
  type: "aws:ec2/vpcEndpointService:VpcEndpointService",
  sound: { allowedPrincipals: ["arn:aws:iam::111122223333:root", "arn:aws-us-gov:iam::111122223333:role/corpai"] },
  absent: [],
  cases: {
    "refuses everybody": { set: { allowedPrincipals: ["*"] }, finds: [wider("allowedPrincipals[0]")] },
    "refuses one of several": { set: { "allowedPrincipals.1": "*" }, finds: [wider("allowedPrincipals[1]")] },
    "refuses wildcards, which AWS takes in no other way": {
      set: { allowedPrincipals: ["arn:aws:iam::*:root", "arn:aws:iam::111122223333:role/*"] },
      finds: [wider("allowedPrincipals[0]"), wider("allowedPrincipals[1]")],
    },
    "refuses a principal that is a resource of its own": {
      type: SEPARATE,
      inputs: { principalArn: "*" },
      finds: [wider("principalArn")],
    },
    "passes one": { type: SEPARATE, inputs: { principalArn: "arn:aws:iam::111122223333:user/ci" } },
    "cannot decide while a principal is not known, and says what it can of the others": {
      set: { allowedPrincipals: [UNKNOWN, "*"] },
      finds: [
        undecided('"allowedPrincipals[0]" is not known yet', "Give it as a plain value."),
        wider("allowedPrincipals[1]"),
      ],
    },
    "cannot decide while none is": {
      unknown: ["allowedPrincipals"],
      finds: [undecided('"allowedPrincipals" is not known yet', "Give it as a plain value.")],
    },
  },
});
