/** AWS misbehaving on purpose. Off unless asked for, reproducible by its seed, in memory only. */
import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { Refusal } from "./model.ts";
import { like } from "./values.ts";

const OPERATIONS = ["create", "read", "update", "delete", "invoke"] as const;
export type Operation = (typeof OPERATIONS)[number];

const common = {
  /** Part of the operations that it hits, 0 to 1. */
  rate: z.number().min(0).max(1).default(1),
  /** Type or function token, or its last part (`VpcEndpoint`), with `*` and `?`. */
  type: z.string().default("*"),
  /** What the program calls the resource, or its id, or its physical name, with `*` and `?`. */
  name: z.string().default("*"),
  /** Of each operation on each resource, only the first so many; a later attempt goes well. */
  times: z.int().min(1).optional(),
};
/** All, unless some are given; previews read and invoke, too. */
const operations = z
  .array(z.enum(OPERATIONS))
  .min(1)
  .default([...OPERATIONS]);

const fault = z.discriminatedUnion("kind", [
  /** AWS refuses for its rate limit, so many times in a row; the provider retries, which costs virtual time. */
  z.strictObject({ kind: z.literal("throttle"), ...common, operations, inARow: z.int().min(1).default(1) }),
  /** An error of AWS's own that outlasts the provider's retries. Nothing has been done. */
  z.strictObject({ kind: z.literal("error"), ...common, operations }),
  /** Real time: half of it before AWS has done the operation, half after. */
  z.strictObject({ kind: z.literal("slow"), ...common, operations, milliseconds: z.int().min(1).max(600_000) }),
  /** A create fails after the object exists, and the provider knows its id: Pulumi keeps it, with the error. */
  z.strictObject({ kind: z.literal("half-made"), ...common }),
  /** A create is done, but its answer never arrives: nobody knows of the object. */
  z.strictObject({ kind: z.literal("lost"), ...common }),
]);

export const faultPlan = z.strictObject({
  seed: z.union([z.string(), z.number()]).default(1),
  faults: z.array(fault).max(100),
});
export type FaultPlan = z.input<typeof faultPlan>;
export type Fault = z.output<typeof fault>;

/** What is set, and how many operations each fault has hit. */
export interface FaultReport {
  readonly seed: string | number;
  readonly faults: readonly (Fault & { readonly hits: number })[];
}

/** The real provider's `max_retries`. */
const RETRIES = 25;
/** The SDK's exponential backoff without its jitter: 1, 2, 4, … seconds, at most 20. */
const backoff = (times: number): number =>
  Array.from({ length: times }, (_, index) => Math.min(2 ** index, 20)).reduce((sum, seconds) => sum + seconds, 0);

/** What befalls one operation. */
export interface Mishap {
  /** Virtual seconds lost to retries. */
  readonly delay: number;
  /** Waits its part of real time, then throws what keeps the operation from being done. */
  before(): Promise<void>;
  /** Waits the rest. */
  after(): Promise<void>;
  readonly halfMade: Refusal | undefined;
  readonly lost: Refusal | undefined;
}

/** Whom an operation is about. */
export interface Target {
  readonly operation: Operation;
  readonly type: string;
  /** The resource's URN, or what a function was asked: each has attempts of its own. */
  readonly key: string;
  /** All that a fault may call it. */
  readonly names: readonly string[];
}

export class Faults {
  #plan: z.output<typeof faultPlan> = { seed: 1, faults: [] };
  readonly #attempts = new Map<string, number>();
  readonly #hits: number[] = [];

  /** Replaces all faults; none ends them. */
  set(plan: FaultPlan): void {
    this.#plan = faultPlan.parse(plan);
    this.#attempts.clear();
    this.#hits.splice(0, Infinity, ...this.#plan.faults.map(() => 0));
  }

  /** What is set, and how many operations each has hit. */
  get report(): FaultReport {
    const { seed, faults } = this.#plan;
    return { seed, faults: faults.map((one, index) => ({ ...one, hits: this.#hits[index] ?? 0 })) };
  }

  /** Call once for each operation: whether it is hit depends on the seed, whom it is about, and how often that was tried; never on what else goes on. */
  next(target: Target): Mishap {
    const attemptKey = `${target.operation} ${target.key}`;
    const attempt = this.#attempts.get(attemptKey) ?? 0;
    this.#attempts.set(attemptKey, attempt + 1);
    const hitting = this.#plan.faults.filter((one, index) => {
      const hit =
        matches(one, target) &&
        attempt < (one.times ?? Infinity) &&
        draw(this.#plan.seed, index, attemptKey, attempt) < one.rate;
      if (hit) this.#hits[index] = (this.#hits[index] ?? 0) + 1;
      return hit;
    });
    return mishap(hitting, target.type);
  }
}

function matches(one: Fault, { operation, type, names }: Target): boolean {
  const operations: readonly Operation[] = "operations" in one ? one.operations : ["create"];
  const types = [type, type.split(":").at(-1) ?? ""];
  return (
    operations.includes(operation) &&
    types.some((each) => like(one.type, each)) &&
    names.some((name) => like(one.name, name))
  );
}

/** 0 to 1. */
const draw = (...seeds: readonly (string | number)[]): number =>
  createHash("sha256").update(seeds.join("\n")).digest().readUInt32BE() / 2 ** 32;

function mishap(faults: readonly Fault[], type: string): Mishap {
  const half = faults.reduce((sum, one) => sum + (one.kind === "slow" ? one.milliseconds : 0), 0) / 2;
  const wait = async (): Promise<void> => {
    if (half > 0) await setTimeout(half);
  };
  const inARow = Math.max(0, ...faults.map((one) => (one.kind === "throttle" ? one.inARow : 0)));
  const has = (kind: Fault["kind"]): boolean => faults.some((one) => one.kind === kind);
  return {
    delay: inARow > RETRIES ? 0 : backoff(inARow),
    before: async () => {
      await wait();
      if (inARow > RETRIES) throw throttled(type, inARow);
      if (has("error")) throw failed(type);
    },
    after: wait,
    halfMade: has("half-made") ? failed(type, " while the provider waited for what it had created") : undefined,
    lost: has("lost")
      ? new Refusal("RequestError", "send request failed, caused by: read: connection reset by peer")
      : undefined,
  };
}

const isKubernetes = (type: string): boolean => type.startsWith("kubernetes:");

function throttled(type: string, inARow: number): Refusal {
  const exceeded = `exceeded maximum number of attempts, ${RETRIES}, of ${inARow} in a row that AWS would have refused`;
  if (isKubernetes(type))
    return new Refusal(
      "TooManyRequests",
      `the server has received too many requests and has asked us to try again later (${exceeded})`,
    );
  const isEc2 = /^aws:(ec2|vpc|index)\//.test(type);
  return isEc2
    ? new Refusal("RequestLimitExceeded", `Request limit exceeded. (${exceeded})`)
    : new Refusal("ThrottlingException", `Rate exceeded (${exceeded})`);
}

const failed = (type: string, when = ""): Refusal =>
  isKubernetes(type)
    ? new Refusal(
        "Timeout",
        `the server was unable to return a response in the time allotted, but may still be processing the request${when}`,
      )
    : new Refusal("InternalError", `An internal error has occurred${when}`);
