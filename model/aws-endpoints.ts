import type { AccountRegion } from "./account-region.ts";
import { allow, readOwnSecrets, useOwnKeys, writeOwnLogs } from "./endpoint-statements.ts";
import { type EndpointPolicy, type EndpointStatement, policyOf } from "./iam-documents.ts";

/** An interface endpoint to one of AWS's own services. */
export interface AwsEndpoint {
  /** The end of its name: `com.amazonaws.<region>.<service>`. */
  readonly service: string;
  readonly purpose: string;
  /**
   * Who calls it. Nodes get there by a NAT gateway as well; MCP pods do not, since their group lets nothing out of the VPC: what they call is always
   * there, with NAT gateways too.
   */
  readonly caller: "nodes" | "workloads";
  readonly statements: (scope: AccountRegion) => readonly EndpointStatement[];
  /** Regions that do not offer it. */
  readonly missingIn?: readonly string[];
}

/** A gateway endpoint: free, by a route in each route table. */
export interface AwsGateway extends Pick<AwsEndpoint, "purpose" | "statements"> {
  readonly service: "s3" | "dynamodb";
}

/** Requests of other accounts' principals do not pass: stolen credentials are of no use from inside the VPC. */
const ownPrincipals = ({ account }: AccountRegion) => ({ StringEquals: { "aws:PrincipalAccount": account } });

/** Both endpoints of a registry judge all calls of a pull. EKS's own images lie in registries of AWS's accounts. */
const pull = (scope: AccountRegion): readonly EndpointStatement[] => [
  allow("LogInToRegistries", ["ecr:GetAuthorizationToken"], "*", ownPrincipals(scope)),
  allow(
    "PullImages",
    ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    `arn:aws:ecr:${scope.region}:*:repository/*`,
    ownPrincipals(scope),
  ),
];

/**
 * What AWS lists for private clusters, and what CorpAI's own pods call. Which of them Auto Mode's nodes can do without is documented nowhere.
 *
 * https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html (services), …/vpc-interface-endpoints.html (regions without them);
 * read on 2026-11-24. AZs that lack a service are documented nowhere: the program asks AWS.
 */
export const AWS_ENDPOINTS: readonly AwsEndpoint[] = [
  {
    service: "ec2",
    purpose: "nodes learn about themselves and their network when they join",
    caller: "nodes",
    statements: (scope) => [
      allow(
        "DescribeNodes",
        [
          "ec2:DescribeInstances",
          "ec2:DescribeInstanceTypes",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeTags",
          "ec2:DescribeVolumes",
          "ec2:DescribeVpcs",
        ],
        "*",
        ownPrincipals(scope),
      ),
    ],
  },
  {
    service: "ecr.api",
    purpose: "nodes log in to image registries",
    caller: "nodes",
    statements: pull,
  },
  {
    service: "ecr.dkr",
    purpose: "nodes pull images; the layers come from S3",
    caller: "nodes",
    statements: pull,
  },
  {
    service: "eks",
    purpose: "nodes read their cluster's description when they join",
    caller: "nodes",
    missingIn: ["ap-east-2", "ap-southeast-5", "ap-southeast-7", "mx-central-1"],
    statements: (scope) => [
      allow(
        "ReadClusters",
        ["eks:DescribeCluster"],
        `arn:aws:eks:${scope.region}:${scope.account}:cluster/*`,
        ownPrincipals(scope),
      ),
    ],
  },
  {
    service: "eks-auth",
    purpose: "the Pod Identity agent on each node fetches the credentials of pods",
    caller: "nodes",
    statements: (scope) => [
      allow(
        "AssumeRolesOfPods",
        ["eks-auth:AssumeRoleForPodIdentity"],
        `arn:aws:eks:${scope.region}:${scope.account}:cluster/*`,
        ownPrincipals(scope),
      ),
    ],
  },
  {
    service: "elasticloadbalancing",
    purpose: "controllers in a cluster look after load balancers; Auto Mode's own runs on AWS's side",
    caller: "nodes",
    statements: (scope) => [
      allow(
        "ReadLoadBalancers",
        [
          "elasticloadbalancing:DescribeListeners",
          "elasticloadbalancing:DescribeLoadBalancers",
          "elasticloadbalancing:DescribeTags",
          "elasticloadbalancing:DescribeTargetGroups",
          "elasticloadbalancing:DescribeTargetHealth",
        ],
        "*",
        ownPrincipals(scope),
      ),
    ],
  },
  {
    service: "kms",
    purpose: "agents on nodes decrypt what they were given encrypted",
    caller: "nodes",
    statements: (scope) => [useOwnKeys(scope, ownPrincipals(scope))],
  },
  {
    service: "logs",
    purpose: "agents on nodes ship logs of nodes and pods",
    caller: "nodes",
    statements: (scope) => [writeOwnLogs(scope, ownPrincipals(scope))],
  },
  {
    service: "secretsmanager",
    purpose: "the Jobs that make database roles read the master's secret",
    caller: "workloads",
    statements: (scope) => [readOwnSecrets(scope, ownPrincipals(scope))],
  },
  {
    service: "sts",
    purpose: "agents on nodes ask who they are",
    caller: "nodes",
    statements: (scope) => [
      allow("AskWhoOneIs", ["sts:GetCallerIdentity"], "*"),
      allow("AssumeOwnRoles", ["sts:AssumeRole"], `arn:aws:iam::${scope.account}:role/*`, ownPrincipals(scope)),
    ],
  },
];

export const AWS_GATEWAYS: readonly AwsGateway[] = [
  {
    service: "s3",
    purpose: "layers of images",
    // Signed by ECR, not by the node: a condition on the principal's account would refuse every pull.
    // https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
    statements: ({ region }) => [
      allow("ReadImageLayers", ["s3:GetObject"], `arn:aws:s3:::prod-${region}-starport-layer-bucket/*`),
    ],
  },
  {
    service: "dynamodb",
    purpose: "tables of this account",
    statements: (scope) => [
      allow(
        "UseOwnTables",
        [
          "dynamodb:BatchGetItem",
          "dynamodb:BatchWriteItem",
          "dynamodb:DeleteItem",
          "dynamodb:DescribeTable",
          "dynamodb:GetItem",
          "dynamodb:PutItem",
          "dynamodb:Query",
          "dynamodb:Scan",
          "dynamodb:UpdateItem",
        ],
        `arn:aws:dynamodb:${scope.region}:${scope.account}:table/*`,
        ownPrincipals(scope),
      ),
    ],
  },
];

/** What an environment's file says of endpoints to AWS's services. */
export interface EndpointWish {
  readonly natGateways: "none" | "single" | "per-az";
  /** `needed`: those without which something would not work. `all`: nodes keep off the internet where they can, although they have NAT gateways. */
  readonly awsEndpoints: "needed" | "all";
}

/** The interface endpoints that an environment has. */
export function awsEndpointsFor({ natGateways, awsEndpoints }: EndpointWish): readonly AwsEndpoint[] {
  const everything = natGateways === "none" || awsEndpoints === "all";
  return AWS_ENDPOINTS.filter(({ caller }) => everything || caller === "workloads");
}

/** Those of them that a region does not offer. */
export function endpointsMissingIn(region: string, wish: EndpointWish): readonly string[] {
  return awsEndpointsFor(wish).flatMap(({ service, missingIn }) =>
    missingIn?.includes(region) === true ? [service] : [],
  );
}

export function endpointPolicy({ statements }: Pick<AwsEndpoint, "statements">, scope: AccountRegion): EndpointPolicy {
  return policyOf(statements(scope));
}
