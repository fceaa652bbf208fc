import { anyUnsound } from "./cross-references.ts";
import {
  type DataFacts,
  type EnvironmentFacts,
  type McpServersFacts,
  type ServerFacts,
  furtherPortsOf,
} from "./environment-facts.ts";
import { type StackProblem, show } from "./problem.ts";
import { tlsProblems } from "./mcp-tls-check.ts";

/** What is wrong with the MCP servers, as far as the files of their environment tell. */
export function mcpServerProblems(facts: EnvironmentFacts): StackProblem[] {
  const { mcpServers } = facts;
  if (!mcpServers) return [];
  return [
    ...(anyUnsound(facts, "connections")
      ? []
      : [
          ...unknownConnections(mcpServers, facts),
          ...unknownPorts(mcpServers, facts),
          ...(anyUnsound(facts, "customer-services") ? [] : tlsProblems(mcpServers, facts)),
        ]),
    ...(anyUnsound(facts, "data") ? [] : storeProblems(mcpServers, facts.data)),
    ...(anyUnsound(facts, "network") ? [] : exposureProblems(mcpServers, facts)),
    ...unreachableImages(mcpServers, facts),
  ];
}

const each = <T>(
  servers: Readonly<Record<string, ServerFacts>>,
  pick: (facts: ServerFacts) => Readonly<Record<string, T>>,
): readonly (readonly [server: string, variable: string, value: T])[] =>
  Object.entries(servers).flatMap(([server, own]) =>
    Object.entries(pick(own)).map(([variable, value]) => [server, variable, value] as const),
  );

function unknownConnections({ stack, servers }: McpServersFacts, { connections }: EnvironmentFacts): StackProblem[] {
  const known = connections.flatMap(({ registrations }) => Object.keys(registrations));
  return each(servers, ({ connectionVariables }) => connectionVariables)
    .filter(([, , connection]) => !known.includes(connection))
    .map(([server, variable, connection]) => ({
      stack,
      property: `corpai:servers.${server}.env.${variable}.connection`,
      given: show(connection),
      allowed:
        known.length > 0
          ? `a connection of this environment: ${known.join(", ")}`
          : "no connection, since this environment has none",
      wayOut: "Correct the key, or register the connection under corpai:registrations of a connections stack.",
    }));
}

function unknownPorts({ stack, servers }: McpServersFacts, { connections }: EnvironmentFacts): StackProblem[] {
  const registered = new Map(connections.flatMap(({ registrations }) => Object.entries(registrations)));
  return each(servers, ({ portVariables }) => portVariables).flatMap(([server, variable, { connection, port }]) => {
    const registration = registered.get(connection);
    const known = registration ? furtherPortsOf(registration.service) : [port];
    if (known.includes(port)) return [];
    return [
      {
        stack,
        property: `corpai:servers.${server}.env.${variable}.port`,
        given: show(port),
        allowed:
          known.length > 0
            ? `a further port of ${connection}: ${known.join(", ")}`
            : `no name, since ${connection} is registered with one port only`,
        wayOut: "Correct the name, or add it under ports of the registration's service.",
      },
    ];
  });
}

/** What each engine has; databases are PostgreSQL's. */
const VALUES = { postgres: ["host", "port", "database", "user"], valkey: ["host", "port", "user"] } as const;

function storeProblems(
  { stack, servers, databaseClientImage }: McpServersFacts,
  data: DataFacts | undefined,
): StackProblem[] {
  const stores = data?.stores ?? {};
  const used = each(servers, ({ storeVariables }) => storeVariables);
  const problems = used.flatMap(([server, variable, { store, value }]): StackProblem[] => {
    const property = `corpai:servers.${server}.env.${variable}`;
    const engine = Object.hasOwn(stores, store) ? stores[store]?.engine : undefined;
    if (engine === undefined) return [unknownStore(stack, `${property}.store`, store, Object.keys(stores))];
    if (VALUES[engine].some((one) => one === value)) return [];
    return [
      {
        stack,
        property: `${property}.value`,
        given: `${show(value)} of ${store}, which is ${engine}`,
        allowed: VALUES[engine].map(show).join(" or "),
        wayOut: "Remove the variable, or name a store of another engine.",
      },
    ];
  });
  const needsRoles = used.find(
    ([, , { store }]) => Object.hasOwn(stores, store) && stores[store]?.engine === "postgres",
  );
  if (!needsRoles || databaseClientImage !== undefined) return problems;
  return [
    ...problems,
    {
      stack,
      property: "corpai:databaseClientImage",
      given: "nothing",
      allowed: `an image by digest, since ${needsRoles[0]} uses database ${needsRoles[2].store}, in which somebody has to make its role`,
      wayOut: "Name an image with sh, aws, jq, psql and AWS's certificates of RDS (docs/configuration.md).",
    },
  ];
}

function unknownStore(stack: string, property: string, store: string, known: readonly string[]): StackProblem {
  return {
    stack,
    property,
    given: show(store),
    allowed:
      known.length > 0
        ? `a store of this environment: ${known.join(", ")}`
        : "no store, since this environment has none",
    wayOut: "Correct the key, or add the store under corpai:stores of the data stack.",
  };
}

function exposureProblems({ stack, servers }: McpServersFacts, { network }: EnvironmentFacts): StackProblem[] {
  if (!network) return [];
  return Object.entries(servers).flatMap(([server, { exposedIn }]) =>
    (exposedIn ?? [])
      .filter((azId) => !network.azIds.includes(azId))
      .map((azId) => ({
        stack,
        property: `corpai:servers.${server}.expose.azIds`,
        given: show(azId),
        allowed: `AZs of ${network.stack}: ${network.azIds.join(", ")}`,
        wayOut: "Choose among these, or leave the key out to use all of them.",
      })),
  );
}

/** Without NAT gateways nodes pull by the endpoints of ECR in their own region, and there are none to public registries, nor to those of other regions. */
function unreachableImages(
  { stack, servers, databaseClientImage }: McpServersFacts,
  { network }: EnvironmentFacts,
): StackProblem[] {
  if (network?.natGateways !== "none") return [];
  const registries = `dkr.ecr.${network.region}.amazonaws.com`;
  const images = [
    ...Object.entries(servers).map(([server, { image }]) => [`servers.${server}.image`, image] as const),
    ...(databaseClientImage === undefined ? [] : [["databaseClientImage", databaseClientImage] as const]),
  ];
  return images
    .filter(([, image]) => image.split("/")[0]?.replace(/^\d{12}\./, "") !== registries)
    .map(([property, image]) => ({
      stack,
      property: `corpai:${property}`,
      given: show(image),
      allowed: `images in ECR's private registries of the region, <account>.${registries}/…, since ${network.stack} has natGateways: none`,
      wayOut: `Copy the image there, or set corpai:natGateways of ${network.stack} to single or per-az.`,
    }));
}
