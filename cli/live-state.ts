import type { Environment } from "../stacks/environment.ts";
import type { EngineRun } from "./engine.ts";
import type { ResourceState } from "./engine-events.ts";
import type { Place } from "./place.ts";

/** An endpoint as AWS shows it now. */
export interface LiveEndpoint {
  readonly id: string;
  /** In AWS's spelling. */
  readonly state: string;
  readonly serviceName: string;
  readonly dnsEntries: readonly { readonly dnsName: string }[];
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

/** What is really there, by connection and by server. */
export interface LiveState {
  readonly endpoints: Readonly<Record<string, LiveEndpoint>>;
  readonly recorded: Readonly<Record<string, RecordedConnection>>;
  /** Undefined where they could not be asked. */
  readonly workloads: Readonly<Record<string, LiveWorkload>> | undefined;
  /** Jobs that make database roles and have failed, by name in the program: what they say. */
  readonly roleJobs: Readonly<Record<string, string>>;
  /** Why they could not be. */
  readonly unreadable: string | undefined;
}

/** Learns it from previews of a refresh, which ask the providers and write nothing. @throws {Error} where a connections stack cannot be read */
export async function readLiveState({ stacks }: Environment, { engine }: Pick<Place, "engine">): Promise<LiveState> {
  const known = await engine.stacks();
  const runs = async (program: string): Promise<{ readonly name: string; readonly run: EngineRun }[]> => {
    const read = [];
    for (const { name, stack } of stacks)
      if (stack.program === program && known.has(name))
        read.push({ name, run: await engine.run("refresh", name, ["--preview-only"]) });
    return read;
  };
  const connections = await runs("connections");
  const failed = connections.find(({ run }) => !run.succeeded);
  if (failed) throw new Error(`${failed.name}: its connections cannot be looked up.\n${failed.run.errors.join("\n")}`);
  const [servers] = await runs("mcp-servers");

  const resources = connections.flatMap(({ run }) => run.resources);
  const unreadable =
    servers?.run.succeeded === false
      ? `${servers.name}: its workloads cannot be looked up.\n${servers.run.errors.join("\n")}`
      : undefined;
  return {
    endpoints: byName(resources, "aws:ec2/vpcEndpoint:VpcEndpoint", endpointOf),
    recorded: Object.assign(
      {},
      ...resources.filter(({ type }) => type === "pulumi:pulumi:Stack").map(({ outputs }) => outputs.connections),
    ) as Record<string, RecordedConnection>,
    workloads:
      unreadable === undefined
        ? byName(servers?.run.resources ?? [], "kubernetes:apps/v1:Deployment", workloadOf)
        : undefined,
    roleJobs: failures(byName(servers?.run.resources ?? [], "kubernetes:batch/v1:Job", failureOf)),
    unreadable,
  };
}

/** Resources are named after registration and server keys. */
function byName<T>(
  resources: readonly ResourceState[],
  type: string,
  read: (resource: ResourceState) => T,
): Record<string, T> {
  return Object.fromEntries(
    resources.filter((resource) => resource.type === type).map((resource) => [resource.name, read(resource)]),
  );
}

function endpointOf({ id = "", outputs }: ResourceState): LiveEndpoint {
  const { state, serviceName, dnsEntries } = outputs as unknown as LiveEndpoint;
  return { id, state, serviceName, dnsEntries };
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
