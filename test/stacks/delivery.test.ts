// Proves what program delivery asks of Pulumi Cloud for the demo's stacks, and what it and the environment's check refuse before anything is created. By the
// committed files; no engine takes part. That it comes up under the policy pack: test/end-to-end/delivery.test.ts.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { starts } from "../../model/path-filters.ts";
import type { Recorded } from "../components/support/recorder.ts";
import { catalog, isProgram } from "../../stacks/catalog.ts";
import delivery from "../../stacks/delivery/index.ts";
import { stacksOf } from "../../stacks/environment.ts";
import { formatStackName } from "../../model/stack-name.ts";
import { actor, demoWorld } from "../sandbox/support/world.ts";
import { restore, runProgram } from "./support/program.ts";

const SETTINGS = "pulumiservice:index:DeploymentSettings";
const STACKS = stacksOf("demo")
  .map(formatStackName)
  .filter((stack) => stack !== "delivery.demo");

interface Settings {
  readonly stack: string;
  readonly agentPoolId?: string;
  readonly executorContext: { readonly executorImage: string };
  readonly sourceContext: { readonly git: { readonly branch: string } };
  readonly vcs: {
    readonly repository: string;
    readonly paths: readonly string[];
    readonly previewPullRequests: boolean;
    readonly deployCommits: boolean;
  };
  readonly operationContext: {
    readonly preRunCommands: readonly string[];
    readonly oidc: { readonly aws: { readonly roleARN: string } };
    readonly options: { readonly skipInstallDependencies: boolean };
  };
}

async function run(
  change: (config: Record<string, unknown>) => void = () => undefined,
): Promise<{ readonly refusal: string | undefined; readonly resources: readonly Recorded[] }> {
  return runProgram("delivery.demo", { as: actor(demoWorld(), ""), program: delivery, change });
}
const settingsIn = (resources: readonly Recorded[]): Settings[] =>
  resources.filter(({ type }) => type === SETTINGS).map(({ inputs }) => inputs as unknown as Settings);

after(restore);

describe("program delivery", function () {
  this.timeout(60_000);
  let resources: readonly Recorded[] = [];
  const of = (type: string): readonly Recorded[] => resources.filter((one) => one.type === type);
  before(async () => {
    const { refusal, resources: made } = await run();
    assert.equal(refusal, undefined);
    resources = made;
  });

  it("sets up every stack of its environment but itself, each once", () => {
    assert.deepEqual(
      settingsIn(resources)
        .map(({ stack }) => stack)
        .sort(),
      STACKS.toSorted(),
    );
  });

  it("takes the code from the environment's branch, installs by the project's own set-up, on the Node.js that it needs", () => {
    for (const { vcs, sourceContext, operationContext, executorContext } of settingsIn(resources)) {
      assert.deepEqual([vcs.repository, sourceContext.git.branch], ["acme/connect", "refs/heads/main"]);
      assert.deepEqual(operationContext.preRunCommands, ["node setup.mjs"]);
      assert.equal(operationContext.options.skipInstallDependencies, true, "which would be npm install");
      assert.match(executorContext.executorImage, /^pulumi\/pulumi-nodejs-24:/);
    }
  });

  it("previews pull requests, and deploys nothing by itself: it would start all stacks at once", () => {
    for (const { vcs } of settingsIn(resources))
      assert.deepEqual([vcs.previewPullRequests, vcs.deployCommits], [true, false]);
  });

  it("gives each stack the role that reads in the stack's own account", () => {
    const roles = Object.fromEntries(
      settingsIn(resources).map(({ stack, operationContext }) => [stack, operationContext.oidc.aws.roleARN]),
    );
    assert.equal(roles["network.demo"], "arn:aws:iam::111122223333:role/corpai-demo-preview");
    assert.equal(roles["customer-services.demo.tools"], "arn:aws:iam::444455556666:role/corpai-demo-preview");
    assert.ok(Object.values(roles).every((role) => role.endsWith("-preview")));
  });

  it("starts a run of a stack by what it imports, and by nothing else of the code", () => {
    const paths = (stack: string): readonly string[] =>
      settingsIn(resources).find((one) => one.stack === stack)?.vcs.paths ?? assert.fail(stack);
    assert.ok(starts(paths("data.demo"), "components/data/valkey-store.ts"));
    assert.ok(!starts(paths("network.demo"), "components/data/valkey-store.ts"));
    assert.ok(!starts(paths("network.demo"), "docs/operator.md"));
  });

  it("runs what needs the private Kubernetes API on agents inside the VPC, whose token is a secret, and nothing else", () => {
    assert.deepEqual(
      of("pulumiservice:index:AgentPool").map(({ inputs }) => inputs.name),
      ["corpai-demo"],
    );
    const inside = settingsIn(resources)
      .filter(({ agentPoolId }) => agentPoolId !== undefined)
      .map(({ stack }) => stack);
    const program = (stack: string): string => stack.split(".")[0] ?? "";
    assert.deepEqual(
      inside,
      STACKS.filter(
        (stack) => isProgram(program(stack)) && catalog[program(stack) as keyof typeof catalog].needsKubernetesApi,
      ),
    );
  });

  it("looks for drift every day, and mends none of it", () => {
    const schedules = of("pulumiservice:index:DriftSchedule").map(({ inputs }) => inputs);
    assert.equal(schedules.length, STACKS.length);
    for (const { scheduleCron, autoRemediate } of schedules)
      assert.deepEqual([scheduleCron, autoRemediate], ["0 5 * * *", false]);
  });

  it("judges every stack by the pack as strictly as the environment's own file says", () => {
    const [group] = of("pulumiservice:index:PolicyGroup");
    const { stacks, policyPacks, mode } = group?.inputs as {
      stacks: { name: string; routingProject: string }[];
      policyPacks: unknown;
      mode: string;
    };
    assert.deepEqual([stacks.map(({ name }) => name), mode], [STACKS.toSorted(), "preventative"]);
    assert.deepEqual(policyPacks, [{ name: "corpai", versionTag: "0.1.0", config: { all: "mandatory" } }]);
  });

  it("takes a pool that stands, leaves out who is delivered otherwise, and looks for no drift where it is told so", async () => {
    const { refusal, resources: made } = await run((config) => {
      config["corpai:agentPoolId"] = "0a1b2c3d-0000-1111-2222-333344445555";
      config["corpai:leaveOut"] = { "customer-services.demo.tools": "The customer's own pipeline does" };
      config["corpai:driftSchedule"] = "none";
    });
    assert.equal(refusal, undefined);
    const settings = settingsIn(made);
    assert.ok(!settings.some(({ stack }) => stack === "customer-services.demo.tools"));
    const mcp = settings.find(({ stack }) => stack === "mcp-servers.demo");
    assert.equal(mcp?.agentPoolId, "0a1b2c3d-0000-1111-2222-333344445555");
    const types = new Set(made.map(({ type }) => type));
    assert.ok(!types.has("pulumiservice:index:AgentPool") && !types.has("pulumiservice:index:DriftSchedule"));
  });

  it("takes narrower path filters that no import misses", async () => {
    const { refusal, resources: made } = await run((config) => {
      config["corpai:paths"] = { network: ["!package-lock.json"] };
    });
    assert.equal(refusal, undefined);
    const network = settingsIn(made).find(({ stack }) => stack === "network.demo");
    assert.ok(network && !starts(network.vcs.paths, "package-lock.json"));
    assert.ok(starts(network.vcs.paths, "stacks/network/index.ts"));
  });
});

describe("program delivery refuses before anything is created", function () {
  this.timeout(60_000);
  const cases: readonly [what: string, change: (config: Record<string, unknown>) => void, says: RegExp][] = [
    [
      "a path filter that misses an import, naming it and who imports it",
      (config) => (config["corpai:paths"] = { network: ["stacks/**", "model/**"] }),
      /^delivery\.demo: corpai:paths\.network: given \["stacks\/\*\*","model\/\*\*"\], at which a change to components\/[\w/-]+\.ts starts no run; allowed: filters that every module of network passes; stacks\/network\/index\.ts imports this one\. Add components\//,
    ],
    [
      "one that leaves an import out",
      (config) => (config["corpai:paths"] = { network: ["!components/network/**"] }),
      /at which a change to components\/network\/network\.ts starts no run/,
    ],
    [
      "a path filter that begins at the root of a disk",
      (config) => (config["corpai:paths"] = { network: ["/stacks/**"] }),
      /corpai:paths\.network\.0: given "\/stacks\/\*\*"; allowed: a glob over paths from the repository's root/,
    ],
    [
      "a repository that is none",
      (config) => (config["corpai:repository"] = "https://github.com/acme/connect"),
      /corpai:repository: given "https:.*; allowed: a repository on GitHub such as acme\/connect/,
    ],
    [
      "a schedule that is none",
      (config) => (config["corpai:driftSchedule"] = "daily"),
      /corpai:driftSchedule: given "daily"; allowed: five fields of cron/,
    ],
  ];
  for (const [what, change, says] of cases)
    it(what, async () => {
      const { refusal, resources } = await run(change);
      assert.match(refusal ?? "", says);
      assert.doesNotMatch(refusal ?? "", /problems:/, "one error");
      assert.deepEqual(resources, []);
    });
});
