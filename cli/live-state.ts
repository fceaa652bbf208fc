import { type ResourceRecord, TYPE } from "../model/resource-record.ts";
import type { ProgramName } from "../stacks/catalog.ts";
import type { Environment } from "../stacks/environment.ts";
import type { Difference } from "./differences.ts";
import type { EngineRun } from "./engine.ts";
import type { ResourceState } from "./engine-events.ts";
import { inParallel } from "./in-parallel.ts";
import type { Place } from "./place.ts";
import { ON_THE_WAY, recordOf } from "./pulumi-data.ts";

/** An endpoint as AWS shows it now. */
export interface LiveEndpoint {
  readonly id: string;
  readonly urn: string;
  readonly stack: string;
  /** In AWS's spelling. */
  readonly state: string;
  readonly serviceName: string;
  readonly dnsEntries: readonly { readonly dnsName: string }[];
  readonly privateDnsEnabled: boolean;
}

/** A private connection as AWS shows it now. */
export interface LivePrivateConnection {
  readonly urn: string;
  readonly stack: string;
  /** In AWS's spelling. */
  readonly status: string;
}

/** A Deployment as the cluster shows it now. */
export interface LiveWorkload {
  readonly replicas: number;
  readonly readyReplicas: number;
  /** Secrets read `[secret]`. */
  readonly env: Readonly<Record<string, string>>;
  /** What the cluster says of its pods as long as some of them are missing. */
  readonly message: string;
}

/** A connection as its stack has last built it. */
export interface RecordedConnection {
  readonly port: number;
  readonly serviceName: string;
  readonly azIds: readonly string[];
}

/** A resource of a stack that is not as the stack has recorded it. */
export interface Drift extends Difference {
  readonly stack: string;
  readonly program: ProgramName;
  /** Name of the outermost component that it belongs to: a key of the configuration; its own name where it is in none. */
  readonly owner: string;
}

/** What is really there, by connection and by server. */
export interface LiveState {
  readonly endpoints: Readonly<Record<string, LiveEndpoint>>;
  readonly recorded: Readonly<Record<string, RecordedConnection>>;
  readonly privateConnections: Readonly<Record<string, LivePrivateConnection>>;
  /** Undefined where they could not be asked. */
  readonly workloads: Readonly<Record<string, LiveWorkload>> | undefined;
  /** Jobs that make database roles and have failed, by name in the program: what they say. */
  readonly roleJobs: Readonly<Record<string, string>>;
  /** What somebody has changed outside of Pulumi since the stacks were last updated or refreshed. */
  readonly drift: readonly Drift[];
  /** All that is on the way from pods to services, as it is now; undefined where a part of it could not be read. */
  readonly records: readonly ResourceRecord[] | undefined;
  /** Stacks that could not be asked, and why. */
  readonly unreadable: readonly string[];
}

/** Each asks a provider for all that a stack has. */
const AT_ONCE = 4;

/** Learns it from previews of a refresh, which ask the providers and write nothing. @throws {Error} where a connections stack cannot be read */
export async function readLiveState({ stacks }: Environment, { engine }: Pick<Place, "engine">): Promise<LiveState> {
  const known = await engine.stacks();
  const wanted = stacks.filter(({ name, stack }) => ON_THE_WAY.includes(stack.program) && known.has(name));
  const runs = await inParallel(wanted, AT_ONCE, async ({ name, stack: { program } }) => {
    return { name, program, run: await engine.run("refresh", name, ["--preview-only"]) };
  });
  const failed = runs.filter(({ run }) => !run.succeeded);
  const connections = runs.filter(({ program }) => program === "connections");
  const lost = connections.find((one) => failed.includes(one));
  if (lost) throw new Error(`${lost.name}: its connections cannot be looked up.\n${lost.run.errors.join("\n")}`);
  const servers = runs.find(({ program }) => program === "mcp-servers");
  const readable = !servers || servers.run.succeeded;

  const resources = connections.flatMap(({ name, run }) => run.resources.map((one) => ({ ...one, stack: name })));
  const privately = runs
    .filter(({ program }) => program === "private-connections")
    .flatMap(({ name, run }) => run.resources.map((one) => ({ ...one, stack: name })));
  return {
    privateConnections: byName(privately, TYPE.privateConnection, ({ urn, stack, outputs }) => ({
      urn,
      stack,
      status: typeof outputs.status === "string" ? outputs.status : "",
    })),
    endpoints: byName(resources, TYPE.endpoint, endpointOf),
    recorded: Object.assign(
      {},
      ...resources.filter(({ type }) => type === TYPE.stack).map(({ outputs }) => outputs.connections),
    ) as Record<string, RecordedConnection>,
    workloads: readable ? byName(servers?.run.resources ?? [], TYPE.deployment, workloadOf) : undefined,
    roleJobs: failures(byName(servers?.run.resources ?? [], "kubernetes:batch/v1:Job", failureOf)),
    drift: runs.flatMap(({ name, program, run }) => driftOf(run, { stack: name, program })),
    records:
      failed.length > 0 ? undefined : runs.flatMap(({ name, run }) => run.resources.map((one) => recordOf(name, one))),
    unreadable: failed.map(({ name, program, run }) => {
      const what = program === "mcp-servers" ? "its workloads" : "what it has built";
      return `${name}: ${what} cannot be looked up.\n${run.errors.join("\n")}`;
    }),
  };
}

/** What its owner has to hear of; that a life has gone on is the connection's own state. */
function driftOf({ resources, differences }: EngineRun, of: Pick<Drift, "stack" | "program">): Drift[] {
  const byUrn = new Map(resources.map((one) => [one.urn, one]));
  const ownerOf = (name: string, parent: string | undefined): string => {
    const component = parent === undefined ? undefined : byUrn.get(parent);
    return !component || component.type === TYPE.stack ? name : ownerOf(component.name, component.parent);
  };
  return differences
    .filter(({ what }) => what !== "moved")
    .map((one) => ({ ...one, ...of, owner: ownerOf(one.name, one.parent) }));
}

/** Resources are named after registration and server keys. */
function byName<T, R extends ResourceState>(
  resources: readonly R[],
  type: string,
  read: (resource: R) => T,
): Record<string, T> {
  return Object.fromEntries(
    resources.filter((resource) => resource.type === type).map((resource) => [resource.name, read(resource)]),
  );
}

function endpointOf({ id = "", urn, stack, outputs }: ResourceState & { readonly stack: string }): LiveEndpoint {
  const { state, serviceName, dnsEntries, privateDnsEnabled } = outputs as unknown as LiveEndpoint;
  return { id, urn, stack, state, serviceName, dnsEntries, privateDnsEnabled };
}

interface DeploymentOutputs {
  readonly spec: {
    readonly replicas?: number;
    readonly template: {
      readonly spec: {
        readonly containers: readonly {
          readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: unknown }[];
        }[];
      };
    };
  };
  readonly status?: { readonly readyReplicas?: number; readonly conditions?: readonly Condition[] };
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

function workloadOf({ outputs }: ResourceState): LiveWorkload {
  const { spec, status } = outputs as unknown as DeploymentOutputs;
  const variables = spec.template.spec.containers.flatMap(({ env = [] }) => env);
  return {
    replicas: spec.replicas ?? 1,
    readyReplicas: status?.readyReplicas ?? 0,
    env: Object.fromEntries(
      variables.map(({ name, value, valueFrom }) => [name, valueFrom === undefined ? (value ?? "") : "[secret]"]),
    ),
    message: status?.conditions?.find(({ type }) => type === "Available")?.message ?? "",
  };
}

function failureOf({ outputs }: ResourceState): string | undefined {
  const { status } = outputs as unknown as Pick<DeploymentOutputs, "status">;
  const failed = status?.conditions?.find((condition) => condition.type === "Failed" && condition.status === "True");
  return failed && `${failed.reason ?? "Failed"}: ${failed.message ?? ""}`;
}

const failures = (jobs: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(jobs).flatMap(([name, failure]) => (failure === undefined ? [] : [[name, failure]])),
  );
