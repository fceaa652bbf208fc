/** Commands that are ended at random moments, each followed by one that is left alone: that one has to bring everything to its end by itself. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Clone, type Ran, toolPath } from "../end-to-end/support/clone.ts";
import { BLOWS, type Blow, processesIn, strike } from "./blows.ts";
import { type Draw, drawOf } from "./draw.ts";
import { assertAccounted, assertEstate, inventory, madeIn } from "./world.ts";

type Operation = "up" | "destroy";

/** One run of the campaign, as the table has it. */
export interface Run {
  readonly run: number;
  readonly operation: Operation;
  readonly blow: Blow;
  /** How many objects had been made or deleted by then. */
  readonly after: number;
  readonly hit: string;
  /** What the blow left to the next command: locks that it dropped or waited for, creates that it settled. */
  readonly left: string;
  readonly next: Operation;
  readonly seconds: number;
}

export interface CampaignOptions {
  readonly runs: number;
  readonly seed: string;
  /** Programs or stacks, with what they need; the whole environment where there is none. */
  readonly only?: readonly string[];
  /** Told after each run. */
  readonly tell: (run: Run) => void;
}

/** How many objects the last command of each kind has made, or deleted: where to strike within the next. */
type Sizes = Record<Operation, number>;

/** The moment before anything is changed is as likely as this. */
const EARLY = 0.15;
/** Longest time from the start of a command to a blow during its previews, ms. */
const EARLY_MS = 12_000;
/** So that operations are hit in their midst, too: in the sandbox they take no time by themselves. */
const SLOW = { kind: "slow", rate: 0.4, operations: ["create", "update", "delete"], milliseconds: 120 } as const;
const FOLLOW_SAME = 0.7;
const GONE_MS = 20_000;

/** @throws {AssertionError} naming seed and run, where something was lost, made twice or left behind */
export async function campaign({ runs, seed, only = [], tell }: CampaignOptions): Promise<Run[]> {
  const clone = Clone.create();
  const done: Run[] = [];
  try {
    // What an environment is that was never disturbed.
    const scope = only.length > 0 ? ["--only", only.join(",")] : [];
    await mustSucceed(clone, "up", scope);
    const whole = inventory(await madeIn(clone));
    const sizes: Sizes = { up: whole.length, destroy: whole.length };
    let standing = true;
    for (let number = 1; number <= runs; number += 1) {
      const draw = drawOf(seed, number);
      try {
        const run = await disturbed({ clone, draw, number, operation: standing ? "destroy" : "up", sizes, scope });
        standing = run.next === "up";
        if (standing) {
          assert.deepEqual(inventory(await madeIn(clone)), whole, "the world is as if nothing had happened");
          await assertAccounted(clone);
        } else await assertEstate(clone);
        assert.equal(clone.changedFiles(), "", "git status is clean");
        done.push(run);
        tell(run);
      } catch (error) {
        if (error instanceof Error) error.message = `run ${number} of seed ${seed}: ${error.message}`;
        throw error;
      }
    }
    await mustSucceed(clone, "destroy");
    await assertEstate(clone);
    return done;
  } finally {
    await clone.remove();
  }
}

interface Disturbed {
  readonly clone: Clone;
  readonly draw: Draw;
  readonly number: number;
  readonly operation: Operation;
  readonly sizes: Sizes;
  /** Flags of `up`. */
  readonly scope: readonly string[];
}

async function disturbed({ clone, draw, number, operation, sizes, scope }: Disturbed): Promise<Run> {
  const blow = draw.one(BLOWS);
  const wait = draw.fraction() < EARLY ? { ms: draw.below(EARLY_MS) } : { changes: 1 + draw.below(sizes[operation]) };
  await clone.sandbox.setFaults("demo", { seed: number, faults: [{ ...SLOW, operations: [...SLOW.operations] }] });
  const before = await count(clone);

  const corpai = start(clone, operation, scope);
  const ended = once(corpai, "exit");
  await moment(clone, corpai, before, wait);
  const after = Math.abs((await count(clone)) - before);
  const hit = corpai.exitCode === null ? await strike(blow, { clone, corpai, draw }) : undefined;
  await ended;

  await clone.sandbox.setFaults("demo", { faults: [] });
  const next = draw.fraction() < FOLLOW_SAME ? operation : operation === "up" ? "destroy" : "up";
  const began = performance.now();
  const { out } = await mustSucceed(clone, next, scope);
  const seconds = (performance.now() - began) / 1000;
  await assertNobodyLeft(clone);
  return {
    run: number,
    operation,
    blow,
    after,
    hit: hit ?? "nobody: it had ended",
    left: leftOver(out),
    next,
    seconds,
  };
}

/** What is destroyed is all that stands. */
const words = (operation: Operation, scope: readonly string[]): string[] => [
  operation,
  "demo",
  ...(operation === "up" ? scope : []),
];

function start(clone: Clone, operation: Operation, scope: readonly string[]): ChildProcess {
  return spawn(process.execPath, ["cli/corpai.mjs", ...words(operation, scope)], {
    cwd: clone.folder,
    env: { ...process.env, PATH: toolPath },
    stdio: "ignore",
  });
}

const count = async (clone: Clone): Promise<number> => (await madeIn(clone)).length;

/** Waits until so much time has passed, or so much has changed, or the command has ended. */
async function moment(
  clone: Clone,
  corpai: ChildProcess,
  before: number,
  wait: { readonly ms: number } | { readonly changes: number },
): Promise<void> {
  if ("ms" in wait) {
    await Promise.race([sleep(wait.ms), once(corpai, "exit")]);
    return;
  }
  while (corpai.exitCode === null && Math.abs((await count(clone)) - before) < wait.changes) await sleep(5);
}

async function mustSucceed(clone: Clone, operation: Operation, scope: readonly string[] = []): Promise<Ran> {
  const ran = await clone.corpai(...words(operation, scope));
  assert.equal(ran.code, 0, `the next ${operation} does not go on by itself:\n${ran.out}${ran.err}`);
  return ran;
}

/** What the next command found and said. */
function leftOver(out: string): string {
  const found = [
    [/dropped the lock/g, "lock dropped"],
    [/waiting for process/g, "lock waited for"],
    [/taken over as/g, "create taken over"],
    [/had not been created/g, "create forgotten"],
  ] as const;
  const parts = found.flatMap(([pattern, name]) => {
    const times = out.match(pattern)?.length ?? 0;
    return times === 0 ? [] : [`${times} × ${name}`];
  });
  return parts.join(", ") || "nothing";
}

/** Engines, hosts and programs end with their command, or soon after it was killed; only the sandbox stays. */
async function assertNobodyLeft(clone: Clone): Promise<void> {
  const left = (): string[] =>
    processesIn(clone.folder)
      .map(({ command }) => command)
      .filter((command) => !command.includes("sandbox/daemon.ts"));
  for (const until = Date.now() + GONE_MS; left().length > 0 && Date.now() < until;) await sleep(100);
  assert.deepEqual(left(), [], "no process is left behind");
  assert.deepEqual(globSync(".sandbox/state/.pulumi/locks/**/*.json", { cwd: clone.folder }), [], "nor a lock");
}
