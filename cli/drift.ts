import type { NextStep } from "../model/connection-state.ts";
import { networkGraph } from "../model/network-graph.ts";
import { type HopName, traces } from "../model/trace.ts";
import type { Environment } from "../stacks/environment.ts";
import { describeOne } from "./differences.ts";
import type { Drift, LiveState } from "./live-state.ts";
import { networkPlan } from "./network-plan.ts";

interface Concerned {
  readonly key: string;
  readonly endpointId: string | null;
  readonly usedBy: readonly { readonly workload: string }[];
}

/** What of all that was changed outside of Pulumi concerns one connection. */
export function driftOf(
  { key, endpointId, usedBy }: Concerned,
  environment: Environment,
  drift: readonly Drift[],
): Drift[] {
  const registration = networkPlan(environment).registrations.find((one) => one.key === key);
  const service = registration && "fromStack" in registration.service ? registration.service : undefined;
  const servers = environment.stacks.flatMap(({ config }) => ("servers" in config ? Object.keys(config.servers) : []));
  return drift.filter(({ program, stack, owner }) => {
    switch (program) {
      case "connections":
        return stack === registration?.stack && owner === key;
      case "customer-services":
        return stack === service?.fromStack && owner === service.key;
      case "customer-acceptance":
        return service !== undefined && [key, endpointId].some((suffix) => owner === `${service.key}-${suffix ?? ""}`);
      case "private-connections":
        return false;
      case "mcp-servers":
        // What belongs to no server, such as their nodes, concerns all.
        return usedBy.some(({ workload }) => workload === owner) || !servers.includes(owner);
      default:
        return true;
    }
  });
}

/** What follows from it: who owns what was changed first has to act first. */
export function driftStep(drift: readonly Drift[], { name, facts }: Environment): NextStep | null {
  const [first] = drift;
  if (!first) return null;
  const stacks = [...new Set(drift.map(({ stack }) => stack))].join(",");
  return {
    who: facts.stacks.find(({ stack }) => stack === first.stack)?.side ?? "corpai",
    action: `${drift.map(describeOne).join("; ")}, outside of Pulumi: npx corpai refresh ${name} --only ${stacks}, then npx corpai up ${name}`,
  };
}

/** Whose each hop is; all after them are the customer's. */
const OURS: readonly HopName[] = ["dns", "source-group", "endpoint-group"];

/** What blocks a connection by all that is there now, and what to do; null where nothing does that could be seen. */
export function blockedStep(key: string, environment: Environment, { records }: LiveState): NextStep | null {
  if (!records) return null;
  const blocked = traces(networkGraph(records, networkPlan(environment)), key).find(
    ({ blockedAt }) => blockedAt !== null,
  );
  if (!blocked?.blockedAt) return null;
  const { blockedAt, hops, fix } = blocked;
  return {
    who: OURS.includes(blockedAt) ? "corpai" : "customer",
    action: `${hops.at(-1)?.because ?? blockedAt}: ${fix ?? ""}`,
  };
}
