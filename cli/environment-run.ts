import { type Engine, type EngineRun, type Operation } from "./engine.ts";
import { type Changes, type Finding, NO_CHANGES, changesAnything } from "./engine-events.ts";
import type { Interrupts } from "./interrupts.ts";
import { type Planned, comesAfter } from "./plan.ts";
import { stackRecord } from "./stack-record.ts";

/** What became of one stack. */
export interface StackReport {
  readonly stack: string;
  readonly result: "succeeded" | "failed" | "skipped";
  readonly changes: Changes;
  readonly findings?: readonly Finding[];
  /** Why it failed, or was skipped. */
  readonly error?: string;
}

/** What tells people how it goes. */
export interface Progress {
  phase(title: string): void;
  begins(stack: string, operation: Operation): void;
  ends(report: StackReport, operation: Operation, seconds: number): void;
}

export interface RunContext {
  readonly engine: Engine;
  /** The project's folder, with the stacks' files under `environments/`. */
  readonly folder: string;
  /** Of the policy pack. */
  readonly policyPack: string;
  readonly stacks: readonly Planned[];
  readonly progress: Progress;
  readonly interrupts: Pick<Interrupts, "received">;
  /** Whether what comes now is wanted. */
  readonly confirmed: (operation: Operation) => Promise<boolean>;
}

/** Previews every stack; one failure stops only what depends on it. Nothing is changed but that missing stack records are made. */
export async function previewAll(context: RunContext): Promise<StackReport[]> {
  await makeRecords(context);
  const policies = policyFlags(context);
  return inTurn(context, "preview", context.stacks, ({ name }) => context.engine.run("preview", name, policies));
}

/** Updates every stack once the previews of all have passed. */
export async function upAll(context: RunContext): Promise<StackReport[]> {
  context.progress.phase("previews");
  const previews = await previewAll(context);
  const failed = previews.filter(({ result }) => result !== "succeeded").map(({ stack }) => stack);
  if (failed.length > 0)
    return notUpdated(previews, `nothing was updated, since not every preview passed: ${failed.join(", ")}`);
  if (!(await context.confirmed("up"))) return notUpdated(previews, "nothing was updated, since it was not confirmed");
  context.progress.phase("updates");
  const changed: Planned[] = [];
  return inTurn(context, "up", context.stacks, async (stack) => {
    // What the first preview of this stack saw of its upstream holds still: the rules have judged all there is to judge.
    const previewed = !changed.some((upstream) => comesAfter(upstream, stack));
    const run = await context.engine.run("up", stack.name, [
      "--yes",
      ...(previewed ? ["--skip-preview"] : []),
      ...policyFlags(context),
    ]);
    if (changesAnything(run.changes) || run.outputsChanged || !run.succeeded) changed.push(stack);
    return run;
  });
}

/** Destroys every stack, those first on which no other depends. The stacks' records and configuration files stay. */
export async function destroyAll(context: RunContext): Promise<StackReport[]> {
  if (!(await context.confirmed("destroy")))
    return context.stacks.map(({ name }) => skippedReport(name, "nothing was destroyed, since it was not confirmed"));
  return inTurn(
    context,
    "destroy",
    context.stacks.toReversed(),
    ({ name }) => context.engine.run("destroy", name, ["--yes", "--skip-preview"]),
    true,
  );
}

/** Takes over into each stack's state what has changed outside of Pulumi. */
export function refreshAll(context: RunContext): Promise<StackReport[]> {
  return inTurn(
    context,
    "refresh",
    context.stacks,
    ({ name }) => context.engine.run("refresh", name, ["--yes", "--skip-preview"]),
    true,
  );
}

const policyFlags = ({ policyPack }: RunContext): string[] => ["--policy-pack", policyPack];

async function makeRecords({ engine, stacks, folder }: RunContext): Promise<void> {
  const known = await engine.stacks();
  for (const { name } of stacks) if (!known.has(name)) await stackRecord(engine, folder, name);
}

/**
 * One stack after another. A stack whose upstream (for `destroy`: downstream) failed, or was skipped for that, is skipped.
 *
 * @param recordedOnly stacks that were never brought up are left out
 */
async function inTurn(
  { engine, stacks: all, progress, interrupts }: RunContext,
  operation: Operation,
  stacks: readonly Planned[],
  work: (stack: Planned) => Promise<EngineRun>,
  recordedOnly = false,
): Promise<StackReport[]> {
  const known = recordedOnly ? await engine.stacks() : new Set(all.map(({ name }) => name));
  const reports: StackReport[] = [];
  const stopped: Planned[] = [];
  for (const stack of stacks) {
    const blocker = stopped.find((earlier) =>
      operation === "destroy" ? comesAfter(stack, earlier) : comesAfter(earlier, stack),
    );
    let report: StackReport;
    let seconds = 0;
    if (interrupts.received) {
      report = skippedReport(stack.name, "interrupted before it began");
    } else if (blocker) {
      report = skippedReport(
        stack.name,
        operation === "destroy"
          ? `${blocker.name}, which depends on it, still stands`
          : `it needs ${blocker.name}, which did not succeed`,
      );
    } else if (!known.has(stack.name)) {
      report = skippedReport(stack.name);
    } else {
      progress.begins(stack.name, operation);
      const run = await work(stack);
      seconds = run.seconds;
      report = reportOf(stack.name, run);
    }
    if (report.result === "failed" || report.error !== undefined) stopped.push(stack);
    reports.push(report);
    progress.ends(report, operation, seconds);
  }
  return reports;
}

function skippedReport(stack: string, error?: string): StackReport {
  return { stack, result: "skipped", changes: NO_CHANGES, ...(error === undefined ? {} : { error }) };
}

/** What previews become where no update follows: nothing has changed. */
function notUpdated(previews: readonly StackReport[], why: string): StackReport[] {
  return previews.map((report) =>
    report.result === "succeeded" ? skippedReport(report.stack, why) : { ...report, changes: NO_CHANGES },
  );
}

/** The engine's last word, which says nothing where something more precise has been said. */
const MERE_FAILURE = /^(preview|update|refresh|destroy) failed$/;

function reportOf(stack: string, { succeeded, changes, findings, errors }: EngineRun): StackReport {
  const violations = findings
    .filter(({ level }) => level === "mandatory")
    .map(({ policy, resource }) => `refused by policy ${policy}: ${resource}`);
  const reasons = [...violations, ...errors].filter(
    (reason, _index, all) => all.length === 1 || !MERE_FAILURE.test(reason),
  );
  return {
    stack,
    result: succeeded ? "succeeded" : "failed",
    changes,
    ...(findings.length > 0 ? { findings } : {}),
    ...(succeeded ? {} : { error: reasons.join("\n") }),
  };
}
