// Proves that the documents name what the code has. That they describe it well is for a reader to judge.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { z } from "zod";
import { catalog, programNames } from "../../stacks/catalog.ts";
import { schemas } from "../../stacks/program-configs.ts";
import { providerSettings } from "../../stacks/provider-settings.ts";

const root = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** Names of all properties, at every depth. */
function propertyNames(schema: unknown): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own = "properties" in schema ? Object.keys(schema.properties as object) : [];
  return [...own, ...Object.values(schema).flatMap(propertyNames)];
}

describe("docs/configuration.md", () => {
  const text = read("docs/configuration.md");
  for (const [program, schema] of Object.entries({ ...schemas, "every file": providerSettings })) {
    it(`names every key of ${program}`, () => {
      const section =
        program === "every file" ? text : (text.split(/^## /m).find((part) => part.startsWith(`${program}\n`)) ?? "");
      const missing = [...new Set(propertyNames(z.toJSONSchema(schema, { io: "input" })))].filter(
        (name) => !new RegExp(`\\b${name}\\b`).test(section) && name !== "secret",
      );
      assert.deepEqual(missing, []);
    });
  }
});

describe("README.md", () => {
  it("lists the catalog's programs in their order, with their purpose", () => {
    const rows = [...read("README.md").matchAll(/^\| `([a-z-]+)` \| (\w+) \| (.+) \|$/gm)].map(
      ([, name, side, purpose]) => ({ name, side: side?.toLowerCase(), purpose }),
    );
    assert.deepEqual(
      rows,
      programNames.map((name) => ({ name, side: catalog[name].side, purpose: catalog[name].purpose })),
    );
  });
});
