/** What has to be allowed before anything of private connections can stand, by whom it is done. */

/** Makes the gateways of service-managed connections. It comes with the account's first agent space. */
export const AGENT_ROLE = "AWSServiceRoleForAIDevOps";
export const MAKE_AGENT_ROLE = "aws iam create-service-linked-role --aws-service-name aidevops.amazonaws.com";

/** What that role does: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSServiceRoleForAIDevOpsPolicy.html */
export const AGENT_ROLE_ACTIONS: readonly string[] = [
  "vpc-lattice:CreateResourceGateway",
  "vpc-lattice:GetResourceGateway",
  "vpc-lattice:DeleteResourceGateway",
  "vpc-lattice:TagResource",
];
/** It may touch nothing without this tag, so that a forecast has to name it. */
export const AGENT_TAG = "AWSAIDevOpsManaged";

/** What gateways and resources of one's own need of whoever runs the program; by the document, what organizations tend to forbid. */
export const OWN_ACTIONS: readonly string[] = [
  "vpc-lattice:CreateResourceGateway",
  "vpc-lattice:CreateResourceConfiguration",
  "vpc-lattice:TagResource",
];
