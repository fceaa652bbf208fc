import type { AccountRegion } from "./account-region.ts";
import { type KeyPolicy, type PolicyDocument, type ResourcePolicyStatement, policyOf } from "./iam-documents.ts";
import { ownAccount } from "./key-policies.ts";

/** What AWS tells the owner of an endpoint service. */
export const CONNECTION_EVENTS = ["Accept", "Connect", "Delete", "Reject"] as const;

/** PrivateLink itself, which publishes in the name of an endpoint service. */
const PRIVATELINK = "vpce.amazonaws.com";

const serviceArn = ({ account, region }: AccountRegion, serviceId: string): string =>
  `arn:aws:ec2:${region}:${account}:vpc-endpoint-service/${serviceId}`;

/** For these endpoint services of this account and for nobody else's: a service principal alone would let any account's services publish. */
function forServices(
  place: AccountRegion,
  serviceIds: readonly string[],
  statement: Pick<ResourcePolicyStatement, "Sid" | "Action" | "Resource">,
): ResourcePolicyStatement {
  return {
    ...statement,
    Effect: "Allow",
    Principal: { Service: PRIVATELINK },
    Condition: {
      ArnLike: { "aws:SourceArn": serviceIds.map((id) => serviceArn(place, id)).toSorted() },
      StringEquals: { "aws:SourceAccount": place.account },
    },
  };
}

/**
 * Lets PrivateLink publish to the topic.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/create-notification-endpoint-service.html
 */
export const topicPolicy = (
  place: AccountRegion,
  topicArn: string,
  serviceIds: readonly string[],
): PolicyDocument<ResourcePolicyStatement> =>
  policyOf([
    forServices(place, serviceIds, { Sid: "PublishConnectionEvents", Action: "sns:Publish", Resource: topicArn }),
  ]);

/**
 * The key of the topic's messages. Who publishes to an encrypted topic uses its key as well, in its own name.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
export const topicKeyPolicy = (place: AccountRegion): KeyPolicy =>
  policyOf([
    ownAccount(place),
    {
      Sid: "EncryptConnectionEvents",
      Effect: "Allow",
      Principal: { Service: PRIVATELINK },
      Action: ["kms:GenerateDataKey*", "kms:Decrypt"],
      Resource: "*",
      Condition: { StringEquals: { "aws:SourceAccount": place.account } },
    },
  ]);
