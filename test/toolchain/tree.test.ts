import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { ESLint } from "eslint";

const root = path.resolve(import.meta.dirname, "../..");

describe("The tree", function () {
  this.timeout(300_000);

  it("has no type errors", () => {
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    const { status, stdout } = spawnSync(process.execPath, [tsc, "--noEmit"], { cwd: root, encoding: "utf8" });
    assert.equal(status, 0, stdout);
  });

  it("passes lint", () => {
    const eslint = path.join(root, "node_modules/eslint/bin/eslint.js");
    const { status, stdout, stderr } = spawnSync(process.execPath, [eslint, "."], { cwd: root, encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
  });

  it("has a policy pack that the official language host's runner starts too", async () => {
    // The stand-in starts the pack's entry directly; the official host does it by this runner, with a compiler registered.
    const runner = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack");
    const pack = spawn(process.execPath, [runner, "127.0.0.1:1", "."], { cwd: path.join(root, "policy") });
    let [stdout, stderr] = ["", ""];
    pack.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
    await new Promise((resolve) => {
      pack.on("exit", resolve);
      pack.stdout.on("data", (text: Buffer) => {
        stdout += text.toString();
        if (stdout.includes("\n")) resolve(undefined);
      });
    });
    pack.kill();
    assert.match(stdout, /^\d+\n/, stderr);
  });
});

describe("Imports go one way:", () => {
  const eslint = new ESLint({ cwd: root, ruleFilter: ({ ruleId }) => ruleId === "corpai/import-directions" });

  // The files need not exist: the direction is judged by paths alone; .mjs, so that no types are looked up.
  async function objections(file: string, code: string): Promise<string[]> {
    const [result] = await eslint.lintText(code, { filePath: path.join(root, file) });
    assert.ok(result, file);
    assert.deepEqual(
      result.messages.filter((m) => m.fatal),
      [],
    );
    return result.messages.map((m) => m.ruleId ?? "").filter((rule) => rule === "corpai/import-directions");
  }

  const forbidden: [file: string, code: string][] = [
    ["model/x.mjs", `import "../components/network/vpc.ts";`],
    ["model/x.mjs", `import * as pulumi from "@pulumi/pulumi";`],
    ["model/deep/x.mjs", `export * from "../../policy/index.ts";`],
    ["model/x.mjs", `import(globalThis.name);`],
    ["components/network/x.mjs", `import "../../stacks/catalog.ts";`],
    ["components/network/x.mjs", `import "zod";`],
    ["components/network/x.mjs", `import("../../sandbox/server.ts");`],
    ["stacks/network/x.mjs", `import "../../policy/index.ts";`],
    ["stacks/network/x.mjs", `import "../../cli/main.ts";`],
    ["policy/x.mjs", `import "../components/network/vpc.ts";`],
    ["policy/x.mjs", `import "@pulumi/eks";`],
    ["cli/x.mjs", `import "../stacks/network/index.ts";`],
    ["cli/x.mjs", `import "@pulumi/pulumi";`],
    ["cli/x.mjs", `import "../sandbox/world.ts";`],
    ["sandbox/x.mjs", `import "../model/zones.ts";`],
    ["sandbox/aws/x.mjs", `import(\`../../model/zones.ts\`);`],
    ["sandbox/x.mjs", `export { zones } from "../model/zones.ts";`],
  ];
  for (const [file, code] of forbidden) {
    it(`${file} may not say ${code}`, async () => {
      assert.deepEqual(await objections(file, code), ["corpai/import-directions"]);
    });
  }

  const allowed: [file: string, code: string][] = [
    ["model/x.mjs", `import "./zones.ts"; import "ipaddr.js";`],
    ["components/network/x.mjs", `import "../../model/zones.ts"; import "@pulumi/aws"; import "../cluster/nodes.ts";`],
    ["stacks/network/x.mjs", `import "../../components/network/vpc.ts"; import(\`./\${globalThis.name}.ts\`);`],
    ["policy/x.mjs", `import "../model/zones.ts"; import "@pulumi/policy"; import "@pulumi/aws/ec2/index.js";`],
    [
      "cli/x.mjs",
      `import "../stacks/catalog.ts"; import "@pulumi/pulumi/automation/index.js"; import "../sandbox/server.ts";`,
    ],
    ["sandbox/x.mjs", `import "./aws/vpc.ts"; import "@pulumi/pulumi/proto/provider_pb.js";`],
    ["test/x.mjs", `import "../stacks/index.ts"; import "../sandbox/world.ts";`],
  ];
  for (const [file, code] of allowed) {
    it(`${file} may say ${code}`, async () => {
      assert.deepEqual(await objections(file, code), []);
    });
  }

  // These rules are for single files, which exist.
  it("a program's config.ts reads neither Pulumi nor other programs", async () => {
    for (const source of ["@pulumi/pulumi", "../../components/network/vpc.ts", "../cluster/config.ts", "yaml"]) {
      assert.equal((await objections("stacks/network/config.ts", `import "${source}";`)).length, 1, source);
    }
    assert.deepEqual(
      await objections(
        "stacks/network/config.ts",
        `import "zod"; import "../../model/zones.ts"; import "../schema.ts";`,
      ),
      [],
    );
  });

  it("the catalog names programs' types, and imports no program", async () => {
    assert.deepEqual(
      await objections("stacks/catalog.ts", `import type { A } from "./network/index.ts"; export type B = A;`),
      [],
    );
    assert.equal(
      (await objections("stacks/catalog.ts", `import { A } from "./network/index.ts"; export const b = A;`)).length,
      1,
    );
  });
});
