import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { SandboxClient, type ServerRecord } from "../../sandbox/client.ts";
import { isAlive } from "../../sandbox/process.ts";

const ROOT = join(import.meta.dirname, "../..");

describe("the sandbox in the background", function () {
  this.timeout(60_000);
  let root: string;
  let client: SandboxClient;

  before(() => {
    // A blank and a quote, since people's folders have them.
    root = mkdtempSync(join(tmpdir(), "corpai it's "));
    cpSync(join(ROOT, "sandbox"), join(root, "sandbox"), { recursive: true });
    cpSync(join(ROOT, "package.json"), join(root, "package.json"));
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
    client = new SandboxClient(root);
  });
  afterEach(() => client.stop());
  after(() => rmSync(root, { recursive: true, force: true }));

  it("starts once, however many ask at the same time, and again does nothing", async () => {
    const records = await Promise.all([
      client.start(),
      new SandboxClient(root).start(),
      new SandboxClient(root).start(),
    ]);
    assert.equal(new Set(records.map(({ pid }) => pid)).size, 1);
    assert.deepEqual(await client.start(), records[0]);
    assert.deepEqual(JSON.parse(readFileSync(client.home.record, "utf8")), records[0]);
  });

  it("stops for certain, and stopping again does nothing", async () => {
    const { pid } = await client.start();
    assert.equal((await client.stop())?.pid, pid);
    assert.deepEqual([isAlive(pid), existsSync(client.home.record), await client.status()], [false, false, undefined]);
    assert.equal(await client.stop(), undefined);
  });

  it("has the same ports after a restart: shells that hold the exports go on working", async () => {
    const ports = ({ port, controlPort }: ServerRecord): number[] => [port, controlPort];
    const first = await client.start();
    await client.stop();
    const second = await client.start();
    assert.notEqual(second.pid, first.pid);
    assert.deepEqual(ports(second), ports(first));
    assert.deepEqual(client.environment(second), client.environment(first));
  });

  it("keeps its worlds across restarts, until they are reset", async () => {
    assert.equal(await client.advance("demo", 3600), 3600);
    await client.stop();
    assert.equal((await client.world("demo")).clock, 3600);
    await client.reset("demo");
    const { clock, objects } = await client.world("demo");
    assert.equal(clock, 0);
    assert.ok(objects.length > 0 && objects.every(({ estate }) => estate));
  });

  it("is replaced once its code or an estate has changed", async () => {
    const { pid } = await client.start();
    const estate = join(root, "sandbox/estates/demo.yaml");
    writeFileSync(estate, `${readFileSync(estate, "utf8")}\n`);
    assert.notEqual((await client.start()).pid, pid);
    assert.ok(!isAlive(pid));
  });

  it("reset takes an environment's stacks out of the backend, and no other's, nor any configuration file", async () => {
    const stacks = join(client.home.state, ".pulumi/stacks/corpai");
    mkdirSync(stacks, { recursive: true });
    const files = [
      "network.demo.json",
      "network.demo.json.bak",
      "connections.demo.cell.json",
      "network.staging.json",
      "network.demonstration.json",
    ];
    for (const file of files) writeFileSync(join(stacks, file), "{}");
    await client.reset("demo");
    assert.deepEqual(
      files.filter((file) => existsSync(join(stacks, file))),
      ["network.staging.json", "network.demonstration.json"],
    );
  });

  it("refuses environments without an estate, with the names of those that have one", async () => {
    await assert.rejects(client.world("nowhere"), /environment nowhere has no estate; these have: demo/);
  });

  it("ends by itself once its clone is gone", async () => {
    const { pid } = await client.start();
    rmSync(client.home.folder, { recursive: true, force: true });
    for (let waited = 0; isAlive(pid) && waited < 10_000; waited += 100)
      await new Promise((resolve) => setTimeout(resolve, 100));
    assert.ok(!isAlive(pid));
  });
});
