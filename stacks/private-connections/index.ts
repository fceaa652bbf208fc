import * as awsNative from "@pulumi/aws-native/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { AgentSpace } from "../../components/lattice/agent-space.ts";
import { Integration } from "../../components/lattice/integration.ts";
import { PrivateConnection, type SelfManaged } from "../../components/lattice/private-connection.ts";
import type { Built } from "../../model/lattice-quotas.ts";
import { resourceConfigurationArn } from "../../model/lattice-limits.ts";
import { integrationSteps, openSteps } from "../../model/private-connection-steps.ts";
import { programTags } from "../../model/tags.ts";
import { type ProgramContext, programContext, refuseAll } from "../context.ts";
import { lastOutputs } from "../itself.ts";
import type { Outputs } from "../outputs.ts";
import { accountOf } from "../provider-settings.ts";
import { reader } from "../reader.ts";
import type { Config, PrivateConnectionConfig } from "./config.ts";
import { buildResources } from "./lattice.ts";
import { placeProblems } from "./look-ups.ts";
import { preflight, tellSteps } from "./preflight.ts";
import { standingResources } from "./standing-resources.ts";
import { surroundings } from "./surroundings.ts";

/** A built private connection. What state it is in is looked up where it matters, never stored here. */
export interface BuiltPrivateConnection {
  readonly mode: "service-managed" | "self-managed";
  readonly arn: string;
  /** What code cannot do, for people. */
  readonly steps: readonly string[];
}

/** A resource configuration of our own. */
export interface BuiltResource {
  readonly arn: string;
  /** What another account has to accept; null where it is shared with nobody. */
  readonly shareArn: string | null;
}

export interface PrivateConnectionsOutputs {
  readonly privateConnections: Readonly<Record<string, BuiltPrivateConnection>>;
  readonly resources: Readonly<Record<string, BuiltResource>>;
}

export default async function privateConnections(): Promise<Outputs<PrivateConnectionsOutputs>> {
  const context = programContext("private-connections");
  const { name, config, environment } = context;
  const read = reader("private-connections", environment);
  const around = surroundings(read, context);
  const built = await lastBuilt();
  const networkSubnets = (await read.optional("network")?.peek("endpointSubnets")) ?? [];
  const place = { account: accountOf(context.aws), region: context.aws.region };
  const [places, checked, standing] = await Promise.all([
    placeProblems(name, config, { built, networkSubnets: networkSubnets.map(({ id }) => id) }),
    preflight(name, config, built, { account: place.account, stated: environment.facts.quotas }),
    standingResources(name, config, place),
  ]);
  refuseAll([...places, ...checked.problems, ...standing.problems]);
  tellSteps([...checked.steps, ...standing.steps]);

  const tags = programTags("private-connections", config.side);
  const onCloudControl = { providers: [cloudControl(context)] };
  const resources = buildResources(config, around, context);
  const { madeSpaces, spaces } = buildSpaces(config, onCloudControl);
  const connections = Object.entries(config.privateConnections).map(([key, connection]) => {
    const by =
      connection.mode === "service-managed"
        ? {
            ...around.gatewayPlace(connection),
            mode: connection.mode,
            host: around.host(connection.host),
            destination: around.destination(connection),
          }
        : selfManaged(connection, resources, context);
    return [
      key,
      new PrivateConnection(
        key,
        { by, certificate: connection.certificate, tags },
        // An account's first agent space brings the role that makes the gateway.
        { ...onCloudControl, dependsOn: madeSpaces },
      ),
    ] as const;
  });
  const names = Object.fromEntries(connections.map(([key, { connectionName }]) => [key, connectionName]));
  for (const [key, one] of Object.entries(config.integrations))
    new Integration(
      key,
      {
        kind: one,
        connectionName: "connection" in one && one.connection !== undefined ? names[one.connection] : undefined,
        exchangeConnectionName: exchangeConnection(one, names),
        spaces: Object.fromEntries(one.spaces.flatMap((space) => (spaces[space] ? [[space, spaces[space]]] : []))),
        secret: context.secret,
        tags,
      },
      onCloudControl,
    );

  return {
    privateConnections: Object.fromEntries(
      connections.map(([key, connection]) => {
        const steps = stepsOf(key, config, connection);
        tellPeople(key, steps);
        const mode = config.privateConnections[key]?.mode ?? "service-managed";
        return [key, { mode, arn: connection.arn, steps }];
      }),
    ),
    resources: Object.fromEntries(
      Object.entries(resources).map(([key, { arn, shareArn }]) => [key, { arn, shareArn: shareArn ?? null }]),
    ),
  };
}

/** What the last update left. */
async function lastBuilt(): Promise<Built> {
  const last = lastOutputs("private-connections");
  const [privateConnections, resources] = [await last("privateConnections"), await last("resources")];
  return { privateConnections: Object.keys(privateConnections ?? {}), resources: Object.keys(resources ?? {}) };
}

/** The agent spaces that the file makes, and the ids of all by key. */
function buildSpaces(
  { agentSpaces, side }: Config,
  opts: pulumi.ComponentResourceOptions,
): { readonly madeSpaces: AgentSpace[]; readonly spaces: Readonly<Record<string, pulumi.Output<string>>> } {
  const tags = programTags("private-connections", side);
  const madeSpaces: AgentSpace[] = [];
  const spaces: Record<string, pulumi.Output<string>> = {};
  for (const [key, space] of Object.entries(agentSpaces)) {
    if ("id" in space) {
      spaces[key] = pulumi.output(space.id);
      continue;
    }
    const { description, operatorRoleArn } = space;
    const made = new AgentSpace(key, { description, operatorRoleArn, tags }, opts);
    madeSpaces.push(made);
    spaces[key] = made.agentSpaceId;
  }
  return { madeSpaces, spaces };
}

/** Stands for the same account and region as the default AWS provider. */
function cloudControl({ aws: settings }: ProgramContext<"private-connections">): awsNative.Provider {
  const [role] = settings.assumeRoles ?? [];
  return new awsNative.Provider("cloud-control", {
    region: settings.region as awsNative.ProviderArgs["region"],
    allowedAccountIds: [...settings.allowedAccountIds],
    ...(role && { assumeRole: role }),
  });
}

function selfManaged(
  { by }: Extract<PrivateConnectionConfig, { readonly mode: "self-managed" }>,
  resources: ReturnType<typeof buildResources>,
  { aws: settings }: ProgramContext<"private-connections">,
): SelfManaged {
  const mode = "self-managed";
  if ("resourceConfigurationArn" in by)
    return { mode, resourceConfigurationArn: by.resourceConfigurationArn, acceptShareArn: by.acceptShareArn };
  const place = { account: accountOf(settings), region: settings.region };
  const arn =
    "resource" in by
      ? (resources[by.resource]?.arn ?? "")
      : resourceConfigurationArn(by.resourceConfigurationId, place);
  return { mode, resourceConfigurationArn: arn, acceptShareArn: undefined };
}

function exchangeConnection(
  one: Config["integrations"][string],
  names: Readonly<Record<string, pulumi.Output<string>>>,
): pulumi.Output<string> | undefined {
  if (one.kind !== "mcp-server" || !("oauth" in one.authorization)) return undefined;
  const { connection } = one.authorization.oauth;
  return connection === undefined ? undefined : names[connection];
}

function tellPeople(key: string, steps: pulumi.Output<string[]>): void {
  if (pulumi.runtime.isDryRun()) return;
  void steps.apply((all) => all.forEach((step) => void pulumi.log.info(`${key}: ${step}`)));
}

function stepsOf(
  key: string,
  { integrations }: Config,
  { toOpen, securityGroupId }: PrivateConnection,
): pulumi.Output<string[]> {
  const over = Object.entries(integrations).filter(([, one]) => "connection" in one && one.connection === key);
  const steps = over.flatMap(([name, one]) => integrationSteps(name, one));
  const open = (securityGroupId ?? pulumi.output("")).apply((from) => openSteps(from, toOpen));
  return open.apply((first) => [...first, ...steps]);
}
