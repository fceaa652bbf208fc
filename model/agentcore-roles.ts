/** What agents, tools and gateways may do in AWS: one list of statements for each role, and nothing in it that no flow of the document needs. */
import type { AccountRegion } from "./account-region.ts";
import { runtimeLogGroups } from "./agentcore-images.ts";
import type { PolicyStatement } from "./iam-documents.ts";
import { type ModelChoice, destinationsOf, modelOf } from "./inference.ts";

/** A table as its readers need it. */
export interface ReadTable {
  readonly arn: string;
  readonly keyArn: string;
}

const allow = (
  Sid: string,
  Action: PolicyStatement["Action"],
  Resource: PolicyStatement["Resource"],
  Condition?: PolicyStatement["Condition"],
): PolicyStatement => ({ Sid, Effect: "Allow", Action, Resource, ...(Condition && { Condition }) });

const via = ({ region }: AccountRegion, service: string): PolicyStatement["Condition"] => ({
  StringEquals: { "kms:ViaService": `${service}.${region}.amazonaws.com` },
});

/** To read tables by key, and their key through DynamoDB only. */
export function readTables(place: AccountRegion, tables: readonly ReadTable[]): readonly PolicyStatement[] {
  if (tables.length === 0) return [];
  const keys = [...new Set(tables.map(({ keyArn }) => keyArn))];
  return [
    allow(
      "ReadTables",
      ["dynamodb:GetItem", "dynamodb:Query"],
      tables.map(({ arn }) => arn),
    ),
    allow("DecryptTables", "kms:Decrypt", keys, via(place, "dynamodb")),
  ];
}

export interface RuntimeNeeds extends AccountRegion {
  readonly runtimeName: string;
  readonly repositoryArn: string;
}

/**
 * What every runtime needs, whatever it does: its image, its logs, its traces and its metrics.
 * https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html
 */
export function runtimeBasics({
  account,
  region,
  runtimeName,
  repositoryArn,
}: RuntimeNeeds): readonly PolicyStatement[] {
  const logs = `arn:aws:logs:${region}:${account}:log-group`;
  return [
    allow("LogInToRegistry", "ecr:GetAuthorizationToken", "*"),
    allow(
      "PullImage",
      ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"],
      repositoryArn,
    ),
    allow("FindLogGroups", "logs:DescribeLogGroups", `${logs}:*`),
    allow(
      "WriteLogs",
      ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      [`${logs}:${runtimeLogGroups(runtimeName)}`, `${logs}:${runtimeLogGroups(runtimeName)}:log-stream:*`],
    ),
    allow(
      "SendTraces",
      ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"],
      "*",
    ),
    allow("SendMetrics", "cloudwatch:PutMetricData", "*", {
      StringEquals: { "cloudwatch:namespace": "bedrock-agentcore" },
    }),
  ];
}

/** To call a model: in its own region, or by a profile, and in other regions only through that profile. */
export function callModel({ account, region }: AccountRegion, choice: ModelChoice): readonly PolicyStatement[] {
  const actions = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"];
  if ("modelId" in choice)
    return [allow("CallModel", actions, `arn:aws:bedrock:${region}::foundation-model/${choice.modelId}`)];
  const { inferenceProfile } = choice;
  const profile = `arn:aws:bedrock:${region}:${account}:inference-profile/${inferenceProfile}`;
  const models = (destinationsOf(inferenceProfile) ?? []).map(
    (destination) => `arn:aws:bedrock:${destination}::foundation-model/${modelOf(inferenceProfile)}`,
  );
  return [
    allow("CallInferenceProfile", actions, profile),
    allow("CallModelByProfile", actions, models, { StringEquals: { "bedrock:InferenceProfileArn": profile } }),
  ];
}

export interface TokenNeeds extends AccountRegion {
  readonly workloadIdentityArn: string;
  /** Credential providers, each with the secret in which AgentCore Identity keeps its client's. */
  readonly providers: readonly { readonly arn: string; readonly secretArn: string }[];
}

/**
 * To have tokens fetched by AgentCore Identity.
 * https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/scope-credential-provider-access.html
 */
export function fetchTokens({
  account,
  region,
  workloadIdentityArn,
  providers,
}: TokenNeeds): readonly PolicyStatement[] {
  const own = `arn:aws:bedrock-agentcore:${region}:${account}`;
  const directory = `${own}:workload-identity-directory/default`;
  return [
    allow("ProveIdentity", "bedrock-agentcore:GetWorkloadAccessToken", [directory, workloadIdentityArn]),
    allow("FetchTokens", "bedrock-agentcore:GetResourceOauth2Token", [
      directory,
      workloadIdentityArn,
      `${own}:token-vault/default`,
      ...providers.map(({ arn }) => arn),
    ]),
    allow(
      "ReadClientSecrets",
      "secretsmanager:GetSecretValue",
      providers.map(({ secretArn }) => secretArn),
    ),
  ];
}

export interface DatabaseNeeds extends AccountRegion {
  readonly clusterArn: string;
  readonly secretArn: string;
  readonly keyArn: string;
}

/** To run SQL through the Data API, which reads the database's secret in the caller's name. */
export function runSql({ clusterArn, secretArn, keyArn, ...place }: DatabaseNeeds): readonly PolicyStatement[] {
  const actions = [
    "ExecuteStatement",
    "BatchExecuteStatement",
    "BeginTransaction",
    "CommitTransaction",
    "RollbackTransaction",
  ];
  return [
    allow(
      "RunSql",
      actions.map((action) => `rds-data:${action}`),
      clusterArn,
    ),
    allow("ReadDatabaseSecret", "secretsmanager:GetSecretValue", secretArn),
    allow("DecryptDatabaseSecret", "kms:Decrypt", keyArn, via(place, "secretsmanager")),
  ];
}

/** A gateway calls its function, and nothing else. */
export const callFunction = (functionArn: string): readonly PolicyStatement[] => [
  allow("CallTools", "lambda:InvokeFunction", functionArn),
];

/** What a function in a VPC needs, whatever it does: interfaces, which AWS makes in its name, and its log group. */
export const functionBasics = (logGroupArn: string): readonly PolicyStatement[] => [
  allow(
    "AttachToVpc",
    [
      ..."CreateNetworkInterface DescribeNetworkInterfaces DescribeSubnets DeleteNetworkInterface".split(" "),
      ..."AssignPrivateIpAddresses UnassignPrivateIpAddresses".split(" "),
    ].map((action) => `ec2:${action}`),
    "*",
  ),
  allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], `${logGroupArn}:*`),
];
