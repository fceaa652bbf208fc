// Proves through the real engine what Pulumi makes of AWS's misbehaviour: what is half-made is kept and finished, what fails is named, and the next
// `up` ends right. Only where an answer is lost for good does an object stay that nobody knows of: the sandbox shows it, as AWS would.
import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { after, afterEach, before, describe, it } from "mocha";
import { deleteByHand } from "../../sandbox/by-hand.ts";
import type { FaultPlan } from "../../sandbox/faults.ts";
import { T } from "./support/connection.ts";
import { startEngine } from "./support/engine.ts";
import type { Engine } from "./support/engine.ts";

const PROGRAM = `
  import * as aws from "@pulumi/aws";
  const vpc = new aws.ec2.Vpc("it", { cidrBlock: "10.50.0.0/16" });
  const group = new aws.ec2.SecurityGroup("it", { name: "it", vpcId: vpc.id });
  export const groupId = group.id;
`;
const STACK = "faults.demo";

describe("faults under the real engine", function () {
  this.timeout(120_000);
  let engine: Engine;
  let estate: number;

  before(async () => {
    engine = await startEngine(PROGRAM);
    await engine.stack(STACK, { "aws:region": "us-east-1", "aws:allowedAccountIds": ["111122223333"] });
    estate = world().objects.length;
  });
  after(() => engine.stop());
  afterEach(async () => {
    set();
    // What nobody knows of would keep the VPC from being deleted.
    for (const name of groups()) deleteByHand(world(), { name });
    const { ok, text } = await engine.run(STACK, "destroy");
    assert.ok(ok, text);
    assert.equal(world().objects.length, estate);
  });

  const world = () => engine.sandbox.world("demo");
  const set = (...faults: FaultPlan["faults"]): void => engine.sandbox.faults("demo").set({ faults });
  const groups = (): string[] =>
    world()
      .all(T.group, ({ inputs }) => inputs.name === "it")
      .map(({ id }) => id);
  const hits = (): number | undefined => engine.sandbox.faults("demo").report.faults[0]?.hits;
  const up = () => engine.run(STACK, "up");
  async function goesWell(): Promise<void> {
    const { ok, text } = await up();
    assert.ok(ok, text);
  }
  async function until(holds: () => boolean): Promise<void> {
    for (let waited = 0; !holds(); waited += 20) {
      assert.ok(waited < 30_000, "in vain");
      await setTimeout(20);
    }
  }

  it("fail an update with AWS's words, and the next one goes well", async () => {
    set({ kind: "error", type: "SecurityGroup", operations: ["create"], times: 1 });
    const { ok, text } = await up();
    assert.ok(!ok);
    assert.match(text, /SecurityGroup[^]*InternalError: An internal error has occurred/);
    assert.deepEqual(groups(), []);
    await goesWell();
    assert.equal(groups().length, 1);
  });

  it("leave what is half-made in Pulumi's state, and the next update finishes that same one", async () => {
    set({ kind: "half-made", name: "it", type: "SecurityGroup" });
    const { ok, text } = await up();
    assert.ok(!ok);
    assert.match(
      text,
      /InternalError: An internal error has occurred while the provider waited for what it had created/,
    );
    const made = groups();
    assert.equal(made.length, 1);
    await goesWell();
    assert.deepEqual(groups(), made);
    const again = await engine.run(STACK, "up", "--expect-no-changes");
    assert.ok(again.ok, again.text);
  });

  it("leave an object that nobody knows of where an answer is lost: the next update meets it by its name", async () => {
    set({ kind: "lost", type: "SecurityGroup" });
    assert.match((await up()).text, /RequestError: send request failed/);
    assert.equal(groups().length, 1);
    set();
    assert.match((await up()).text, /InvalidGroup\.Duplicate: The security group 'it' already exists/);
  });

  it("cost only virtual time where AWS throttles, as the provider retries", async () => {
    set({ kind: "throttle", type: "Vpc", operations: ["create"], inARow: 4 });
    const from = world().clock;
    await goesWell();
    assert.equal(world().clock - from, 1 + 2 + 4 + 8 + 12 + 3);
  });

  it("keep an operation from being sent at all where the engine is killed before: its plug-ins die with it", async () => {
    set({ kind: "slow", type: "SecurityGroup", operations: ["create"], milliseconds: 3000 });
    const { done, kill } = engine.start(STACK, "up");
    await until(() => hits() === 1);
    kill();
    await done;
    await setTimeout(2000);
    assert.deepEqual(groups(), []);
    set();
    // The dead engine's lock and the operation that it had begun are what the next one finds.
    await engine.run(STACK, "cancel", "--yes");
    await goesWell();
    assert.equal(groups().length, 1);
  });

  it("leave an operation done where the engine is killed before the answer", async () => {
    set({ kind: "slow", type: "SecurityGroup", operations: ["create"], milliseconds: 3000 });
    const { done, kill } = engine.start(STACK, "up");
    await until(() => groups().length === 1);
    kill();
    await done;
    await engine.run(STACK, "cancel", "--yes");
    const state = JSON.parse((await engine.run(STACK, "stack", "export")).text) as {
      deployment: { pending_operations?: { type: string; resource: { type: string } }[] };
    };
    const pending = state.deployment.pending_operations?.map(({ type, resource }) => `${type} ${resource.type}`);
    assert.ok(pending?.includes(`creating ${T.group}`));
  });
});
