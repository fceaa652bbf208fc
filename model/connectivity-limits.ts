import type { BroadDocument } from "./iam-documents.ts";
import { TAG_SCHEMES } from "./tags.ts";

export const CONNECTIVITY_LIMITS_POLICY = "CorpAIPrivateServiceConnectivityLimits";

/** What the role may do nothing beyond. */
export interface ConnectivityLimits {
  /** CorpAI's own. */
  readonly vpcId: string;
  /** Endpoint services that are registered. */
  readonly serviceNames: readonly string[];
}

const ENDPOINT = "arn:aws:ec2:*:*:vpc-endpoint/*";
const GROUP = "arn:aws:ec2:*:*:security-group/*";
const SUBNET = "arn:aws:ec2:*:*:subnet/*";

/**
 * A third policy, on request, that allows nothing and denies what the document's allows too widely: by it, CorpAI's role may make an endpoint to any service,
 * in any VPC, and forget the tag without which it can never change or delete what it made. Which keys and resources each action is judged on:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
export const connectivityLimitsPolicy = ({ vpcId, serviceNames }: ConnectivityLimits): BroadDocument => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "OnlyRegisteredServices",
      Effect: "Deny",
      Action: "ec2:CreateVpcEndpoint",
      Resource: [ENDPOINT],
      Condition: { StringNotEquals: { "ec2:VpceServiceName": [...serviceNames].sort() } },
    },
    {
      Sid: "OnlyWithCorpAIsTag",
      Effect: "Deny",
      Action: ["ec2:CreateVpcEndpoint", "ec2:CreateSecurityGroup"],
      Resource: [ENDPOINT, GROUP],
      // An endpoint is judged on the groups that it names as well, which bring tags of their own and no request's.
      Condition: {
        StringNotEquals: {
          "aws:RequestTag/ManagedBy": TAG_SCHEMES.endpoint.ManagedBy,
          "ec2:ResourceTag/ManagedBy": TAG_SCHEMES.endpoint.ManagedBy,
        },
      },
    },
    {
      Sid: "OnlyInCorpAIsVpc",
      Effect: "Deny",
      Action: ["ec2:CreateVpcEndpoint", "ec2:CreateSecurityGroup"],
      NotResource: [ENDPOINT, GROUP, SUBNET, `arn:aws:ec2:*:*:vpc/${vpcId}`],
    },
  ],
});
