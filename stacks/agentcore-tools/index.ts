import * as pulumi from "@pulumi/pulumi";
import { ImageRepository } from "../../components/agentcore/image-repository.ts";
import { Runtime } from "../../components/agentcore/runtime.ts";
import { TableTools } from "../../components/agentcore/table-tools.ts";
import { ToolGateway } from "../../components/agentcore/tool-gateway.ts";
import { digestOf, repositoryName, repositoryOf } from "../../model/agentcore-images.ts";
import { readTables } from "../../model/agentcore-roles.ts";
import { protectionOf } from "../../model/environment-class.ts";
import { agentDataName } from "../../model/physical-name.ts";
import { programTags } from "../../model/tags.ts";
import type { BuiltTable } from "../agentcore-data/index.ts";
import { subnetsOf } from "../agentcore-placement.ts";
import { programContext } from "../context.ts";
import type { Outputs } from "../outputs.ts";
import { accountOf } from "../provider-settings.ts";
import { reader } from "../reader.ts";
import { bringUpFirst, required } from "../required.ts";
import { bundled } from "./bundle.ts";

export interface BuiltRepository {
  readonly url: string;
  readonly arn: string;
}

/** What an agent calls. */
export interface AgentcoreToolsOutputs {
  /** By key: where images are pushed. */
  readonly repositories: Readonly<Record<string, BuiltRepository>>;
  readonly gateway: { readonly arn: string; readonly url: string };
  /** Absent as long as the file names no image for it. */
  readonly mcp?: { readonly arn: string; readonly url: string };
}

export default async function agentcoreTools(): Promise<Outputs<AgentcoreToolsOutputs>> {
  const { config, environment, aws } = programContext("agentcore-tools");
  const place = { account: accountOf(aws), region: aws.region };
  const common = {
    environment: environment.name,
    protection: protectionOf(environment.class),
    place,
    tags: programTags("agentcore-tools"),
  };
  const read = reader("agentcore-tools", environment);
  const [network, data] = [read.program("agentcore-network"), read.program("agentcore-data")];
  const groups = network.output("securityGroupIds");
  const table = (key: string): pulumi.Output<BuiltTable> =>
    data.output("tables").apply((tables) => {
      const stack = `agentcore-data.${environment.name}`;
      return required(tables[key], `${stack} has no table ${key} yet. ${bringUpFirst(stack)}`);
    });
  const authorization = (client: "gateway" | "mcp") => ({
    discoveryUrl: data.output("discoveryUrl"),
    client,
    clientId: data.output("clientIds").apply((clients) => clients[client]),
  });

  const repositories = Object.fromEntries(
    config.repositories.map((key) => [
      key,
      new ImageRepository(key, { ...common, repositoryName: repositoryName(environment.name, key) }),
    ]),
  );
  const tools = Object.entries(config.gateway.tools).map(
    ([key, { description, table: tableKey }]) => [key, { description, table: table(tableKey) }] as const,
  );
  const lookUps = new TableTools("look-up", {
    ...common,
    functionName: agentDataName(environment.name, "table-look-up"),
    code: bundled("table-look-up"),
    tools: pulumi
      .all(
        tools.map(([key, { table: of }]) =>
          of.apply(({ name, key: attributes }) => [key, { table: name, key: attributes }] as const),
        ),
      )
      .apply((entries) => Object.fromEntries(entries)),
    tables: pulumi.all([...new Set(Object.values(config.gateway.tools).map((one) => one.table))].map(table)),
    subnetIds: subnetsOf(network, "resources"),
    securityGroupId: groups.apply(({ GatewayLambdaSecurityGroup }) => GatewayLambdaSecurityGroup),
  });
  const gateway = new ToolGateway("tools", {
    ...common,
    gatewayName: config.gateway.name,
    functionArn: lookUps.functionArn,
    tools: Object.fromEntries(
      tools.map(([key, { description, table: of }]) => [key, { description, inputs: of.apply((one) => one.key) }]),
    ),
    authorization: authorization("gateway"),
  });

  const { mcp } = config;
  const repository = mcp && repositories[repositoryOf(mcp.image)];
  const runtime =
    mcp &&
    repository &&
    new Runtime("mcp", {
      ...common,
      runtimeName: mcp.name,
      description: "CorpAI's MCP runtime",
      protocol: "MCP",
      image: pulumi.interpolate`${repository.url}@${digestOf(mcp.image)}`,
      repositoryArn: repository.arn,
      subnetIds: subnetsOf(network, "mcp", mcp.singleAz && 1),
      securityGroupId: groups.apply(({ MCPRuntimeSecurityGroup }) => MCPRuntimeSecurityGroup),
      authorization: authorization("mcp"),
      statements: pulumi.all(mcp.tables.map(table)).apply((tables) => readTables(place, tables)),
      variables: Object.fromEntries(
        mcp.tables.map((key) => [`TABLE_${key.toUpperCase().replaceAll("-", "_")}`, table(key).name]),
      ),
    });

  return {
    repositories: Object.fromEntries(Object.entries(repositories).map(([key, { url, arn }]) => [key, { url, arn }])),
    gateway: { arn: gateway.gatewayArn, url: gateway.url },
    ...(runtime && { mcp: { arn: runtime.runtimeArn, url: runtime.url } }),
  };
}
