// Proves that what the documents tell people to type exists, that what they show is accepted, and that what they list is all there is. That the commands of
// README.md do what it says: test/end-to-end/documented.test.ts.
import assert from "node:assert/strict";
import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";
import { main } from "../../cli/main.ts";
import { connectivityForPulumiPolicy, connectivityPolicy } from "../../model/iam-documents.ts";
import { describeProblem } from "../../model/problem.ts";
import { judgeConfiguration } from "../../stacks/configuration.ts";
import { stackFileOf } from "../../stacks/stack-file.ts";
import { yamlOf } from "../../stacks/yaml-file.ts";
import { corpaiCommandsIn, textOf } from "./support/documents.ts";

const ROOT = join(import.meta.dirname, "../..");
const DOCUMENTS = ["README.md", ...globSync("docs/*.md", { cwd: ROOT })].sort();

/** What a command of corpai says of itself. */
async function help(words: readonly string[]): Promise<string> {
  let text = "";
  const stream = { write: (more: string) => (text += more) };
  assert.equal(await main([...words, "--help"], { stdout: stream, stderr: stream }), 0);
  return text;
}

for (const document of DOCUMENTS)
  describe(document, () => {
    const text = textOf(document);

    it("names only commands and options that corpai has", async () => {
      for (const command of corpaiCommandsIn(text)) {
        const [first = "", second = ""] = command;
        const words = first === "sandbox" && /^[a-z]+$/.test(second) ? [first, second] : [first];
        const said = await help(words.filter((word) => /^[a-z-]+$/.test(word) && !word.startsWith("-")));
        if (words[0] !== "") assert.match(said, new RegExp(`^Usage: corpai ${words.join(" ").replace(/ *--.*/, "")}`));
        for (const option of command.filter((word) => word.startsWith("--") && word !== "--help"))
          assert.ok(said.includes(option.split("=")[0] ?? ""), `corpai ${command.join(" ")}: ${option}`);
      }
    });

    it("names only scripts that package.json has", () => {
      const { scripts } = JSON.parse(textOf("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
      for (const [, script = ""] of text.matchAll(/\bnpm run ([\w:]+)/g)) assert.ok(script in scripts, script);
    });

    it("links to what is there", () => {
      for (const [, target = ""] of text.matchAll(/\]\(([^)]+)\)/g)) {
        if (/^https?:/.test(target)) continue;
        const [path = "", anchor] = target.split("#");
        const file = path === "" ? document : join(dirname(document), path);
        assert.ok(existsSync(join(ROOT, file)), target);
        const headings = [...textOf(file).matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) => slugOf(title));
        if (anchor !== undefined) assert.ok(headings.includes(anchor), target);
      }
    });

    it("names files and folders that are there", () => {
      const paths = text.matchAll(
        /`((?:stacks|components|model|policy|cli|sandbox|test|environments|toolchain)\/[\w./-]*)`/g,
      );
      for (const [, path = ""] of paths) assert.ok(existsSync(join(ROOT, path)), path);
    });
  });

const slugOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^\w -]/g, "")
    .replaceAll(" ", "-");

describe("README.md", () => {
  it("registers connections as the schema takes them, in about ten lines", () => {
    const [, example = ""] = /```yaml\n([\s\S]*?)```/.exec(textOf("README.md")) ?? [];
    assert.ok(example.trimEnd().split("\n").length <= 10);
    const { raw, problems } = stackFileOf(yamlOf(Buffer.from(example)));
    const stack = { program: "connections", environment: "dev", instance: undefined } as const;
    const judged = judgeConfiguration(stack, raw);
    assert.deepEqual(
      [...problems, ...judged.problems].map((one) => describeProblem({ stack: "README", ...one })),
      [],
    );
    assert.deepEqual(Object.keys(judged.configuration?.config.registrations ?? {}), ["clickhouse", "github"]);
  });
});

describe("docs/security.md", () => {
  it("explains every statement of both policies, and no other", () => {
    const explained = [...textOf("docs/security.md").matchAll(/^\| `(\w+)` \|/gm)].map(([, sid]) => sid);
    const statements = [connectivityPolicy, connectivityForPulumiPolicy].flatMap(({ Statement }) => Statement);
    assert.deepEqual(
      explained,
      statements.map(({ Sid }) => Sid),
    );
  });
});

describe("docs/delivery.md", () => {
  it("lists the actions that the workflows pin, at the same commits", () => {
    const listed = [
      ...textOf("docs/delivery.md").matchAll(/^\| ([\w-]+\/[\w-]+) \| (v[\d.]+) \| `([0-9a-f]{40})` \|$/gm),
    ];
    const workflows = globSync(".github/workflows/*.yml", { cwd: ROOT }).map(textOf).join("\n");
    const pinned = [...workflows.matchAll(/uses: ([\w-]+\/[\w-]+)@([0-9a-f]{40}) # (v[\d.]+)$/gm)];
    assert.deepEqual(
      listed.map(([, action, version, commit]) => `${action ?? ""}@${commit ?? ""} ${version ?? ""}`).sort(),
      [
        ...new Set(pinned.map(([, action, commit, version]) => `${action ?? ""}@${commit ?? ""} ${version ?? ""}`)),
      ].sort(),
    );
  });

  it("names every way by which a change comes to a stack", () => {
    const source = textOf("model/change-causes.ts");
    const [, union = ""] = /export type Through =([^;]+);/.exec(source) ?? [];
    const ways = [...union.matchAll(/"(\w+)"/g)].map(([, way]) => way);
    const listed = [...textOf("docs/delivery.md").matchAll(/^\| `(\w+)` \|/gm)].map(([, way]) => way);
    assert.deepEqual(listed.sort(), ways.sort());
  });
});
