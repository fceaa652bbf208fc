import * as pulumi from "@pulumi/pulumi";
import { AgentCredentials } from "../../components/agentcore/agent-credentials.ts";
import { Runtime } from "../../components/agentcore/runtime.ts";
import { CLIENTS, type Client, scopeIn } from "../../model/agentcore-clients.ts";
import { digestOf, repositoryOf } from "../../model/agentcore-images.ts";
import { callModel, fetchTokens, runSql } from "../../model/agentcore-roles.ts";
import { protectionOf } from "../../model/environment-class.ts";
import { programTags } from "../../model/tags.ts";
import { subnetsOf } from "../agentcore-placement.ts";
import { programContext } from "../context.ts";
import type { Outputs } from "../outputs.ts";
import { accountOf } from "../provider-settings.ts";
import { reader } from "../reader.ts";
import { bringUpFirst, required } from "../required.ts";

/** How the agent is called. */
export interface AgentcoreRuntimeOutputs {
  readonly agent: {
    readonly arn: string;
    readonly url: string;
    /** Its own endpoint, as a qualifier. */
    readonly endpoint: string;
  };
  /** Where callers get their tokens, by which client and with which scope. */
  readonly callers: { readonly tokenEndpoint: string; readonly clientId: string; readonly scope: string };
}

export default async function agentcoreRuntime(): Promise<Outputs<AgentcoreRuntimeOutputs>> {
  const { config, environment, aws } = programContext("agentcore-runtime");
  const place = { account: accountOf(aws), region: aws.region };
  const tags = programTags("agentcore-runtime");
  const read = reader("agentcore-runtime", environment);
  const network = read.program("agentcore-network");
  const data = read.program("agentcore-data");
  const tools = read.program("agentcore-tools");
  const toolsStack = `agentcore-tools.${environment.name}`;
  const discoveryUrl = data.output("discoveryUrl");
  const clientId = (client: Client) => data.output("clientIds").apply((clients) => clients[client]);

  const credentials = new AgentCredentials("agent", {
    identityName: `${config.name}_tokens`,
    discoveryUrl,
    clients: Object.fromEntries(
      (["gateway", "mcp"] as const).map((client) => [
        client,
        {
          providerName: providerName(config.name, client),
          clientId: clientId(client),
          clientSecret: data.output("clientSecrets").apply((secrets) => secrets[client]),
        },
      ]),
    ),
    tags,
  });
  const repository = tools
    .output("repositories")
    .apply((repositories) =>
      required(
        repositories[repositoryOf(config.image)],
        `${toolsStack} has no repository ${repositoryOf(config.image)} yet. ${bringUpFirst(toolsStack)}`,
      ),
    );
  const database = data.output("database");
  const agent = new Runtime("agent", {
    environment: environment.name,
    runtimeName: config.name,
    description: "CorpAI's agent",
    protocol: "HTTP",
    image: pulumi.interpolate`${repository.url}@${digestOf(config.image)}`,
    repositoryArn: repository.arn,
    subnetIds: subnetsOf(network, "agent", config.singleAz && 1),
    securityGroupId: network
      .output("securityGroupIds")
      .apply(({ AgentRuntimeSecurityGroup }) => AgentRuntimeSecurityGroup),
    authorization: { discoveryUrl, client: "agent", clientId: clientId("agent") },
    endpoints: [config.endpoint],
    statements: pulumi
      .all([credentials.workloadIdentityArn, credentials.providers, database])
      .apply(([workloadIdentityArn, providers, { clusterArn, secretArn, keyArn }]) => [
        ...callModel(place, config.model),
        ...fetchTokens({ ...place, workloadIdentityArn, providers }),
        ...runSql({ ...place, clusterArn, secretArn, keyArn }),
      ]),
    variables: {
      MODEL: "modelId" in config.model ? config.model.modelId : config.model.inferenceProfile,
      MCP_URL: tools
        .output("mcp")
        .apply((mcp) => required(mcp, `${toolsStack} has no MCP runtime yet: name its image, and bring it up.`).url),
      MCP_CREDENTIAL_PROVIDER: providerName(config.name, "mcp"),
      MCP_SCOPE: scopeIn(CLIENTS.mcp.opens),
      GATEWAY_URL: tools.output("gateway").url,
      GATEWAY_CREDENTIAL_PROVIDER: providerName(config.name, "gateway"),
      GATEWAY_SCOPE: scopeIn(CLIENTS.gateway.opens),
      WORKLOAD_IDENTITY: credentials.workloadIdentityName,
      AURORA_CLUSTER_ARN: database.clusterArn,
      AURORA_SECRET_ARN: database.secretArn,
      AURORA_DATABASE: database.databaseName,
      ...config.variables,
    },
    protection: protectionOf(environment.class),
    place,
    tags,
  });

  return {
    agent: { arn: agent.runtimeArn, url: agent.url, endpoint: config.endpoint },
    callers: {
      tokenEndpoint: data.output("tokenEndpoint"),
      clientId: clientId("agent"),
      scope: scopeIn(CLIENTS.agent.opens),
    },
  };
}

/** What AWS calls the provider of a client's tokens. */
const providerName = (runtime: string, client: Client): string => `${runtime}_${client}`;
