// Proves how the stores of an environment are kept by its class, and let go, by the real engine: by an edit, by a destroy, and with a release.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Scratch } from "./support/scratch.ts";
import { CACHE, FILE, INSTANCE, KEY, STACK, StoreStack } from "./support/store-stack.ts";

interface Exported {
  readonly deployment: {
    readonly resources: readonly {
      readonly type: string;
      readonly protect?: boolean;
      readonly retainOnDelete?: boolean;
    }[];
  };
}

describe("stores that an environment's class protects", function () {
  this.timeout(300_000);
  let data: StoreStack;
  let scratch: Scratch;
  before(async () => {
    data = await StoreStack.create();
    ({ scratch } = data);
    await scratch.up("network.demo", STACK);
  });
  after(() => scratch.remove());

  it("are kept better in a better class: a standby, protection, longer backups, all in place", async () => {
    scratch.edit("environments/environments.yaml", (text) => text.replace("class: demo", "class: staging"));
    assert.deepEqual(await data.plan(), [
      "create MonitoringRole memory-monitoring",
      "create Role memory-monitoring",
      "create RolePolicyAttachment memory-monitoring",
      "update Instance memory",
      "update Key stores",
      "update LogGroup memory-postgresql",
      "update LogGroup memory-upgrade",
      "update ReplicationGroup sessions",
    ]);
    await scratch.up(STACK);
    assert.equal(scratch.world.all(INSTANCE)[0]?.computed.multiAz, true);
    const { text } = await scratch.pulumi("stack", "export", "--stack", STACK);
    const { deployment } = JSON.parse(text.slice(text.indexOf("{"))) as Exported;
    const kept = (what: "protect" | "retainOnDelete"): string[] =>
      deployment.resources
        .filter((one) => one[what] === true)
        .map(({ type }) => type)
        .sort();
    assert.deepEqual(kept("protect"), [CACHE, KEY, INSTANCE]);
    assert.deepEqual(kept("retainOnDelete"), [KEY]);
  });

  it("that are protected go neither by an edit nor by a destroy, whatever the order", async () => {
    const undo = scratch.edit(FILE, (text) => text.replace(/ {4}memory:\n( {6}.*\n)+/, ""));
    const says =
      /data\.demo: corpai:stores\.memory: given nothing, where a protected store stands.*release: \{ reason, until \}/;
    assert.match(await data.refused("preview"), says);
    assert.match(await data.refused("up", "--yes", "--skip-preview"), says);
    undo();
    assert.match(await data.refused("destroy", "--yes", "--skip-preview"), /protect/);
    assert.equal(scratch.world.all(INSTANCE).length + scratch.world.all(CACHE).length, 2);
    // Plain Pulumi takes away what nothing depends on before it comes to what is protected: `corpai destroy` looks first.
    assert.deepEqual([...new Set((await data.plan()).map((step) => step.split(" ")[0]))], ["create"]);
    await scratch.up(STACK);
  });

  it("go once released, and leave a last snapshot and the key that reads it", async () => {
    const release = '      release: {reason: "moved to another store", until: "2099-12-31"}\n';
    scratch.edit(FILE, (text) =>
      text.replace("      databaseName: memory\n", `      databaseName: memory\n${release}`),
    );
    assert.deepEqual(await data.plan(), ["update Instance memory"]);
    await scratch.up(STACK);
    scratch.edit(FILE, (text) => text.replace(/ {4}memory:\n( {6}.*\n)+/, ""));
    await scratch.up(STACK);
    assert.deepEqual(scratch.world.all(INSTANCE), []);
    assert.deepEqual(Object.keys(await data.stores()), ["sessions"]);
    const [snapshot] = scratch.world.all("aws:rds/snapshot:Snapshot");
    assert.match(snapshot?.id ?? "", /^corpai-demo-memory-last-[0-9a-f]{7}$/);
    assert.ok(scratch.world.all(KEY).some(({ computed }) => computed.arn === snapshot?.inputs.kmsKeyId));
  });

  it("go with the whole stack once the last one is released; what reads their snapshots stays", async () => {
    const release = '      release: {reason: "the environment moves", until: "2099-12-31"}\n';
    scratch.edit(FILE, (text) => text.replace(/( {6}nodeType: .*\n)/, `$1${release}`));
    assert.deepEqual(await data.plan(), [], "only Pulumi itself lets go of it: a cache has no protection of AWS's");
    await scratch.up(STACK);
    const { code, text } = await data.run("destroy", "--yes", "--skip-preview");
    assert.equal(code, 0, text);
    assert.deepEqual(scratch.world.all(CACHE), []);
    const [snapshot] = scratch.world.all("aws:elasticache/snapshot:Snapshot");
    assert.match(snapshot?.id ?? "", /^corpai-demo-sessions-last-[0-9a-f]{7}$/);
    assert.ok(scratch.world.all(KEY).some(({ computed }) => computed.arn === snapshot?.inputs.kmsKeyId));
  });
});
