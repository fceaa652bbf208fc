// Proves that program bootstrap comes up in the sandbox under the policy pack, prints what other stacks need of it, changes nothing the second time, and is
// not destroyed by mistake. That Pulumi keeps states in such a bucket, and encrypts under such a key, only AWS can show.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Clone } from "./support/clone.ts";

const FILE = "environments/Pulumi.bootstrap.demo.yaml";

describe("program bootstrap", function () {
  this.timeout(300_000);
  let clone: Clone;
  before(() => {
    clone = Clone.create();
  });
  after(() => clone.remove());
  const run = (command: string): Promise<{ code: number; out: string; err: string }> =>
    clone.corpai(command, "demo", "--only", "bootstrap.demo", "--json");
  const report = (out: string): { changes: Record<string, number>; error?: string } => {
    const { stacks } = JSON.parse(out) as { stacks: { changes: Record<string, number>; error?: string }[] };
    assert.equal(stacks.length, 1);
    return stacks[0] ?? assert.fail();
  };

  it("refuses a bucket's name that S3 would refuse, before anything is created", async () => {
    const undo = clone.edit(FILE, (text) => text.replace("acme-corpai-demo-state", "Acme_State"));
    const { code, err } = await clone.corpai("up", "demo", "--only", "bootstrap");
    undo();
    assert.equal(code, 1);
    assert.match(err, /bootstrap\.demo: corpai:stateBucket: given "Acme_State"; allowed: 3 to 63 lower-case letters/);
  });

  it("comes up under the policy pack, and names backend, key and roles as files and workflows do", async () => {
    const { code, out, err } = await run("up");
    assert.equal(code, 0, out + err);
    assert.ok((report(out).changes.create ?? 0) >= 7);
    const settings = clone.sandbox.environment(await clone.sandbox.start());
    const output = await clone.run("pulumi", ["stack", "output", "--json", "-s", "bootstrap.demo"], settings);
    assert.deepEqual(JSON.parse(output.out), {
      backendUrl: "s3://acme-corpai-demo-state?region=us-east-1",
      secretsProvider: "awskms://alias/corpai-demo-pulumi?region=us-east-1",
      previewRoleArn: "arn:aws:iam::111122223333:role/corpai-demo-preview",
      deployRoleArn: "arn:aws:iam::111122223333:role/corpai-demo-deploy",
    });
  });

  it("changes nothing the second time", async () => {
    const { code, out, err } = await run("up");
    assert.equal(code, 0, out + err);
    const { create, update, replace, delete: deleted } = report(out).changes;
    assert.deepEqual([create, update, replace, deleted], [0, 0, 0, 0]);
  });

  it("is left alone when its environment is destroyed", async () => {
    const { code, out, err } = await clone.corpai("destroy", "demo", "--json");
    assert.equal(code, 0, out + err);
    const { stacks } = JSON.parse(out) as { stacks: { stack: string }[] };
    assert.ok(stacks.length > 5 && stacks.every(({ stack }) => stack !== "bootstrap.demo"));
  });

  it("is not destroyed even where it is named: what every other stack's state is in stays until somebody lifts its protection", async () => {
    const { code, out } = await run("destroy");
    assert.notEqual(code, 0);
    assert.match(report(out).error ?? "", /protect/);
    const kinds = clone.made().map((object) => object.split(" ")[0]);
    assert.ok(kinds.includes("aws:s3/bucket:Bucket") && kinds.includes("aws:kms/key:Key"));
  });
});
