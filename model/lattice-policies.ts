import { type PolicyDocument, type ResourcePolicyStatement, policyOf } from "./iam-documents.ts";

/** What can have a resource policy. */
export type PolicyKind = "resource" | "service-network";

/**
 * What the policy grants. AWS takes no other set: it has to be that of Resource Access Manager's permission for the same kind.
 * https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_PutResourcePolicy.html
 */
const ACTIONS: Readonly<Record<PolicyKind, readonly string[]>> = {
  resource: [
    "vpc-lattice:AssociateViaAWSService",
    "vpc-lattice:AssociateViaAWSService-EventsAndStates",
    "vpc-lattice:CreateServiceNetworkResourceAssociation",
    "vpc-lattice:GetResourceConfiguration",
  ],
  "service-network": [
    "vpc-lattice:CreateServiceNetworkServiceAssociation",
    "vpc-lattice:CreateServiceNetworkVpcAssociation",
    "vpc-lattice:GetServiceNetwork",
  ],
};

const principalArn = (principal: string): string =>
  /^\d{12}$/.test(principal) ? `arn:aws:iam::${principal}:root` : principal;

/** @param principals account ids, and ARNs of roles */
export const latticePolicy = (
  kind: PolicyKind,
  resourceArn: string,
  principals: readonly string[],
): PolicyDocument<ResourcePolicyStatement> =>
  policyOf([
    {
      Sid: "AdmitByName",
      Effect: "Allow",
      Principal: { AWS: principals.map(principalArn).toSorted() },
      Action: [...ACTIONS[kind]],
      Resource: resourceArn,
    },
  ]);
