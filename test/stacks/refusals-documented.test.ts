// Proves that docs/refusals.md cannot drift: its codes are those of the sandbox's AWS, all of them and no others, and each row names tests that exist.
// That a test shows what its row says is for a reader to judge.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, it } from "mocha";

const root = join(import.meta.dirname, "../..");

/** All texts of a folder, by the name before `.ts` or `.test.ts`. */
const texts = (folder: string, suffix: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith(suffix))
      .map((file) => [basename(file, suffix), readFileSync(join(root, folder, file), "utf8")]),
  );

const models = [...texts("sandbox/aws", ".ts").values()].join("\n");
const shown = texts("test/sandbox", ".test.ts");
const ours = new Map(
  ["stacks", "end-to-end", "model", "components"].flatMap((name) => [...texts(`test/${name}`, ".test.ts")]),
);

interface Row {
  readonly what: string;
  readonly codes: readonly string[];
  /** Tests, as `file: part of the title`. */
  readonly shownBy: readonly string[];
  /** The same, or `none: ` and why. */
  readonly ours: readonly string[];
}

const page = readFileSync(join(root, "docs/refusals.md"), "utf8");
const rows = [...page.matchAll(/^\| (.+) \| (`.+`) \| (.+) \| (.+) \|$/gm)].map(
  ([, what = "", codes = "", by = "", own = ""]): Row => ({
    what,
    codes: [...codes.matchAll(/`([\w.]+)`/g)].map(([, code = ""]) => code),
    shownBy: by.split("; "),
    ours: own.split("; "),
  }),
);

/** The sandbox's own word for what it does not model is no refusal of AWS. */
const codes = new Set(
  [...models.matchAll(/new Refusal\(\s*"([\w.]+)"|"(\w+\.?NotFound)"/g)]
    .map(([, code, notFound]) => code ?? notFound ?? "")
    .filter((code) => code !== "SandboxUnsupported"),
);

function assertTest(named: string, files: ReadonlyMap<string, string>, row: string): string {
  const [file = "", title = ""] = named.split(/: (.*)/s);
  const text = files.get(file) ?? assert.fail(`${row}: there is no test file ${file}`);
  assert.ok(title.length > 5 && text.includes(title), `${row}: ${file} has no test "${title}"`);
  return text;
}

describe("docs/refusals.md", () => {
  it("lists every code by which the sandbox refuses in AWS's place", () => {
    const listed = rows.flatMap((row) => row.codes);
    assert.ok(codes.size > 50, "the codes were found");
    assert.deepEqual(
      [...codes].filter((code) => !listed.includes(code)),
      [],
    );
  });

  it("lists no other", () => {
    const unknown = rows.flatMap((row) => row.codes).filter((code) => !models.includes(`"${code}"`));
    assert.deepEqual(unknown, []);
  });

  it("names for each a test that shows it, by its code", () => {
    for (const { what, codes: own, shownBy } of rows) {
      for (const named of shownBy) {
        const text = assertTest(named, shown, what).replaceAll("\\.", ".");
        for (const code of own) assert.ok(text.includes(code), `${what}: ${named} says nothing of ${code}`);
      }
    }
  });

  it("names for each our own error, or why there is none", () => {
    for (const { what, ours: own } of rows)
      for (const named of own)
        if (named.startsWith("none: ")) assert.ok(named.length > "none: ".length + 10, what);
        else assertTest(named, ours, what);
  });
});
