/** Proves that the page about the pack is what the rules say today, and that the configurations which come with it are sound. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { documented, replaced } from "../../policy/frame/documentation.ts";
import { RULES } from "../../policy/rules.ts";

const ROOT = join(import.meta.dirname, "../..");
const page = readFileSync(join(ROOT, "docs/policies.md"), "utf8");

describe("the page about policies", () => {
  it("has the tables that the rules make of themselves", () => {
    assert.equal(page, documented(page, RULES), "run: node policy/document.ts");
  });

  it("cites each control once in a row, and names the edition that it is of", () => {
    for (const { name, references } of RULES) {
      const cited = references.map(({ framework, control }) => `${framework} ${control}`);
      assert.deepEqual([...new Set(cited)], cited, name);
    }
  });

  it("is written where it says so, or not at all", () => {
    assert.throws(() => replaced("no place", "rules", ""), /there is no place for "rules"/);
  });
});

describe("the configurations of the pack", () => {
  const files = [
    ...readdirSync(join(ROOT, "policy/sets")).map((file) => join("policy/sets", file)),
    ...readdirSync(join(ROOT, "environments"))
      .filter((file) => file.startsWith("policies."))
      .map((file) => join("environments", file)),
  ];

  it("name rules that there are: of another the engine says something misleading", () => {
    assert.ok(files.length >= 3, files.join());
    const names = ["all", "exemptions", ...RULES.map(({ name }) => name)];
    for (const file of files) {
      const config = JSON.parse(readFileSync(join(ROOT, file), "utf8")) as object;
      for (const key of Object.keys(config)) assert.ok(names.includes(key), `${file}: ${key}`);
    }
  });
});
