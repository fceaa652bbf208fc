// Proves where secrets of production may be kept, and that the committed files keep to it. That Pulumi takes the printed command: its documentation.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { passphraseProblems } from "../../cli/secrets-provider.ts";
import { describeProblems } from "../../model/problem.ts";
import { ENVIRONMENTS_FOLDER, environments, loadEnvironment } from "../../stacks/environment.ts";

const S3 = "s3://acme-corpai-prod-state?region=us-east-1";
const CLOUD = "https://api.pulumi.com/acme";

describe("where a production environment's secrets are kept", () => {
  let folder = "";
  const { stacks } = loadEnvironment("prod", { secretsToCome: true });
  const network = stacks.filter(({ name }) => name === "network.prod");
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "corpai-secrets-"));
    mkdirSync(join(folder, "environments"));
  });
  after(() => rmSync(folder, { recursive: true }));
  const said = (text: string, backend: string, kind: "prod" | "staging" = "prod"): string => {
    writeFileSync(join(folder, "environments/Pulumi.network.prod.yaml"), text);
    const problems = passphraseProblems({ class: kind, stacks: network }, { folder, backend });
    return problems.length === 0 ? "" : describeProblems(problems);
  };

  it("is a key of AWS KMS or of Pulumi Cloud", () => {
    assert.equal(said("secretsprovider: awskms://alias/corpai?region=us-east-1\nencryptedkey: x\n", S3), "");
    assert.equal(said("config: {}\n", CLOUD), "", "which is Pulumi Cloud's own default");
  });

  it("is no passphrase, whether the file says so, has its salt, or says nothing on a backend that would ask for one", () => {
    for (const [text, backend] of [
      ["secretsprovider: passphrase\n", CLOUD],
      ["encryptionsalt: v1:abc\n", CLOUD],
      ["encryptionsalt: v1:abc\n", S3],
    ] as const)
      assert.match(
        said(text, backend),
        /^network\.prod: secretsprovider: given a passphrase; allowed: a key that AWS KMS/,
      );
    const nothing = said("config: {}\n", S3);
    assert.match(nothing, /given nothing, which means a passphrase/);
    assert.match(nothing, /pulumi stack change-secrets-provider -s network\.prod 'awskms:/);
  });

  it("may be a passphrase elsewhere", () => {
    assert.equal(said("encryptionsalt: v1:abc\n", S3, "staging"), "");
  });

  it("is right in the committed files of every environment of that class", () => {
    const root = { folder: join(ENVIRONMENTS_FOLDER, ".."), backend: S3 };
    for (const [name, { class: kind }] of Object.entries(environments()))
      assert.deepEqual(passphraseProblems({ class: kind, stacks: loadEnvironment(name).stacks }, root), [], name);
  });
});
