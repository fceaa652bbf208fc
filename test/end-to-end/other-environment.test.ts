// Proves that environments of every class can be asked into the sandbox; that nothing of them is touched there: neither their files nor their secrets
// provider; and that what prod's class demands is in what the engine would create. That staging and prod come up is not shown: dev does, by hand.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { protectionOf } from "../../model/environment-class.ts";
import { Clone } from "./support/clone.ts";

const FILE = "environments/Pulumi.network.prod.yaml";

interface Finding {
  readonly policy: string;
  readonly message: string;
}

/** What a preview would create. */
interface Previewed {
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
}

describe("environments other than demo by corpai", function () {
  this.timeout(300_000);
  let clone: Clone;
  let asWritten: Readonly<Record<string, string>>;
  before(() => {
    clone = Clone.create();
    asWritten = bytes();
  });
  afterEach(() => {
    assert.equal(clone.changedFiles(), "", "git status is clean after every command");
    assert.deepEqual(bytes(), asWritten, "every file of the environment is as it was, byte for byte");
  });
  after(() => clone.remove());

  function bytes(): Record<string, string> {
    const folder = join(clone.folder, "environments");
    return Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "base64")]));
  }

  it("is refused by --sandbox without an estate, which says what to write", async () => {
    const estate = join(clone.folder, "sandbox/estates/prod.yaml");
    renameSync(estate, `${estate}.away`);
    const { code, err } = await clone.corpai("up", "prod", "--sandbox");
    renameSync(`${estate}.away`, estate);
    assert.equal(code, 1);
    assert.match(err, /prod has no estate.*Write sandbox\/estates\/prod\.yaml/);
  });

  for (const [name, account] of [
    ["staging", "333344445555"],
    ["prod", "555566667777"],
  ] as const)
    it(`${name}: previews all of its programs under the policy pack, also those that read secrets, without anybody who could decrypt them`, async () => {
      const { code, out, err } = await clone.corpai("preview", name, "--sandbox", "--json");
      assert.equal(code, 0, out + err);
      assert.ok(
        err.startsWith(`${name} (class ${name}) in the sandbox: account ${account}; region us-east-1; backend file:`),
        err,
      );
      const { stacks } = JSON.parse(out) as { stacks: { stack: string; result: string; findings?: Finding[] }[] };
      assert.equal(stacks.length, 8);
      for (const { stack, result, findings = [] } of stacks) {
        const decided = findings.filter(({ message }) => !message.includes("undecided, checked at update"));
        assert.deepEqual([result, decided], ["succeeded", []], stack);
      }
      assert.match(readFileSync(join(clone.folder, FILE), "utf8"), /secretsprovider: awskms/);
    });

  it("creates what the class of prod demands, wherever something holds data", async () => {
    const wanted = protectionOf("prod");
    const settings = clone.sandbox.environment(await clone.sandbox.start());
    const preview = async (program: string): Promise<(type: string) => readonly Previewed[]> => {
      const args = ["-C", ".sandbox/projects/prod", "preview", "--json", "--stack", `${program}.prod`];
      const { code, out, err } = await clone.run("pulumi", args, settings);
      assert.equal(code, 0, out + err);
      const { steps } = JSON.parse(out) as { steps: { newState: Previewed }[] };
      return (type) => {
        const found = steps.map(({ newState }) => newState).filter((one) => one.type.endsWith(type));
        assert.notEqual(found.length, 0, `${program} has a ${type}`);
        return found;
      };
    };
    const [data, network, cluster] = [await preview("data"), await preview("network"), await preview("cluster")];

    for (const { inputs, protect } of data(":Instance")) {
      assert.deepEqual(
        [protect, inputs.deletionProtection, inputs.multiAz, inputs.backupRetentionPeriod, inputs.monitoringInterval],
        [true, true, true, wanted.backupDays, wanted.monitoringSeconds],
      );
      assert.equal(inputs.skipFinalSnapshot, false);
      assert.match(String(inputs.finalSnapshotIdentifier), /^corpai-prod-memory-last-/);
    }
    for (const { inputs, protect } of data(":ReplicationGroup")) {
      assert.deepEqual(
        [protect, inputs.multiAzEnabled, inputs.automaticFailoverEnabled, inputs.snapshotRetentionLimit],
        [true, true, true, wanted.backupDays],
      );
      assert.match(String(inputs.finalSnapshotIdentifier), /^corpai-prod-sessions-last-/);
    }
    for (const { protect, retainOnDelete } of data(":Key")) assert.deepEqual([protect, retainOnDelete], [true, true]);
    for (const { inputs } of cluster("eks/cluster:Cluster")) assert.equal(inputs.deletionProtection, true);
    for (const found of [data, network, cluster]) {
      for (const { inputs } of found(":LogGroup")) assert.equal(inputs.retentionInDays, wanted.logDays);
      for (const { inputs } of found(":Key")) assert.equal(inputs.deletionWindowInDays, wanted.keyDeletionDays);
    }
    assert.equal(network(":NatGateway").length, 3, "one in each AZ: the loss of one takes no other along");
  });

  it("comes up, has a status, and is destroyed once that is permitted by its owner and by the policies, in the sandbox", async () => {
    const only = ["--only", "customer-services.prod.acme"];
    const up = await clone.corpai("up", "prod", "--sandbox", ...only);
    assert.equal(up.code, 0, up.out + up.err);
    assert.match(up.out, /^prod \(class prod\) in the sandbox:/);
    assert.match(up.out, /customer-services\.prod\.acme +update +ok/);
    const made = (await clone.sandbox.world("prod")).objects.filter(({ estate }) => !estate);
    assert.ok(made.length > 0);

    const status = await clone.corpai("status", "prod", "--sandbox", "--json");
    assert.equal(status.code, 1, status.out + status.err);
    const { connections } = JSON.parse(status.out) as { connections: { key: string; state: string | null }[] };
    assert.deepEqual(
      connections.map(({ key, state }) => [key, state]),
      [["clickhouse", null]],
    );

    const refused = await clone.corpai("destroy", "prod", "--sandbox");
    assert.equal(refused.code, 1, refused.out);
    assert.match(refused.out, /clickhouse-nlb .* AWS protects it.*give corpai:services\.clickhouse release/);

    const undo = clone.edit("environments/Pulumi.customer-services.prod.acme.yaml", (text) =>
      text.replace(
        /^( +)clickhouse:\n( +)/m,
        `$1clickhouse:\n$2release: {reason: "the customer leaves", until: "2099-12-31"}\n$2`,
      ),
    );
    const unexempted = await clone.corpai("up", "prod", "--sandbox", ...only);
    assert.match(unexempted.out, /refused by policy deletion-protection: clickhouse-nlb/);
    const exemption = {
      stack: "customer-services.prod.acme",
      resource: "clickhouse-nlb",
      reason: "The customer leaves.",
      ticket: "SEC-1",
      expires: "2099-12-31",
    };
    const policies = join(clone.folder, "environments/policies.prod.json");
    writeFileSync(policies, JSON.stringify({ all: "mandatory", "deletion-protection": { exemptions: [exemption] } }));
    const released = await clone.corpai("up", "prod", "--sandbox", ...only);
    assert.equal(released.code, 0, released.out + released.err);
    const destroyed = await clone.corpai("destroy", "prod", "--sandbox");
    assert.equal(destroyed.code, 0, destroyed.out + destroyed.err);
    undo();
    rmSync(policies);
    assert.match(destroyed.out, /customer-services\.prod\.acme +destroy +ok/);
    assert.ok((await clone.sandbox.world("prod")).objects.every(({ estate }) => estate));
  });

  it("is refused on AWS in a shell that is set to the sandbox, where it would only seem to be on AWS", async () => {
    const settings = clone.sandbox.environment(await clone.sandbox.start());
    const { code, err } = await clone.run(process.execPath, ["cli/corpai.mjs", "up", "prod"], settings);
    assert.equal(code, 1);
    assert.match(err, /this shell is set to the sandbox/);
  });
});
