// Proves that an environment of any class can be asked into the sandbox, and that nothing of it is touched there: not its files, not its secrets provider.
import assert from "node:assert/strict";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { Clone } from "./support/clone.ts";

const FILE = "environments/Pulumi.network.prod.yaml";

describe("environment prod by corpai", function () {
  this.timeout(180_000);
  let clone: Clone;
  let changes: string;
  before(() => {
    clone = Clone.create();
    const path = (file: string): string => join(clone.folder, file);
    const demo = readFileSync(path("environments/Pulumi.network.demo.yaml"), "utf8");
    // Nobody here can reach this key: whoever tries, fails.
    writeFileSync(
      path(FILE),
      demo.replace(
        /^encryptionsalt: .*$/m,
        "secretsprovider: awskms://alias/out-of-reach?region=us-east-1\nencryptedkey: bm8=",
      ),
    );
    writeFileSync(path("environments/environments.yaml"), "demo: { class: demo }\nprod: { class: prod }\n");
    changes = clone.changedFiles();
  });
  after(() => clone.remove());

  it("is refused by --sandbox without an estate, which says what to write", async () => {
    const { code, err } = await clone.corpai("up", "prod", "--sandbox");
    assert.equal(code, 1);
    assert.match(err, /prod has no estate.*Write sandbox\/estates\/prod\.yaml/);
    cpSync(join(clone.folder, "sandbox/estates/demo.yaml"), join(clone.folder, "sandbox/estates/prod.yaml"));
    changes = clone.changedFiles();
  });

  it("comes up in the sandbox, and is destroyed there, while its own files stay as they are", async () => {
    const before = readFileSync(join(clone.folder, FILE), "utf8");
    for (const command of ["up", "destroy"]) {
      const { code, out, err } = await clone.corpai(command, "prod", "--sandbox");
      assert.equal(code, 0, out + err);
      assert.match(out, /^prod \(class prod\) in the sandbox: account 111122223333; region us-east-1; backend file:/);
      assert.match(out, /network\.prod +(update|destroy) +ok/);
    }
    assert.deepEqual([clone.changedFiles(), readFileSync(join(clone.folder, FILE), "utf8")], [changes, before]);
  });

  it("is refused on AWS in a shell that is set to the sandbox, where it would only seem to be on AWS", async () => {
    const settings = clone.sandbox.environment(await clone.sandbox.start());
    const { code, err } = await clone.run(process.execPath, ["cli/corpai.mjs", "up", "prod"], settings);
    assert.equal(code, 1);
    assert.match(err, /this shell is set to the sandbox/);
  });
});
