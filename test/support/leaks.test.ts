// Proves that the scanner which the end-to-end test of secrets relies on sees a value in every form: a scanner that finds nothing must not be one that
// cannot find anything.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, it } from "mocha";
import { leaksIn, leaksUnder } from "./leaks.ts";

const VALUE = 'k7 "Qz\\9é\n<&>x';
const values = { token: VALUE };

describe("the scanner for secrets", () => {
  it("finds a value as it is, in JSON within JSON, in base64 wherever it begins, in hex and in URLs", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 12 }),
        fc.string({ unit: "binary", maxLength: 12 }),
        (before, after) => {
          const text = `${before}${VALUE}${after}`;
          for (const form of [
            text,
            JSON.stringify({ [text]: 1 }),
            JSON.stringify([JSON.stringify([text])]),
            Buffer.from(text).toString("base64"),
            Buffer.from(text).toString("base64url"),
            Buffer.from(text).toString("hex"),
            `?token=${encodeURIComponent(VALUE)}`,
          ])
            assert.equal(leaksIn("here", form, values).length, 1, form);
        },
      ),
      { numRuns: 200, seed: 1 },
    );
  });

  it("finds nothing where there is nothing, not even where only a part of the value stands", () => {
    assert.deepEqual(leaksIn("here", VALUE.slice(0, -1), values), []);
    assert.deepEqual(leaksIn("here", Buffer.from(VALUE.slice(3)).toString("base64"), values), []);
  });

  it("looks into every file of a folder, however deep, hidden or binary, and at the names", () => {
    const folder = mkdtempSync(join(tmpdir(), "leaks-"));
    try {
      mkdirSync(join(folder, ".a/b"), { recursive: true });
      writeFileSync(
        join(folder, ".a/b/.hidden"),
        Buffer.concat([Buffer.of(0xff, 0), Buffer.from(VALUE), Buffer.of(0xfe)]),
      );
      writeFileSync(join(folder, ".a/clean"), "nothing");
      writeFileSync(join(folder, "plain-token"), "");
      const { files, leaks } = leaksUnder(folder, { ...values, name: "plain-token" });
      assert.equal(files.length, 3);
      assert.deepEqual(leaks.map((leak) => leak.split(": ").slice(0, 2).join(": ").split(" as ")[0]).sort(), [
        ".a/b/.hidden: token",
        "a file's name: name",
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
