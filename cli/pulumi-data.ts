import { execFile } from "node:child_process";
import type { Properties, ResourceRecord } from "../model/resource-record.ts";
import { UNKNOWN } from "../model/resource-record.ts";
import type { Environment, StackConfiguration } from "../stacks/environment.ts";
import type { ProgramName } from "../stacks/catalog.ts";
import { catalog } from "../stacks/catalog.ts";
import { inParallel } from "./in-parallel.ts";
import type { Place } from "./place.ts";
import { plainProperties } from "./pulumi-state.ts";
import { stackRecord } from "./stack-record.ts";

/** Programs that hold anything of the way from pods to services. */
export const ON_THE_WAY: readonly ProgramName[] = [
  "network",
  "customer-services",
  "connections",
  "customer-acceptance",
  "mcp-servers",
  "private-connections",
];
/** Each preview runs a program and its engine. */
const PREVIEWS_AT_ONCE = 3;
const LARGEST_ANSWER = 1 << 28;

/** What Pulumi knows of an environment. */
export interface PulumiData {
  readonly records: readonly ResourceRecord[];
  /** Stacks that were previewed: all others are as their states have them. */
  readonly previewed: readonly string[];
  /** What could not be learnt, and why that is no error. */
  readonly notes: readonly string[];
}

/**
 * Reads the states of an environment's stacks or, where none of them has ever been brought up, previews. Nothing is changed but that stack records are
 * made where previews need them.
 *
 * @param preview previews, whatever has been brought up
 * @param programs whose stacks are read; those on the way from pods to services by default
 * @throws {Error} where a stack can be neither read nor previewed
 */
export async function readPulumiData(
  { stacks }: Environment,
  place: Place,
  { preview, programs = ON_THE_WAY }: { readonly preview: boolean; readonly programs?: readonly ProgramName[] },
): Promise<PulumiData> {
  const pulumi = await commandIn(place);
  const wanted = stacks.filter(({ stack }) => programs.includes(stack.program));
  const known = await place.engine.stacks();
  const recorded = preview ? [] : wanted.filter(({ name }) => known.has(name));
  const states = await Promise.all(recorded.map(({ name }) => stateOf(name, pulumi)));
  // An empty stack among others is a fact: its preview would say what could be, not what is.
  if (states.some((records) => records.length > 0)) return { records: states.flat(), previewed: [], notes: [] };

  // The engine refuses references to stacks that it does not know.
  for (const { name } of stacks) if (!known.has(name)) await stackRecord(place.engine, place.folder, name);
  const previews = await inParallel(wanted, PREVIEWS_AT_ONCE, (stack) => previewOf(stack, pulumi));
  return {
    records: previews.flatMap(({ records }) => records),
    previewed: wanted.map(({ name }) => name),
    notes: previews.flatMap(({ note }) => note ?? []),
  };
}

// ---- the Pulumi CLI

interface Ended {
  readonly ok: boolean;
  readonly output: string;
  readonly complaints: string;
}

type PulumiCommand = (...args: string[]) => Promise<Ended>;

async function commandIn({ folder, sandbox }: Place): Promise<PulumiCommand> {
  const settings = sandbox ? sandbox.environment(await sandbox.start()) : {};
  const env = { ...process.env, ...settings, PULUMI_SKIP_UPDATE_CHECK: "true" };
  return (...args) =>
    new Promise((resolve) => {
      const all = [...args, "--non-interactive", "--color", "never"];
      execFile("pulumi", all, { cwd: folder, env, maxBuffer: LARGEST_ANSWER }, (error, output, complaints) =>
        resolve({ ok: error === null, output, complaints: complaints || (error?.message ?? "") }),
      );
    });
}

// ---- states

/** A resource in an exported state, in a preview's steps, and in an event log. */
interface RecordedState {
  readonly urn: string;
  readonly type: string;
  readonly id?: string | undefined;
  readonly parent?: string | undefined;
  readonly delete?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
}

async function stateOf(stack: string, pulumi: PulumiCommand): Promise<ResourceRecord[]> {
  const { ok, output, complaints } = await pulumi("stack", "export", "--stack", stack);
  if (!ok) throw new Error(`${stack}: its state cannot be read.\n${complaints.trim()}`);
  const { deployment } = JSON.parse(output) as {
    readonly deployment?: { readonly resources?: readonly RecordedState[] };
  };
  const standing = (deployment?.resources ?? []).filter((resource) => resource.delete !== true);
  return standing.map((resource) => recordOf(stack, resource));
}

/** @param outputs as they are seen; by default as recorded */
export function recordOf(
  stack: string,
  state: RecordedState,
  outputs: Properties = plainProperties(state.outputs),
  id: string | undefined = state.id,
): ResourceRecord {
  const { urn, type, parent, inputs, propertyDependencies = {} } = state;
  return {
    stack,
    urn,
    type,
    name: urn.split("::").at(-1) ?? urn,
    parent,
    id: id === undefined || id === "" ? UNKNOWN : id,
    inputs: plainProperties(inputs),
    outputs,
    dependencies: Object.fromEntries(
      Object.entries(propertyDependencies).map(([property, urns]) => [property, urns ?? []]),
    ),
  };
}

// ---- previews

interface Previewed {
  readonly records: readonly ResourceRecord[];
  readonly note?: string;
}

interface PreviewStep {
  readonly op: string;
  readonly urn: string;
  readonly newState?: RecordedState;
  readonly oldState?: RecordedState;
}

interface Preview {
  readonly steps?: readonly PreviewStep[];
  readonly diagnostics?: readonly { readonly severity?: string; readonly message?: string }[];
}

/** What keeps its id, and the outputs that the change does not touch. */
const KEEPS: readonly string[] = ["same", "update", "read", "refresh"];

async function previewOf({ name, stack }: StackConfiguration, pulumi: PulumiCommand): Promise<Previewed> {
  const { ok, output, complaints } = await pulumi("preview", "--stack", name, "--json", "--show-sames");
  const preview = parsed(output);
  if (!ok || !preview) {
    const errors = (preview?.diagnostics ?? [])
      .filter(({ severity }) => severity === "error")
      .map(({ message = "" }) => message.trim());
    const why = errors.join("\n") || complaints.trim();
    if (catalog[stack.program].needsKubernetesApi)
      return {
        records: [],
        note: `${name} cannot be previewed from here, so pods are taken to stand where the files say.\n${why}`,
      };
    throw new Error(`${name}: its preview failed.\n${why}`);
  }
  const records = new Map<string, ResourceRecord>();
  for (const { op, urn, newState, oldState } of preview.steps ?? []) {
    if (!newState || op.startsWith("delete") || op.startsWith("discard")) continue;
    const kept = KEEPS.includes(op) ? oldState : undefined;
    const outputs = kept ? { ...plainProperties(kept.outputs), ...plainProperties(newState.inputs) } : {};
    // A replacement is told in several steps; its new half is what will stand.
    if (kept && records.get(urn)?.id === UNKNOWN) continue;
    records.set(urn, recordOf(name, newState, outputs, kept?.id));
  }
  return { records: [...records.values()] };
}

function parsed(output: string): Preview | undefined {
  try {
    return JSON.parse(output) as Preview;
  } catch {
    return undefined;
  }
}
