import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { NO_CHANGES } from "../../cli/engine-events.ts";
import { destroyAll, previewAll, refreshAll, upAll } from "../../cli/environment-run.ts";
import { ordered } from "../../cli/plan.ts";
import { ScriptedEngine, contextOf, planned, results } from "./support/engine.ts";

const STACKS = ordered(
  planned(
    "network.demo",
    "cluster.demo",
    "customer-access.demo.data",
    "customer-services.demo.data",
    "connections.demo",
    "customer-acceptance.demo.data",
    "mcp-servers.demo",
  ),
);
const NAMES = STACKS.map(({ name }) => name);

describe("preview of an environment", () => {
  it("first makes the records that are missing, then previews every stack with the policy pack", async () => {
    const engine = new ScriptedEngine(NAMES.slice(1));
    await previewAll(contextOf(engine, STACKS));
    assert.deepEqual(engine.asked, [
      "init network.demo",
      ...NAMES.map((name) => `preview ${name} --policy-pack policy --policy-pack-config strict.json`),
    ]);
  });

  it("of some stacks makes the records of those that they read as well, and previews no more than is asked for", async () => {
    const engine = new ScriptedEngine([]);
    const some = STACKS.filter(({ name }) => name === "data.demo" || name === "cluster.demo");
    const read = STACKS.filter(({ name }) => name === "network.demo" || name === "cluster.demo");
    await previewAll({ ...contextOf(engine, some), read });
    assert.deepEqual(engine.asked, [
      "init network.demo",
      "init cluster.demo",
      "preview cluster.demo --policy-pack policy --policy-pack-config strict.json",
    ]);
  });

  it("goes on past a failure with what does not depend on it", async () => {
    const engine = new ScriptedEngine(NAMES, (_operation, stack) =>
      stack === "cluster.demo" ? { succeeded: false, errors: ["no quota"] } : undefined,
    );
    const reports = await previewAll(contextOf(engine, STACKS));
    assert.deepEqual(results(reports), {
      ...Object.fromEntries(NAMES.map((name) => [name, "succeeded"])),
      "cluster.demo": "failed",
      "mcp-servers.demo": "skipped",
    });
    assert.equal(reports.find(({ stack }) => stack === "cluster.demo")?.error, "no quota");
    assert.match(reports.at(-1)?.error ?? "", /it needs cluster\.demo/);
  });
});

describe("up of an environment", () => {
  it("updates nothing where one preview failed, and says so of every stack", async () => {
    const finding = {
      policy: "nlb-internal",
      level: "mandatory",
      resource: "clickhouse-nlb",
      message: "is not internal",
    };
    const engine = new ScriptedEngine(NAMES, (_operation, stack) =>
      stack === "customer-services.demo.data"
        ? { succeeded: false, changes: { ...NO_CHANGES, create: 9 }, findings: [finding], errors: ["preview failed"] }
        : undefined,
    );
    const reports = await upAll(contextOf(engine, STACKS));
    assert.ok(
      engine.asked.every((asked) => asked.startsWith("preview")),
      engine.asked.join("\n"),
    );
    assert.deepEqual([...new Set(reports.map(({ result }) => result))].sort(), ["failed", "skipped"]);
    assert.deepEqual(
      reports.map(({ changes }) => changes),
      STACKS.map(() => NO_CHANGES),
      "nothing has changed",
    );
    const failed = reports.find(({ result }) => result === "failed");
    assert.deepEqual(
      [failed?.stack, failed?.findings, failed?.error],
      ["customer-services.demo.data", [finding], "refused by policy nlb-internal: clickhouse-nlb"],
    );
  });

  it("previews a stack again if, and only if, something upstream has changed since its first preview", async () => {
    const engine = new ScriptedEngine(NAMES, (operation, stack) =>
      operation === "up" && stack === "connections.demo" ? { changes: { ...NO_CHANGES, create: 1 } } : undefined,
    );
    await upAll(contextOf(engine, STACKS));
    const updates = engine.asked.filter((asked) => asked.startsWith("up"));
    assert.deepEqual(
      updates.filter((asked) => !asked.includes("--skip-preview")).map((asked) => asked.split(" ")[1]),
      ["customer-acceptance.demo.data", "mcp-servers.demo"],
    );
    assert.ok(updates.every((asked) => asked.endsWith("--policy-pack policy --policy-pack-config strict.json")));
  });

  it("counts other outputs as a change, even where no resource changed", async () => {
    const engine = new ScriptedEngine(NAMES, (operation, stack) =>
      operation === "up" && stack === "network.demo" ? { outputsChanged: true } : undefined,
    );
    await upAll(contextOf(engine, STACKS));
    assert.ok(engine.asked.includes("up cluster.demo --yes --policy-pack policy --policy-pack-config strict.json"));
  });

  it("changes nothing unless it is confirmed", async () => {
    const engine = new ScriptedEngine(NAMES);
    const reports = await upAll(contextOf(engine, STACKS, { confirmed: () => Promise.resolve(false) }));
    assert.ok(engine.asked.every((asked) => asked.startsWith("preview")));
    assert.ok(reports.every(({ result, error }) => result === "skipped" && error?.includes("not confirmed")));
  });

  it("tells that changes begin once, after all previews and before the first update; never where one failed", async () => {
    const engine = new ScriptedEngine(NAMES);
    const changesBegin = (): Promise<void> => Promise.resolve(void engine.asked.push("changes begin"));
    await upAll(contextOf(engine, STACKS, { changesBegin }));
    assert.equal(engine.asked.indexOf("changes begin"), NAMES.length);
    assert.equal(engine.asked.lastIndexOf("changes begin"), NAMES.length);

    const failing = new ScriptedEngine(NAMES, () => ({ succeeded: false, errors: ["no"] }));
    await upAll(contextOf(failing, STACKS, { changesBegin: () => assert.fail("nothing is changed") }));
  });

  it("takes over what an earlier update has lost, of what the preview would create, before the first update", async () => {
    const lost = { urn: "urn:a", type: "aws:ec2/vpc:Vpc", inputs: {} };
    const engine = new ScriptedEngine(NAMES, (_operation, stack) =>
      stack === "network.demo" ? { creates: [lost] } : undefined,
    );
    const asked: [string, number][] = [];
    const takeOver = (stack: string, creates: readonly object[]): Promise<string | undefined> => {
      assert.ok(engine.asked.every((one) => one.startsWith("preview")));
      asked.push([stack, creates.length]);
      return Promise.resolve(stack === "cluster.demo" ? "it is not clear which" : undefined);
    };
    const reports = await upAll(contextOf(engine, STACKS, { takeOver }));
    assert.deepEqual(
      asked.filter(([, count]) => count > 0),
      [["network.demo", 1]],
    );
    assert.equal(reports.find(({ stack }) => stack === "cluster.demo")?.error, "it is not clear which");
    assert.deepEqual(results(reports)["mcp-servers.demo"], "skipped");
    assert.ok(!engine.asked.some((one) => one.startsWith("up cluster.demo")));
  });

  it("ends an error of AWS's own with what to do: it is passing, or the thing is there already", async () => {
    const there = { urn: "urn:x::nlb", type: "aws:lb/loadBalancer:LoadBalancer", inputs: { name: "corpai-nlb" } };
    const errors = [
      "nlb: DuplicateLoadBalancerName: it already exists",
      "vpc: InternalError: An internal error has occurred",
    ];
    const engine = new ScriptedEngine(NAMES, (operation, stack) =>
      operation === "up" && stack === "network.demo" ? { succeeded: false, errors, taken: [there] } : undefined,
    );
    const error = (await upAll(contextOf(engine, STACKS))).find(({ stack }) => stack === "network.demo")?.error ?? "";
    assert.match(error, /nlb \(.*, "corpai-nlb"\) is there already/);
    assert.match(
      error,
      /\n {2}pulumi import --yes --stack network\.demo .*'aws:lb\/loadBalancer:LoadBalancer' 'nlb' <its id>/,
    );
    assert.doesNotMatch(error, /context canceled/, "what was merely dropped is no error of its own");
    assert.match(error, /AWS failed by itself.*run this again/);
  });

  it("starts nothing new after an interrupt", async () => {
    const interrupts = { received: false };
    const engine = new ScriptedEngine(NAMES, (operation, stack) => {
      interrupts.received ||= operation === "up" && stack === "network.demo";
      return undefined;
    });
    const reports = await upAll(contextOf(engine, STACKS, { interrupts }));
    assert.deepEqual(engine.asked.filter((asked) => asked.startsWith("up")).length, 1);
    assert.deepEqual(reports.filter(({ result }) => result === "skipped").length, STACKS.length - 1);
  });
});

describe("destroy and refresh of an environment", () => {
  it("destroy goes the other way round, and leaves out what was never brought up", async () => {
    const engine = new ScriptedEngine(NAMES.filter((name) => name !== "cluster.demo"));
    const reports = await destroyAll(contextOf(engine, STACKS));
    assert.deepEqual(
      engine.asked.map((asked) => asked.split(" ")[1]),
      NAMES.toReversed().filter((name) => name !== "cluster.demo"),
    );
    const { result, error } = reports.find(({ stack }) => stack === "cluster.demo") ?? {};
    assert.deepEqual([result, error], ["skipped", undefined]);
  });

  it("a stack that cannot be destroyed keeps what it stands on", async () => {
    const engine = new ScriptedEngine(NAMES, (_operation, stack) =>
      stack === "connections.demo" ? { succeeded: false, errors: ["in use"] } : undefined,
    );
    const reports = results(await destroyAll(contextOf(engine, STACKS)));
    assert.deepEqual(
      [reports["network.demo"], reports["customer-services.demo.data"], reports["cluster.demo"]],
      ["skipped", "skipped", "succeeded"],
    );
  });

  it("destroy takes over what was made and no stack knows of, or it would stay for ever; without such a thing it previews nothing", async () => {
    const lost = { urn: "urn:a", type: "aws:ec2/vpc:Vpc", inputs: {} };
    const engine = new ScriptedEngine(NAMES, (_operation, stack) =>
      stack === "network.demo" ? { creates: [lost] } : undefined,
    );
    const takeOver = (stack: string, creates: readonly object[]): Promise<undefined> => {
      if (creates.length > 0) engine.asked.push(`take over for ${stack}`);
      return Promise.resolve(undefined);
    };
    await destroyAll(contextOf(engine, STACKS, { takeOver, anythingLost: () => Promise.resolve(true) }));
    assert.deepEqual(
      engine.asked.slice(NAMES.length, NAMES.length + 2),
      ["take over for network.demo", "destroy mcp-servers.demo --yes --skip-preview"],
      "after all previews, before anything is destroyed",
    );

    const quiet = new ScriptedEngine(NAMES);
    await destroyAll(contextOf(quiet, STACKS, { takeOver, anythingLost: () => Promise.resolve(false) }));
    assert.ok(quiet.asked.every((asked) => asked.startsWith("destroy ")));
  });

  it("destroy destroys nothing where it is not clear what an earlier update has made", async () => {
    const engine = new ScriptedEngine(NAMES);
    const takeOver = (stack: string): Promise<string | undefined> =>
      Promise.resolve(stack === "network.demo" ? "it is not clear which" : undefined);
    const reports = await destroyAll(
      contextOf(engine, STACKS, { takeOver, anythingLost: () => Promise.resolve(true) }),
    );
    assert.ok(!engine.asked.some((asked) => asked.startsWith("destroy")));
    assert.equal(reports.find(({ stack }) => stack === "network.demo")?.error, "it is not clear which");
  });

  it("destroy destroys nothing, and asks nobody, where one stack holds what is protected; it looks once all that was left is settled", async () => {
    const engine = new ScriptedEngine(NAMES.filter((name) => name !== "customer-access.demo.data"));
    const settle = (stack: string): Promise<undefined> => Promise.resolve(void engine.asked.push(`settle ${stack}`));
    const weigh = (stacks: readonly string[]): Promise<ReadonlyMap<string, string>> => {
      engine.asked.push(`weigh ${stacks.join(" ")}`);
      return Promise.resolve(new Map([["cluster.demo", "mcp is protected"]]));
    };
    const reports = await destroyAll(
      contextOf(engine, STACKS, { settle, weigh, confirmed: () => assert.fail("there is nothing to ask") }),
    );
    assert.ok(engine.asked.every((asked) => !asked.startsWith("destroy")));
    const recorded = NAMES.filter((name) => name !== "customer-access.demo.data");
    assert.equal(engine.asked.at(-1), `weigh ${recorded.toReversed().join(" ")}`);
    assert.equal(engine.asked.length, recorded.length + 1);
    const { result, error } = reports.find(({ stack }) => stack === "cluster.demo") ?? {};
    assert.deepEqual([result, error], ["failed", "mcp is protected"]);
    const others = reports.filter(({ stack }) => stack !== "cluster.demo");
    assert.ok(
      others.every((one) => one.result === "skipped" && one.error?.includes("something in cluster.demo is protected")),
    );
  });

  it("destroy takes no engine's word after an interrupt: what still stands has not been destroyed", async () => {
    const interrupts = { received: false };
    const engine = new ScriptedEngine(NAMES, (_operation, stack) => {
      interrupts.received ||= stack === "mcp-servers.demo";
      return undefined;
    });
    const outcome = async (): Promise<unknown> => {
      interrupts.received = false;
      const reports = await destroyAll(contextOf(engine, STACKS, { interrupts }));
      const { result, error } = reports.find(({ stack }) => stack === "mcp-servers.demo") ?? {};
      return [result, error];
    };
    assert.deepEqual(await outcome(), ["succeeded", undefined]);
    const left = {
      urn: "urn:a",
      type: "aws:ec2/vpc:Vpc",
      name: "a",
      inputs: {},
      protect: false,
      retainOnDelete: false,
    };
    engine.standing = () => Promise.resolve([{ ...left, stack: "mcp-servers.demo" }]);
    assert.deepEqual(await outcome(), ["failed", "interrupted with 1 still to be deleted: run this again"]);
  });

  it("destroy asks once it has told what it would end, and destroys nothing unless that is confirmed", async () => {
    const engine = new ScriptedEngine(NAMES);
    const said: string[] = [];
    const reports = await destroyAll(
      contextOf(engine, STACKS, {
        weigh: () => Promise.resolve(new Map(void said.push("told"))),
        confirmed: () => Promise.resolve(said.push("asked") < 0),
      }),
    );
    assert.deepEqual(said, ["told", "asked"]);
    assert.deepEqual(engine.asked, []);
    assert.ok(reports.every(({ result, error }) => result === "skipped" && error?.includes("not confirmed")));
  });

  it("refresh goes in order and takes no policy pack, which the engine does not have for it", async () => {
    const engine = new ScriptedEngine(NAMES);
    await refreshAll(contextOf(engine, STACKS));
    assert.deepEqual(
      engine.asked,
      NAMES.map((name) => `refresh ${name} --yes --skip-preview`),
    );
  });
});
