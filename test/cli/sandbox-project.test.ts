import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { parse, stringify } from "yaml";
import { PassphraseCrypter } from "../../cli/passphrase.ts";
import { generateProject } from "../../cli/sandbox-project.ts";
import { SandboxClient } from "../../sandbox/client.ts";
import { readYaml } from "../../stacks/yaml-file.ts";

const ROOT = join(import.meta.dirname, "../..");

interface StackFile {
  readonly config: Readonly<Record<string, unknown>>;
  readonly encryptionsalt: string;
}

describe("an environment that is asked into the sandbox", () => {
  let root: string;
  const client = (): SandboxClient => new SandboxClient(root);
  const generate = (): string => generateProject("prod", client().home, client().passphrase);
  const read = (project: string, stack: string): StackFile =>
    parse(readFileSync(join(project, "environments", `Pulumi.${stack}.yaml`), "utf8")) as StackFile;

  before(() => {
    root = mkdtempSync(join(tmpdir(), "corpai-project-"));
    cpSync(join(ROOT, "Pulumi.yaml"), join(root, "Pulumi.yaml"));
    for (const folder of ["environments", "sandbox/estates"]) mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(
      join(root, "environments/Pulumi.network.prod.yaml"),
      "secretsprovider: awskms://alias/real\nencryptedkey: abc\nconfig: { aws:region: us-east-1, corpai:tokenSecret: { secure: real-ciphertext } }\n",
    );
    writeFileSync(join(root, "environments/Pulumi.network.staging.yaml"), "config: {}\n");
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  it("needs an estate, and says which file to write", () => {
    assert.throws(generate, /prod has no estate.*Write sandbox\/estates\/prod\.yaml/);
    writeFileSync(join(root, "sandbox/estates/prod.yaml"), "");
  });

  it("gets a copy of its own files only, without its secrets provider, each secret made up", () => {
    const project = generate();
    const { config, encryptionsalt, ...rest } = read(project, "network.prod");
    assert.deepEqual([rest, config["aws:region"]], [{}, "us-east-1"]);
    const { secure } = config["corpai:tokenSecret"] as { readonly secure: string };
    assert.equal(new PassphraseCrypter(client().passphrase, encryptionsalt).decrypt(secure), "sandbox-placeholder");
    assert.throws(() => read(project, "network.staging"), /ENOENT/);
    assert.match(
      readFileSync(join(root, "environments/Pulumi.network.prod.yaml"), "utf8"),
      /real-ciphertext/,
      "the real file is as it was",
    );
  });

  it("means in its copy what it means in the original, also to Pulumi, which reads dates without quotes as times", () => {
    const file = "environments/Pulumi.connections.prod.yaml";
    const config = { "corpai:singleAz": { until: "2026-12-31", code: "0443", count: "1_000", port: 443 } };
    writeFileSync(join(root, file), stringify({ config }, { defaultStringType: "QUOTE_DOUBLE" }));
    assert.deepEqual(readYaml(join(root, file)).problems, []);
    const { value, problems } = readYaml(join(generate(), file));
    assert.deepEqual([problems, (value as StackFile | undefined)?.config], [[], config]);
    rmSync(join(root, file));
  });

  it("keeps its key from run to run: the states are encrypted with it", () => {
    assert.equal(read(generate(), "network.prod").encryptionsalt, read(generate(), "network.prod").encryptionsalt);
  });
});

describe("the sandbox's passphrase", () => {
  it("is what the demo's files are encrypted with", () => {
    const { encryptionsalt } = parse(
      readFileSync(join(ROOT, "environments/Pulumi.mcp-servers.demo.yaml"), "utf8"),
    ) as StackFile;
    assert.doesNotThrow(() => new PassphraseCrypter(new SandboxClient(ROOT).passphrase, encryptionsalt));
    assert.throws(() => new PassphraseCrypter("another", encryptionsalt));
  });
});
