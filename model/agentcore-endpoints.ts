import type { AccountRegion } from "./account-region.ts";
import type { AgentcoreGateway, AgentcoreService } from "./agentcore-names.ts";
import { allow, readOwnSecrets, useOwnKeys, writeOwnLogs } from "./endpoint-statements.ts";
import { type EndpointPolicy, type EndpointStatement, policyOf } from "./iam-documents.ts";

/** Where the isolated network stands, and where else its models may answer. */
export interface IsolatedScope extends AccountRegion {
  /** Regions in which a model may answer. */
  readonly modelRegions: readonly string[];
  /** Whether Session Manager may be answered from inside. */
  readonly sessionManager: boolean;
}

interface Way<Service extends string> {
  /** The end of its name: `com.amazonaws.<region>.<service>`. */
  readonly service: Service;
  /** The document's own word for it. */
  readonly purpose: string;
  /** What callers ask the resolver for; a star stands for what comes before. Nothing else resolves in the VPC. */
  readonly names: (scope: AccountRegion) => readonly string[];
  /** What may pass, by action and resource. */
  readonly statements: (scope: IsolatedScope) => readonly EndpointStatement[];
}

export type IsolatedEndpoint = Way<AgentcoreService | "ssmmessages">;
type DocumentedEndpoint = Way<AgentcoreService>;
export type IsolatedGateway = Way<AgentcoreGateway>;

type Condition = EndpointStatement["Condition"];

/** Called by this account's roles, and for this account's things: neither foreign credentials nor foreign resources pass. */
const own = ({ account }: AccountRegion): Condition => ({
  StringEquals: { "aws:PrincipalAccount": account, "aws:ResourceAccount": account },
});

/**
 * Called with a bearer token, which is no principal of AWS's: whoever calls is the authorizer's business, and the endpoint can only hold to whose the
 * resource is. https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/vpc-interface-endpoints.html
 */
const ownResource = ({ account }: AccountRegion): Condition => ({ StringEquals: { "aws:ResourceAccount": account } });

/** The usual name of a service in its region. */
const regional =
  (host: string) =>
  ({ region }: AccountRegion): readonly string[] => [`${host}.${region}.amazonaws.com`];

/** Both endpoints of the registry judge all calls of a pull. */
const pullOwnImages = (scope: AccountRegion): readonly EndpointStatement[] => [
  allow("LogInToRegistry", ["ecr:GetAuthorizationToken"], "*", own(scope)),
  allow(
    "PullOwnImages",
    ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
    `arn:aws:ecr:${scope.region}:${scope.account}:repository/*`,
    own(scope),
  ),
];

const agentcore = ({ region, account }: AccountRegion, resource: string): string =>
  `arn:aws:bedrock-agentcore:${region}:${account}:${resource}`;

/**
 * The document's twelve interface endpoints.
 *
 * Read on 2026-11-24. Names: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html and each service's page there. That AWS offers an
 * endpoint in an AZ, and whether it takes a policy, is documented in no one place: the program asks AWS.
 */
export const AGENTCORE_ENDPOINTS: readonly DocumentedEndpoint[] = [
  {
    service: "bedrock-runtime",
    purpose: "LLM inference",
    names: regional("bedrock-runtime"),
    statements: (scope) => [
      // Models are AWS's: their ARNs carry no account, and models of one's own are under other ARNs.
      allow(
        "AskModels",
        ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
        scope.modelRegions.map((region) => `arn:aws:bedrock:${region}::foundation-model/*`),
        { StringEquals: { "aws:PrincipalAccount": scope.account } },
      ),
      allow(
        "AskByOwnInferenceProfiles",
        ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"],
        ["inference-profile", "application-inference-profile"].map(
          (kind) => `arn:aws:bedrock:${scope.region}:${scope.account}:${kind}/*`,
        ),
        own(scope),
      ),
    ],
  },
  {
    service: "bedrock-agentcore",
    purpose: "AgentCore runtime management",
    names: regional("bedrock-agentcore"),
    statements: (scope) => [
      allow(
        "InvokeOwnRuntimes",
        ["bedrock-agentcore:InvokeAgentRuntime"],
        agentcore(scope, "runtime/*"),
        ownResource(scope),
      ),
      allow(
        "FetchTokens",
        [
          "bedrock-agentcore:GetResourceOauth2Token",
          "bedrock-agentcore:GetWorkloadAccessToken",
          "bedrock-agentcore:GetWorkloadAccessTokenForJWT",
          "bedrock-agentcore:GetWorkloadAccessTokenForUserId",
        ],
        [agentcore(scope, "workload-identity-directory/*"), agentcore(scope, "token-vault/*")],
        own(scope),
      ),
    ],
  },
  {
    service: "bedrock-agentcore.gateway",
    purpose: "Gateway service communication",
    names: regional("*.gateway.bedrock-agentcore"),
    statements: (scope) => [
      allow(
        "InvokeOwnGateways",
        ["bedrock-agentcore:InvokeGateway"],
        agentcore(scope, "gateway/*"),
        ownResource(scope),
      ),
    ],
  },
  {
    service: "ecr.api",
    purpose: "ECR API operations",
    names: regional("api.ecr"),
    statements: pullOwnImages,
  },
  {
    service: "ecr.dkr",
    purpose: "Docker image pull",
    names: ({ account, region }) => [`${account}.dkr.ecr.${region}.amazonaws.com`],
    statements: pullOwnImages,
  },
  {
    service: "logs",
    purpose: "CloudWatch Logs",
    names: regional("logs"),
    statements: (scope) => [writeOwnLogs(scope, own(scope))],
  },
  {
    service: "monitoring",
    purpose: "CloudWatch Metrics",
    names: regional("monitoring"),
    statements: (scope) => [allow("WriteOwnMetrics", ["cloudwatch:PutMetricData"], "*", own(scope))],
  },
  {
    service: "secretsmanager",
    purpose: "Secrets retrieval",
    names: regional("secretsmanager"),
    statements: (scope) => [readOwnSecrets(scope, own(scope))],
  },
  {
    service: "ssm",
    purpose: "Parameter Store",
    names: regional("ssm"),
    statements: (scope) => [
      allow(
        "ReadOwnParameters",
        ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"],
        `arn:aws:ssm:${scope.region}:${scope.account}:parameter/*`,
        own(scope),
      ),
      ...(scope.sessionManager
        ? [
            allow(
              "RegisterInstances",
              ["ssm:UpdateInstanceInformation"],
              `arn:aws:ec2:${scope.region}:${scope.account}:instance/*`,
              own(scope),
            ),
          ]
        : []),
    ],
  },
  {
    service: "rds-data",
    purpose: "Aurora Data API",
    names: regional("rds-data"),
    statements: (scope) => [
      allow(
        "QueryOwnClusters",
        [
          "rds-data:BatchExecuteStatement",
          "rds-data:BeginTransaction",
          "rds-data:CommitTransaction",
          "rds-data:ExecuteStatement",
          "rds-data:RollbackTransaction",
        ],
        `arn:aws:rds:${scope.region}:${scope.account}:cluster:*`,
        own(scope),
      ),
    ],
  },
  {
    service: "kms",
    purpose: "Encryption/Decryption",
    names: regional("kms"),
    statements: (scope) => [useOwnKeys(scope, own(scope))],
  },
  {
    service: "xray",
    purpose: "Distributed tracing",
    names: regional("xray"),
    statements: (scope) => [
      allow(
        "WriteOwnTraces",
        [
          "xray:GetSamplingRules",
          "xray:GetSamplingTargets",
          "xray:PutSpans",
          "xray:PutTelemetryRecords",
          "xray:PutTraceSegments",
        ],
        "*",
        own(scope),
      ),
    ],
  },
];

/** What Session Manager needs besides: the channels of a session. https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html */
const SESSION_ENDPOINT: IsolatedEndpoint = {
  service: "ssmmessages",
  purpose: "Session Manager",
  names: regional("ssmmessages"),
  statements: (scope) => [
    allow(
      "OpenSessions",
      ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"].map(
        (action) => `ssmmessages:${action}`,
      ),
      "*",
      own(scope),
    ),
  ],
};

/** The interface endpoints that a network has. */
export const endpointsOf = ({ sessionManager }: Pick<IsolatedScope, "sessionManager">): readonly IsolatedEndpoint[] => [
  ...AGENTCORE_ENDPOINTS,
  ...(sessionManager ? [SESSION_ENDPOINT] : []),
];

/** Where ECR keeps the layers of every image: a bucket of AWS's own, one in each region. https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html */
export const layerBucket = ({ region }: Pick<AccountRegion, "region">): string =>
  `prod-${region}-starport-layer-bucket`;

/** The document's two gateway endpoints: free, by a route to the service's prefix list. */
export const AGENTCORE_GATEWAY_ENDPOINTS: readonly IsolatedGateway[] = [
  {
    service: "s3",
    purpose: "S3 access (layers of images)",
    names: (scope) => [`${layerBucket(scope)}.s3.${scope.region}.amazonaws.com`],
    // Signed by ECR, not by the runtime, and no account of ours owns it: the exact bucket is the whole limit. S3 alone can be told which TLS to demand.
    statements: (scope) => [
      allow("ReadImageLayers", ["s3:GetObject"], `arn:aws:s3:::${layerBucket(scope)}/*`, {
        NumericGreaterThanEquals: { "s3:TlsVersion": "1.2" },
      }),
    ],
  },
  {
    service: "dynamodb",
    purpose: "DynamoDB access via AWS network",
    // SDKs of late ask for the account's own name first.
    names: ({ account, region }) => [`dynamodb.${region}.amazonaws.com`, `${account}.ddb.${region}.amazonaws.com`],
    statements: (scope) => [
      allow(
        "ReadOwnTables",
        ["dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"],
        `arn:aws:dynamodb:${scope.region}:${scope.account}:table/*`,
        { ...own(scope), Bool: { "aws:SecureTransport": "true" } },
      ),
    ],
  },
];

/** Every name that resolves in the isolated network, each once. */
export const resolvableNames = (scope: IsolatedScope): readonly string[] => [
  ...new Set([...endpointsOf(scope), ...AGENTCORE_GATEWAY_ENDPOINTS].flatMap(({ names }) => names(scope))),
];

export const isolatedPolicy = (
  { statements }: Pick<IsolatedEndpoint, "statements">,
  scope: IsolatedScope,
): EndpointPolicy => policyOf(statements(scope));
