// Proves that path filters are read as Pulumi's documentation reads them, and that those computed of the project's own files start a run of a stack exactly
// where a change can matter to it, by the same judgement as corpai affected. That Pulumi Cloud reads them so, only Pulumi Cloud can show.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { isHarmless } from "../../model/change-causes.ts";
import { filtersLeavingOut, matchesGlob, starts } from "../../model/path-filters.ts";
import { ProjectView } from "../../model/project-view.ts";
import { stackFilters } from "../../model/stack-filters.ts";

describe("a glob", () => {
  const cases: readonly [glob: string, path: string, matches: boolean][] = [
    ["infrastructure/Pulumi.dev.yaml", "infrastructure/Pulumi.dev.yaml", true],
    ["infrastructure/**", "infrastructure/a/b.ts", true],
    ["infrastructure/*", "infrastructure/a/b.ts", false],
    ["infrastructure", "infrastructure/a.ts", false],
    ["a.ts", "b/a.ts", false],
    ["**/*.md", "README.md", true],
    ["**/*.md", "a/b/c.md", true],
    ["**/*.md", "a/b/c.mdx", false],
    ["model/?.ts", "model/a.ts", true],
    ["model/?.ts", "model//.ts", false],
    ["a+(b).ts", "a+(b).ts", true],
    ["a.ts", "axts", false],
  ];
  for (const [glob, path, matches] of cases)
    it(`${glob} is ${matches ? "" : "not "}${path}`, () => assert.equal(matchesGlob(glob, path), matches));
});

describe("path filters", () => {
  it("start a run at every path where there are none, and where only others are left out", () => {
    assert.ok(starts([], "a.ts"));
    assert.ok(starts(["!b.ts"], "a.ts"));
    assert.ok(!starts(["!b.ts"], "b.ts"));
  });

  it("want one of those that are named, and none of those that are left out, in whatever order", () => {
    assert.ok(starts(["a/**", "!a/b/**"], "a/c.ts"));
    assert.ok(!starts(["!a/b/**", "a/**"], "a/b/c.ts"));
    assert.ok(!starts(["a/**"], "b.ts"));
  });

  it("leave out whole folders in which nothing matters, by the kinds of files that are there", () => {
    const paths = ["a/one.ts", "a/two.ts", "b/one.ts", "b/deep/two.ts", "b/deep/three.json", "c"];
    const filters = filtersLeavingOut(paths, (path) => path === "a/one.ts");
    assert.deepEqual(filters, ["!a/two.ts", "!b/**/*.json", "!b/**/*.ts", "!c"]);
    assert.ok(starts(filters, "b/new.yaml"), "a kind that was not there may be one that matters");
    assert.ok(starts(filters, "d.ts"), "a folder that was not there as well");
  });
});

describe("path filters of the project's stacks", function () {
  this.timeout(120_000);
  const root = join(import.meta.dirname, "../..");
  const list = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: root, encoding: "utf8" });
  const paths = new Set(list.split("\0").filter((path) => path !== ""));
  const read = (path: string): string | undefined =>
    paths.has(path) ? readFileSync(join(root, path), "utf8") : undefined;
  const view = new ProjectView({ paths, read });
  const filtersOf = (name: string): readonly string[] => {
    const stack = view.stacks.find((one) => one.name === name) ?? assert.fail(name);
    return stackFilters({ paths, read }, view, stack);
  };

  it("start a run where a module is imported, and nowhere else in the code", () => {
    for (const { name, program } of view.stacks) {
      const filters = filtersOf(name);
      const imported = view.ofProgram(program).modules;
      const judging = view.ofPolicies().modules;
      const modules = [...paths].filter((path) => /^(stacks|components|model)\/.*\.ts$/.test(path));
      for (const path of modules)
        assert.equal(starts(filters, path), imported.has(path) || judging.has(path), `${name}: ${path}`);
    }
  });

  it("start one at the stack's own file, and at that of no other", () => {
    const filters = filtersOf("network.prod");
    assert.ok(starts(filters, "environments/Pulumi.network.prod.yaml"));
    assert.ok(!starts(filters, "environments/Pulumi.network.dev.yaml"));
    assert.ok(!starts(filters, "environments/Pulumi.cluster.prod.yaml"));
    assert.ok(!starts(filters, "environments/policies.demo.json"));
  });

  it("start one at what every stack runs by, and at a file of which nothing is known", () => {
    for (const path of [
      "package-lock.json",
      "Pulumi.yaml",
      "setup.mjs",
      "policy/rules.ts",
      "environments/environments.yaml",
    ])
      assert.ok(starts(filtersOf("network.prod"), path), path);
    for (const path of ["new.toml", "components/network/template.json", "environments/policies.prod.json"])
      assert.ok(starts(filtersOf("network.prod"), path), path);
  });

  it("start none at documents, tests and tools, also at those that are still to be written", () => {
    for (const path of ["docs/operator.md", "docs/new.png", "test/new.test.ts", "cli/main.ts", "components/NOTES.md"]) {
      assert.ok(isHarmless(path));
      assert.ok(!starts(filtersOf("network.prod"), path), path);
    }
  });

  it("start one at the sandbox's files where the environment runs in it, and nowhere else", () => {
    assert.ok(starts(filtersOf("network.demo"), "sandbox/aws/vpc.ts"));
    assert.ok(!starts(filtersOf("network.prod"), "sandbox/aws/vpc.ts"));
  });
});
