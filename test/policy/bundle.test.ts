/** Proves that the pack is one folder that works from anywhere: built, installed by npm in an empty directory, and used there by the real engine. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { execute, PolicyStack } from "./support/engine.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

describe("the bundled policy pack", function () {
  this.timeout(300_000);
  const scratch = mkdtempSync(path.join(tmpdir(), "corpai policy pack "));
  const built = path.join(scratch, "built");
  const installed = path.join(scratch, "installed/node_modules/corpai-policy");
  after(() => rmSync(scratch, { recursive: true, force: true }));

  const succeeds = async (command: string, args: readonly string[], cwd: string): Promise<string> => {
    const { code, output } = await execute(command, args, cwd);
    assert.equal(code, 0, output);
    return output;
  };

  it("is built as one module beside what Pulumi reads, and names nothing of this project", async () => {
    await succeeds(process.execPath, [path.join(ROOT, "toolchain/bundle-policy.mjs"), built], scratch);
    const manifest = JSON.parse(readFileSync(path.join(built, "package.json"), "utf8")) as {
      readonly dependencies: object;
      readonly files: readonly string[];
    };
    assert.deepEqual(Object.keys(manifest.dependencies), ["@pulumi/policy", "@pulumi/pulumi"]);
    for (const file of [...manifest.files, "package.json"]) assert.ok(existsSync(path.join(built, file)), file);
    const module = readFileSync(path.join(built, "pack.mjs"), "utf8");
    assert.doesNotMatch(module, /from "\.\.?\//, "it imports nothing beside it");
    assert.equal(module.includes(ROOT), false, "it knows nothing of where it was built");
  });

  it("judges a stack from where npm has installed it", async () => {
    const packed = (await succeeds("npm", ["pack", "--silent"], built)).trim().split("\n").at(-1) ?? "";
    const home = path.join(scratch, "installed");
    mkdirSync(home);
    await succeeds(
      "npm",
      [
        "install",
        "--prefix",
        home,
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--prefer-offline",
        path.join(built, packed),
      ],
      scratch,
    );
    const stack = await PolicyStack.create("undecided.ts", installed);
    try {
      const { succeeded, events, output } = await stack.run(["preview"]);
      assert.equal(succeeded, false, output);
      assert.ok(
        events.some(({ policy, level }) => policy === "two-availability-zones" && level === "mandatory"),
        output,
      );
    } finally {
      await stack.remove();
    }
  });
});
