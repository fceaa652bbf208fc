// Proves that corpai new-environment writes an environment whose every program previews under the policy pack, and that a refusal leaves no trace.
// What is copied, and what is refused in what words: test/cli/new-environment.test.ts.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { Clone } from "./support/clone.ts";

describe("a new environment by corpai", function () {
  this.timeout(300_000);
  let clone: Clone;
  before(() => {
    clone = Clone.create();
  });
  after(() => clone.remove());
  const files = (): string[] => clone.changedFiles().trimEnd().split("\n");

  it("is refused in one line where it would be in the way of another one, and nothing is written", async () => {
    const { code, out, err } = await clone.corpai("new-environment", "qa", "--from", "dev", "--json");
    assert.deepEqual([code, out], [1, ""]);
    assert.match(
      err,
      /network\.qa: corpai:vpcCidr: given 10\.48\.0\.0\/16, which overlaps 10\.48\.0\.0\/16 of network\.dev/,
    );
    assert.equal(clone.changedFiles(), "");
    assert.ok(!existsSync(join(clone.folder, ".sandbox")), "not even the sandbox was started");
  });

  it("previews whole, with made-up secrets, and says which ones to set", async () => {
    const wishes = ["--class", "prod", "--account", "999988887777", "--vpc-cidr", "10.60.0.0/18", "--nat", "per-az"];
    const { code, out, err } = await clone.corpai("new-environment", "qa", "--from", "dev", ...wishes);
    assert.equal(code, 0, out + err);
    assert.match(out, /^qa \(class prod\) in the sandbox: account 999988887777;/m);
    assert.equal(out.match(/ preview {2}ok /g)?.length, 8, out);
    assert.match(out, /pulumi config set --secret -s mcp-servers\.qa corpai:clickhousePasswordSecret/);
    assert.match(out, /environments\/Pulumi\.customer-services\.qa\.acme\.yaml: .*vpc-0acedde5000000001/);
    assert.equal(files().length, 10, files().join("\n"));
    assert.ok(files().every((line) => /\.qa\.|\/qa\.yaml|environments\.yaml/.test(line)));
  });

  it("is judged like any other from then on: a secret that nobody has set is missing", async () => {
    const { code, out } = await clone.corpai("check", "qa");
    assert.equal(code, 1);
    assert.match(out, /mcp-servers\.qa: corpai:clickhousePasswordSecret: given nothing.*pulumi config set --secret/);
    assert.equal((await clone.corpai("check", "dev")).code, 0, "and no other environment is the worse for it");
  });
});
