// Proves that an update that was ended in the middle is brought to its end by the next one, by itself, and that nothing is made twice or orphaned.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, afterEach, before, describe, it } from "mocha";
import { Clone, type Running } from "./support/clone.ts";

const ONLY = ["--only", "customer-services.demo.tools"];

describe("an interruption of up", function () {
  this.timeout(120_000);
  let clone: Clone;
  before(() => {
    clone = Clone.create();
  });
  afterEach(async () => {
    const { code, out, err } = await clone.corpai("destroy", "demo", ...ONLY);
    assert.equal(code, 0, out + err);
    assert.deepEqual(await made(), [], "nothing is orphaned");
    assert.equal(clone.changedFiles(), "");
  });
  after(() => clone.remove());

  const start = (): Running => clone.startCorpai("up", "demo", ...ONLY);

  /** Owners of the locks that are held right now. */
  const owners = (): number[] =>
    globSync(".sandbox/state/.pulumi/locks/**/*.json", { cwd: clone.folder }).flatMap((file) => {
      try {
        return [(JSON.parse(readFileSync(join(clone.folder, file), "utf8")) as { readonly pid: number }).pid];
      } catch {
        return [];
      }
    });

  async function made(): Promise<{ readonly type: string; readonly name: string }[]> {
    const { objects } = await clone.sandbox.world("demo");
    return objects
      .filter(({ estate }) => !estate)
      .map(({ type, inputs: { name, tags } }) => ({
        type,
        name: JSON.stringify(name ?? (tags as { readonly Name?: unknown } | undefined)?.Name ?? null),
      }));
  }

  /** Waits until an update is in its midst: something has been made, and an engine is at work. */
  async function inTheMidst({ child, said }: Running): Promise<number> {
    while (child.exitCode === null) {
      const [owner] = owners();
      if (owner !== undefined && clone.made().length > 0) return owner;
      await sleep(10);
    }
    assert.fail(`it ended before it could be interrupted:\n${said()}`);
  }

  async function goesOn(): Promise<string> {
    const { code, out, err } = await clone.corpai("up", "demo", ...ONLY);
    assert.equal(code, 0, out + err);
    const named = (await made()).filter(({ name }) => name !== "null").map(({ type, name }) => `${type} ${name}`);
    assert.ok(named.length > 0);
    assert.deepEqual(
      named.filter((one, index) => named.indexOf(one) !== index),
      [],
      "one thing per physical name",
    );
    assert.deepEqual(owners(), []);
    return out;
  }

  it("by one SIGINT ends it after what it has begun, and the next up completes it", async () => {
    const run = start();
    await inTheMidst(run);
    run.child.kill("SIGINT");
    assert.equal(await run.ended, 1, run.said());
    assert.match(run.said(), /interrupted: finishing what has begun/);
    assert.deepEqual(owners(), [], "no engine is left, nor a lock");
    await goesOn();
  });

  it("by SIGKILL of corpai leaves the engine at work, and the next up waits for it", async () => {
    const run = start();
    await inTheMidst(run);
    run.child.kill("SIGKILL");
    await run.ended;
    await goesOn();
  });

  it("by SIGKILL of the engine leaves a lock, which the next up drops, saying so", async () => {
    const run = start();
    const owner = await inTheMidst(run);
    process.kill(owner, "SIGKILL");
    assert.equal(await run.ended, 1, run.said());
    assert.match(await goesOn(), new RegExp(`dropped the lock of process ${owner} of .*, which has ended`));
  });
});

describe("a cluster whose private API is out of reach", function () {
  this.timeout(300_000);
  let clone: Clone;
  before(() => {
    clone = Clone.create();
  });
  after(() => clone.remove());

  it("is no obstacle to the other stacks; its own are skipped, with the ways in", async () => {
    clone.edit("sandbox/estates/demo.yaml", (text) =>
      text.replace("reachesPrivateApis: true", "reachesPrivateApis: false"),
    );
    const { code, out, err } = await clone.corpai("up", "demo");
    assert.equal(code, 1, out + err);
    assert.equal(out.match(/ update +ok/g)?.length, 9, out);
    assert.match(out, /mcp-servers\.demo +update +skipped +the cluster's Kubernetes API.*cannot be reached from here/);
    for (const way of [/inside the VPC/, /VPN/, /bastion.*SSM/, /agent pool/]) assert.match(out, way);
    assert.doesNotMatch(out, /FAILED/);
  });
});
