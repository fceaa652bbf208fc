import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { describe, it } from "mocha";
import type { EngineRun, Operation } from "../../cli/engine.ts";
import { NO_CHANGES } from "../../cli/engine-events.ts";
import { WAYS_IN, destroyAll, previewAll, upAll } from "../../cli/environment-run.ts";
import { comesAfter, ordered } from "../../cli/plan.ts";
import { ScriptedEngine, contextOf, planned, results } from "./support/engine.ts";

const STACKS = ordered(
  planned(
    "network.demo",
    "cluster.demo",
    "customer-access.demo.data",
    "customer-services.demo.data",
    "customer-services.demo.tools",
    "connections.demo",
    "customer-acceptance.demo.data",
    "mcp-servers.demo",
  ),
);
const NAMES = STACKS.map(({ name }) => name);

/** Takes a few turns for each run, the later stacks fewer; notes down what ran at the same time, and in which order it ended. */
class SlowEngine extends ScriptedEngine {
  readonly together = new Set<string>();
  readonly ended: string[] = [];
  most = 0;
  readonly #running = new Set<string>();

  override async run(operation: Operation, stack: string, flags: readonly string[] = []): Promise<EngineRun> {
    for (const other of this.#running) this.together.add(`${other} ${stack}`);
    this.#running.add(stack);
    this.most = Math.max(this.most, this.#running.size);
    const answer = super.run(operation, stack, flags);
    for (let turns = 2 * (NAMES.length - NAMES.indexOf(stack)); turns > 0; turns -= 1) await turn();
    this.#running.delete(stack);
    this.ended.push(stack);
    return answer;
  }
}

describe("stacks side by side", () => {
  for (const [name, run] of Object.entries({ previewAll, destroyAll })) {
    it(`${name}: those that do not depend on each other only, no more than allowed, reported in the given order`, async () => {
      const engine = new SlowEngine(NAMES);
      const reports = await run(contextOf(engine, STACKS, { atOnce: 3 }));
      assert.equal(engine.most, 3);
      for (const pair of engine.together) {
        const [one, other] = pair.split(" ").map((stack) => STACKS.find((each) => each.name === stack));
        assert.ok(one && other && !comesAfter(one, other) && !comesAfter(other, one), pair);
      }
      const order = name === "destroyAll" ? NAMES.toReversed() : NAMES;
      assert.deepEqual(
        reports.map(({ stack }) => stack),
        order,
      );
      assert.notDeepEqual(engine.ended, order, "they ended in another one");
    });
  }

  it("an update skips its own preview only where nothing upstream changed, whatever else changed meanwhile", async () => {
    const changing = ["network.demo", "customer-access.demo.data"];
    const engine: SlowEngine = new SlowEngine(NAMES, (operation, stack) =>
      operation === "up" && changing.includes(stack) ? { changes: { ...NO_CHANGES, update: 1 } } : undefined,
    );
    await upAll(contextOf(engine, STACKS));
    const skipped = engine.asked.filter((asked) => asked.startsWith("up") && asked.includes("--skip-preview"));
    assert.deepEqual(skipped.map((asked) => asked.split(" ")[1]).toSorted(), [
      "customer-access.demo.data",
      "customer-services.demo.data",
      "customer-services.demo.tools",
      "network.demo",
    ]);
  });

  it("an engine that cannot be started fails its stack, and the others go on to their ends", async () => {
    const engine = Object.assign(new ScriptedEngine(NAMES), {});
    const run = engine.run.bind(engine);
    engine.run = (operation, stack, flags) =>
      stack === "network.demo" ? Promise.reject(new Error("cannot be started")) : run(operation, stack, flags);
    const reports = await previewAll(contextOf(engine, STACKS));
    assert.deepEqual(
      [reports[0]?.error, results(reports)["customer-services.demo.tools"], results(reports)["connections.demo"]],
      ["cannot be started", "succeeded", "skipped"],
    );
  });
});

describe("a Kubernetes API out of reach", () => {
  const error = "ns: configured Kubernetes cluster is unreachable: dial tcp: i/o timeout";
  const failing = (stack: string, when: Operation, errors: readonly string[]): ScriptedEngine =>
    new ScriptedEngine(NAMES, (operation, name) =>
      name === stack && operation === when
        ? { succeeded: false, errors: [...errors, when === "up" ? "update failed" : "preview failed"] }
        : undefined,
    );

  for (const when of ["preview", "up"] as const) {
    it(`in ${when} skips its stack, with the ways in; the others are updated`, async () => {
      const reports = await upAll(contextOf(failing("mcp-servers.demo", when, [error]), STACKS));
      assert.deepEqual(reports.at(-1), {
        stack: "mcp-servers.demo",
        result: "skipped",
        changes: NO_CHANGES,
        error: WAYS_IN,
      });
      assert.ok(reports.slice(0, -1).every(({ result }) => result === "succeeded"));
    });
  }

  it("excuses no other error, and no program that does not need the API", async () => {
    for (const [stack, errors] of [
      ["mcp-servers.demo", [error, "no quota"]],
      ["network.demo", [error]],
    ] as const) {
      const reports = results(await previewAll(contextOf(failing(stack, "preview", errors), STACKS)));
      assert.equal(reports[stack], "failed");
    }
  });
});

describe("a stack that cannot be touched", () => {
  it("is named before anything begins, and nothing is", async () => {
    for (const run of [upAll, destroyAll]) {
      const engine = new ScriptedEngine(NAMES);
      const settle = (stack: string): Promise<string | undefined> =>
        Promise.resolve(stack === "network.demo" ? "it is locked" : undefined);
      const reports = await run(contextOf(engine, STACKS, { settle }));
      assert.deepEqual(engine.asked, []);
      const { result, error: why } = reports.find(({ stack }) => stack === "network.demo") ?? {};
      assert.deepEqual([result, why], ["failed", "it is locked"]);
      assert.ok(reports.every(({ stack, result: other }) => stack === "network.demo" || other === "skipped"));
    }
  });
});
