import type { Hop, Pod, SandboxClient } from "../sandbox/client.ts";
import type { ConnectionStatus } from "./connection-status.ts";
import type { Printer } from "./print.ts";
import type { StoreUser } from "./store-users.ts";

/** What each pod has in its environment, and the way of its packets as the sandbox walked it. */
export async function printPods(
  environment: string,
  sandbox: SandboxClient,
  { statuses, users }: { readonly statuses: readonly ConnectionStatus[]; readonly users: readonly StoreUser[] },
  printer: Printer,
): Promise<void> {
  const pods = await sandbox.pods(environment);
  for (const deployment of new Set(pods.map((pod) => pod.deployment))) {
    const own = pods.filter((pod) => pod.deployment === deployment);
    const used = [
      ...statuses
        .filter(({ usedBy }) => usedBy.some(({ workload }) => workload === deployment))
        .map(({ displayName }) => displayName),
      ...users.filter(({ workload }) => workload === deployment).flatMap(({ stores }) => stores),
    ];
    printer.line();
    printer.line(
      `${printer.paint("bold", deployment)} ${printer.paint("dim", `uses ${used.join(", ") || "nothing"}; ${own.filter(({ ready }) => ready).length} of ${own.length} pods ready`)}`,
    );
    printVariables(own[0]?.env ?? {}, printer);
    printWays(own, printer);
  }
}

/** What AWS DevOps Agent reaches over private connections, and the way of its requests as the sandbox walked it. */
export async function printIntegrations(environment: string, sandbox: SandboxClient, printer: Printer): Promise<void> {
  for (const { integration, connection, endpoint, spaces, walk } of await sandbox.integrations(environment)) {
    const used = `${endpoint} over ${connection}, for agent space ${spaces.join(", ") || "none"}`;
    printer.line();
    printer.line(`${printer.paint("bold", integration)} ${printer.paint("dim", used)}`);
    walk.hops.forEach((hop, index) => printHop(hop, index + 1, {}, printer));
  }
}

function printVariables(env: Readonly<Record<string, string>>, printer: Printer): void {
  const width = Math.max(0, ...Object.keys(env).map((variable) => variable.length));
  for (const [variable, value] of Object.entries(env)) printer.line(`  ${variable.padEnd(width)}  ${value}`);
}

/** Pods whose packets go the same way are shown once. */
function printWays(pods: readonly Pod[], printer: Printer): void {
  const groups = Map.groupBy(pods, wayOf);
  for (const [first, ...others] of groups.values()) {
    if (!first) continue;
    const same = others.length > 0 ? printer.paint("dim", `; the same from ${others.map(placeOf).join(", ")}`) : "";
    printer.line(`  from ${placeOf(first)}${same}`);
    if (first.walks.length === 0) printer.line(`    ${first.reason}`);
    for (const { hops } of first.walks) hops.forEach((hop, index) => printHop(hop, index + 1, first.env, printer));
  }
}

const wayOf = ({ ready, walks }: Pod): string =>
  JSON.stringify([ready, walks.map(({ hops }) => hops.map(({ hop, to, verdict }) => [hop, to, verdict]))]);
const placeOf = ({ name, ip, azId }: Pod): string =>
  `${name} (${ip ?? "no address yet"}${azId === undefined ? "" : `, ${azId}`})`;

function printHop(
  { hop, verdict, because }: Hop,
  number: number,
  env: Readonly<Record<string, string>>,
  printer: Printer,
): void {
  const shown = verdict === "open" ? printer.paint("green", "open   ") : printer.paint("red", "BLOCKED");
  printer.line(`    ${String(number).padStart(2)} ${hop.padEnd(19)}  ${shown}  ${shortened(because, env)}`);
}

/** The endpoint's name stands right above, by its variable; in full it would hide the rest. */
function shortened(text: string, env: Readonly<Record<string, string>>): string {
  return Object.entries(env).reduce(
    (short, [variable, value]) => (value.endsWith(".amazonaws.com") ? short.replaceAll(value, `$${variable}`) : short),
    text,
  );
}
