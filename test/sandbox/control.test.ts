// Proves that all of the above can be had from outside the sandbox's process, as the CLI has it.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { SandboxClient, type Selection } from "../../sandbox/client.ts";
import { ACME_VPC } from "./support/connection.ts";

const ROOT = join(import.meta.dirname, "../..");

describe("the sandbox's client", function () {
  this.timeout(60_000);
  let root: string;
  let client: SandboxClient;

  before(() => {
    root = mkdtempSync(join(tmpdir(), "control-"));
    for (const name of ["sandbox", "package.json"]) cpSync(join(ROOT, name), join(root, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
    client = new SandboxClient(root);
  });
  after(async () => {
    await client.stop();
    rmSync(root, { recursive: true, force: true });
  });

  it("finds objects, changes and deletes them by hand, and it lasts", async () => {
    const [vpc, ...others] = await client.objects("demo", { type: "Vpc", name: "acme-data" });
    assert.deepEqual([vpc?.id, others], [ACME_VPC, []]);
    const changed = await client.changeByHand("demo", { name: ACME_VPC }, { enableDnsHostnames: false });
    assert.equal(changed.computed.enableDnsHostnames, false);
    await client.stop();
    assert.equal((await client.objects("demo", { name: ACME_VPC }))[0]?.inputs.enableDnsHostnames, false);
    const { id } = await client.deleteByHand("demo", { type: "Role", name: "corpai-*" });
    assert.equal(id, "corpai-cross-account-access");
    assert.deepEqual(await client.objects("demo", { type: "Role", name: "corpai-*" }), []);
  });

  it("passes AWS's refusals and its own questions on", async () => {
    await assert.rejects(client.deleteByHand("demo", { name: ACME_VPC }), /sandbox: DependencyViolation: The vpc /);
    await assert.rejects(client.changeByHand("demo", { type: "Subnet" }, {}), /6 objects fit/);
    await assert.rejects(client.acceptConnection("demo", "vpce-0123"), /no object fits/);
    await assert.rejects(client.rejectConnection("demo", "vpce-0123"), /no object fits/);
    const typo = { typ: "Vpc" } as Selection;
    await assert.rejects(client.objects("demo", typo), /Unrecognized key: "typ"/);
  });

  it("sets faults, tells how often each has hit, and forgets them with a reset", async () => {
    const set = await client.setFaults("demo", {
      seed: "a",
      faults: [{ kind: "slow", milliseconds: 10, type: "VpcEndpoint" }],
    });
    assert.deepEqual([set.seed, set.faults[0]?.hits, set.faults[0]?.rate], ["a", 0, 1]);
    await assert.rejects(client.setFaults("demo", { faults: [{ kind: "error", rate: 7 }] }), /faults\.0\.rate/);
    assert.deepEqual(await client.faults("demo"), set, "a plan that is refused changes nothing");
    await client.reset("demo");
    assert.deepEqual((await client.faults("demo")).faults, []);
  });

  it("tells the time of a run", async () => {
    await client.advance("demo", 600);
    const since = await client.begin("demo");
    assert.equal(since, 600);
    const nothing = { since: 600, seconds: 0, chain: [], fastest: 0 };
    assert.deepEqual(await client.timeline("demo", since), nothing);
    assert.equal(await client.begin("demo", { "cluster.demo": ["network.demo"] }), 600);
    assert.deepEqual(await client.finish("demo"), nothing);
  });
});
