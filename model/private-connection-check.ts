/** What is wrong with private connections as their files state them, each by itself and with each other. */
import { anyUnsound, duplicateKeys } from "./cross-references.ts";
import type { EnvironmentFacts } from "./environment-facts.ts";
import { isAddress, isPrivateName } from "./host-names.ts";
import { AZS_WITHOUT_GATEWAYS } from "./lattice-limits.ts";
import { endpointProblems } from "./private-connection-endpoints.ts";
import type { DestinationFacts, GatewayFacts, HostFacts, PrivateConnectionsFacts } from "./private-connection-facts.ts";
import type { StackProblem } from "./problem.ts";

export function privateConnectionProblems(facts: EnvironmentFacts): StackProblem[] {
  const all = facts.privateConnections;
  return [
    ...all.flatMap((stack) => [
      ...unknownKeys(stack, facts),
      ...hostProblems(stack, facts),
      ...familyProblems(stack),
      ...zoneProblems(stack, facts),
      ...regionProblems(stack),
      ...endpointProblems(stack),
    ]),
    ...duplicateKeys(
      all.map(({ stack, privateConnections }) => ({ stack, keys: Object.keys(privateConnections) })),
      { property: "corpai:privateConnections", what: "private connection", wayOut: "Rename one of the two." },
    ),
  ];
}

// ---- keys that name each other

function unknownKeys(facts: PrivateConnectionsFacts, { network }: EnvironmentFacts): StackProblem[] {
  const { stack, vpcs, gateways, resources, serviceNetworks, privateConnections, integrations, agentSpaces } = facts;
  const named = (property: string, key: string, known: readonly string[]): StackProblem[] =>
    known.includes(key)
      ? []
      : [
          {
            stack,
            property: `corpai:${property}`,
            given: key,
            allowed: `a key of this file: ${known.join(", ") || "there is none"}`,
            wayOut: "Correct the key, or add what it names.",
          },
        ];
  return [
    ...Object.entries(vpcs).flatMap(([key, vpc]) =>
      vpc === "network" && !network
        ? [
            {
              stack,
              property: `corpai:vpcs.${key}`,
              given: "network",
              allowed: "a VPC by its id: this environment has no file of network",
              wayOut: "State vpcId and subnets.",
            },
          ]
        : [],
    ),
    ...Object.entries(gateways).flatMap(([key, { vpc }]) => named(`gateways.${key}.vpc`, vpc, Object.keys(vpcs))),
    ...Object.entries(resources).flatMap(([key, { gateway }]) =>
      named(`resources.${key}.gateway`, gateway, Object.keys(gateways)),
    ),
    ...Object.entries(serviceNetworks).flatMap(([key, { resources: own }]) =>
      own.flatMap((one) => named(`serviceNetworks.${key}.resources`, one, Object.keys(resources))),
    ),
    ...Object.entries(privateConnections).flatMap(([key, connection]) => {
      if (connection.mode === "service-managed")
        return named(`privateConnections.${key}.vpc`, connection.vpc, Object.keys(vpcs));
      return "resource" in connection.by
        ? named(`privateConnections.${key}.by.resource`, connection.by.resource, Object.keys(resources))
        : [];
    }),
    ...Object.entries(integrations).flatMap(([key, { connection, spaces }]) => [
      ...(connection === undefined
        ? []
        : named(`integrations.${key}.connection`, connection, Object.keys(privateConnections))),
      ...spaces.flatMap((space) => named(`integrations.${key}.spaces`, space, agentSpaces)),
    ]),
  ];
}

// ---- hosts

interface Destination extends DestinationFacts {
  readonly property: string;
  readonly gateway: GatewayFacts | undefined;
}

/** Every host that a gateway is to lead to. */
function destinations({ privateConnections, resources, gateways }: PrivateConnectionsFacts): Destination[] {
  return [
    ...Object.entries(privateConnections).flatMap(([key, connection]) =>
      connection.mode === "service-managed"
        ? [{ ...connection, property: `corpai:privateConnections.${key}`, gateway: connection }]
        : [],
    ),
    ...Object.entries(resources).map(([key, resource]) => ({
      ...resource,
      property: `corpai:resources.${key}`,
      gateway: gateways[resource.gateway],
    })),
  ];
}

function hostProblems(facts: PrivateConnectionsFacts, environment: EnvironmentFacts): StackProblem[] {
  const { stack } = facts;
  return destinations(facts).flatMap(({ property, host, target, gateway }): StackProblem[] => {
    if (typeof host !== "string") return serverProblems(stack, `${property}.host`, host, environment);
    const needsTarget = {
      stack,
      property: `${property}.target`,
      given: "nothing",
      allowed: "{ securityGroupId } of what answers there, or { cidrs }",
      wayOut: "Say where requests may go: the gateway's group lets them out to nothing else.",
    };
    return [
      ...(target === undefined ? [needsTarget] : []),
      ...(gateway?.dnsResolution === "public" && isPrivateName(host)
        ? [
            {
              stack,
              property: `${property}.host`,
              given: `${host}, which no public resolver knows`,
              allowed: "a name that resolves on the internet, be it to private addresses, with dnsResolution public",
              wayOut:
                "Give the public name of the load balancer and the private one as the integration's endpoint, or set dnsResolution: in-vpc.",
            },
          ]
        : []),
    ];
  });
}

function serverProblems(
  stack: string,
  property: string,
  { server }: Exclude<HostFacts, string>,
  environment: EnvironmentFacts,
): StackProblem[] {
  const { mcpServers } = environment;
  if (anyUnsound(environment, "mcp-servers")) return [];
  const exposed = Object.entries(mcpServers?.servers ?? {}).flatMap(([key, { isExposed }]) => (isExposed ? [key] : []));
  if (exposed.includes(server)) return [];
  return [
    {
      stack,
      property: `${property}.server`,
      given: server,
      allowed: `an MCP server of this environment that has a load balancer: ${exposed.join(", ") || "there is none"}`,
      wayOut: "Correct the key, or set expose: true of that server.",
    },
  ];
}

const isIpv6 = (text: string): boolean => text.includes(":");

/** A gateway of one family neither reaches a host of the other nor needs a rule for it. */
function familyProblems(facts: PrivateConnectionsFacts): StackProblem[] {
  return destinations(facts).flatMap(({ property, host, target, gateway }) => {
    if (!gateway || gateway.addressType === "dual-stack") return [];
    const { addressType } = gateway;
    const foreign = (text: string): boolean => isIpv6(text) !== (addressType === "ipv6");
    const problem = (at: string, given: string): StackProblem => ({
      stack: facts.stack,
      property: `${property}.${at}`,
      given,
      allowed:
        addressType === "ipv6"
          ? "IPv6, since a gateway of addressType ipv6 sends no IPv4"
          : "IPv4, since a gateway of addressType ipv4 sends no IPv6",
      wayOut: "Correct it, or set addressType: dual-stack.",
    });
    const cidrs = target && "cidrs" in target ? target.cidrs.filter(foreign) : [];
    return [
      ...(typeof host === "string" && isAddress(host) && foreign(host) ? [problem("host", host)] : []),
      ...(cidrs.length > 0 ? [problem("target.cidrs", cidrs.join(", "))] : []),
    ];
  });
}

/** Where VPC Lattice is not, a connection fails after ten minutes, and AWS does not say why. */
function zoneProblems({ stack, vpcs }: PrivateConnectionsFacts, { network }: EnvironmentFacts): StackProblem[] {
  return Object.entries(vpcs).flatMap(([key, vpc]): StackProblem[] => {
    const azIds = vpc === "network" ? (network?.azIds ?? []) : vpc.subnets.map(({ azId }) => azId);
    const without = azIds.filter((azId) => AZS_WITHOUT_GATEWAYS.includes(azId));
    if (without.length === 0) return [];
    return [
      {
        stack,
        property: `corpai:vpcs.${key}`,
        given: without.join(", "),
        allowed: `AZs in which VPC Lattice has gateways, which are all but ${AZS_WITHOUT_GATEWAYS.join(", ")}`,
        wayOut: "Leave those subnets out, or use a VPC in other AZs.",
      },
    ];
  });
}

// ---- resource configurations of others

function regionProblems({ stack, region, privateConnections }: PrivateConnectionsFacts): StackProblem[] {
  return Object.entries(privateConnections).flatMap(([key, connection]) => {
    if (connection.mode !== "self-managed" || !("resourceConfigurationArn" in connection.by)) return [];
    const { resourceConfigurationArn: arn } = connection.by;
    if (arn.split(":")[3] === region) return [];
    return [
      {
        stack,
        property: `corpai:privateConnections.${key}.by.resourceConfigurationArn`,
        given: arn,
        allowed: `a resource configuration of ${region}, the region of this stack`,
        wayOut: "Use one of this region, or keep the connection in a stack of that one.",
      },
    ];
  });
}
