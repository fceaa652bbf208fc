import { type ConnectionState, type NextStep, connectionState, nextStep } from "../model/connection-state.ts";
import { plannedZones } from "../model/connection-check.ts";
import { lineOf, successorOf } from "../model/succession.ts";
import { type Stewardship, reviewStep } from "../model/connection-review.ts";
import type { EnvironmentFacts } from "../model/environment-facts.ts";
import { privateNameOf, privateNameStep } from "../model/private-name.ts";
import { clientHost } from "../model/service-name.ts";
import type { Environment } from "../stacks/environment.ts";
import { blockedStep, driftOf, driftStep } from "./drift.ts";
import type { LiveState } from "./live-state.ts";

/** A workload that uses a connection. */
export interface UsedBy {
  readonly workload: string;
  /** All its variables; empty where it has never been brought up. Secrets read `[secret]`. */
  readonly env: Readonly<Record<string, string>>;
  /** Null where nobody can say: never brought up, or out of reach. */
  readonly ready: boolean | null;
}

/** One registration, with what is there for it now. */
export interface ConnectionStatus extends Stewardship {
  readonly key: string;
  readonly displayName: string;
  /** Null where neither the files nor AWS know it yet. */
  readonly serviceName: string | null;
  readonly port: number | null;
  readonly state: ConnectionState | null;
  readonly host: string | null;
  readonly endpointId: string | null;
  /** Where the service is, if in another region than the endpoint. */
  readonly serviceRegion?: string;
  /** The service's own name, and whether the endpoint answers to it. */
  readonly privateName?: { readonly name: string; readonly enabled: boolean };
  readonly azIds: readonly string[];
  readonly usedBy: readonly UsedBy[];
  /** Null: nobody has to do anything. */
  readonly next: NextStep | null;
}

/** A registration as the environment's files have it. */
interface Registered extends Stewardship {
  readonly key: string;
  readonly stack: string;
  readonly displayName: string;
  readonly service: EnvironmentFacts["connections"][number]["registrations"][string]["service"];
  readonly serviceRegion?: string | undefined;
}

/** Every registration of an environment's files, in their order. */
export function connectionStatuses(environment: Environment, live: LiveState): ConnectionStatus[] {
  const registrations = registrationsOf(environment);
  const statuses = registrations.map((registered) => withoutNext(registered, environment, live));
  const { today } = environment.facts;
  return registrations.flatMap((registered) => {
    const { key } = registered;
    const status = statuses.find((one) => one.key === key);
    if (!status) return [];
    const next =
      nextOf(status, statuses, environment, live) ??
      nameStep(registered, status, environment) ??
      reviewStep(registered, { ...registered, today });
    return [{ ...status, next }];
  });
}

/** What keeps it from its service's own name. */
function nameStep(
  { key, service }: Registered,
  { privateName }: Pick<ConnectionStatus, "privateName">,
  { name, facts }: Environment,
): NextStep | null {
  const offered = privateNameOf(service, facts);
  return offered && privateName ? privateNameStep(offered, privateName.enabled, { key, environment: name }) : null;
}

function registrationsOf({ stacks }: Environment): Registered[] {
  return stacks.flatMap(({ name: stack, config }) => {
    if (!("registrations" in config)) return [];
    return Object.entries(config.registrations).map(([key, registration]) => ({ key, stack, ...registration }));
  });
}

function withoutNext(
  registered: Registered,
  environment: Environment,
  live: LiveState,
): Omit<ConnectionStatus, "next"> {
  const { key, displayName, service, serviceRegion, owner, ticket, review } = registered;
  const endpoint = live.endpoints[key];
  const recorded = live.recorded[key];
  const named = privateNameOf(service, environment.facts);
  return {
    key,
    displayName,
    serviceName:
      endpoint?.serviceName ?? recorded?.serviceName ?? ("serviceName" in service ? service.serviceName : null),
    port: recorded?.port ?? plannedPort(service, environment),
    state: endpoint ? (connectionState(endpoint.state) ?? null) : null,
    host: endpoint ? (clientHost(endpoint, named?.name) ?? null) : null,
    endpointId: endpoint?.id ?? null,
    azIds: recorded?.azIds ?? plannedOf(registered, environment)?.shared ?? [],
    ...(serviceRegion !== undefined && { serviceRegion }),
    ...(named && { privateName: { name: named.name, enabled: endpoint?.privateDnsEnabled ?? false } }),
    ...(owner !== undefined && { owner }),
    ...(ticket !== undefined && { ticket }),
    ...(review !== undefined && { review }),
    usedBy: usersOf(key, environment, live),
  };
}

function plannedOf(registered: Registered, { facts }: Environment) {
  const connections = facts.connections.find(({ stack }) => stack === registered.stack);
  return connections && plannedZones(registered, connections, facts);
}

/** The port by the files of both sides. */
function plannedPort(service: Registered["service"], { stacks }: Environment): number | null {
  if ("port" in service) return service.port;
  const offering = stacks.find(({ name }) => name === service.fromStack)?.config;
  return offering && "services" in offering ? (offering.services[service.key]?.port ?? null) : null;
}

/** Of a connection that has a successor, or is one, those whose variables hold its own host. */
function usersOf(key: string, { facts }: Environment, { workloads, endpoints }: LiveState): UsedBy[] {
  const namesOf = new Map(
    facts.connections.flatMap(({ registrations }) =>
      Object.entries(registrations).map(([one, { service }]) => [one, privateNameOf(service, facts)?.name]),
    ),
  );
  const uses = (workload: string, connection: string): boolean => {
    const values = Object.values(workloads?.[workload]?.env ?? {});
    const holder = lineOf(connection, facts).find((one) => {
      const endpoint = endpoints[one];
      const host = endpoint && clientHost(endpoint, namesOf.get(one));
      return host !== undefined && values.includes(host);
    });
    return (holder ?? connection) === key;
  };
  return Object.entries(facts.mcpServers?.servers ?? {})
    .filter(([workload, { connectionVariables }]) =>
      Object.values(connectionVariables).some((connection) => uses(workload, connection)),
    )
    .map(([workload]) => {
      const running = workloads?.[workload];
      return {
        workload,
        env: running?.env ?? {},
        ready: running ? running.replicas > 0 && running.readyReplicas >= running.replicas : null,
      };
    });
}

function nextOf(
  status: Omit<ConnectionStatus, "next">,
  all: readonly Omit<ConnectionStatus, "next">[],
  environment: Environment,
  live: LiveState,
): NextStep | null {
  const { key, state } = status;
  const { name } = environment;
  const endpoint = live.endpoints[key];
  if (live.recorded[key] && !endpoint) {
    return {
      who: "corpai",
      action: `the endpoint of ${key} was deleted outside of Pulumi: npx corpai refresh ${name} --only connections, then npx corpai up ${name}`,
    };
  }
  const step =
    nextStep(state, { key, environment: name }) ?? driftStep(driftOf(status, environment, live.drift), environment);
  if (step) return step;
  const succession = successionStep(status, all, environment);
  if (succession) return succession;
  const unready = status.usedBy.find(({ workload, ready }) => ready !== true && !waitsElsewhere(workload, all));
  return unready ? workloadStep(unready, key, environment, live) : null;
}

/** What is left to do where another connection takes the place of an available one. */
function successionStep(
  { key, usedBy }: Omit<ConnectionStatus, "next">,
  all: readonly Omit<ConnectionStatus, "next">[],
  { name, facts }: Environment,
): NextStep | null {
  const successor = all.find((one) => one.key === successorOf(key, facts));
  if (successor?.state !== "available") return null;
  const action =
    usedBy.length > 0
      ? `let ${usedBy.map(({ workload }) => workload).join(", ")} go over to ${successor.key}: npx corpai up ${name} --only mcp-servers`
      : `nobody uses ${key} any more: name ${successor.key} where servers name ${key}, remove the registration and its successor's succeeds, then npx corpai up ${name}`;
  return { who: "corpai", action };
}

/** Whether another connection, one that is not available, explains why a workload is not ready. */
function waitsElsewhere(workload: string, all: readonly Omit<ConnectionStatus, "next">[]): boolean {
  return all.some(({ state, usedBy }) => state !== "available" && usedBy.some((user) => user.workload === workload));
}

function workloadStep(user: UsedBy, key: string, environment: Environment, live: LiveState): NextStep {
  const { workload } = user;
  const corpai = (action: string): NextStep => ({ who: "corpai", action });
  if (!live.workloads)
    return corpai(`look at ${workload} from where its cluster can be reached: the Kubernetes API cannot be from here`);
  const running = live.workloads[workload];
  if (!running) return corpai(`bring ${workload} up: npx corpai up ${environment.name}`);
  if (running.replicas === 0) return corpai(`start ${workload}, which runs no pods: npx corpai up ${environment.name}`);
  return (
    blockedStep(key, environment, live) ??
    corpai(
      `find out why ${workload} is not ready, although the connection is available: kubectl -n corpai-mcp describe pods -l app.kubernetes.io/name=${workload}`,
    )
  );
}
