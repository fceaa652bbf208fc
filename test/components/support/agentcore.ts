/** The components of agents, with arguments that are as good as any. */
import { AgentCredentials } from "../../../components/agentcore/agent-credentials.ts";
import { AgentTable } from "../../../components/agentcore/agent-table.ts";
import { ConsumerKey } from "../../../components/agentcore/consumer-key.ts";
import { IdentityPool } from "../../../components/agentcore/identity-pool.ts";
import { ImageRepository } from "../../../components/agentcore/image-repository.ts";
import { IsolatedNetwork } from "../../../components/agentcore/isolated-network.ts";
import { Runtime } from "../../../components/agentcore/runtime.ts";
import { ServerlessDatabase } from "../../../components/agentcore/serverless-database.ts";
import { TableTools } from "../../../components/agentcore/table-tools.ts";
import { ToolGateway } from "../../../components/agentcore/tool-gateway.ts";
import { type EnvironmentClass, protectionOf } from "../../../model/environment-class.ts";
import { tags } from "./platform.ts";

const common = (environmentClass: EnvironmentClass = "prod") => ({
  environment: "prod",
  protection: protectionOf(environmentClass),
  place: { account: "111122223333", region: "us-east-1" },
  tags,
});
const issuer = { discoveryUrl: "https://issuer", clientId: "client" };

export const database = (name: string, environmentClass?: EnvironmentClass) =>
  new ServerlessDatabase(name, {
    ...common(environmentClass),
    identifier: "corpai-prod-agents",
    version: "17",
    databaseName: "support",
    minCapacity: 0.5,
    maxCapacity: 4,
    subnetIds: ["subnet-a", "subnet-b"],
    securityGroupId: "sg-aurora",
    keyArn: "key-arn",
  });

export const table = (name: string, environmentClass?: EnvironmentClass) =>
  new AgentTable(name, {
    ...common(environmentClass),
    tableName: name,
    partitionKey: "customerId",
    sortKey: "orderId",
    keyArn: "key-arn",
  });

export const pool = (name: string, environmentClass?: EnvironmentClass) =>
  new IdentityPool(name, { ...common(environmentClass), region: "us-east-1", domainPrefix: "acme" });

export const repository = (name: string, environmentClass?: EnvironmentClass) =>
  new ImageRepository(name, { ...common(environmentClass), repositoryName: `corpai/${name}` });

export const tablesKey = (name: string) =>
  new ConsumerKey(name, { ...common(), description: "Tables", consumers: { StoreTables: "dynamodb" } });

export const runtime = (name: string) =>
  new Runtime(name, {
    ...common(),
    runtimeName: "support_agent",
    description: "CorpAI's agent",
    protocol: "HTTP",
    image: "111122223333.dkr.ecr.us-east-1.amazonaws.com/corpai/agent@sha256:0",
    repositoryArn: "repository-arn",
    subnetIds: ["subnet-a", "subnet-b"],
    securityGroupId: "sg-agent",
    authorization: { ...issuer, client: "agent" },
    statements: [],
    variables: { A: "b" },
    endpoints: ["live"],
  });

export const tools = (name: string) =>
  new TableTools(name, {
    ...common(),
    functionName: "corpai-prod-table-look-up",
    code: "export const handler = () => undefined;",
    tools: { "get-orders": { table: "orders", key: ["customerId", "orderId"] } },
    tables: [{ arn: "orders-arn", keyArn: "key-arn" }],
    subnetIds: ["subnet-a", "subnet-b"],
    securityGroupId: "sg-lambda",
  });

export const gateway = (name: string) =>
  new ToolGateway(name, {
    ...common(),
    gatewayName: "tools",
    functionArn: "function-arn",
    tools: { "get-orders": { description: "Orders of a customer", inputs: ["customerId", "orderId"] } },
    authorization: { ...issuer, client: "gateway" },
  });

export const credentials = (name: string, clientSecret: AgentSecret = "s") =>
  new AgentCredentials(name, {
    identityName: "support",
    discoveryUrl: issuer.discoveryUrl,
    clients: { gateway: { providerName: "support_gateway", clientId: issuer.clientId, clientSecret } },
    tags,
  });
type AgentSecret = ConstructorParameters<typeof AgentCredentials>[1]["clients"][string]["clientSecret"];

/** With all that is had on request, so that every child is there. */
const isolatedNetwork = (name: string) =>
  new IsolatedNetwork(name, {
    vpcCidr: "10.60.0.0/16",
    subnets: { "use1-az1": "10.60.0.0/20", "use1-az2": "10.60.16.0/20" },
    withoutPolicy: ["xray"],
    networkAcls: true,
    flowLogGroupName: `/corpai/${name}/flow-logs`,
    queryLogGroupName: `/corpai/${name}/queries`,
    protection: common().protection,
    scope: { ...common().place, modelRegions: ["us-east-1"], sessionManager: true },
    tags,
  });

export const agentComponents: Readonly<Record<string, (name: string) => unknown>> = {
  ServerlessDatabase: (name) => database(name),
  AgentTable: (name) => table(name),
  IdentityPool: (name) => pool(name),
  ImageRepository: (name) => repository(name),
  ConsumerKey: tablesKey,
  Runtime: runtime,
  TableTools: tools,
  ToolGateway: gateway,
  AgentCredentials: (name) => credentials(name),
  IsolatedNetwork: isolatedNetwork,
};
