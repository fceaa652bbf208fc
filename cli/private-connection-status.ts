import { networkGraph } from "../model/network-graph.ts";
import {
  type PrivateConnectionState,
  privateConnectionState,
  privateConnectionStep,
} from "../model/private-connection-state.ts";
import { trace } from "../model/trace.ts";
import type { Environment } from "../stacks/environment.ts";
import { describeOne } from "./differences.ts";
import type { LiveState } from "./live-state.ts";
import { networkPlan } from "./network-plan.ts";
import { type Printer, table } from "./print.ts";

/** One private connection, with what is there for it now. */
export interface PrivateConnectionStatus {
  readonly key: string;
  readonly mode: "service-managed" | "self-managed";
  /** Null where it has never been brought up. */
  readonly state: PrivateConnectionState | null;
  /** What is resolved; null where only AWS, or another account, knows it. */
  readonly hostAddress: string | null;
  /** What keeps requests from arriving; null where nothing does that could be seen. */
  readonly reason: string | null;
  readonly integrations: readonly { readonly name: string; readonly endpoint: string }[];
  /** Null: nobody has to do anything. */
  readonly next: string | null;
}

/** Every private connection of an environment's files, in their order. */
export function privateConnectionStatuses(environment: Environment, live: LiveState): PrivateConnectionStatus[] {
  const plan = networkPlan(environment);
  const graph = networkGraph(live.records ?? [], plan);
  return graph.privateConnections.map(({ key, stack, mode, destination, integrations }) => {
    const standing = live.privateConnections[key];
    const state = standing ? (privateConnectionState(standing.status) ?? null) : null;
    const recreate = standing
      ? `pulumi up --yes --stack ${stack} --replace '${standing.urn}'`
      : `npx corpai up ${environment.name} --only ${stack}`;
    const blocked = live.records && standing ? trace(graph, key) : undefined;
    const drift = live.drift.filter((one) => one.stack === stack && one.owner === key);
    const reason = blocked?.blockedAt != null ? `${blocked.blockedAt}: ${blocked.hops.at(-1)?.because ?? ""}` : null;
    const changed =
      drift.length > 0
        ? `${drift.map(describeOne).join("; ")}, outside of Pulumi: npx corpai refresh ${environment.name} --only ${stack}, then npx corpai up ${environment.name}`
        : null;
    return {
      key,
      mode,
      state,
      hostAddress: typeof destination?.host === "string" ? destination.host : null,
      reason,
      integrations,
      next:
        privateConnectionStep(state, { key, environment: environment.name, recreate }) ??
        changed ??
        blocked?.fix ??
        null,
    };
  });
}

/** The private connections, for people. */
export function printPrivateConnections(statuses: readonly PrivateConnectionStatus[], printer: Printer): void {
  if (statuses.length === 0) return;
  const { paint } = printer;
  printer.line();
  const rows = statuses.map(({ key, mode, state, integrations, hostAddress }) => [
    key,
    mode,
    state ?? "not built",
    integrations.map(({ name, endpoint }) => `${name} (${endpoint})`).join(", ") || "nobody",
    hostAddress ?? "",
  ]);
  const head = ["PRIVATE CONNECTION", "MODE", "STATE", "USED BY", "HOST"];
  for (const line of table([head, ...rows], (text) => paint("bold", text))) printer.line(line);
  const open = statuses.filter(({ next }) => next !== null);
  if (open.length > 0) printer.line();
  for (const { key, reason, next } of open)
    printer.line(`${paint("yellow", `${key}: ${reason === null ? "" : `${reason}; `}next:`)} ${next ?? ""}`);
}
