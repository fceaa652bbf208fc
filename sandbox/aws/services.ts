/** AWS's own services, as a VPC gets to them: which a region offers over PrivateLink, in which AZs, and which by a gateway. */
import type { Context } from "../model.ts";
import { like } from "../values.ts";
import { zonesOf } from "./network.ts";

/** Offered over PrivateLink, of those that anybody here needs. */
const OFFERED = new Set([
  "autoscaling",
  "bedrock-agentcore",
  "bedrock-agentcore-control",
  "bedrock-agentcore.gateway",
  "bedrock-runtime",
  "cognito-idp",
  "dynamodb",
  "ec2",
  "ecr.api",
  "ecr.dkr",
  "eks",
  "eks-auth",
  "elasticloadbalancing",
  "kms",
  "lambda",
  "logs",
  "monitoring",
  "rds-data",
  "s3",
  "secretsmanager",
  "ssm",
  "ssmmessages",
  "sts",
  "xray",
]);

/** Regions that lack some of them. https://docs.aws.amazon.com/eks/latest/userguide/vpc-interface-endpoints.html */
const LACKING: Readonly<Record<string, readonly string[]>> = {
  eks: ["ap-east-2", "ap-southeast-5", "ap-southeast-7", "mx-central-1"],
};

/** Those whose endpoints take no policy but full access. https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html */
const WITHOUT_POLICY = new Set(["rds-data"]);

export const takesPolicy = (service: string): boolean => !WITHOUT_POLICY.has(service);

/** What precedes the region in the names that callers ask for, where it is not the service's own word; a star stands for anything. */
const HOSTS: Readonly<Record<string, readonly string[]>> = {
  "bedrock-agentcore.gateway": ["*.gateway.bedrock-agentcore"],
  "ecr.api": ["api.ecr"],
  "ecr.dkr": ["*.dkr.ecr"],
  dynamodb: ["dynamodb", "*.ddb"],
  s3: ["s3", "*.s3"],
};

/** Names that an endpoint with private DNS answers to, in its VPC. */
export const privateNames = (service: string, region: string): readonly string[] =>
  (HOSTS[service] ?? [service]).map((host) => `${host}.${region}.amazonaws.com`);

/** The service of AWS's that a name belongs to, of those that anybody here needs. */
export const serviceOfHost = (host: string, region: string): string | undefined =>
  [...OFFERED].find((service) => privateNames(service, region).some((name) => like(name, host)));

/** The managed prefix list behind each gateway, as in us-east-1. */
export const GATEWAY_SERVICES: Readonly<Record<string, string>> = { s3: "pl-63a5400a", dynamodb: "pl-02cd2c6b" };

/** Addresses behind each, some of those in us-east-1. */
export const GATEWAY_RANGES: Readonly<Record<string, readonly string[]>> = {
  s3: ["16.182.0.0/16", "52.216.0.0/15", "54.231.0.0/16"],
  dynamodb: ["3.218.180.0/22", "52.94.0.0/22", "52.119.224.0/20"],
};

/** The service of AWS's behind a name such as `com.amazonaws.us-east-1.ecr.api`, if the region offers it; "unknown" for a name of AWS's that it does not. */
export function awsServiceOf(name: string, region: string): string | undefined {
  const prefix = `com.amazonaws.${region}.`;
  if (!name.startsWith(prefix)) return undefined;
  const service = name.slice(prefix.length);
  return OFFERED.has(service) && !LACKING[service]?.includes(region) ? service : "unknown";
}

export const endpointTypes = (service: string): readonly string[] =>
  service in GATEWAY_SERVICES ? ["Gateway", "Interface"] : ["Interface"];

/** The AZs in which a service has interface endpoints: all but those that the estate takes out. */
export function awsServiceZones(service: string, context: Context): Readonly<Record<string, string>> {
  const missing = context.world.facts.servicesMissingIn?.[service] ?? [];
  return Object.fromEntries(Object.entries(zonesOf(context)).filter(([, zoneId]) => !missing.includes(zoneId)));
}
