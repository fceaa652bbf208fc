import type { WorldObject } from "./world.ts";

/** One configured provider at work, from Configure to the end of its engine's run. */
export interface Run {
  /** The provider's URN. */
  readonly provider: string;
  readonly stack: string;
  /** Stacks that it had to come after, where somebody told. */
  readonly after: readonly string[] | undefined;
  /** Virtual second before which none of its operations begins. */
  readonly startedAt: number;
  /** When the last of its operations so far is done. */
  reached: number;
}

/** Stacks that somebody brings up together: each with those that have to be done before it begins. */
export type Order = Readonly<Record<string, readonly string[]>>;

/** A moment: the time, and what had been done by then. */
interface Mark {
  readonly at: number;
  readonly done: number;
}

/** One operation as AWS would have had it, in virtual seconds. */
export interface Step {
  readonly operation: "create" | "update" | "delete";
  readonly stack: string;
  readonly type: string;
  readonly id: string;
  /** As the program calls the resource; where no program is known, as AWS does. */
  readonly name: string;
  readonly account: string;
  readonly startedAt: number;
  readonly readyAt: number;
}

export interface ChainStep extends Step {
  /** What kept it from beginning earlier: something that it names, or only that its program came after another one. */
  readonly waitedFor: "inputs" | "program";
}

export interface Timeline {
  readonly since: number;
  /** How long AWS would have taken. */
  readonly seconds: number;
  /** What decided that, first to last. */
  readonly chain: readonly ChainStep[];
  /** How long it would have taken had nothing ever waited for another program, but only for what it names. */
  readonly fastest: number;
}

interface Entry extends Step {
  readonly run: Run;
  readonly object: WorldObject;
  /** Ids and ARNs that the object named. */
  readonly names: ReadonlySet<string>;
  readonly needs: readonly Entry[];
}

/** What a step is about, for {@link Time.step}. */
export interface Doing {
  readonly operation: Step["operation"];
  readonly object: WorldObject;
  readonly name: string;
  /** Ids and ARNs that the object names. */
  readonly names: ReadonlySet<string>;
  /** Objects that must be ready first. */
  readonly after: readonly WorldObject[];
  readonly seconds: number;
  /** When, at the earliest, it can be done: until then it is tried again and again. */
  readonly notBefore?: number | undefined;
}

/**
 * The virtual clock, and what AWS was busy with. The clock shows the latest of all that is done; an operation begins when its program has begun and all
 * that it names is ready. A program begins after all programs that were over when its provider was configured, and waits for none that runs beside it.
 * That is right for one program after another. Of several at once it says too much, because an hour of AWS passes here in an instant and any of them
 * may be over first; so whoever runs several tells their order. What was done is kept in memory only: it is asked for right after a run.
 */
export class Time {
  #now: number;
  /** When a program that is configured now would begin: after all that are over. */
  #settled: number;
  readonly #active = new Set<Run>();
  readonly #entries: Entry[] = [];
  /** The last of each object. */
  readonly #lastOf = new Map<WorldObject, Entry>();
  /** Deletions, by what the deleted objects named. */
  readonly #deletions = new Map<string, Entry[]>();
  /** The beginning of the last stretch with a program at work, and of the last one in which anything was done. */
  #stretch: Mark;
  #latest: Mark;
  #told: { readonly order: Order; readonly from: Mark; readonly reached: Map<string, number> } | undefined;

  constructor(now: number) {
    this.#now = this.#settled = now;
    this.#stretch = this.#latest = this.#mark();
  }

  get now(): number {
    return this.#now;
  }

  advance(seconds: number): void {
    this.#now += seconds;
    this.#settled = this.#now;
  }

  /** From now on, until `finish`, stacks of the order wait for exactly those before them. Nothing begins earlier than now. */
  tell(order: Order): void {
    for (const run of this.#active) this.end(run);
    this.advance(0);
    this.#told = { order, from: this.#mark(), reached: new Map() };
  }

  /** What has been done since `tell`. Later programs begin after all of it. */
  finish(): Timeline {
    const from = this.#told?.from ?? this.#latest;
    this.#told = undefined;
    this.advance(0);
    return this.#since(from);
  }

  #mark(): Mark {
    return { at: this.#now, done: this.#entries.length };
  }

  begin(provider: string, stack: string): Run {
    // An engine that was killed says no farewell; a stack is updated by one engine at a time.
    for (const run of this.#active) if (run.provider === provider) this.end(run);
    if (this.#active.size === 0) this.#stretch = this.#mark();
    const startedAt = this.#beginning(stack);
    const run: Run = { provider, stack, after: this.#told?.order[stack], startedAt, reached: startedAt };
    this.#active.add(run);
    return run;
  }

  #beginning(stack: string): number {
    const before = this.#told?.order[stack];
    if (!this.#told || !before) return this.#settled;
    const { from } = this.#told;
    return Math.max(from.at, ...before.map((other) => this.#reached(other)));
  }

  /** When a stack of the order is done: one in which nothing changed, when those before it are. */
  #reached(stack: string, above: readonly string[] = []): number {
    if (!this.#told || above.includes(stack)) return 0;
    const before = this.#told.order[stack] ?? [];
    return Math.max(
      this.#told.reached.get(stack) ?? 0,
      ...before.map((other) => this.#reached(other, [...above, stack])),
    );
  }

  end(run: Run): void {
    if (!this.#active.delete(run)) return;
    this.#settled = this.#active.size === 0 ? this.#now : Math.max(this.#settled, run.reached);
  }

  /** Accounts an operation. @returns when it is done */
  step({ operation, object, name, names, after, seconds, notBefore = 0 }: Doing, run: Run): number {
    const needs = after.flatMap((needed) => this.#lastOf.get(needed) ?? []);
    // What named it has to be gone before it can go.
    if (operation === "delete") needs.push(...this.#deletionsNaming(object));
    const startedAt = Math.max(
      run.startedAt,
      ...after.map(({ readyAt }) => readyAt),
      ...needs.map(({ readyAt }) => readyAt),
    );
    const readyAt = Math.max(startedAt, notBefore) + seconds;
    const { type, id, account } = object;
    const { stack } = run;
    this.#note({ operation, stack, type, id, account, name, startedAt, readyAt, object, names, needs, run });
    this.#latest = this.#stretch;
    run.reached = Math.max(run.reached, readyAt);
    this.#told?.reached.set(run.stack, Math.max(run.reached, this.#told.reached.get(run.stack) ?? 0));
    this.#now = Math.max(this.#now, readyAt);
    return readyAt;
  }

  #note(entry: Entry): void {
    this.#entries.push(entry);
    this.#lastOf.set(entry.object, entry);
    if (entry.operation !== "delete") return;
    for (const name of entry.names) {
      const known = this.#deletions.get(name);
      if (known) known.push(entry);
      else this.#deletions.set(name, [entry]);
    }
  }

  #deletionsNaming({ id, computed: { arn } }: WorldObject): readonly Entry[] {
    const names = typeof arn === "string" ? [id, arn] : [id];
    return [...new Set(names.flatMap((name) => this.#deletions.get(name) ?? []))];
  }

  /** @param since a time of the clock; without it, what was told, or else the last stretch of programs at work that changed anything */
  timeline(since?: number): Timeline {
    return this.#since(since === undefined ? (this.#told?.from ?? this.#latest) : { at: since, done: 0 });
  }

  #since({ at: since, done }: Mark): Timeline {
    const entries = this.#entries.slice(done).filter(({ startedAt }) => startedAt >= since);
    const last = entries.reduce<Entry | undefined>((a, b) => (a && a.readyAt >= b.readyAt ? a : b), undefined);
    const best = new Map<Entry, number>();
    for (const entry of entries) {
      const begins = Math.max(0, ...entry.needs.map((need) => best.get(need) ?? 0));
      best.set(entry, begins + entry.readyAt - entry.startedAt);
    }
    return {
      since,
      seconds: last ? last.readyAt - since : 0,
      chain: last ? chainTo(last, entries) : [],
      fastest: Math.max(0, ...best.values()),
    };
  }
}

function chainTo(last: Entry, entries: readonly Entry[]): ChainStep[] {
  const chain: ChainStep[] = [];
  for (let entry: Entry | undefined = last; entry;) {
    const { operation, stack, type, id, name, account, startedAt, readyAt, needs, run }: Entry = entry;
    const needed: Entry | undefined = needs.find((need) => need.readyAt === startedAt && entries.includes(need));
    const waitedFor = needed ? "inputs" : "program";
    const [next] = chain;
    // What took no time decided nothing, but what it waited for, the next one waited for.
    if (readyAt > startedAt)
      chain.unshift({ operation, stack, type, id, name, account, startedAt, readyAt, waitedFor });
    else if (next && waitedFor === "program") chain[0] = { ...next, waitedFor };
    const earlier: readonly Entry[] = entries.slice(0, entries.indexOf(entry));
    const mayPrecede = (other: Entry): boolean => other.run !== run && (run.after?.includes(other.stack) ?? true);
    entry = needed ?? earlier.findLast((other) => other.readyAt === startedAt && mayPrecede(other));
  }
  return chain;
}
