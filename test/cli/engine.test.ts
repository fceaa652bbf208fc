// What is asked of the Pulumi CLI, by a stand-in that notes it down. The real one: test/end-to-end.
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { ChildProcess } from "node:child_process";
import { after, before, describe, it } from "mocha";
import { PulumiCli } from "../../cli/engine.ts";
import { Interrupts } from "../../cli/interrupts.ts";
import { stackRecord } from "../../cli/stack-record.ts";
import { ScriptedEngine } from "./support/engine.ts";

const EVENT = '{"summaryEvent":{"resourceChanges":{"same":3}}}';

describe("the engine", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "corpai-engine-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function cli(script: string): PulumiCli {
    const log = `for last; do :; done; case "$*" in *--event-log*) echo '${EVENT}' > "$last";; esac`;
    writeFileSync(join(folder, "pulumi"), `#!/bin/sh\necho "$*" >> "${folder}/asked"\n${log}\n${script}\n`, {
      mode: 0o755,
    });
    return new PulumiCli(
      { folder, env: { PATH: [folder, process.env.PATH].join(delimiter) } },
      new Interrupts(() => undefined),
    );
  }
  const asked = (): string[] => readFileSync(join(folder, "asked"), "utf8").trim().split("\n");

  it("is asked without questions and colours, for its event log, and never to select a stack", async () => {
    const engine = cli("exit 0");
    const { succeeded, changes } = await engine.run("up", "network.demo", ["--yes"]);
    await engine.init("network.demo");
    assert.deepEqual([succeeded, changes.same], [true, 3]);
    assert.match(asked()[0] ?? "", /^up --stack network\.demo --yes --non-interactive --color never --event-log \S+$/);
    assert.equal(asked()[1], "stack init --no-select network.demo --non-interactive --color never");
  });

  it("makes a stack under the secrets provider of its file, which would be written over otherwise", async () => {
    mkdirSync(join(folder, "environments"));
    const file = "secretsprovider: awskms://alias/a-key?region=us-east-1\nencryptedkey: bm8=\nconfig: {}\n";
    writeFileSync(join(folder, "environments/Pulumi.network.prod.yaml"), file);
    writeFileSync(join(folder, "environments/Pulumi.network.demo.yaml"), "");
    const engine = cli("exit 0");
    await engine.init("network.prod");
    await engine.init("network.demo");
    assert.deepEqual(asked().slice(-2), [
      "stack init --no-select network.prod --secrets-provider awskms://alias/a-key?region=us-east-1 --non-interactive --color never",
      "stack init --no-select network.demo --non-interactive --color never",
    ]);
  });

  it("says why in its own last words where no event does", async () => {
    const { succeeded, errors } = await cli(
      'echo Updating; echo "error: the stack is currently locked by 1 lock(s)" >&2; exit 255',
    ).run("up", "network.demo");
    assert.deepEqual([succeeded, errors], [false, ["the stack is currently locked by 1 lock(s)"]]);
    await assert.rejects(
      cli('echo "error: incorrect passphrase" >&2; exit 1').init("network.demo"),
      /pulumi stack init: incorrect passphrase/,
    );
  });

  it("knows the stacks of the backend by their short names, whatever it is warned of", async () => {
    const engine = cli(
      `echo 'warning: something' >&2; echo '[{"name":"network.demo"},{"name":"acme/corpai/cluster.demo"}]'`,
    );
    assert.deepEqual([...(await engine.stacks())], ["network.demo", "cluster.demo"]);
  });
});

describe("an interrupt", () => {
  it("reaches each running engine once; later ones are answered", () => {
    const said: string[] = [];
    const signals: unknown[] = [];
    const engine = Object.assign(new EventEmitter(), {
      kill: (signal: unknown) => signals.push(signal),
    }) as unknown as ChildProcess;
    const interrupts = new Interrupts((line) => said.push(line));
    const ignore = interrupts.listen();
    try {
      interrupts.watch(engine);
      // One of the three that are treated alike; the test runner itself listens for SIGINT.
      for (let count = 0; count < 3; count += 1) process.emit("SIGHUP", "SIGHUP");
    } finally {
      ignore();
    }
    assert.deepEqual([signals, interrupts.received], [["SIGINT"], true]);
    assert.deepEqual(
      said.map((line) => line.split(":")[0]),
      ["interrupted", "still finishing", "still finishing"],
    );
  });
});

describe("making a stack's record", () => {
  it("leaves a file that has a key as it was, and says what does not fit", async () => {
    const folder = mkdtempSync(join(tmpdir(), "corpai-record-"));
    mkdirSync(join(folder, "environments"));
    const file = join(folder, "environments/Pulumi.network.demo.yaml");
    const engine = Object.assign(new ScriptedEngine([]), {
      init: () => Promise.resolve(writeFileSync(file, "encryptionsalt: new\n")),
    });
    try {
      writeFileSync(file, "encryptionsalt: old\n");
      await assert.rejects(
        stackRecord(engine, folder, "network.demo"),
        /network\.demo: this backend or passphrase does not go with the key/,
      );
      assert.equal(readFileSync(file, "utf8"), "encryptionsalt: old\n");
      writeFileSync(file, "config: {}\nsecretsprovider: awskms://alias/a-key\n");
      await stackRecord(engine, folder, "network.demo");
      assert.equal(
        readFileSync(file, "utf8"),
        "encryptionsalt: new\n",
        "a file without a key gets one, as with plain Pulumi",
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
