// Proves what becomes of an environment while AWS misbehaves: an update is right, or fails with errors that name stack, resource and what to do; the next
// one ends right; nothing is made twice or orphaned; `destroy` leaves the world as it was. Which faults there are: test/sandbox/faults.test.ts.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import type { FaultPlan } from "../../sandbox/client.ts";
import { assertAsBefore } from "./support/as-before.ts";
import { Clone, type Ran } from "./support/clone.ts";

interface Report {
  readonly stacks: readonly {
    readonly stack: string;
    readonly result: string;
    readonly changes: Readonly<Record<string, number>>;
    readonly error?: string;
  }[];
}

describe("while AWS misbehaves", function () {
  this.timeout(400_000);
  let clone: Clone;
  before(() => {
    clone = Clone.create();
  });
  after(() => clone.remove());
  afterEach(async () => {
    await clone.sandbox.setFaults("demo", { faults: [] });
    const { code, out, err } = await clone.corpai("destroy", "demo");
    assert.equal(code, 0, out + err);
    await assertAsBefore(clone);
    assert.equal(clone.changedFiles(), "");
  });

  const set = (...faults: FaultPlan["faults"]): Promise<unknown> =>
    clone.sandbox.setFaults("demo", { seed: "misbehaving", faults });
  const hits = async (): Promise<number[]> => (await clone.sandbox.faults("demo")).faults.map((fault) => fault.hits);

  async function up(only: string): Promise<Report & { readonly ok: boolean; readonly said: string }> {
    const { code, out, err } = await clone.corpai("up", "demo", "--only", only, "--json");
    assert.doesNotMatch(out + err, /\n\s+at /, "no stack trace");
    return { ...(JSON.parse(out) as Report), ok: code === 0, said: err };
  }

  /** Each error says where it happened, and ends with what to do. */
  function assertClear({ stacks }: Report): void {
    const failed = stacks.filter(({ result }) => result === "failed");
    assert.ok(failed.length > 0);
    for (const { stack, error = "" } of failed)
      assert.match(error, /\S: [^]*(InternalError|RequestError|Throttling)[^]*run this again/, `${stack}: ${error}`);
  }

  /**
   * Updates until one goes well. How many that takes depends on what the engine has under way when something fails; but each that fails has met a
   * fault that had not struck before, and of those there are only so many.
   * @returns all that they said
   */
  async function upUntilRight(only: string): Promise<string> {
    const struck = async (): Promise<number> => (await hits()).reduce((sum, count) => sum + count, 0);
    let said = "";
    for (let before = 0, now = 0; ; before = now) {
      const report = await up(only);
      said += report.said;
      if (report.ok) return said;
      assertClear(report);
      now = await struck();
      assert.ok(now > before, said);
    }
  }

  /** Nothing is there twice, nor in two states. What no state has, destroy would leave behind: see above. */
  async function assertNothingTwice(): Promise<void> {
    const twins = (all: readonly string[]): string[] => all.filter((one, index) => all.indexOf(one) !== index);
    const made = await clone.sandbox.objects("demo", { estate: false });
    assert.deepEqual(twins(made.map(({ type, account, inputs }) => JSON.stringify([type, account, inputs]))), []);
    assert.deepEqual(twins(clone.owned()), []);
  }

  async function assertNothingToChange(only: string): Promise<void> {
    const { stacks, ok } = await up(only);
    assert.ok(ok);
    for (const { stack, changes } of stacks)
      assert.deepEqual({ ...changes, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 }, stack);
  }

  it("and every answer to a create is lost once, each thing is known again and taken over: none is made twice", async () => {
    await set({ kind: "lost", times: 1 });
    const said = await upUntilRight("customer-services.demo.tools");
    for (const type of [
      "SecurityGroup",
      "SecurityGroupIngressRule",
      "TargetGroup",
      "TargetGroupAttachment",
      "LoadBalancer",
      "Listener",
      "VpcEndpointService",
    ])
      assert.match(
        said,
        new RegExp(
          `:${type}(, "[^"]+")?\\) had been created by an earlier update, whose answer was lost; taken over as `,
        ),
      );
    assert.equal((await hits())[0], clone.owned().length, "of each, the only create");
    await assertNothingTwice();
    await assertNothingToChange("customer-services.demo.tools");
  });

  it("and two things could be what was lost, neither is taken: the command that up prints says which, and up ends right", async () => {
    const only = "network.demo";
    await set({ kind: "lost", type: "Vpc" });
    assertClear(await up(only));
    // Plain pulumi does not look, and asks AWS for a second one.
    await plainly(clone, `pulumi up --yes --skip-preview --stack ${only} --non-interactive`);
    await set();
    const vpcs = await clone.sandbox.objects("demo", { type: "Vpc", estate: false });
    const [wanted, spare] = vpcs;
    assert.ok(wanted && spare && vpcs.length === 2);

    const { ok, stacks } = await up(only);
    const error = stacks.find(({ stack }) => stack === only)?.error ?? "";
    assert.ok(!ok);
    assert.match(error, /\(aws:ec2\/vpc:Vpc, ".*"\): more than one thing/);
    const command = /^ *(pulumi import .*)$/m.exec(error)?.[1] ?? "";
    const imported = await plainly(clone, command.replace("<its id>", wanted.id));
    assert.equal(imported.code, 0, imported.out + imported.err);
    await clone.corpai("sandbox", "delete", "demo", "--name", spare.id);
    assert.ok((await up(only)).ok);
    await assertNothingTwice();
  });

  it("by throttling, errors, delays, half-made things and lost answers here and there, up ends right once it has been run again", async () => {
    const every = ["create", "read", "update", "delete"] as const;
    await set(
      { kind: "throttle", rate: 0.3, inARow: 3 },
      { kind: "error", rate: 0.04, operations: [...every], times: 1 },
      { kind: "slow", rate: 0.1, milliseconds: 400, operations: [...every] },
      { kind: "half-made", rate: 0.1, times: 1 },
      { kind: "lost", rate: 0.15, times: 1 },
    );
    const only = "customer-services,customer-access";
    await upUntilRight(only);
    for (const [index, count] of (await hits()).entries()) assert.ok(count > 0, `fault ${index} has hit something`);
    await assertNothingTwice();
    await set();
    await assertNothingToChange(only);
  });

  it("and a look-up fails in a preview, nothing is updated, and the error says that it passes", async () => {
    await set({ kind: "error", type: "getVpc", operations: ["invoke"], times: 1 });
    const report = await up("customer-services.demo.tools");
    assert.ok(!report.ok);
    assertClear(report);
    assert.deepEqual(clone.made(), []);
    assert.ok((await up("customer-services.demo.tools")).ok);
  });
});

describe("what AWS has already, by somebody else's hand", function () {
  this.timeout(200_000);
  let clone: Clone;
  before(() => {
    clone = Clone.create();
  });
  after(() => clone.remove());

  it("is named in the error, with the command by which Pulumi takes it over; then up ends right", async () => {
    const group = "sg-0ace7001591700009";
    // With our tag on it the program's own look-up takes it for its own: what is left of an update that nobody remembers.
    clone.edit("sandbox/estates/demo.yaml", (text) =>
      text.replace(
        "          sg-0ace7001591700001:\n",
        `          ${group}: { name: corpai-github-nlb-sg, description: Security group for github NLB PrivateLink, tags: { corpai: privatelink } }\n$&`,
      ),
    );
    const refused = await clone.corpai("up", "demo", "--only", "customer-services.demo.tools");
    assert.equal(refused.code, 1);
    assert.match(
      refused.out,
      /InvalidGroup\.Duplicate: The security group 'corpai-github-nlb-sg' already exists[^]*"corpai-github-nlb-sg"\) is there already/,
    );
    const command = /^ *(pulumi import .*)$/m.exec(refused.out)?.[1] ?? "";
    const taken = await plainly(clone, command.replace("<its id>", group));
    assert.equal(taken.code, 0, taken.out + taken.err);
    const { code, out, err } = await clone.corpai("up", "demo", "--only", "customer-services.demo.tools");
    assert.equal(code, 0, out + err);
    const groups = await clone.sandbox.objects("demo", { type: "SecurityGroup", name: "corpai-github-nlb-sg" });
    assert.deepEqual(
      groups.map(({ id }) => id),
      [group],
    );
  });
});

/** As a person types it, in a shell that is set to the sandbox. */
const plainly = (clone: Clone, command: string): Promise<Ran> =>
  clone.run("sh", ["-c", `eval "$("$NODE" cli/corpai.mjs sandbox env)" && ${command} --color never`], {
    NODE: process.execPath,
  });
