import type { EndpointWish } from "./aws-endpoints.ts";
import { planCidrs } from "./cidr-plan.ts";
import { conflictProblems } from "./environment-conflicts.ts";
import { principalCovers } from "./iam-documents.ts";
import { mcpServerProblems } from "./mcp-check.ts";
import { clusterProblems, networkProblems } from "./platform-check.ts";
import { type StackProblem, show } from "./problem.ts";
import { parseServiceName } from "./service-name.ts";
import { type Stores, storeProblems } from "./store-check.ts";
import { type TaggedProgram, programTags } from "./tags.ts";
import { type SingleAz, type ZoneChoice, chooseZones, zoneChoiceFault } from "./zones.ts";

/** What the check needs of one stack's file, whatever its program. */
interface StackFacts {
  readonly stack: string;
  readonly region: string;
  readonly account: string;
}

/** A value of another stack, or what the other party sent. */
type AcrossService =
  { readonly fromStack: string; readonly key: string } | { readonly serviceName: string; readonly port: number };
type AcrossEndpoint =
  { readonly fromStack: string; readonly key: string } | { readonly endpointId: string; readonly ownerAccount: string };

export interface NetworkFacts extends StackFacts, EndpointWish {
  readonly vpcCidr: string;
  readonly azIds: readonly string[];
  /** Interface endpoints that AWS lets this VPC have. */
  readonly interfaceEndpointQuota: number;
}

export interface CustomerAccessFacts extends StackFacts {
  readonly roleName: string;
  /** Whether the role gets what infrastructure as code needs. */
  readonly forPulumi: boolean;
}

export interface DataFacts extends StackFacts {
  readonly environment: string;
  readonly stores: Stores;
}

export interface ClusterFacts extends StackFacts {
  readonly version: string;
  readonly publicAccessCidrs: readonly string[] | undefined;
}

export interface CustomerServicesFacts extends StackFacts {
  readonly vpcId: string;
  readonly clientCidr: string;
  readonly principals: readonly string[];
  readonly services: Readonly<
    Record<string, { readonly azIds: readonly string[]; readonly acceptanceRequired: boolean }>
  >;
}

export interface ConnectionsFacts extends StackFacts {
  readonly registrations: Readonly<
    Record<string, { readonly service: AcrossService; readonly singleAz?: SingleAz | undefined }>
  >;
}

export interface AcceptanceFacts extends StackFacts {
  readonly accept: Readonly<Record<string, readonly AcrossEndpoint[]>>;
}

export interface ServerFacts {
  /** By variable: the connection whose host or port it holds. */
  readonly connectionVariables: Readonly<Record<string, string>>;
  /** By variable: the store, and what of it. */
  readonly storeVariables: Readonly<Record<string, { readonly store: string; readonly value: string }>>;
  /** AZ ids that its load balancer is to stand in, where the file names them. */
  readonly exposedIn: readonly string[] | undefined;
}

export interface McpServersFacts extends StackFacts {
  readonly servers: Readonly<Record<string, ServerFacts>>;
  /** Whether the file says what makes roles in databases. */
  readonly makesDatabaseRoles: boolean;
}

export interface ProviderFacts extends StackFacts {
  readonly program: TaggedProgram;
  readonly side: "corpai" | "customer";
  /** Programs whose outputs it reads. */
  readonly reads: readonly string[];
  readonly environment: string;
  readonly defaultTags: Readonly<Record<string, string>> | undefined;
  readonly assumedRole: string | undefined;
}

/** All of one environment, as its files state it. */
export interface EnvironmentFacts {
  /** Stacks whose files are wrong by themselves: nothing is said of what refers to them until that is mended. */
  readonly unsound: readonly { readonly stack: string; readonly program: string }[];
  /** ISO date: what `until` is compared with. */
  readonly today: string;
  /** The environment's class. */
  readonly class: string;
  readonly stacks: readonly ProviderFacts[];
  readonly network: NetworkFacts | undefined;
  readonly customerAccess: readonly CustomerAccessFacts[];
  readonly data: DataFacts | undefined;
  readonly cluster: ClusterFacts | undefined;
  readonly customerServices: readonly CustomerServicesFacts[];
  readonly connections: readonly ConnectionsFacts[];
  readonly acceptances: readonly AcceptanceFacts[];
  readonly mcpServers: McpServersFacts | undefined;
}

/** Everything that can be known to be wrong before anything is created, by comparing the files of an environment with each other. */
export function checkEnvironment(facts: EnvironmentFacts): StackProblem[] {
  return [
    ...facts.stacks.flatMap(providerProblems),
    ...facts.stacks.flatMap((stack) => missingPrograms(stack, facts)),
    ...networkProblems(facts),
    ...clusterProblems(facts),
    ...(facts.data ? storeProblems(facts.data, facts.today) : []),
    ...facts.connections.flatMap((connections) => connectionProblems(connections, facts)),
    ...duplicateConnections(facts.connections),
    ...duplicateServices(facts.customerServices),
    ...facts.customerServices.flatMap((services) => acrossTheLine(services, facts)),
    ...facts.acceptances.flatMap((acceptance) => acceptanceProblems(acceptance, facts)),
    ...mcpServerProblems(facts),
    ...conflictProblems(facts),
  ];
}

/** The AZs of a connection as far as the files tell; undefined where either side is not in them. */
export function plannedZones(
  service: AcrossService,
  facts: Pick<EnvironmentFacts, "network" | "customerServices">,
): ZoneChoice | undefined {
  if (!facts.network || !("fromStack" in service)) return undefined;
  const offered = facts.customerServices.find(({ stack }) => stack === service.fromStack)?.services[service.key];
  return offered && chooseZones(facts.network.azIds, offered.azIds);
}

function providerProblems({ stack, program, side, defaultTags, assumedRole, account }: ProviderFacts): StackProblem[] {
  const problems: StackProblem[] = [];
  const wanted = programTags(program);
  // Children of @pulumi/eks carry no tags of ours unless the provider adds them; the cross-account role may tag only at creation, so there never.
  const needsDefaultTags = side === "corpai" && program !== "connections";
  if (needsDefaultTags && Object.entries(wanted).some(([key, value]) => defaultTags?.[key] !== value)) {
    problems.push({
      stack,
      property: "aws:defaultTags",
      given: show(defaultTags),
      allowed: `tags with ${show(wanted)} in CorpAI's programs other than connections`,
      wayOut: `Set aws:defaultTags: { tags: ${show(wanted)} }.`,
    });
  }
  if (!needsDefaultTags && defaultTags !== undefined) {
    problems.push({
      stack,
      property: "aws:defaultTags",
      given: show(defaultTags),
      allowed: "none here: customers' resources and endpoints are tagged one by one",
      wayOut: "Remove aws:defaultTags.",
    });
  }
  if (assumedRole !== undefined && !principalCovers(assumedRole, account)) {
    problems.push({
      stack,
      property: "aws:assumeRoles",
      given: assumedRole,
      allowed: `a role of account ${account}, the one in aws:allowedAccountIds`,
      wayOut: "Correct either of the two.",
    });
  }
  return problems;
}

/** A program that others read has to be in the environment too. */
function missingPrograms({ stack, reads, environment }: ProviderFacts, facts: EnvironmentFacts): StackProblem[] {
  const present = new Set<string>([...facts.stacks, ...facts.unsound].map(({ program }) => program));
  return reads
    .filter((program) => !present.has(program))
    .map((program) => ({
      stack,
      property: "the environment",
      given: `no file of program ${program}, which ${stack} reads`,
      allowed: "environments in which every program finds those that it reads",
      wayOut: `Add environments/Pulumi.${program}.${environment}.yaml, or remove the file of ${stack}.`,
    }));
}

const isUnsound = ({ unsound }: EnvironmentFacts, stack: string): boolean => unsound.some((one) => one.stack === stack);
const anyUnsound = ({ unsound }: EnvironmentFacts, program: string): boolean =>
  unsound.some((one) => one.program === program);

function connectionProblems(connections: ConnectionsFacts, facts: EnvironmentFacts): StackProblem[] {
  return Object.entries(connections.registrations).flatMap(([key, { service, singleAz }]): StackProblem[] => {
    const at = { stack: connections.stack, property: `corpai:registrations.${key}.service` };
    if ("serviceName" in service) return literalServiceProblems(at, service.serviceName, connections.region);

    if (isUnsound(facts, service.fromStack)) return [];
    const offering = facts.customerServices.find(({ stack }) => stack === service.fromStack);
    if (!offering)
      return [unknownStack({ ...at, property: `${at.property}.fromStack` }, service.fromStack, facts.customerServices)];
    if (!Object.hasOwn(offering.services, service.key))
      return [unknownKey({ ...at, property: `${at.property}.key` }, service, Object.keys(offering.services))];

    const problems: StackProblem[] = [];
    if (offering.region !== connections.region) {
      problems.push({
        ...at,
        given: `a service in ${offering.region}`,
        allowed: `services in ${connections.region}, the region of this stack`,
        wayOut: "Offer the service in CorpAI's region.",
      });
    }
    if (!offering.principals.some((principal) => admitsConnections(principal, connections, facts))) {
      problems.push({
        stack: offering.stack,
        property: "corpai:principals",
        given: show(offering.principals),
        allowed: `a list that admits account ${connections.account}, which holds the endpoint of ${key}`,
        wayOut: `Add arn:aws:iam::${connections.account}:root or the role that ${connections.stack} assumes.`,
      });
    }
    const choice = plannedZones(service, facts);
    const fault = choice && zoneChoiceFault(choice, singleAz, facts.today);
    if (fault) problems.push({ ...at, given: choice.explanation, ...fault });
    return problems;
  });
}

/** By the account, or, where both name a role, by that role. */
function admitsConnections(
  principal: string,
  { stack, account }: ConnectionsFacts,
  { stacks }: EnvironmentFacts,
): boolean {
  const assumed = stacks.find((one) => one.stack === stack)?.assumedRole;
  return assumed !== undefined && principal.includes(":role/")
    ? principal === assumed
    : principalCovers(principal, account);
}

/** Problems of a service name that was stated literally, apart from its form. */
export function literalServiceProblems(
  at: { readonly stack: string; readonly property: string },
  serviceName: string,
  region: string,
): StackProblem[] {
  const named = parseServiceName(serviceName)?.region;
  if (named === undefined || named === region) return [];
  return [
    {
      stack: at.stack,
      property: `${at.property}.serviceName`,
      given: `${serviceName}, a service in ${named}`,
      allowed: `services in ${region}, the region of this stack`,
      wayOut: "Ask the customer for an endpoint service in CorpAI's region.",
    },
  ];
}

const duplicateConnections = (all: readonly ConnectionsFacts[]): StackProblem[] =>
  duplicates(
    all.map(({ stack, registrations }) => ({ stack, keys: Object.keys(registrations) })),
    {
      property: "corpai:registrations",
      what: "connection",
      wayOut: "Rename one of the two; pods name connections by key.",
    },
  );

const duplicateServices = (all: readonly CustomerServicesFacts[]): StackProblem[] =>
  duplicates(
    all.map(({ stack, services }) => ({ stack, keys: Object.keys(services) })),
    { property: "corpai:services", what: "service", wayOut: "Rename one of the two; customers accept by service key." },
  );

/** Stacks of one program are read together, their records merged by key. */
function duplicates(
  all: readonly { readonly stack: string; readonly keys: readonly string[] }[],
  { property, what, wayOut }: { readonly property: string; readonly what: string; readonly wayOut: string },
): StackProblem[] {
  return all.flatMap(({ stack, keys }, index) =>
    all.slice(0, index).flatMap((earlier) =>
      keys
        .filter((key) => earlier.keys.includes(key))
        .map((key) => ({
          stack,
          property: `${property}.${key}`,
          given: `a key that ${earlier.stack} has as well`,
          allowed: `each ${what} key once per environment`,
          wayOut,
        })),
    ),
  );
}

/** Facts that stand once on each side of the line between CorpAI and customer. */
function acrossTheLine(services: CustomerServicesFacts, { network }: EnvironmentFacts): StackProblem[] {
  if (!network) return [];
  const problems: StackProblem[] = [];
  const { clientCidr } = planCidrs(network.vpcCidr, network.azIds);
  if (services.clientCidr !== clientCidr) {
    problems.push({
      stack: services.stack,
      property: "corpai:clientCidr",
      given: services.clientCidr,
      allowed: `${clientCidr}, which ${network.stack} publishes (CorpAI's nodes and pods)`,
      wayOut: "Copy it; another CIDR makes the load balancer drop CorpAI's packets silently.",
    });
  }
  return problems;
}

function acceptanceProblems(acceptance: AcceptanceFacts, facts: EnvironmentFacts): StackProblem[] {
  const services = Object.assign(
    {},
    ...facts.customerServices.map((stack) => stack.services),
  ) as CustomerServicesFacts["services"];
  return Object.entries(acceptance.accept).flatMap(([serviceKey, endpoints]) => {
    const at = { stack: acceptance.stack, property: `corpai:accept.${serviceKey}` };
    if (!Object.hasOwn(services, serviceKey) && anyUnsound(facts, "customer-services")) return [];
    if (!Object.hasOwn(services, serviceKey))
      return [
        unknownKey(at, { fromStack: "customer-services of this environment", key: serviceKey }, Object.keys(services)),
      ];
    const elsewhere = notInAccount(acceptance, serviceKey, facts);
    if (elsewhere) return [{ ...at, ...elsewhere }];
    return endpoints.flatMap((endpoint, index): StackProblem[] => {
      const place = { ...at, property: `${at.property}.${index}` };
      if (!("fromStack" in endpoint)) {
        const owners = facts.customerServices
          .filter((stack) => Object.hasOwn(stack.services, serviceKey))
          .flatMap((stack) => stack.principals);
        return owners.some((principal) => principalCovers(principal, endpoint.ownerAccount))
          ? []
          : [
              {
                ...place,
                property: `${place.property}.ownerAccount`,
                given: endpoint.ownerAccount,
                allowed: `an account that the service admits: ${show(owners)}`,
                wayOut: "Add the owner to corpai:principals of customer-services, or correct the account.",
              },
            ];
      }
      if (isUnsound(facts, endpoint.fromStack)) return [];
      const connections = facts.connections.find(({ stack }) => stack === endpoint.fromStack);
      if (!connections)
        return [
          unknownStack({ ...place, property: `${place.property}.fromStack` }, endpoint.fromStack, facts.connections),
        ];
      return Object.hasOwn(connections.registrations, endpoint.key)
        ? []
        : [
            unknownKey(
              { ...place, property: `${place.property}.key` },
              endpoint,
              Object.keys(connections.registrations),
            ),
          ];
    });
  });
}

/** Only the account that offers a service can accept connections to it. */
function notInAccount(
  { account }: AcceptanceFacts,
  serviceKey: string,
  { customerServices }: EnvironmentFacts,
): Omit<StackProblem, "stack" | "property"> | undefined {
  const offering = customerServices.find(({ services }) => Object.hasOwn(services, serviceKey));
  if (!offering || offering.account === account) return undefined;
  return {
    given: `a service that ${offering.stack} offers, in account ${offering.account}`,
    allowed: `services in account ${account}, the one in aws:allowedAccountIds`,
    wayOut: "Move it to the customer-acceptance stack of that account.",
  };
}

function unknownStack(
  at: { readonly stack: string; readonly property: string },
  given: string,
  known: readonly StackFacts[],
): StackProblem {
  return {
    ...at,
    given,
    allowed:
      known.length > 0
        ? `a stack of this environment: ${known.map(({ stack }) => stack).join(", ")}`
        : "no stack, since this environment has none of that program",
    wayOut: "Correct the name, or state the values literally where the other party keeps its own stacks.",
  };
}

function unknownKey(
  at: { readonly stack: string; readonly property: string },
  given: { readonly fromStack: string; readonly key: string },
  known: readonly string[],
): StackProblem {
  return {
    ...at,
    given: given.key,
    allowed: `a key of ${given.fromStack}: ${known.join(", ") || "it has none"}`,
    wayOut: "Correct the key.",
  };
}
