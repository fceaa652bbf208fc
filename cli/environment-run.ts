import { advice } from "./advice.ts";
import { type Consequences, consequencesOf } from "./consequences.ts";
import type { Difference } from "./differences.ts";
import { type Engine, type EngineRun, type Operation } from "./engine.ts";
import { type Changes, type Finding, NO_CHANGES, type ResourceChange, changesAnything } from "./engine-events.ts";
import type { Interrupts } from "./interrupts.ts";
import { NotYet } from "./lingering-interfaces.ts";
import type { PendingCreate } from "./pending-creates.ts";
import { type Planned, comesAfter } from "./plan.ts";
import type { Policies } from "./policies.ts";
import { stackRecord } from "./stack-record.ts";
import { catalog } from "../stacks/catalog.ts";
import { type UpstreamRead, upstreamReads } from "./upstream-reads.ts";

/** What became of one stack. */
export interface StackReport {
  readonly stack: string;
  readonly result: "succeeded" | "failed" | "skipped";
  readonly changes: Changes;
  /** The same one by one; absent where nothing changes. */
  readonly resourceChanges?: readonly ResourceChange[];
  readonly findings?: readonly Finding[];
  /** What a refresh has found to differ; absent where nothing does. */
  readonly differences?: readonly Difference[];
  /** Of a preview: what its changes mean. */
  readonly consequences?: Consequences;
  /** Of a preview: the stacks that it read, and whether their values are known. */
  readonly upstream?: readonly UpstreamRead[];
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
  readonly policies: Policies;
  readonly stacks: readonly Planned[];
  /** Stacks whose records are made with theirs, since the engine refuses references to what it does not know. */
  readonly read?: readonly Planned[];
  /** Where a stack's resources stand, and what they cost there. */
  readonly regionOf: (stack: string) => string;
  readonly progress: Progress;
  readonly interrupts: Pick<Interrupts, "received">;
  /** Settles what an update that was ended by force has left of a stack. @returns why the stack cannot be touched */
  readonly settle?: (stack: string) => Promise<string | undefined>;
  /** Takes over what an earlier update has made, and nobody knows of. @returns why the stack cannot be touched */
  readonly takeOver?: (stack: string, creates: readonly PendingCreate[]) => Promise<string | undefined>;
  /** Whether an update would cut off what still runs. @returns why the stack cannot be updated */
  readonly cutsOff?: (stack: string, preview: EngineRun) => Promise<string | undefined>;
  /** Whether an earlier update has made what no stack knows of. */
  readonly anythingLost?: () => Promise<boolean>;
  /** Tells, before a destroy, what it would end. @returns stacks that hold what is protected, with the reasons */
  readonly weigh?: (stacks: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** Asked right before a stack is destroyed. @throws {NotYet} where AWS still holds what keeps it from going */
  readonly mayGo?: (stack: Planned) => Promise<void>;
  /** How many stacks run at the same time. */
  readonly atOnce?: number;
  /** Told once all that was left is settled, right before the first thing is changed. */
  readonly changesBegin?: () => Promise<void>;
  /** Whether what comes now is wanted. */
  readonly confirmed: (operation: Operation) => Promise<boolean>;
}

/** On two cores, four at once bring the demo up in two thirds of the time that one by one takes. */
export const AT_ONCE = 4;

/** Previews every stack; one failure stops only what depends on it. Nothing is changed but that missing stack records are made. */
export async function previewAll(
  context: RunContext,
  seen: (stack: string, preview: EngineRun) => void = () => undefined,
): Promise<StackReport[]> {
  await makeRecords(context);
  const policies = policyFlags(context);
  return sideBySide(context, "preview", context.stacks, async ({ name }) => {
    const run = await context.engine.run("preview", name, policies);
    seen(name, run);
    return run;
  });
}

/** Settles what is left of every stack that has a record. @returns those that cannot be touched, with the reasons */
async function settleAll({ engine, stacks, settle }: RunContext): Promise<ReadonlyMap<string, string>> {
  if (!settle) return new Map();
  const known = await engine.stacks();
  return prepareAll(
    stacks.filter(({ name }) => known.has(name)),
    settle,
  );
}

/** Prepares every stack, all at the same time. @returns those that cannot be touched, with the reasons */
async function prepareAll(
  stacks: readonly Planned[],
  prepare: (stack: string) => Promise<string | undefined> | undefined,
): Promise<ReadonlyMap<string, string>> {
  const prepared = await Promise.all(
    stacks.map(
      async ({ name }) => [name, await prepare(name)?.catch((error: unknown) => (error as Error).message)] as const,
    ),
  );
  return new Map(prepared.flatMap(([name, why]) => (why === undefined ? [] : [[name, why] as const])));
}

/** @param creates by stack, what its preview would create @returns stacks of which it is not clear what is theirs, with the reasons */
const takeOverAll = (
  { takeOver }: RunContext,
  stacks: readonly Planned[],
  creates: ReadonlyMap<string, readonly PendingCreate[]>,
): Promise<ReadonlyMap<string, string>> => prepareAll(stacks, (name) => takeOver?.(name, creates.get(name) ?? []));

/** The previews, and by stack what each would create, and all that it said. */
async function previewsWithCreates(context: RunContext): Promise<{
  readonly previews: readonly StackReport[];
  readonly creates: ReadonlyMap<string, readonly PendingCreate[]>;
  readonly runs: ReadonlyMap<string, EngineRun>;
}> {
  const runs = new Map<string, EngineRun>();
  const previews = await previewAll(context, (stack, preview) => runs.set(stack, preview));
  const creates = new Map([...runs].map(([stack, preview]) => [stack, preview.creates]));
  return { previews, creates, runs };
}

/** Updates every stack once the previews of all have passed. */
export async function upAll(context: RunContext): Promise<StackReport[]> {
  const untouchable = await settleAll(context);
  if (untouchable.size > 0) return untouched(context, "up", untouchable, UNCLEAR);
  context.progress.phase("previews");
  const { previews, creates, runs } = await previewsWithCreates(context);
  const reachable = context.stacks.filter(({ name }) =>
    previews.some(({ stack, result }) => stack === name && result === "succeeded"),
  );
  const failed = previews
    .filter(({ result }) => result === "failed" || (result === "skipped" && context.interrupts.received))
    .map(({ stack }) => stack);
  if (failed.length > 0)
    return notUpdated(previews, `nothing was updated, since not every preview passed: ${failed.join(", ")}`);
  const cut = await prepareAll(reachable, (name) => {
    const preview = runs.get(name);
    return preview && context.cutsOff?.(name, preview);
  });
  if (cut.size > 0) return untouched(context, "up", cut, CUT_OFF);
  if (!(await context.confirmed("up"))) return notUpdated(previews, "nothing was updated, since it was not confirmed");
  context.progress.phase("updates");
  const obstacles = await takeOverAll(context, reachable, creates);
  await context.changesBegin?.();
  const changed: Planned[] = [];
  const updates = await sideBySide(context, "up", reachable, async (stack) => {
    const obstacle = obstacles.get(stack.name);
    if (obstacle !== undefined) throw new Error(obstacle);
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
  return previews.map((preview) => updates.find(({ stack }) => stack === preview.stack) ?? preview);
}

/** An order in which the rest could go on is not known before a stack has been previewed. */
const UNCLEAR = (stacks: string): string => `nothing was done, since of ${stacks} it is not known how it stands`;
const CUT_OFF = (stacks: string): string => `nothing was updated, since ${stacks} would cut pods off`;
const PROTECTED = (stacks: string): string => `nothing was destroyed, since something in ${stacks} is protected`;

/** Where a stack cannot be touched, none is. @param others what becomes of these, by the names of those */
function untouched(
  { stacks, progress }: RunContext,
  operation: Operation,
  why: ReadonlyMap<string, string>,
  others: (stacks: string) => string,
): StackReport[] {
  const names = [...why.keys()].join(", ");
  return stacks.map(({ name }) => {
    const own = why.get(name);
    const report = own === undefined ? skippedReport(name, others(names)) : failedReport(name, own);
    if (own !== undefined) progress.ends(report, operation, 0);
    return report;
  });
}

/**
 * Destroys every stack, those first on which no other depends. The stacks' records and configuration files stay. Where anything in any of them is protected,
 * none is touched: Pulumi would come to it only when half of the environment has gone.
 */
export async function destroyAll(context: RunContext): Promise<StackReport[]> {
  const untouchable = await settleAll(context);
  if (untouchable.size > 0) return untouched(context, "destroy", untouchable, UNCLEAR);
  const kept = await weighAll(context);
  if (kept.size > 0) return untouched(context, "destroy", kept, PROTECTED);
  if (!(await context.confirmed("destroy")))
    return context.stacks.map(({ name }) => skippedReport(name, "nothing was destroyed, since it was not confirmed"));
  const unclear = await takeOverToDestroy(context);
  if (unclear.size > 0) return untouched(context, "destroy", unclear, UNCLEAR);
  await context.changesBegin?.();
  return sideBySide(context, "destroy", context.stacks.toReversed(), (stack) => destroyOne(stack, context), true);
}

/** An engine that is interrupted in the middle of a destroy calls what it has done a success. */
async function destroyOne(planned: Planned, { engine, interrupts, mayGo }: RunContext): Promise<EngineRun> {
  const { name: stack } = planned;
  await mayGo?.(planned);
  const run = await engine.run("destroy", stack, ["--yes", "--skip-preview"]);
  if (!run.succeeded || !interrupts.received) return run;
  const left = (await engine.standing(stack)).length;
  if (left === 0) return run;
  return { ...run, succeeded: false, errors: [`interrupted with ${left} still to be deleted: run this again`] };
}

/** @returns stacks that hold what is protected, with the reasons */
async function weighAll({ engine, stacks, weigh }: RunContext): Promise<ReadonlyMap<string, string>> {
  if (!weigh) return new Map();
  const known = await engine.stacks();
  const recorded = stacks.filter(({ name }) => known.has(name));
  return weigh(recorded.toReversed().map(({ name }) => name));
}

/** What no stack knows of would stay for ever: previews tell whose it is. @returns stacks of which that is not clear, with the reasons */
async function takeOverToDestroy(context: RunContext): Promise<ReadonlyMap<string, string>> {
  if (!(await context.anythingLost?.())) return new Map();
  context.progress.phase("previews, since an earlier update has made what no stack knows of");
  const { creates } = await previewsWithCreates(context);
  const obstacles = await takeOverAll(context, context.stacks, creates);
  context.progress.phase("destroy");
  return obstacles;
}

/** Takes over into each stack's state what has changed outside of Pulumi. */
export async function refreshAll(context: RunContext): Promise<StackReport[]> {
  const untouchable = await settleAll(context);
  if (untouchable.size > 0) return untouched(context, "refresh", untouchable, UNCLEAR);
  return sideBySide(
    context,
    "refresh",
    context.stacks,
    ({ name }) => context.engine.run("refresh", name, ["--yes", "--skip-preview"]),
    true,
  );
}

const policyFlags = ({ policies: { pack, config } }: RunContext): string[] => [
  "--policy-pack",
  pack,
  "--policy-pack-config",
  config,
];

async function makeRecords({ engine, stacks, read = [], folder }: RunContext): Promise<void> {
  const known = await engine.stacks();
  const wanted = new Set([...read, ...stacks].map(({ name }) => name));
  for (const name of wanted) if (!known.has(name)) await stackRecord(engine, folder, name);
}

/**
 * Every stack as soon as all that it needs has ended, the ready ones side by side. A stack whose upstream (for `destroy`: downstream) failed, or was
 * skipped for that, is skipped.
 *
 * @param recordedOnly stacks that were never brought up are left out
 * @returns in the order of the stacks
 */
async function sideBySide(
  { engine, stacks: all, regionOf, progress, interrupts, atOnce = AT_ONCE }: RunContext,
  operation: Operation,
  stacks: readonly Planned[],
  work: (stack: Planned) => Promise<EngineRun>,
  recordedOnly = false,
): Promise<StackReport[]> {
  const known = recordedOnly ? await engine.stacks() : new Set(all.map(({ name }) => name));
  const reports = new Map<Planned, StackReport>();
  const running = new Map<Planned, Promise<void>>();

  const needsOf = (stack: Planned): Planned[] =>
    stacks.filter((other) => (operation === "destroy" ? comesAfter(stack, other) : comesAfter(other, stack)));
  const end = (stack: Planned, report: StackReport, seconds = 0): void => {
    reports.set(stack, report);
    progress.ends(report, operation, seconds);
  };
  const run = async (stack: Planned): Promise<void> => {
    progress.begins(stack.name, operation);
    try {
      const ended = await work(stack);
      const reads = upstreamReads(stack.name, ended.resources);
      const report = {
        ...reportOf(stack.name, operation, ended),
        ...(operation === "preview" && {
          consequences: consequencesOf(ended, regionOf(stack.name)),
          ...(reads.length > 0 && { upstream: reads }),
        }),
      };
      end(stack, outOfReach(stack, operation, ended) ? skippedReport(stack.name, WAYS_IN) : report, ended.seconds);
    } catch (error) {
      // The others go on to their ends: nobody else would wait for them.
      const reportOfEnd = error instanceof NotYet ? skippedReport : failedReport;
      end(stack, reportOfEnd(stack.name, (error as Error).message));
    } finally {
      running.delete(stack);
    }
  };
  const begin = (stack: Planned): void => {
    const blocker = needsOf(stack).find((need) => stops(reports.get(need)));
    if (interrupts.received) end(stack, skippedReport(stack.name, "interrupted before it began"));
    else if (blocker) end(stack, skippedReport(stack.name, blockedBy(blocker, operation)));
    else if (!known.has(stack.name)) end(stack, skippedReport(stack.name));
    else running.set(stack, run(stack));
  };

  const waiting = [...stacks];
  while (waiting.length > 0) {
    // The first that may begin: the given order holds wherever needs leave a choice.
    const next =
      running.size < atOnce ? waiting.find((stack) => needsOf(stack).every((need) => reports.has(need))) : undefined;
    if (next) {
      waiting.splice(waiting.indexOf(next), 1);
      begin(next);
    } else await Promise.race(running.values());
  }
  await Promise.all(running.values());
  return stacks.flatMap((stack) => reports.get(stack) ?? []);
}

const UNREACHABLE = /cluster is unreachable|i\/o timeout/;
export const WAYS_IN = `the cluster's Kubernetes API, which is private, cannot be reached from here. The ways in:
  - run corpai inside the VPC
  - connect to the VPC by VPN
  - forward a port by a bastion, or by SSM: aws ssm start-session --document-name AWS-StartPortForwardingSessionToRemoteHost
  - let Pulumi Deployments run it, with an agent pool inside the VPC`;

/** Whether nothing but the place that this runs at kept a stack from its preview or update. */
function outOfReach({ stack }: Planned, operation: Operation, { succeeded, errors, findings }: EngineRun): boolean {
  const reasons = errors.filter((error) => !MERE_FAILURE.test(error));
  return (
    !succeeded &&
    (operation === "preview" || operation === "up") &&
    catalog[stack.program].needsKubernetesApi &&
    findings.every(({ level }) => level !== "mandatory") &&
    reasons.length > 0 &&
    reasons.every((reason) => UNREACHABLE.test(reason))
  );
}

/** Whether what needs this stack cannot go on. */
const stops = (report: StackReport | undefined): boolean =>
  report !== undefined && (report.result === "failed" || report.error !== undefined);

const blockedBy = ({ name }: Planned, operation: Operation): string =>
  operation === "destroy" ? `${name}, which depends on it, still stands` : `it needs ${name}, which did not succeed`;

const failedReport = (stack: string, error: string): StackReport => ({
  stack,
  result: "failed",
  changes: NO_CHANGES,
  error,
});

function skippedReport(stack: string, error?: string): StackReport {
  return { stack, result: "skipped", changes: NO_CHANGES, ...(error === undefined ? {} : { error }) };
}

/** What previews become where no update follows: nothing has changed. */
function notUpdated(previews: readonly StackReport[], why: string): StackReport[] {
  return previews.map((report) =>
    report.result === "succeeded"
      ? skippedReport(report.stack, why)
      : { ...report, changes: NO_CHANGES, resourceChanges: [] },
  );
}

/** The engine's last word, and what it dropped because of a failure: they say nothing where something more precise has been said. */
const MERE_FAILURE = /^(preview|update|refresh|destroy) failed$|: context canceled$/;

function reportOf(stack: string, operation: Operation, run: EngineRun): StackReport {
  const { succeeded, changes, resourceChanges, findings, errors, differences } = run;
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
    ...(resourceChanges.length > 0 ? { resourceChanges } : {}),
    ...(findings.length > 0 ? { findings } : {}),
    ...(operation === "refresh" && differences.length > 0 ? { differences } : {}),
    ...(succeeded ? {} : { error: [...reasons, ...advice(stack, run)].join("\n") }),
  };
}
