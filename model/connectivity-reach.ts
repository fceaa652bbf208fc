import { type PolicyDocument, type PolicyStatement, policyOf } from "./iam-documents.ts";

export const CONNECTIVITY_REACH_POLICY = "CorpAIPrivateServiceConnectivityReach";

/** What CorpAI's role may do beyond plain connections of one region. */
export interface ConnectivityReach {
  /** Whether endpoints may answer to the services' own names. */
  readonly privateNames: boolean;
  /** Other regions in which services may be. */
  readonly serviceRegions: readonly string[];
}

export const reachesFurther = ({ privateNames, serviceRegions }: ConnectivityReach): boolean =>
  privateNames || serviceRegions.length > 0;

const ENDPOINT = "arn:aws:ec2:*:*:vpc-endpoint/*";

/**
 * A policy of its own, since the document knows of neither, and who uses neither has nothing of it.
 *
 * An endpoint with a private name gets a hosted zone of AWS's, which is associated with the VPC: CreateVpcEndpoint depends on `route53:AssociateVPCWithHostedZone`.
 * Another region takes `vpce:AllowMultiRegion`; which regions, `ec2:VpceServiceRegion` says when an endpoint is made.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 *
 * @param region of the VPC, which is always allowed
 */
export function connectivityReachPolicy(
  { privateNames, serviceRegions }: ConnectivityReach,
  region: string,
): PolicyDocument {
  const names: PolicyStatement = {
    Sid: "NameEndpointsAsTheirServices",
    Effect: "Allow",
    Action: "route53:AssociateVPCWithHostedZone",
    Resource: "*",
  };
  const regions: readonly PolicyStatement[] = [
    { Sid: "ReachOtherRegions", Effect: "Allow", Action: "vpce:AllowMultiRegion", Resource: [ENDPOINT] },
    {
      Sid: "OnlyTheseRegions",
      Effect: "Deny",
      Action: "ec2:CreateVpcEndpoint",
      Resource: [ENDPOINT],
      Condition: {
        StringNotEqualsIfExists: { "ec2:VpceServiceRegion": [...new Set([region, ...serviceRegions])].sort() },
      },
    },
  ];
  return policyOf([...(privateNames ? [names] : []), ...(serviceRegions.length > 0 ? regions : [])]);
}
