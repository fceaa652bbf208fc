import type { ConnectionStatus } from "./connection-status.ts";
import { type Printer, table } from "./print.ts";

/** The connections, for people. */
export function printConnections(statuses: readonly ConnectionStatus[], printer: Printer): void {
  const { paint } = printer;
  printer.line();
  if (statuses.length === 0) return printer.line("no connection is registered");
  const rows = statuses.map(({ key, displayName, port, state, azIds, usedBy }) => [
    key,
    displayName,
    state ?? "not built",
    String(port ?? "?"),
    azIds.join(" "),
    usedBy.map(({ workload, ready }) => `${workload} (${readiness(ready)})`).join(", ") || "nobody",
  ]);
  for (const line of table([["CONNECTION", "NAME", "STATE", "PORT", "AZS", "USED BY"], ...rows], (text) =>
    paint("bold", text),
  ))
    printer.line(line);
  printer.line();
  const width = Math.max(...statuses.map(({ key }) => key.length));
  for (const { key, host, endpointId } of statuses)
    printer.line(
      `${key.padEnd(width)}  ${host ?? paint("dim", "no host yet")}${endpointId !== null && host === null ? `  ${endpointId}` : ""}`,
    );
}

/** What is to be done, and by whom. */
export function printNextSteps(statuses: readonly ConnectionStatus[], printer: Printer): void {
  const open = statuses.filter(({ next }) => next !== null);
  if (open.length === 0) return;
  printer.line();
  for (const { key, next } of open)
    printer.line(`${printer.paint("yellow", `${key}: next, ${next?.who ?? ""}:`)} ${next?.action ?? ""}`);
}

/** Of each workload: ready, or what it waits for, and whose action that is. */
export function printWorkloads(statuses: readonly ConnectionStatus[], printer: Printer): void {
  const { paint } = printer;
  printer.line();
  const workloads = [...new Set(statuses.flatMap(({ usedBy }) => usedBy.map(({ workload }) => workload)))];
  for (const workload of workloads) {
    const used = statuses.filter(({ usedBy }) => usedBy.some((user) => user.workload === workload));
    const ready = used[0]?.usedBy.find((user) => user.workload === workload)?.ready ?? null;
    if (ready === true) {
      printer.line(
        `${workload}: ${paint("green", "ready")}, connected to ${used.map(({ displayName }) => displayName).join(", ")}`,
      );
      continue;
    }
    const waiting = used.filter(({ next }) => next !== null);
    if (waiting.length === 0) printer.line(`${workload}: ${paint("yellow", readiness(ready))}`);
    for (const { key, state, next } of waiting)
      printer.line(
        `${workload}: ${paint("yellow", readiness(ready))}; ${key} is ${state ?? "not built"}; next, ${next?.who ?? ""}: ${next?.action ?? ""}`,
      );
  }
}

function readiness(ready: boolean | null): string {
  if (ready === null) return "unknown";
  return ready ? "ready" : "not ready";
}
