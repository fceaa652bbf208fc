import { connectionState } from "../model/connection-state.ts";
import { describeProblem } from "../model/problem.ts";
import { type Opened, type RunOptions, runEnvironment } from "./command.ts";
import { confirm } from "./confirm.ts";
import { type LiveEndpoint, readLiveState } from "./live-state.ts";
import type { Printer } from "./print.ts";

/** States in which AWS never accepts an endpoint any more. */
const OVER = ["rejected", "expired", "failed"];

/**
 * Asks anew for a connection that was rejected, has expired or failed: builds its endpoint anew, which nothing else can undo, then brings up what has to hear
 * of it.
 *
 * @returns whether all went well
 * @throws {Error} where the connection is alive, since its pods would lose it
 */
export async function reconnect(opened: Opened, key: string, options: RunOptions, printer: Printer): Promise<boolean> {
  const { environment, place } = opened;
  const { name } = environment;
  const endpoint = overEndpoint(name, key, (await readLiveState(environment, place)).endpoints);
  const confirmed = await confirm("up", { environment: name, needed: place.kind === "AWS" && options.yes !== true });
  if (!confirmed) return false;
  const run = await place.engine.run("up", endpoint.stack, ["--yes", "--skip-preview", "--replace", endpoint.urn]);
  for (const error of run.errors) printer.line(error);
  if (!run.succeeded) return false;
  printer.line(`${key}: ${endpoint.id}, which was ${endpoint.state}, is replaced; the request is on its way`);
  const { ok } = await runEnvironment("up", opened, { ...options, yes: true }, printer);
  printer.line(`what it waits for now: npx corpai status ${name}`);
  return ok;
}

function overEndpoint(
  environment: string,
  key: string,
  endpoints: Readonly<Record<string, LiveEndpoint>>,
): LiveEndpoint {
  const endpoint = Object.hasOwn(endpoints, key) ? endpoints[key] : undefined;
  const state = endpoint && (connectionState(endpoint.state) ?? endpoint.state);
  if (endpoint && OVER.includes(state ?? "")) return endpoint;
  const over = Object.entries(endpoints).filter(([, one]) => OVER.includes(connectionState(one.state) ?? ""));
  throw new Error(
    describeProblem({
      stack: environment,
      property: "CONNECTION",
      given: endpoint ? `"${key}", which is ${state ?? "unknown"}` : `"${key}", which has no endpoint`,
      allowed: `a connection that was rejected, has expired or failed: ${over.map(([one]) => one).join(", ") || "there is none"}`,
      wayOut: `npx corpai status ${environment} names the next step of each.`,
    }),
  );
}
