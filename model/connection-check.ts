import { duplicateKeys, isUnsound, unknownKey, unknownStack } from "./cross-references.ts";
import {
  type AcrossService,
  type ConnectionsFacts,
  type EnvironmentFacts,
  furtherPortsOf,
} from "./environment-facts.ts";
import { principalCovers } from "./iam-documents.ts";
import { duplicateNames, privateNameOf } from "./private-name.ts";
import { type StackProblem, show } from "./problem.ts";
import { crossingProblems, supportProblems } from "./region-check.ts";
import { parseServiceName } from "./service-name.ts";
import { type ZoneChoice, chooseRemoteZones, chooseZones, zoneChoiceFault } from "./zones.ts";

/** What is wrong with CorpAI's registrations, as far as the files of both sides tell. */
export function connectionProblems(facts: EnvironmentFacts): StackProblem[] {
  return [
    ...facts.connections.flatMap((connections) => registrationProblems(connections, facts)),
    ...duplicateConnections(facts.connections),
    ...duplicateNames(
      facts.connections.flatMap(({ stack, registrations }) =>
        Object.entries(registrations).map(([key, { service }]) => ({
          stack,
          key,
          name: privateNameOf(service, facts)?.name,
        })),
      ),
    ),
  ];
}

/** The AZs of a connection as far as the files tell; undefined where either side is not in them. */
export function plannedZones(
  { service, serviceRegion }: { readonly service: AcrossService; readonly serviceRegion?: string | undefined },
  connections: Pick<ConnectionsFacts, "cell">,
  facts: Pick<EnvironmentFacts, "network" | "customerServices">,
): ZoneChoice | undefined {
  const own = endpointZones(connections, facts);
  if (!own) return undefined;
  if (serviceRegion !== undefined) return chooseRemoteZones(own, serviceRegion);
  if (!("fromStack" in service)) return undefined;
  const offered = facts.customerServices.find(({ stack }) => stack === service.fromStack)?.services[service.key];
  // One whose file does not list its subnets yet says nothing of its AZs.
  return offered && offered.azIds.length > 0 ? chooseZones(own, offered.azIds) : undefined;
}

/** AZs of the endpoint subnets that a stack of connections has: its cell's, or the common ones; undefined where the files have none. */
export const endpointZones = (
  { cell }: Pick<ConnectionsFacts, "cell">,
  { network }: Pick<EnvironmentFacts, "network">,
): readonly string[] | undefined => (cell === undefined ? network?.azIds : network?.cells[cell]?.azIds);

/** Whether the customer has cut off whoever holds the endpoint of a registration: AWS then shows the service to nobody there. */
export function isRevoked(
  service: AcrossService,
  connections: ConnectionsFacts,
  facts: Pick<EnvironmentFacts, "customerServices" | "stacks">,
): boolean {
  if (!("fromStack" in service)) return false;
  const offered = facts.customerServices.find(({ stack }) => stack === service.fromStack)?.services[service.key];
  const admits = (list: readonly string[] = []): boolean =>
    list.some((principal) => admitsConnections(principal, connections, facts));
  return admits(offered?.revoked) && !admits(offered?.principals);
}

function registrationProblems(connections: ConnectionsFacts, facts: EnvironmentFacts): StackProblem[] {
  return Object.entries(connections.registrations).flatMap(([key, registration]): StackProblem[] => {
    const { service, singleAz, serviceRegion } = registration;
    const entry = { stack: connections.stack, property: `corpai:registrations.${key}` };
    const at = { ...entry, property: `${entry.property}.service` };
    if ("serviceName" in service) {
      const region = parseServiceName(service.serviceName)?.region ?? connections.region;
      return crossingProblems(entry, { own: connections.region, region, serviceRegion });
    }

    if (isUnsound(facts, service.fromStack)) return [];
    const offering = facts.customerServices.find(({ stack }) => stack === service.fromStack);
    if (!offering)
      return [unknownStack({ ...at, property: `${at.property}.fromStack` }, service.fromStack, facts.customerServices)];
    if (!Object.hasOwn(offering.services, service.key))
      return [unknownKey({ ...at, property: `${at.property}.key` }, service, Object.keys(offering.services))];

    const problems: StackProblem[] = unofferedPorts(at, service, offering.services[service.key]?.ports ?? {});
    const crossing = { own: connections.region, region: offering.region, serviceRegion };
    const wrongRegion = crossingProblems(entry, crossing);
    problems.push(...wrongRegion);
    const supported = offering.services[service.key]?.supportedRegions ?? [];
    const offeredAt = { stack: offering.stack, property: `corpai:services.${service.key}.supportedRegions` };
    if (wrongRegion.length === 0) problems.push(...supportProblems(offeredAt, supported, crossing, key));
    const principals = offering.services[service.key]?.principals ?? [];
    const admitted = principals.some((principal) => admitsConnections(principal, connections, facts));
    // Whoever was cut off on purpose keeps their endpoint until they remove it; `corpai status` says so.
    if (!admitted && !isRevoked(service, connections, facts)) {
      problems.push({
        stack: offering.stack,
        property: "corpai:principals",
        given: show(principals),
        allowed: `a list that admits account ${connections.account}, which holds the endpoint of ${key}`,
        wayOut: `Add arn:aws:iam::${connections.account}:root or the role that ${connections.stack} assumes.`,
      });
    }
    // Of AZs nothing can be said while it is not clear whether they matter.
    const choice = wrongRegion.length === 0 ? plannedZones(registration, connections, facts) : undefined;
    const fault = choice && zoneChoiceFault(choice, singleAz, facts.today);
    if (fault) problems.push({ ...at, given: choice.explanation, ...fault });
    return problems;
  });
}

function unofferedPorts(
  at: Pick<StackProblem, "stack" | "property">,
  service: AcrossService,
  offered: Readonly<Record<string, number>>,
): StackProblem[] {
  const known = Object.keys(offered);
  return furtherPortsOf(service)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      ...at,
      property: `${at.property}.ports`,
      given: show(name),
      allowed:
        known.length > 0
          ? `further ports of the service: ${known.join(", ")}`
          : "no further port: the service has none",
      wayOut: "Correct the name, or add it under ports of the service in customer-services.",
    }));
}

/** By the account, or, where both name a role, by that role. */
function admitsConnections(
  principal: string,
  { stack, account }: ConnectionsFacts,
  { stacks }: Pick<EnvironmentFacts, "stacks">,
): boolean {
  const assumed = stacks.find((one) => one.stack === stack)?.assumedRole;
  return assumed !== undefined && principal.includes(":role/")
    ? principal === assumed
    : principalCovers(principal, account);
}

const duplicateConnections = (all: readonly ConnectionsFacts[]): StackProblem[] =>
  duplicateKeys(
    all.map(({ stack, registrations }) => ({ stack, keys: Object.keys(registrations) })),
    {
      property: "corpai:registrations",
      what: "connection",
      wayOut: "Rename one of the two; pods name connections by key.",
    },
  );
