// Proves what each fault does and whom it hits, without an engine; faults-engine.test.ts shows what Pulumi makes of it.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type FaultPlan, Faults, type Mishap, type Target } from "../../sandbox/faults.ts";

const TYPE = "aws:ec2/vpcEndpoint:VpcEndpoint";
const target = (more: Partial<Target> = {}): Target => ({
  operation: "create",
  type: TYPE,
  key: "urn:clickhouse",
  names: ["clickhouse", "", "ClickHouse Production"],
  ...more,
});
const endpoint = (index: number): Target => target({ key: `urn:${index}` });

function set(...faults: FaultPlan["faults"]): Faults {
  const own = new Faults();
  own.set({ faults });
  return own;
}
const fails = async (mishap: Mishap): Promise<string | undefined> => {
  try {
    await mishap.before();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

describe("faults", () => {
  it("are none by default, and none again after an empty plan", async () => {
    const faults = new Faults();
    const quiet = async (): Promise<void> => {
      const mishap = faults.next(target());
      assert.deepEqual(
        [await fails(mishap), mishap.delay, mishap.halfMade, mishap.lost],
        [undefined, 0, undefined, undefined],
      );
    };
    await quiet();
    faults.set({ faults: [{ kind: "error" }] });
    assert.ok(await fails(faults.next(target())));
    faults.set({ faults: [] });
    await quiet();
  });

  it("hit by type, whole or its last part, by name in the program, id or name in AWS, and by operation", async () => {
    const hit = [
      {},
      { type: TYPE },
      { type: "VpcEndpoint" },
      { type: "Vpc*" },
      { name: "clickhouse" },
      { name: "ClickHouse*" },
      { operations: ["create" as const] },
    ];
    const missed = [
      { type: "SecurityGroup" },
      { type: "Endpoint" },
      { name: "github" },
      { operations: ["delete" as const] },
    ];
    for (const one of hit) assert.ok(await fails(set({ kind: "error", ...one }).next(target())), JSON.stringify(one));
    for (const one of missed)
      assert.equal(await fails(set({ kind: "error", ...one }).next(target())), undefined, JSON.stringify(one));
  });

  it("hit a part by rate: the same ones for the same seed, in whatever order they come, and others for another seed", async () => {
    const indices = Array.from({ length: 400 }, (_, index) => index);
    const hits = async (seed: number, order: readonly number[]): Promise<number[]> => {
      const faults = new Faults();
      faults.set({ seed, faults: [{ kind: "error", rate: 0.25 }] });
      const found: number[] = [];
      for (const index of order) if (await fails(faults.next(endpoint(index)))) found.push(index);
      return found.sort((a, b) => a - b);
    };
    const first = await hits(1, indices);
    assert.ok(first.length > 70 && first.length < 130, String(first.length));
    assert.deepEqual(await hits(1, indices.toReversed()), first);
    assert.notDeepEqual(await hits(2, indices), first);
  });

  it("end for a resource after so many times, each operation on its own, so that a later attempt goes well", async () => {
    const faults = set({ kind: "error", times: 2 });
    const outcomes = [];
    for (let attempt = 0; attempt < 3; attempt += 1) outcomes.push((await fails(faults.next(target()))) !== undefined);
    assert.deepEqual(outcomes, [true, true, false]);
    assert.ok(await fails(faults.next(target({ operation: "delete" }))));
    assert.ok(await fails(faults.next(endpoint(2))));
    assert.equal(faults.report.faults[0]?.hits, 4);
  });

  it("throttle at the price of virtual time, since the provider retries 25 times, and fail only beyond that", async () => {
    const delay = (inARow: number): number => set({ kind: "throttle", inARow }).next(target()).delay;
    assert.deepEqual([delay(1), delay(3), delay(25)], [1, 7, 431]);
    const given = async (type: string): Promise<string> =>
      (await fails(set({ kind: "throttle", inARow: 26 }).next(target({ type })))) ?? "";
    assert.match(
      await given(TYPE),
      /^RequestLimitExceeded: Request limit exceeded\. \(exceeded maximum number of attempts, 25, /,
    );
    assert.match(await given("aws:lb/listener:Listener"), /^ThrottlingException: Rate exceeded/);
    assert.match(await given("kubernetes:core/v1:Secret"), /^TooManyRequests: /);
  });

  it("slow operations down in real time, half before AWS has done it and half after", async () => {
    const mishap = set({ kind: "slow", milliseconds: 200 }).next(target());
    for (const half of [() => mishap.before(), () => mishap.after()]) {
      const from = performance.now();
      await half();
      assert.ok(performance.now() - from > 95);
    }
  });

  it("leave creates half-made or unanswered, and nothing else", () => {
    const both = set({ kind: "half-made" }, { kind: "lost" });
    const mishap = both.next(target());
    assert.match(mishap.halfMade?.message ?? "", /^InternalError: /);
    assert.match(mishap.lost?.message ?? "", /connection reset by peer/);
    const { halfMade, lost } = both.next(target({ operation: "update" }));
    assert.deepEqual([halfMade, lost], [undefined, undefined]);
  });

  it("are refused where they say something else than they mean", () => {
    const wrong: readonly unknown[] = [
      { kind: "slow" },
      { kind: "error", rate: 2 },
      { kind: "half-made", operations: ["delete"] },
      { kind: "error", resource: "x" },
      { kind: "typo" },
    ];
    for (const one of wrong) assert.throws(() => new Faults().set({ faults: [one] } as FaultPlan), JSON.stringify(one));
  });
});
