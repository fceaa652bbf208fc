// Proves that program delivery comes up in the sandbox under the policy pack once its stacks have records, changes nothing the second time, keeps the agents'
// token secret, and is not half done where a stack has no settings, a path filter misses an import, or somebody else holds a stack's lock. That Pulumi Cloud
// runs anything by these settings, only Pulumi Cloud can show.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { Clone } from "./support/clone.ts";

const FILE = "environments/Pulumi.delivery.demo.yaml";
const STATES = ".sandbox/state/.pulumi";

interface Report {
  readonly stack: string;
  readonly changes: Readonly<Record<string, number>>;
  readonly error?: string;
}

describe("program delivery", function () {
  this.timeout(300_000);
  let clone: Clone;
  before(() => {
    clone = Clone.create();
  });
  after(() => clone.remove());
  const up = (...flags: readonly string[]): Promise<{ code: number; out: string; err: string }> =>
    clone.corpai("up", "demo", "--only", "delivery", ...flags);
  const report = (out: string): Report => {
    const { stacks } = JSON.parse(out) as { stacks: Report[] };
    assert.equal(stacks.length, 1, "it needs the others to be there, not to be brought up");
    return stacks[0] ?? assert.fail();
  };

  it("refuses a stack that would be without settings, before anything is created", async () => {
    rmSync(join(clone.folder, "environments/Pulumi.bootstrap.demo.tools.yaml"));
    const { code, err } = await up();
    clone.git("checkout", "--quiet", "--", "environments");
    assert.equal(code, 1);
    assert.match(
      err,
      /delivery\.demo: corpai:leaveOut: given no settings for customer-services\.demo\.tools, .*444455556666; allowed: settings for every stack/,
    );
    assert.deepEqual(clone.made(), []);
  });

  it("refuses a path filter that misses an import, in the preview", async () => {
    const undo = clone.edit(FILE, (text) =>
      text.replace("config:\n", 'config:\n  corpai:paths: {data: ["stacks/**"]}\n'),
    );
    const { code, out } = await up("--json");
    undo();
    assert.equal(code, 1);
    assert.match(
      report(out).error ?? "",
      /corpai:paths\.data: .* a change to components\/data\/[\w-]+\.ts starts no run/,
    );
    assert.deepEqual(clone.made(), []);
  });

  it("comes up under the policy pack, and sets up every other stack of the environment", async () => {
    const { code, out, err } = await up("--json");
    assert.equal(code, 0, out + err);
    const kinds = clone.made().map((object) => object.split(" ")[0]);
    const count = (type: string): number => kinds.filter((kind) => kind === `pulumiservice:index:${type}`).length;
    const stacks = clone.git("ls-files", "environments/Pulumi.*.demo*.yaml").trim().split("\n").length - 1;
    assert.deepEqual(["DeploymentSettings", "DriftSchedule", "AgentPool", "PolicyGroup"].map(count), [
      stacks,
      stacks,
      1,
      1,
    ]);
    assert.equal(clone.changedFiles(), "", "records of stacks change no file");
  });

  it("changes nothing the second time", async () => {
    const { code, out, err } = await up("--json");
    assert.equal(code, 0, out + err);
    const { create, update, replace, delete: deleted } = report(out).changes;
    assert.deepEqual([create, update, replace, deleted], [0, 0, 0, 0]);
  });

  it("keeps the agents' token secret, in its state and in its outputs", async () => {
    const settings = clone.sandbox.environment(await clone.sandbox.start());
    const output = await clone.run("pulumi", ["stack", "output", "--json", "-s", "delivery.demo"], settings);
    assert.equal((JSON.parse(output.out) as { agentPoolToken: string }).agentPoolToken, "[secret]");
    const shown = await clone.run(
      "pulumi",
      ["stack", "output", "agentPoolToken", "--show-secrets", "-s", "delivery.demo"],
      settings,
    );
    const token = shown.out.trim();
    assert.match(token, /^pul-[0-9a-f]{40}$/);
    const state = readFileSync(join(clone.folder, STATES, "stacks/corpai/delivery.demo.json"), "utf8");
    assert.ok(!state.includes(token));
  });

  it("does nothing while somebody else holds the lock, and says who, and what to do", async () => {
    const locks = join(clone.folder, STATES, "locks/organization/corpai/delivery.demo");
    mkdirSync(locks, { recursive: true });
    const owner = { pid: 1, username: "ann", hostname: "ann's laptop", timestamp: "2026-11-24T08:00:00Z" };
    writeFileSync(join(locks, "0a1b.json"), JSON.stringify(owner));
    const { code, out } = await up("--json");
    rmSync(locks, { recursive: true });
    assert.equal(code, 1);
    assert.match(
      report(out).error ?? "",
      /^it is locked by process 1 of ann on ann's laptop, since 2026-11-24T08:00:00Z\. Wait until that has ended, .*pulumi cancel --yes --stack delivery\.demo$/,
    );
  });
});
