import type { AgentcoreNetworkFacts } from "../model/agentcore-check.ts";
import type { EnvironmentFacts, OfferFacts, ServerFacts } from "../model/environment-facts.ts";
import type { Side } from "../model/tags.ts";
import { type ProgramName, catalog } from "./catalog.ts";
import type { StackConfiguration } from "./configuration.ts";
import {
  type Config as CustomerServices,
  type ServiceConfig,
  admittedTo,
  hostKeyOf,
  offeredServices,
} from "./customer-services/config.ts";
import { subnetsOf } from "./customer-subnets.ts";
import type { ServerConfig } from "./mcp-servers/config.ts";
import { cellsOf } from "./network/config.ts";
import { accountOf } from "./provider-settings.ts";

function isOf<P extends ProgramName>(program: P) {
  return (configuration: StackConfiguration): configuration is StackConfiguration<P> =>
    configuration.stack.program === program;
}

const common = ({ name, aws }: StackConfiguration) => ({ stack: name, region: aws.region, account: accountOf(aws) });

/** Also for the program itself, whose configuration may be another than its file's. */
export const agentcoreNetworkFacts = (stack: StackConfiguration<"agentcore-network">): AgentcoreNetworkFacts => ({
  ...common(stack),
  vpcCidr: stack.config.vpcCidr,
  subnets: stack.config.subnets,
  modelRegions: stack.config.modelRegions ?? [stack.aws.region],
});

/** The plain values that model/ compares. */
export function factsOf(
  stacks: readonly StackConfiguration[],
  {
    unsound,
    today,
    class: environmentClass,
    quotas,
    branch,
  }: Pick<EnvironmentFacts, "unsound" | "today" | "class" | "quotas" | "branch">,
): EnvironmentFacts {
  const network = stacks.find(isOf("network"));
  const cluster = stacks.find(isOf("cluster"));
  const data = stacks.find(isOf("data"));
  const mcpServers = stacks.find(isOf("mcp-servers"));
  const agentcoreNetwork = stacks.find(isOf("agentcore-network"));
  const agentcoreData = stacks.find(isOf("agentcore-data"));
  const agentcoreTools = stacks.find(isOf("agentcore-tools"));
  const agentcoreRuntime = stacks.find(isOf("agentcore-runtime"));
  const delivery = stacks.find(isOf("delivery"));
  return {
    today,
    class: environmentClass,
    quotas,
    branch,
    unsound,
    stacks: stacks.map((configuration) => ({
      ...common(configuration),
      program: configuration.stack.program,
      side: sideOf(configuration),
      reads: catalog[configuration.stack.program].reads,
      environment: configuration.stack.environment,
      defaultTags: configuration.aws.defaultTags?.tags,
      assumedRole: configuration.aws.assumeRoles?.[0]?.roleArn,
    })),
    network: network && {
      ...common(network),
      vpcCidr: network.config.vpcCidr,
      azIds: network.config.azIds,
      tenants: network.config.tenants,
      cells: cellsOf(network.config),
      natGateways: network.config.natGateways,
      awsEndpoints: network.config.awsEndpoints,
    },
    cluster: cluster && {
      ...common(cluster),
      version: cluster.config.version,
      publicAccessCidrs: cluster.config.publicAccessCidrs,
    },
    customerAccess: stacks.filter(isOf("customer-access")).map((stack) => ({
      ...common(stack),
      roleName: stack.config.roleName,
      forPulumi: stack.config.forPulumi,
      limits: stack.config.limits,
      reach: stack.config.reach,
    })),
    data: data && { ...common(data), environment: data.stack.environment, stores: data.config.stores },
    customerServices: stacks.filter(isOf("customer-services")).map((stack) => ({
      ...common(stack),
      vpcId: stack.config.vpcId,
      clientCidr: stack.config.clientCidr,
      principals: stack.config.principals,
      services: Object.fromEntries(
        Object.entries(stack.config.services).map(([key, service]) => [key, offerFacts(key, service, stack.config)]),
      ),
    })),
    connections: stacks
      .filter(isOf("connections"))
      .map((stack) => ({ ...common(stack), cell: stack.config.cell, registrations: stack.config.registrations })),
    acceptances: stacks
      .filter(isOf("customer-acceptance"))
      .map((stack) => ({ ...common(stack), accept: stack.config.accept })),
    mcpServers: mcpServers && {
      ...common(mcpServers),
      servers: Object.fromEntries(
        Object.entries(mcpServers.config.servers).map(([server, config]) => [server, serverFacts(config)]),
      ),
      databaseClientImage: mcpServers.config.databaseClientImage,
    },
    agentcoreNetwork: agentcoreNetwork && agentcoreNetworkFacts(agentcoreNetwork),
    privateConnections: stacks.filter(isOf("private-connections")).map((stack) => ({
      ...common(stack),
      ...stack.config,
      agentSpaces: Object.keys(stack.config.agentSpaces),
    })),
    agentcoreData: agentcoreData && {
      ...common(agentcoreData),
      tables: Object.keys(agentcoreData.config.tables),
    },
    agentcoreTools: agentcoreTools && {
      ...common(agentcoreTools),
      repositories: agentcoreTools.config.repositories,
      tools: Object.fromEntries(
        Object.entries(agentcoreTools.config.gateway.tools).map(([tool, { table }]) => [tool, table]),
      ),
      mcp: agentcoreTools.config.mcp,
    },
    agentcoreRuntime: agentcoreRuntime && { ...common(agentcoreRuntime), ...agentcoreRuntime.config },
    bootstraps: stacks.filter(isOf("bootstrap")).map((stack) => ({
      ...common(stack),
      repository: stack.config.repository,
      organization: stack.config.organization,
    })),
    delivery: delivery && {
      ...common(delivery),
      ...delivery.config,
      environment: delivery.stack.environment,
      programsWithPaths: Object.keys(delivery.config.paths),
    },
  };
}

/** Whose a stack is. */
export function sideOf({ stack, config }: StackConfiguration): Side {
  const { side } = catalog[stack.program];
  return side === "either" ? ("side" in config ? config.side : "corpai") : side;
}

function offerFacts(key: string, service: ServiceConfig, config: CustomerServices): OfferFacts {
  const host = hostKeyOf(config.services, key);
  const own = offeredServices(config.services).find(([name]) => name === host)?.[1];
  return {
    host,
    azIds: own ? subnetsOf(host, own, config).subnets.map(({ azId }) => azId) : [],
    acceptanceRequired: own?.acceptanceRequired ?? true,
    ports: Object.fromEntries(Object.entries(service.ports).map(([name, { port }]) => [name, port])),
    tls: service.tls,
    privateDns: own?.privateDns && {
      name: own.privateDns.name,
      isShown: own.privateDns.recordPublished || own.privateDns.hostedZoneId !== undefined,
    },
    supportedRegions: own?.supportedRegions ?? [],
    principals: own ? admittedTo(own, config.principals) : config.principals,
    revoked: own?.revoked.map(({ principal }) => principal) ?? [],
  };
}

function serverFacts({ image, tenant, env, expose }: ServerConfig): ServerFacts {
  const values = Object.entries(env);
  return {
    image,
    tenant,
    connectionVariables: Object.fromEntries(
      values.flatMap(([variable, value]) =>
        typeof value === "object" && "connection" in value ? [[variable, value.connection]] : [],
      ),
    ),
    connectionValues: Object.fromEntries(
      values.flatMap(([variable, value]) =>
        typeof value === "object" && "connection" in value ? [[variable, value]] : [],
      ),
    ),
    portVariables: Object.fromEntries(
      values.flatMap(([variable, value]) =>
        typeof value === "object" && "connection" in value && value.port !== undefined
          ? [[variable, { connection: value.connection, port: value.port }]]
          : [],
      ),
    ),
    storeVariables: Object.fromEntries(
      values.flatMap(([variable, value]) => (typeof value === "object" && "store" in value ? [[variable, value]] : [])),
    ),
    exposedIn: typeof expose === "object" ? expose.azIds : undefined,
    isExposed: expose !== false,
  };
}
