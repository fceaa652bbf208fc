import type { AccountRegion } from "./account-region.ts";
import { layerBucket } from "./agentcore-endpoints.ts";
import { type Drawn, SERVICE_SIDE_FLOWS, type ServiceSideFlow } from "./agentcore-service-side.ts";
import type { AgentcoreGateway, AgentcoreGroup, AgentcoreHome, AgentcoreService } from "./agentcore-names.ts";

/** What calls from inside the network. */
export type Caller = "agent" | "mcp" | "lambda";

/** Where a caller is at home, and the group that it carries. */
export const CALLERS: Readonly<Record<Caller, { readonly home: AgentcoreHome; readonly group: AgentcoreGroup }>> = {
  agent: { home: "agent", group: "AgentRuntimeSecurityGroup" },
  mcp: { home: "mcp", group: "MCPRuntimeSecurityGroup" },
  lambda: { home: "resources", group: "GatewayLambdaSecurityGroup" },
};

/** One call of a flow. */
export interface Leg {
  readonly by: AgentcoreService | AgentcoreGateway;
  /** What the caller asks the resolver for. */
  readonly host: string;
  /** Statement of the endpoint's policy by which it passes. */
  readonly statement: string;
  readonly action: string;
  /** One that stands for all that the caller may name. */
  readonly resource: string;
  /** Who vouches for the call: the caller's role, a bearer token, or somebody else, as ECR does for layers. */
  readonly signedBy: "role" | "token" | "other";
  /** Condition keys of the service's own that the call brings. */
  readonly keys?: Readonly<Record<string, string>>;
}

/** A flow from inside the network. */
export interface Flow extends Drawn {
  readonly from: Caller;
  readonly legs: readonly Leg[];
  /** In the document's table only: nothing of ours makes the call, so no role allows it, and the way is open up to the endpoint's policy. */
  readonly unused?: true;
}

export const isServiceSide = (flow: Flow | ServiceSideFlow): flow is ServiceSideFlow => "instead" in flow;

/** Every flow that the document draws. */
export function agentcoreFlows(place: AccountRegion): readonly (Flow | ServiceSideFlow)[] {
  return [
    ...imagePulls(place),
    ...agentCalls(place),
    ...tokens(place),
    ...tools(place),
    ...telemetry(place),
    ...tableOnly(place),
    ...SERVICE_SIDE_FLOWS,
  ];
}

const own = ({ account, region }: AccountRegion, service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

/** The usual way: by the service's own name, signed by the caller's role. */
const call = (
  place: AccountRegion,
  by: AgentcoreService,
  [statement, action, resource]: readonly [statement: string, action: string, resource: string],
): Leg => ({ by, host: `${by}.${place.region}.amazonaws.com`, statement, action, resource, signedBy: "role" });

function imagePulls(place: AccountRegion): readonly Flow[] {
  const { account, region } = place;
  const image = own(place, "ecr", "repository/corpai/agent");
  const pull: readonly Leg[] = [
    {
      ...call(place, "ecr.api", ["LogInToRegistry", "ecr:GetAuthorizationToken", "*"]),
      host: `api.ecr.${region}.amazonaws.com`,
    },
    {
      ...call(place, "ecr.dkr", ["PullOwnImages", "ecr:BatchGetImage", image]),
      host: `${account}.dkr.ecr.${region}.amazonaws.com`,
    },
    {
      by: "s3",
      host: `${layerBucket(place)}.s3.${region}.amazonaws.com`,
      statement: "ReadImageLayers",
      action: "s3:GetObject",
      resource: `arn:aws:s3:::${layerBucket(place)}/layer`,
      signedBy: "other",
    },
  ];
  return [
    { key: "agent-image", says: "the agent's image is pulled from ECR", sections: [4], from: "agent", legs: pull },
    { key: "mcp-image", says: "the MCP runtime's image is pulled from ECR", sections: [4], from: "mcp", legs: pull },
  ];
}

function agentCalls(place: AccountRegion): readonly Flow[] {
  const { region } = place;
  const model = `arn:aws:bedrock:${region}::foundation-model/anthropic.claude`;
  return [
    {
      key: "agent-model",
      says: "the agent asks a model",
      sections: [5],
      from: "agent",
      legs: [call(place, "bedrock-runtime", ["AskModels", "bedrock:InvokeModelWithResponseStream", model])],
    },
    {
      key: "agent-mcp",
      says: "the agent calls the MCP runtime, with a bearer token",
      sections: [5, 7],
      from: "agent",
      legs: [
        {
          ...call(place, "bedrock-agentcore", [
            "InvokeOwnRuntimes",
            "bedrock-agentcore:InvokeAgentRuntime",
            own(place, "bedrock-agentcore", "runtime/mcp"),
          ]),
          signedBy: "token",
        },
      ],
    },
    {
      key: "agent-gateway",
      says: "the agent calls the gateway, with a bearer token",
      sections: [5, 7],
      from: "agent",
      legs: [
        {
          ...call(place, "bedrock-agentcore.gateway", [
            "InvokeOwnGateways",
            "bedrock-agentcore:InvokeGateway",
            own(place, "bedrock-agentcore", "gateway/tools"),
          ]),
          host: `tools.gateway.bedrock-agentcore.${region}.amazonaws.com`,
          signedBy: "token",
        },
      ],
    },
    {
      key: "agent-aurora",
      says: "the agent queries Aurora by the Data API",
      sections: [5],
      from: "agent",
      legs: [
        call(place, "rds-data", ["QueryOwnClusters", "rds-data:ExecuteStatement", own(place, "rds", "cluster:agent")]),
      ],
    },
  ];
}

function tokens(place: AccountRegion): readonly Flow[] {
  const directory = own(place, "bedrock-agentcore", "workload-identity-directory/default");
  return [
    {
      key: "agent-token",
      says: "the agent has AgentCore Identity fetch a token of Cognito's",
      sections: [7],
      from: "agent",
      legs: ["GetWorkloadAccessToken", "GetResourceOauth2Token"].map((action) =>
        call(place, "bedrock-agentcore", ["FetchTokens", `bedrock-agentcore:${action}`, directory]),
      ),
    },
    {
      key: "agent-secret",
      says: "the agent reads a secret",
      sections: [7],
      from: "agent",
      legs: [
        call(place, "secretsmanager", [
          "ReadOwnSecrets",
          "secretsmanager:GetSecretValue",
          own(place, "secretsmanager", "secret:agent"),
        ]),
      ],
    },
  ];
}

function tools(place: AccountRegion): readonly Flow[] {
  const read: Leg = {
    by: "dynamodb",
    host: `dynamodb.${place.region}.amazonaws.com`,
    statement: "ReadOwnTables",
    action: "dynamodb:GetItem",
    resource: own(place, "dynamodb", "table/tools"),
    signedBy: "role",
  };
  return [
    { key: "mcp-dynamodb", says: "the MCP runtime reads DynamoDB", sections: [5], from: "mcp", legs: [read] },
    {
      key: "lambda-dynamodb",
      says: "the gateway's function reads DynamoDB",
      sections: [5],
      from: "lambda",
      legs: [read],
    },
  ];
}

function telemetry(place: AccountRegion): readonly Flow[] {
  const group = own(place, "logs", "log-group:/aws/bedrock-agentcore/runtimes/any:log-stream:any");
  const sent = { logs: "logs", traces: "traces", metrics: "metrics" } as const;
  const legs: Readonly<Record<keyof typeof sent, Leg>> = {
    logs: call(place, "logs", ["WriteOwnLogs", "logs:PutLogEvents", group]),
    traces: call(place, "xray", ["WriteOwnTraces", "xray:PutTraceSegments", "*"]),
    metrics: {
      ...call(place, "monitoring", ["WriteOwnMetrics", "cloudwatch:PutMetricData", "*"]),
      keys: { "cloudwatch:namespace": "bedrock-agentcore" },
    },
  };
  const names = { agent: "agent", mcp: "MCP runtime" } as const;
  return (["agent", "mcp"] as const).flatMap((from) =>
    Object.values(sent).map((what) => ({
      key: `${from}-${what}`,
      says: `the ${names[from]} writes its ${what}`,
      sections: [8],
      from,
      legs: [legs[what]],
    })),
  );
}

function tableOnly(place: AccountRegion): readonly Flow[] {
  return [
    {
      key: "mcp-keys",
      says: "the MCP runtime uses a key of its own accord",
      sections: [2, 3],
      from: "mcp",
      legs: [call(place, "kms", ["UseOwnKeys", "kms:Decrypt", own(place, "kms", "key/any")])],
      unused: true,
    },
    {
      key: "agent-parameters",
      says: "the agent reads Parameter Store",
      sections: [2],
      from: "agent",
      legs: [call(place, "ssm", ["ReadOwnParameters", "ssm:GetParameter", own(place, "ssm", "parameter/any")])],
      unused: true,
    },
  ];
}
