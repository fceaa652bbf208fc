import { type Exposure, internetExposures } from "../model/internet-exposures.ts";
import { questionsOf, withLooks } from "../model/looks.ts";
import { networkGraph } from "../model/network-graph.ts";
import type { NetworkGraph, NetworkPlan } from "../model/network-nodes.ts";
import { type Hop, type Trace, type Verdict, traces as tracesOf } from "../model/trace.ts";
import type { EnvironmentOptions, Opened } from "./command.ts";
import { readLiveState } from "./live-state.ts";
import { look } from "./looks.ts";
import { networkPlan } from "./network-plan.ts";
import type { Printer } from "./print.ts";
import { type PulumiData, readPulumiData } from "./pulumi-data.ts";

export interface TraceOptions extends EnvironmentOptions {
  /** As the files would have it, whatever has been brought up. */
  readonly preview?: boolean;
  /** As AWS has it now, and with looks at what no program has. */
  readonly live?: boolean;
}

/**
 * Traces one connection of an environment, or all, from what Pulumi knows of it.
 *
 * @returns whether nothing blocks
 * @throws {Error} naming the connections where there is none of that key, or where both `preview` and `live` are asked for
 */
export async function traceConnections(
  { environment, place }: Opened,
  key: string | undefined,
  { preview = false, live = false }: TraceOptions,
  printer: Printer,
): Promise<boolean> {
  const plan = networkPlan(environment);
  const keys = [
    ...plan.registrations.map((registration) => registration.key),
    ...plan.privateConnections.flatMap(({ privateConnections }) => Object.keys(privateConnections)),
  ];
  if (key !== undefined && !keys.includes(key))
    throw new Error(
      `there is no connection "${key}" in ${environment.name}. The connections are: ${keys.join(", ") || "none"}.`,
    );
  if (preview && live) throw new Error("--preview shows what will be, --live what is: give one of them.");
  const { records, previewed, notes, graph } = live
    ? await seen({ environment, place }, plan, key)
    : await recorded({ environment, place }, plan, preview);
  const traces = (key === undefined ? keys : [key]).flatMap((one) => tracesOf(graph, one));

  printer.line(
    live
      ? "as AWS has it now"
      : previewed.length === 0
        ? "as the stacks' states have it"
        : `as previews have it: ${previewed.join(", ")}`,
  );
  for (const note of notes) printer.line(printer.paint("yellow", note));
  if (traces.length === 0) printer.line("no connection is registered");
  for (const one of traces) printTrace(one, printer);
  const exposures = internetExposures(records).map(({ at, ...finding }) => ({
    stack: at.stack,
    name: at.name,
    ...finding,
  }));
  for (const exposure of exposures) printExposure(exposure, printer);
  const isPrivate = ({ key: one }: Trace): boolean => graph.privateConnections.some((node) => node.key === one);
  printer.answer({
    environment: environment.name,
    connections: traces.filter((one) => !isPrivate(one)),
    privateConnections: traces.filter(isPrivate),
    exposures,
  });
  return (
    traces.every(({ verdict }) => verdict !== "blocked") && exposures.every(({ verdict }) => verdict !== "exposed")
  );
}

/** What is traced, and what could not be learnt. */
interface Traced extends PulumiData {
  readonly graph: NetworkGraph;
}

type At = Pick<Opened, "environment" | "place">;

async function recorded({ environment, place }: At, plan: NetworkPlan, preview: boolean): Promise<Traced> {
  const data = await readPulumiData(environment, place, { preview });
  return { ...data, graph: networkGraph(data.records, plan) };
}

/** By previews of a refresh, which ask the providers and write nothing, and by AWS's own APIs. */
async function seen({ environment, place }: At, plan: NetworkPlan, key: string | undefined): Promise<Traced> {
  const { records, unreadable } = await readLiveState(environment, place);
  if (!records) throw new Error(`not everything could be asked.\n${unreadable.join("\n")}`);
  const graph = networkGraph(records, plan);
  const { looks, notes } = await look(questionsOf(graph, key), environment, place);
  return { records, previewed: [], notes, graph: withLooks(graph, looks) };
}

function printTrace({ key, verdict, hops, blockedAt, fix }: Trace, printer: Printer): void {
  const { paint } = printer;
  const [first] = hops;
  printer.line();
  printer.line(`${paint("bold", key)}: ${shown(verdict, printer)}${first ? `, from ${first.from}` : ""}`);
  hops.forEach((hop, index) => printHop(hop, index + 1, printer));
  if (blockedAt !== null)
    printer.line(`  ${paint("red", `blocked at ${blockedAt}.`)} ${paint("bold", "Fix:")} ${fix ?? ""}`);
  const unsure = hops.filter((hop) => hop.verdict === "undecided").map(({ hop }) => hop);
  if (blockedAt === null && unsure.length > 0)
    printer.line(`  nothing in Pulumi's data blocks it; it does not decide ${[...new Set(unsure)].join(", ")}`);
}

type Exposed = Omit<Exposure, "at"> & { readonly stack: string; readonly name: string };

/** In the words of the policy rule that refuses the same within one stack. */
function printExposure({ stack, name, verdict, because, fix }: Exposed, printer: Printer): void {
  const { paint } = printer;
  const shown = paint(verdict === "exposed" ? "red" : "yellow", verdict);
  printer.line(`${stack}: ${name}: ${shown}: ${because}. ${paint("bold", "Fix:")} ${fix}`);
}

const HOP_WIDTH = 19;
const VERDICT_WIDTH = 9;

function printHop({ hop, to, port, verdict, because }: Hop, number: number, printer: Printer): void {
  const padding = " ".repeat(VERDICT_WIDTH - verdict.length);
  printer.line(
    `  ${String(number).padStart(2)} ${hop.padEnd(HOP_WIDTH)}  ${shown(verdict, printer)}${padding}  to ${to}${port === null ? "" : `, ${port}/tcp`}: ${because}`,
  );
}

function shown(verdict: Verdict, { paint }: Printer): string {
  const styles = { open: "green", blocked: "red", undecided: "yellow" } as const;
  return paint(styles[verdict], verdict);
}
