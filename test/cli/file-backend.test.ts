// What is left of a file backend by an engine that is ended by force, with files as Pulumi leaves them. The engine itself: `npm run chaos`.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, it } from "mocha";
import { backendFolder, mendFileBackend, withoutAttributes } from "../../cli/file-backend.ts";

describe("a file backend", () => {
  let folder: string;
  let stacks: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "corpai backend "));
    stacks = join(folder, ".pulumi/stacks/corpai");
    mkdirSync(stacks, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const mended = (): Promise<number> => mendFileBackend(pathToFileURL(folder).href);

  it("loses attributes that were never written, and nothing else", async () => {
    writeFileSync(join(stacks, "network.demo.json"), "");
    writeFileSync(join(stacks, "network.demo.json.attrs"), "");
    writeFileSync(join(stacks, "cluster.demo.json.attrs"), "{}");
    assert.equal(await mended(), 1);
    assert.deepEqual(
      ["network.demo.json", "network.demo.json.attrs", "cluster.demo.json.attrs"].map((file) =>
        existsSync(join(stacks, file)),
      ),
      [true, false, true],
    );
  });

  it("keeps attributes that somebody is just writing", async () => {
    const file = join(stacks, "network.demo.json.attrs");
    writeFileSync(file, "");
    setTimeout(() => writeFileSync(file, "{}"), 100);
    assert.equal(await mended(), 0);
    assert.ok(existsSync(file));
  });

  it("is asked to write none, and stays the same folder", () => {
    assert.equal(withoutAttributes("file:///tmp/a b"), "file:///tmp/a b?metadata=skip");
    assert.equal(withoutAttributes("file://~/state?no_tmp_dir=false"), "file://~/state?no_tmp_dir=false&metadata=skip");
    assert.equal(withoutAttributes(withoutAttributes("file:///tmp")), "file:///tmp?metadata=skip");
    assert.equal(withoutAttributes("s3://corpai-state"), "s3://corpai-state");
    assert.equal(backendFolder(withoutAttributes("file:///tmp/a b")), "/tmp/a b");
  });

  it("is none of ours where it is no folder of this machine", async () => {
    assert.equal(await mendFileBackend("s3://corpai-state"), 0);
  });
});
