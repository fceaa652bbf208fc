// Proves that an environment of any class can be asked into the sandbox, and that nothing of it is touched there: not its files, not its secrets provider.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { Clone } from "./support/clone.ts";

const FILE = "environments/Pulumi.network.prod.yaml";
/** Nobody here can reach this key: whoever tries, fails. */
const PROVIDER = "secretsprovider: awskms://alias/out-of-reach?region=us-east-1\nencryptedkey: bm8=";

/** The demo's environment under another name and class, its secrets encrypted by a key of AWS's. */
function prodIn({ folder }: Clone): void {
  const environments = join(folder, "environments");
  for (const file of readdirSync(environments).filter((name) => name.startsWith("Pulumi."))) {
    const text = readFileSync(join(environments, file), "utf8")
      .replaceAll(".demo", ".prod")
      .replace(/^encryptionsalt: .*$/m, PROVIDER)
      .replaceAll(/secure: v1:.*$/gm, "secure: AQICAHhKMS+ciphertext/of/nobody==");
    writeFileSync(join(environments, file.replace(".demo", ".prod")), text);
  }
  writeFileSync(join(environments, "environments.yaml"), "demo: { class: demo }\nprod: { class: prod }\n");
}

describe("environment prod by corpai", function () {
  this.timeout(300_000);
  let clone: Clone;
  let asWritten: Readonly<Record<string, string>>;
  before(() => {
    clone = Clone.create();
    prodIn(clone);
    commit(clone);
    asWritten = bytes();
  });
  afterEach(() => {
    assert.equal(clone.changedFiles(), "", "git status is clean after every command");
    assert.deepEqual(bytes(), asWritten, "every file of the environment is as it was, byte for byte");
  });
  after(() => clone.remove());

  function commit({ folder }: Clone): void {
    const as = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
    for (const args of [
      ["add", "--all"],
      [...as, "commit", "--quiet", "--message", "prod"],
    ])
      execFileSync("git", args, { cwd: folder });
  }
  function bytes(): Record<string, string> {
    const folder = join(clone.folder, "environments");
    return Object.fromEntries(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "base64")]));
  }

  it("is refused by --sandbox without an estate, which says what to write", async () => {
    const { code, err } = await clone.corpai("up", "prod", "--sandbox");
    assert.equal(code, 1);
    assert.match(err, /prod has no estate.*Write sandbox\/estates\/prod\.yaml/);
    cpSync(join(clone.folder, "sandbox/estates/demo.yaml"), join(clone.folder, "sandbox/estates/prod.yaml"));
    commit(clone);
  });

  it("previews all of its programs, also those that read secrets, without anybody who could decrypt them", async () => {
    const { code, out, err } = await clone.corpai("preview", "prod", "--sandbox", "--json");
    assert.equal(code, 0, out + err);
    assert.match(
      err,
      /^prod \(class prod\) in the sandbox: accounts 111122223333, 444455556666; region us-east-1; backend file:/,
    );
    const { stacks } = JSON.parse(out) as { stacks: { stack: string; result: string }[] };
    assert.equal(stacks.length, 9);
    for (const { stack, result } of stacks) assert.equal(result, "succeeded", stack);
    assert.match(readFileSync(join(clone.folder, FILE), "utf8"), /secretsprovider: awskms/);
  });

  it("comes up, has a status, and is destroyed, in the sandbox", async () => {
    const only = ["--only", "customer-services.prod.tools"];
    const up = await clone.corpai("up", "prod", "--sandbox", ...only);
    assert.equal(up.code, 0, up.out + up.err);
    assert.match(up.out, /^prod \(class prod\) in the sandbox:/);
    assert.match(up.out, /customer-services\.prod\.tools +update +ok/);
    const made = (await clone.sandbox.world("prod")).objects.filter(({ estate }) => !estate);
    assert.ok(made.length > 0);

    const status = await clone.corpai("status", "prod", "--sandbox", "--json");
    assert.equal(status.code, 1, status.out + status.err);
    const { connections } = JSON.parse(status.out) as { connections: { key: string; state: string | null }[] };
    assert.deepEqual(
      connections.map(({ key, state }) => [key, state]),
      [
        ["clickhouse", null],
        ["github", null],
      ],
    );

    const destroyed = await clone.corpai("destroy", "prod", "--sandbox");
    assert.equal(destroyed.code, 0, destroyed.out + destroyed.err);
    assert.match(destroyed.out, /customer-services\.prod\.tools +destroy +ok/);
    assert.ok((await clone.sandbox.world("prod")).objects.every(({ estate }) => estate));
  });

  it("is refused on AWS in a shell that is set to the sandbox, where it would only seem to be on AWS", async () => {
    const settings = clone.sandbox.environment(await clone.sandbox.start());
    const { code, err } = await clone.run(process.execPath, ["cli/corpai.mjs", "up", "prod"], settings);
    assert.equal(code, 1);
    assert.match(err, /this shell is set to the sandbox/);
  });
});
