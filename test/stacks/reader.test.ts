// Proves how a program reads another one that its environment may do without. Everything else that a reader does is proved end to end.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { ENVIRONMENTS_FOLDER, loadEnvironment } from "../../stacks/environment.ts";
import { reader } from "../../stacks/reader.ts";
import { recorder } from "../components/support/recorder.ts";

describe("a program that reads data where there is any", () => {
  let folder = "";
  let file = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "environments-"));
    cpSync(ENVIRONMENTS_FOLDER, folder, { recursive: true });
    file = join(folder, "Pulumi.data.demo.yaml");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The stacks that it refers to, and whether it has somebody to read. */
  async function reads(): Promise<readonly [boolean, readonly string[]]> {
    const environment = loadEnvironment("demo", { folder });
    const upstream = await recorder.build(() => {
      const found = reader("mcp-servers", environment).optional("data");
      found?.output("stores");
      return found;
    });
    return [upstream !== undefined, recorder.references];
  }

  it("reads its stack", async () => assert.deepEqual(await reads(), [true, ["data.demo"]]));

  it("reads nothing where the environment has no file of it, and nothing is wrong with that", async () => {
    rmSync(file);
    rmSync(join(folder, "Pulumi.private-connections.demo.yaml"));
    const servers = join(folder, "Pulumi.mcp-servers.demo.yaml");
    writeFileSync(servers, readFileSync(servers, "utf8").replace(/ {4}memory-mcp:\n(?: {6}.*\n)+/, ""));
    assert.deepEqual(await reads(), [false, []]);
    assert.deepEqual(loadEnvironment("demo", { folder }).problems, []);
  });

  it("does not take a file that is wrong for none: its stores would seem to be gone", async () => {
    writeFileSync(file, readFileSync(file, "utf8").replace("engine: valkey", "engine: redis"));
    assert.equal((await reads())[0], true);
  });
});
