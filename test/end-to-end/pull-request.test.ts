// Proves a pull request's whole way in the sandbox: commit, affected stacks, previews under the policy pack, one comment brought up to date in place, merge,
// up. The scripts are those of the workflows' own steps. What GitHub does around them is not shown: jobs, roles, approvals.
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { COMMENT_MARK } from "../../cli/preview-comment.ts";
import { Clone, type Ran } from "./support/clone.ts";
import { CommentServer, runStep } from "./support/github.ts";

const WORKFLOW = "pull-request.yml";
const SERVICES = "environments/Pulumi.customer-services.demo.data.yaml";
/** What a change to this customer's services touches. */
const TOUCHED = [
  "customer-services.demo.data",
  "connections.demo",
  "customer-acceptance.demo.data",
  "customer-acceptance.demo.tools",
  "mcp-servers.demo",
  "private-connections.demo",
  // Settings follow from the stacks.
  "delivery.demo",
];
const DEPLOYED = ["--only", "customer-services", "--yes"];

interface Matrix {
  readonly environment: string;
  readonly class: string;
  readonly needsKubernetesApi: boolean;
}

describe("a pull request", function () {
  this.timeout(600_000);
  let clone: Clone;
  let github: CommentServer;
  before(async () => {
    clone = Clone.create();
    github = await CommentServer.start();
    const { code, out, err } = await clone.corpai("up", "demo", ...DEPLOYED);
    assert.equal(code, 0, out + err);
    clone.git("checkout", "--quiet", "-b", "pull-request");
  });
  after(async () => {
    await github.stop();
    await clone.remove();
  });

  /** The job that finds out what is touched, in a checkout of the merge as GitHub makes it. */
  async function affected(): Promise<Matrix[]> {
    clone.git("checkout", "--quiet", "--detach", "main");
    clone.git("merge", "--quiet", "--no-ff", "--no-edit", "pull-request");
    const { code, err, outputs } = await runStep(clone, WORKFLOW, "affected", ({ id }) => id === "affected");
    assert.equal(code, 0, err);
    return JSON.parse(outputs.environments ?? "") as Matrix[];
  }

  /** The job that previews one environment, and the one that comments. */
  async function preview(environment: string): Promise<{ readonly previewed: Ran; readonly comment: string }> {
    const env = { ENVIRONMENT: environment };
    const previewed = await runStep(clone, WORKFLOW, "preview", ({ name }) => name === "preview in the sandbox", env);
    const comment = await comments(previewed.files["comment.md"] ?? "");
    return { previewed, comment };
  }

  /** The job that comments, with the artifact of one preview or of none. */
  async function comments(artifact?: string): Promise<string> {
    const folder = join(clone.folder, "comments");
    if (artifact !== undefined) {
      mkdirSync(join(folder, "comment-demo"), { recursive: true });
      writeFileSync(join(folder, "comment-demo", "comment.md"), artifact);
    }
    const posting = ({ run = "" }: { readonly run?: string }): boolean => run.includes("post-comment");
    const posted = await runStep(clone, WORKFLOW, "comment", posting, github.env);
    assert.equal(posted.code, 0, posted.err);
    rmSync(folder, { recursive: true, force: true });
    assert.equal(clone.changedFiles(), "", "git status is clean after every step");
    assert.equal(github.comments.length, 1, "there is one comment, whatever is pushed");
    return github.comments[0]?.body ?? "";
  }

  function push(message: string): void {
    clone.git("stash", "--quiet");
    clone.git("checkout", "--quiet", "pull-request");
    clone.git("stash", "pop", "--quiet");
    clone.commit(message);
  }

  it("that touches no stack runs no preview, and says so", async () => {
    clone.edit("docs/operator.md", (text) => `${text}\n`);
    clone.commit("a document");
    assert.deepEqual(await affected(), []);
    assert.match(await comments(), /No stack is touched/);
  });

  it("that puts a load balancer on the internet fails, and its comment names rule, resource and fix", async () => {
    clone.edit("components/privatelink/internal-load-balancer.ts", (text) =>
      text.replace("internal: true", "internal: false"),
    );
    push("an internet-facing load balancer");
    const environments = (await affected()).map(({ environment }) => environment);
    assert.deepEqual(environments, ["demo", "dev", "staging", "prod"], "a component is in every environment");
    const { previewed, comment } = await preview("demo");
    assert.notEqual(previewed.code, 0, "the job fails");
    assert.match(comment, /^## Preview: \*\*not ready to merge\*\*$/m);
    assert.match(
      comment,
      /^- \*\*refused\*\* by `nlb-internal`: `clickhouse-nlb`: A network load balancer is internal\. .*internet-facing\. Set internal: true\.$/m,
    );
    assert.match(comment, /\*\*replace LoadBalancer `clickhouse-nlb`\*\*/, "it stands, so it would be replaced");
    assert.match(comment, /^\*\*OUTAGE: clickhouse-nlb \(LoadBalancer\) is replaced: what goes through it breaks/m);
    assert.match(comment, /\| `connections\.demo` \| not previewed \|/);
  });

  it("that is mended is previewed stack by stack in the same comment, with what is deployed and what is unknown", async () => {
    clone.git("checkout", "--quiet", "pull-request");
    clone.git("revert", "--no-edit", "HEAD");
    clone.edit(SERVICES, (text) => text.replace("{protocol: HTTPS, path: /ping}", "{protocol: TCP}"));
    clone.commit("another health check");
    assert.deepEqual(await affected(), [{ environment: "demo", class: "demo", needsKubernetesApi: true }]);
    const { previewed, comment } = await preview("demo");
    assert.equal(previewed.code, 0, comment + previewed.err);
    assert.ok(comment.startsWith(COMMENT_MARK));
    assert.match(comment, /^## Preview$/m);
    const rows = [...comment.matchAll(/^\| `([a-z.-]+)` \| (\w+) \|/gm)].map(([, stack, result]) => [stack, result]);
    assert.deepEqual(
      rows,
      TOUCHED.map((stack) => [stack, "ok"]),
    );
    assert.match(comment, /^- update TargetGroup `clickhouse-nlb`$/m);
    assert.match(
      comment,
      /^- `customer-services\.demo\.data`: deployed, before this change, which touches that stack/m,
    );
    assert.match(comment, /^- `network\.demo`: \*\*unknown\*\*/m);
    assert.match(comment, /^- configuration: environments\/Pulumi\.customer-services\.demo\.data\.yaml$/m);
  });

  it("is merged and brought up; after that nothing is touched, and nothing changes", async () => {
    clone.git("checkout", "--quiet", "main");
    const before = clone.git("rev-parse", "HEAD").trim();
    clone.git("merge", "--quiet", "--no-ff", "--no-edit", "pull-request");
    const up = await clone.corpai("up", "demo", ...DEPLOYED, "--json");
    assert.equal(up.code, 0, up.out + up.err);
    const { stacks } = JSON.parse(up.out) as { stacks: { stack: string; changes: { update: number } }[] };
    assert.deepEqual(
      stacks.map(({ stack, changes }) => [stack, changes.update > 0]),
      [
        ["customer-services.demo.data", true],
        ["customer-services.demo.tools", false],
      ],
    );
    assert.deepEqual(await stacksAffected("HEAD"), []);
    assert.deepEqual(await stacksAffected(before), TOUCHED);
  });

  async function stacksAffected(since: string): Promise<string[]> {
    const { out } = await clone.corpai("affected", "--since", since, "--json");
    return (JSON.parse(out) as { stacks: { stack: string }[] }).stacks.map(({ stack }) => stack);
  }
});

describe("the list of environments that a merge brings up", () => {
  let clone: Clone;
  before(() => {
    clone = Clone.create();
  });
  after(() => clone.remove());
  const listed = (branch: string) =>
    runStep(clone, "merge.yml", "environments", ({ id }) => id === "list", { BRANCH: branch });

  it("has all of the branch but the demo, by class", async () => {
    const { code, err, outputs } = await listed("main");
    assert.equal(code, 0, err);
    assert.deepEqual(outputs, { dev: '["dev"]', staging: '["staging"]', prod: '["prod"]' });
    const undo = clone.edit("environments/environments.yaml", (text) =>
      text.replace("prod: { class: prod, branch: main }", "prod: { class: prod, branch: release }"),
    );
    const [main, release] = [await listed("main"), await listed("release")];
    undo();
    assert.deepEqual(main.outputs, { dev: '["dev"]', staging: '["staging"]', prod: "[]" });
    assert.deepEqual(release.outputs, { dev: "[]", staging: "[]", prod: '["prod"]' });
  });

  it("is refused for a branch from which no environment is brought up: nothing is done, and somebody hears of it", async () => {
    const { code, err, outputs } = await listed("develop");
    assert.equal(code, 1);
    assert.match(
      err,
      /environments: --branch: given "develop", from which no environment is brought up; allowed: main\. /,
    );
    assert.equal(outputs.prod, undefined);
  });
});
