import type { NextStep } from "../model/connection-state.ts";
import type { Environment } from "../stacks/environment.ts";
import type { LiveState } from "./live-state.ts";
import type { Printer } from "./print.ts";

/** A server that uses stores. */
export interface StoreUser {
  readonly workload: string;
  /** Keys of the stores. */
  readonly stores: readonly string[];
  /** Null where nobody can say: never brought up, or out of reach. */
  readonly ready: boolean | null;
  /** Why it is not ready, as far as the cluster says. */
  readonly why: string | null;
  /** Null: nobody has to do anything, or a connection that it uses comes first. */
  readonly next: NextStep | null;
}

/** Every server of an environment's files whose variables name a store. */
export function storeUsers({ name, facts }: Environment, live: LiveState): StoreUser[] {
  return Object.entries(facts.mcpServers?.servers ?? {}).flatMap(
    ([workload, { storeVariables, connectionVariables }]) => {
      const stores = [...new Set(Object.values(storeVariables).map(({ store }) => store))];
      if (stores.length === 0) return [];
      const running = live.workloads?.[workload];
      const ready = running ? running.replicas > 0 && running.readyReplicas >= running.replicas : null;
      const failed = stores.flatMap((store) => failedJob(store, live)).at(0);
      const why = ready === true ? null : (failed ?? (running?.message || null));
      // A server without pods waits for a connection, and that has a next step of its own.
      const waits = running?.replicas === 0 && Object.keys(connectionVariables).length > 0;
      const action = ready === true || waits ? undefined : actionFor(workload, failed, name, live);
      return [{ workload, stores, ready, why, next: action === undefined ? null : { who: "corpai", action } }];
    },
  );
}

/** What the Job says that was to make the servers' roles in a database. */
function failedJob(store: string, { roleJobs }: LiveState): string[] {
  const failure = roleJobs[`${store}-roles`];
  return failure === undefined ? [] : [`the roles of ${store} could not be made: ${failure}`];
}

function actionFor(workload: string, failed: string | undefined, environment: string, live: LiveState): string {
  const up = `npx corpai up ${environment} --only mcp-servers`;
  if (live.workloads === undefined)
    return `look at ${workload} from where its cluster can be reached: the Kubernetes API cannot be from here`;
  if (!live.workloads[workload]) return `bring ${workload} up: npx corpai up ${environment}`;
  if (failed !== undefined) return `mend what the Job of ${workload} says, then ${up}, which makes the Job anew`;
  return `find out why ${workload} is not ready: kubectl -n corpai-mcp describe pods -l app.kubernetes.io/name=${workload}`;
}

/** Of each: ready, or why not, and what to do. */
export function printStoreUsers(users: readonly StoreUser[], printer: Printer): void {
  const { paint } = printer;
  if (users.length > 0) printer.line();
  for (const { workload, stores, ready, why, next } of users) {
    const uses = `uses ${stores.join(", ")}`;
    if (ready === true) {
      printer.line(`${workload}: ${paint("green", "ready")}, ${uses}`);
      continue;
    }
    const parts = [paint("yellow", ready === null ? "unknown" : "not ready"), uses, ...(why === null ? [] : [why])];
    printer.line(`${workload}: ${[...parts, ...(next ? [`next, ${next.who}: ${next.action}`] : [])].join("; ")}`);
  }
}
