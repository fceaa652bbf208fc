import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type LeftBehindContext, settle, takeOverLost } from "../../cli/left-behind.ts";
import {
  type Existing,
  type Fate,
  type PendingCreate,
  type PendingOperation,
  fatesOf,
} from "../../cli/pending-creates.ts";
import { pendingOperationsIn, withCreatesSettled } from "../../cli/pulumi-state.ts";
import { ScriptedEngine } from "./support/engine.ts";

const STACK = "network.demo";
const create = (name: string | undefined, urn = `urn:${name ?? "none"}`): PendingCreate => ({
  urn,
  type: "aws:ec2/vpc:Vpc",
  inputs: name === undefined ? {} : { tags: { Name: name } },
});
const thing = (id: string, name: string | undefined, estate = false): Existing => ({
  ...create(name),
  id,
  estate,
});

describe("a lock that is left", () => {
  let backend: string;
  let file: string;
  const said: string[] = [];
  beforeEach(() => {
    backend = mkdtempSync(join(tmpdir(), "corpai lock "));
    const folder = join(backend, ".pulumi/locks/organization/corpai", STACK);
    mkdirSync(folder, { recursive: true });
    file = join(folder, "one.json");
    said.length = 0;
  });
  afterEach(() => rmSync(backend, { recursive: true, force: true }));

  const lock = (pid: number, host = hostname(), timestamp = new Date().toISOString()): void => {
    writeFileSync(`${file}.attrs`, "{}");
    writeFileSync(file, JSON.stringify({ pid, hostname: host, username: "ann", timestamp }));
  };
  const settled = (more: Partial<LeftBehindContext> = {}): Promise<string | undefined> =>
    settle(STACK, {
      engine: new ScriptedEngine([STACK]),
      backend: `file://${backend}`,
      project: "corpai",
      lookUp: undefined,
      say: (line) => said.push(line),
      interrupts: { received: false },
      patienceMs: 300,
      ...more,
    });

  it("is dropped where its owner has ended, in one line that says so", async () => {
    const { pid } = spawnSync("true");
    lock(pid);
    assert.deepEqual([await settled(), existsSync(file), said.length], [undefined, false, 1]);
    assert.match(said[0] ?? "", new RegExp(`^network.demo: dropped the lock of process ${pid} of ann on `));
  });

  it("is dropped where another process has its owner's number now", async () => {
    lock(process.pid, hostname(), "2020-01-01T00:00:00Z");
    assert.deepEqual([await settled(), existsSync(file)], [undefined, false]);
  });

  it("of somebody alive is waited for, then named with what to do", async () => {
    lock(process.pid);
    assert.match(
      (await settled()) ?? "",
      /locked by process \d+ of ann on .*Wait until.*pulumi cancel --yes --stack network\.demo/,
    );
    assert.ok(existsSync(file));
    assert.match(said.join(), /^network\.demo: waiting for process/);
    setTimeout(() => rmSync(file), 50);
    assert.equal(await settled({ patienceMs: 5000 }), undefined);
  });

  it("of another machine is never judged", async () => {
    lock(1, "elsewhere");
    assert.match((await settled()) ?? "", /process 1 of ann on elsewhere/);
    assert.ok(existsSync(file));
  });
});

describe("a create that is left pending", () => {
  it("is read from the state, as all that was begun is", () => {
    const operation = (type: string): object => ({ type, resource: create("a") });
    const exported = { deployment: { pending_operations: [operation("creating"), operation("updating")] } };
    assert.deepEqual(pendingOperationsIn(JSON.stringify(exported)), [
      { ...create("a"), operation: "creating" },
      { ...create("a"), operation: "updating" },
    ]);
    assert.deepEqual(pendingOperationsIn("{}"), []);
    const component = { urn: "urn:c", type: "corpai:network:Network", custom: false };
    const others = { deployment: { pending_operations: [{ type: "deleting", resource: component }] } };
    assert.deepEqual(pendingOperationsIn(JSON.stringify(others)), [], "what stands in no cloud is left alone");
  });

  it("becomes a resource where it has made something, and is forgotten otherwise", () => {
    const creating = ["a", "b"].map((name) => ({ type: "creating", resource: create(name) }));
    const state = JSON.stringify({ version: 3, deployment: { resources: [], pending_operations: creating } });
    assert.deepEqual(JSON.parse(withCreatesSettled(state, new Map([["urn:a", "vpc-1"]]))), {
      version: 3,
      deployment: { resources: [{ ...create("a"), id: "vpc-1" }], pending_operations: [] },
    });
  });

  it("has made what was asked for with its arguments and belongs to no stack", () => {
    const owned = new Set(["aws:ec2/vpc:Vpc vpc-owned"]);
    const fate = (one: PendingCreate, ...objects: readonly Existing[]): Fate | undefined =>
      fatesOf([one], objects, owned).get(one.urn);
    assert.deepEqual(fate(create("a"), thing("vpc-1", "a")), { id: "vpc-1" });
    assert.equal(fate(create("a"), thing("vpc-owned", "a"), thing("vpc-2", "a", true), thing("vpc-3", "b")), "nothing");
    assert.equal(fate(create("a"), thing("vpc-1", "a"), thing("vpc-2", "a")), "unclear", "one too many");
    assert.equal(fate(create(undefined), thing("vpc-1", "a")), "nothing", "a name is an argument, too");
    assert.deepEqual(fate(create(undefined), thing("vpc-1", undefined)), { id: "vpc-1" });
  });

  it("is compared less the secrets, which neither side tells", () => {
    const [secret, digest] = [{ "4dabf18193072939515e22adb298388d": "1b47", ciphertext: "v1:…" }, "sha256:0a1b"];
    const asked = { ...create("a"), inputs: { data: { token: secret, user: "ann" } } };
    const there = (user: string): Existing => ({
      ...thing("vpc-1", "a"),
      inputs: { data: { token: digest, user } },
    });
    assert.deepEqual(fatesOf([asked], [there("ann")], new Set()).get(asked.urn), { id: "vpc-1" });
    assert.equal(fatesOf([asked], [there("bob")], new Set()).get(asked.urn), "nothing");
  });

  it("has made any of what others with the same arguments have, but nothing twice", () => {
    const twins = [create(undefined, "urn:1"), create(undefined, "urn:2")];
    const fates = (...objects: readonly Existing[]): Fate[] => [...fatesOf(twins, objects, new Set()).values()];
    assert.deepEqual(fates(thing("vpc-1", undefined)), [{ id: "vpc-1" }, "nothing"]);
    assert.deepEqual(fates(thing("vpc-1", undefined), thing("vpc-2", undefined)), [{ id: "vpc-1" }, { id: "vpc-2" }]);
  });

  it("without a name has made what is in all as it asked for, lists in any order", () => {
    const rule = (id: string, cidrIpv4: string, subnets: readonly string[]): Existing => ({
      type: "aws:ec2/vpc:Vpc",
      id,
      estate: false,
      inputs: { cidrIpv4, subnets },
    });
    const one = { ...create(undefined), inputs: { cidrIpv4: "10.0.0.0/16", subnets: ["a", "b"] } };
    const fates = fatesOf(
      [one],
      [rule("1", "10.1.0.0/16", ["a", "b"]), rule("2", "10.0.0.0/16", ["b", "a"])],
      new Set(),
    );
    assert.deepEqual([...fates.values()], [{ id: "2" }]);
  });

  it("is known again by a name that Pulumi has made, though its random end is another one each time", () => {
    const named = (name: string): PendingCreate => ({ ...create(undefined, "urn:x::web"), inputs: { name } });
    const there: Existing = { ...named("web-0000001"), id: "sg-1", estate: false };
    assert.deepEqual([...fatesOf([named("web-fffffff")], [there], new Set()).values()], [{ id: "sg-1" }]);
    assert.deepEqual([...fatesOf([named("web-fixed")], [there], new Set()).values()], ["nothing"]);
  });

  const pending = (operation: string, name: string): PendingOperation => ({ ...create(name), operation });
  const settled = (
    lookUp: LeftBehindContext["lookUp"],
    operations = [pending("creating", "a"), pending("creating", "b")],
  ): [ScriptedEngine, Promise<string | undefined>] => {
    const engine = Object.assign(new ScriptedEngine([STACK]), {
      pendingOperations: () => Promise.resolve(operations),
    });
    const context = { engine, backend: "s3://x", project: "corpai", lookUp, say: () => undefined };
    return [engine, settle(STACK, { ...context, interrupts: { received: false } })];
  };

  it("is taken over by its id, or cleared where it made nothing", async () => {
    const fates = new Map<string, Fate>([
      ["urn:a", { id: "vpc-1" }],
      ["urn:b", "nothing"],
    ]);
    const [engine, outcome] = settled(() => Promise.resolve(fates));
    assert.equal(await outcome, undefined);
    assert.deepEqual(engine.asked, [
      "settle network.demo urn:a vpc-1",
      "refresh network.demo --yes --skip-preview --target urn:a",
    ]);
  });

  it("is named with the exact commands where nobody here can look it up", async () => {
    const [engine, outcome] = settled(undefined);
    const why = (await outcome) ?? "";
    assert.match(why, /pulumi import --yes --stack network\.demo .*'aws:ec2\/vpc:Vpc' 'urn:a' <its id>/);
    assert.match(why, /--clear-pending-creates/);
    assert.deepEqual(engine.asked, []);
  });

  it("apart, what was being changed or deleted is read again, wherever it stands: the state would have it as it was", async () => {
    const [engine, outcome] = settled(undefined, [pending("deleting", "a"), pending("updating", "b")]);
    assert.equal(await outcome, undefined);
    assert.deepEqual(engine.asked, ["refresh network.demo --yes --skip-preview --target urn:a --target urn:b"]);
  });
});

describe("a run that failed", () => {
  const settledAfter = async (refreshed: boolean): Promise<[string[], string[], string | undefined]> => {
    const said: string[] = [];
    const script = (): object => (refreshed ? {} : { succeeded: false, errors: ["out of reach"] });
    const engine = Object.assign(new ScriptedEngine([STACK], script), { lastFailed: () => Promise.resolve(true) });
    const context = { engine, backend: "s3://x", project: "corpai", lookUp: undefined };
    const interrupts = { received: false };
    const why = await settle(STACK, { ...context, say: (line) => said.push(line), interrupts });
    return [engine.asked, said, why];
  };

  it("is followed by a look at what is there: what failed may have been done all the same, its answer lost", async () => {
    const [asked, said, why] = await settledAfter(true);
    assert.deepEqual([asked, why], [["refresh network.demo --yes --skip-preview"], undefined]);
    assert.match(said.join(), /its last run failed; what is there now has been read again/);
  });

  it("keeps nobody from going on where it cannot be looked at", async () => {
    const [, said, why] = await settledAfter(false);
    assert.equal(why, undefined);
    assert.match(said.join(), /cannot be read: out of reach/);
  });
});

describe("a create whose answer was lost", () => {
  const takeOver = async (
    creates: readonly PendingCreate[],
    fates: ReadonlyMap<string, Fate> | undefined,
  ): Promise<[asked: string[], said: string[], why: string | undefined]> => {
    const [engine, said] = [new ScriptedEngine([STACK]), [] as string[]];
    const lookUp = fates && (() => Promise.resolve(fates));
    const why = await takeOverLost(STACK, creates, { engine, lookUp, say: (line) => said.push(line) });
    return [engine.asked, said, why];
  };

  it("is taken over by what it has made, in one line that says so, before it would be made again", async () => {
    const [asked, said, why] = await takeOver([create("a"), create("b")], new Map([["urn:a", { id: "vpc-1" }]]));
    assert.deepEqual([asked, why], [["take over network.demo vpc-1"], undefined]);
    assert.deepEqual(said.length, 1);
    assert.match(said[0] ?? "", /^network\.demo: urn:a \(.*, "a"\) had been created .* taken over as vpc-1$/);
  });

  it("is not guessed where several things could be it: all are named with what to do", async () => {
    const [asked, , why] = await takeOver([create("a")], new Map<string, Fate>([["urn:a", "unclear"]]));
    assert.deepEqual(asked, []);
    assert.match(why ?? "", /more than one thing.*\n {2}pulumi import --yes --stack network\.demo .*'urn:a' <its id>/);
  });

  it("is not looked for where nobody can, or where it asks for what has yet to be made", async () => {
    assert.deepEqual(await takeOver([create("a")], undefined), [[], [], undefined]);
    const unknown = create("04da6b54-80e4-46f7-96ec-b56ff0331ba9");
    assert.deepEqual(await takeOver([unknown], new Map([[unknown.urn, { id: "vpc-1" }]])), [[], [], undefined]);
  });
});
