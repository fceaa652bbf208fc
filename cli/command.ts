import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { describeProblems } from "../model/problem.ts";
import { type Environment, loadAmongOthers } from "../stacks/environment.ts";
import { outlivesEnvironment } from "../stacks/catalog.ts";
import { NO_CHANGES } from "./engine-events.ts";
import { type RunContext, type StackReport, destroyAll, previewAll, refreshAll, upAll } from "./environment-run.ts";
import type { Timeline } from "../sandbox/client.ts";
import { orderOf } from "./aws-time.ts";
import { confirm } from "./confirm.ts";
import { cutOff } from "./cut-off.ts";
import type { Operation } from "./engine.ts";
import type { Holding } from "../model/holdings.ts";
import { keptStacks, printHoldings, readHoldings } from "./holdings.ts";
import { mendFileBackend } from "./file-backend.ts";
import { ec2Client } from "./aws-clients.ts";
import { Interrupts } from "./interrupts.ts";
import { settle, takeOverLost } from "./left-behind.ts";
import { awaitInterfaces } from "./lingering-interfaces.ts";
import { type Place, placeLine, placeOf } from "./place.ts";
import { policiesOf } from "./policies.ts";
import { unasked } from "./on-demand.ts";
import { mentionedBy, selected } from "./plan.ts";
import type { Printer } from "./print.ts";
import { LineProgress } from "./progress.ts";
import { passphraseProblems } from "./secrets-provider.ts";
import { SandboxLookUps } from "./sandbox-look-ups.ts";

/** Options of every command that takes an environment. */
export interface EnvironmentOptions {
  readonly sandbox?: boolean;
  readonly json?: boolean;
}

export interface RunOptions extends EnvironmentOptions {
  readonly only?: readonly string[];
  /** These stacks, and none besides. */
  readonly exactly?: readonly string[];
  /** Nothing is asked. */
  readonly yes?: boolean;
}

export type RunCommand = "preview" | "up" | "refresh" | "destroy";

const RUNS: Readonly<
  Record<
    RunCommand,
    {
      readonly run: (context: RunContext) => Promise<StackReport[]>;
      readonly along: "upstream" | "downstream" | "nothing";
    }
  >
> = {
  preview: { run: previewAll, along: "upstream" },
  up: { run: upAll, along: "upstream" },
  refresh: { run: refreshAll, along: "nothing" },
  destroy: { run: destroyAll, along: "downstream" },
};

/** An environment whose files are sound, and where it runs. */
export interface Opened {
  readonly environment: Environment;
  readonly place: Place;
  readonly interrupts: Interrupts;
}

/** The files are wrong: everything about them has been said. */
export class ProblemsFound extends Error {
  readonly environment: Environment;

  constructor(environment: Environment) {
    super(`the files of ${environment.name} are wrong; nothing was run. ${describeProblems(environment.problems)}`);
    this.environment = environment;
  }
}

/**
 * Reads and judges an environment's files, finds out where it runs, says so in the first line, and works there.
 *
 * @param options with `secretsToCome`: secrets that the files name but do not hold are no problem; the sandbox makes them up
 * @throws {ProblemsFound} before anything runs
 */
export async function inEnvironment<T>(
  name: string,
  { sandbox = false, secretsToCome = false }: EnvironmentOptions & { readonly secretsToCome?: boolean },
  printer: Printer,
  work: (opened: Opened) => Promise<T>,
): Promise<T> {
  const environment = loadAmongOthers(name, { secretsToCome });
  if (environment.problems.length > 0) throw new ProblemsFound(environment);
  const interrupts = new Interrupts((line) => printer.line(line));
  const ignore = interrupts.listen();
  try {
    const place = await placeOf(environment, { sandbox, interrupts });
    printer.line(placeLine(place, environment));
    const passphrases = place.kind === "AWS" ? passphraseProblems(environment, place) : [];
    if (passphrases.length > 0) throw new ProblemsFound({ ...environment, problems: passphrases });
    const mended = await mendFileBackend(place.backend);
    if (mended > 0)
      printer.line(`  mended ${mended} files of the backend that an engine, ended by force, had not written`);
    return await work({ environment, place, interrupts });
  } finally {
    ignore();
  }
}

/** What became of an operation on the stacks of an environment. */
export interface Outcome {
  readonly reports: readonly StackReport[];
  /** Whether all went well. */
  readonly ok: boolean;
  /** How long AWS would have taken; undefined on AWS itself, and where nothing was to be changed. */
  readonly awsTime: Timeline | undefined;
  /** Of a destroy: what held data or was protected, as it was before; undefined where it did not come to that. */
  readonly holdings: readonly Holding[] | undefined;
}

/** Runs one operation on the stacks of an environment. */
export async function runEnvironment(
  command: RunCommand,
  { environment, place, interrupts }: Opened,
  options: RunOptions,
  printer: Printer,
): Promise<Outcome> {
  const { run, along } = RUNS[command];
  const { only, exactly } = options;
  const all = command === "destroy" && only === undefined ? mortal(environment) : environment.stacks;
  const stacks = exactly
    ? selected(all, exactly, "nothing")
    : await stacksOf({ environment: { ...environment, stacks: all }, place }, only, along, printer);
  const progress = new LineProgress(
    printer,
    stacks.map(({ name }) => name),
  );
  const confirmed = (operation: Operation): Promise<boolean> =>
    confirm(operation, { environment: environment.name, needed: place.kind === "AWS" && options.yes !== true });
  const changing = command === "up" || command === "destroy" ? command : undefined;
  const sandbox = changing && place.sandbox;
  const say = (line: string): void => printer.line(`  ${line}`);
  const lookUps = place.sandbox && new SandboxLookUps(environment, place.engine, place.sandbox);
  let holdings: readonly Holding[] | undefined;
  const reports = await run({
    engine: place.engine,
    folder: place.folder,
    policies: policiesOf(environment.name),
    stacks,
    ...(exactly && { read: selected(environment.stacks, exactly, "upstream") }),
    ...(command === "up" && { read: mentionedBy(stacks, environment.stacks) }),
    regionOf: (stack) => stacks.find(({ name }) => name === stack)?.aws.region ?? "",
    progress,
    interrupts,
    settle: (stack) =>
      settle(stack, {
        engine: place.engine,
        backend: place.backend,
        project: projectOf(place.folder),
        lookUp: lookUps?.of(stack),
        say,
        interrupts,
      }),
    takeOver: (stack, creates) =>
      takeOverLost(stack, creates, { engine: place.engine, lookUp: lookUps?.of(stack), say }),
    cutsOff: (stack, preview) => cutOff(stack, preview, environment, place.engine),
    anythingLost: () => lookUps?.anythingLost() ?? Promise.resolve(false),
    weigh: async (names) => {
      holdings = await readHoldings(names, place.engine);
      printHoldings(holdings, printer);
      return keptStacks(holdings);
    },
    mayGo: async ({ name }) => {
      const stack = stacks.find((one) => one.name === name);
      if (!stack) return;
      const { region, allowedAccountIds } = stack.aws;
      await awaitInterfaces(
        { name, program: stack.stack.program, environment: environment.name },
        {
          engine: place.engine,
          ec2: () => ec2Client(place, { environment: environment.name, account: allowedAccountIds[0] ?? "", region }),
          hurry: place.sandbox && `npx corpai sandbox advance 8h ${environment.name}`,
        },
      );
    },
    confirmed,
    ...(sandbox && {
      changesBegin: async () => {
        await sandbox.begin(environment.name, orderOf(stacks, changing));
      },
    }),
  });
  return {
    reports,
    holdings,
    awsTime: await sandbox?.finish(environment.name),
    ok: reports.every(({ result, error }) => result === "succeeded" || (result === "skipped" && error === undefined)),
  };
}

/** The stacks that end with their environment. One that outlives it is destroyed only where `--only` names it. */
const mortal = ({ stacks }: Environment): Environment["stacks"] =>
  stacks.filter(({ stack }) => !outlivesEnvironment(stack.program));

/** Without --only: all but programs on demand that nobody has brought up. */
async function stacksOf(
  { environment, place }: Pick<Opened, "environment" | "place">,
  only: readonly string[] | undefined,
  along: Parameters<typeof selected>[2],
  printer: Printer,
) {
  if (only !== undefined) return selected(environment.stacks, only, along);
  const { handled, leftAlone } = await unasked(environment.stacks, environment.onDemand, place.engine);
  const names = leftAlone.map(({ stack }) => stack.program).join(", ");
  if (leftAlone.length > 0)
    printer.line(printer.paint("dim", `  left alone, since nobody has asked for it by --only: ${names}`));
  return selected(handled, only, along);
}

const projectOf = (folder: string): string =>
  (parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as { readonly name: string }).name;

/** What the stacks of an environment whose files are wrong have come to. */
export function unsoundReports({ stacks, problems }: Environment): StackReport[] {
  const names = [...new Set([...stacks.map(({ name }) => name), ...problems.map(({ stack }) => stack)])].sort();
  return names.map((stack): StackReport => {
    const own = problems.filter((problem) => problem.stack === stack);
    const [result, error] =
      own.length > 0
        ? (["failed", describeProblems(own)] as const)
        : (["skipped", "nothing was run, since other files of the environment are wrong"] as const);
    return { stack, result, changes: NO_CHANGES, error };
  });
}
