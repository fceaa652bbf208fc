// Proves what the sandbox's Pulumi Cloud refuses, and with which words, of settings, schedules, pools and policy groups; and what it takes in silence, as the
// service does. That the service refuses the same, only Pulumi Cloud can show: docs/verified.md.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { loadEstate } from "../../sandbox/estate.ts";
import type { Properties } from "../../sandbox/wire.ts";
import { World } from "../../sandbox/world.ts";
import { textOf } from "./support/cluster.ts";
import { type Actor, DEMO, actor } from "./support/world.ts";

const SETTINGS = "pulumiservice:index:DeploymentSettings";
const SCHEDULE = "pulumiservice:index:DriftSchedule";
const POOL = "pulumiservice:index:AgentPool";
const GROUP = "pulumiservice:index:PolicyGroup";
const NETWORK = { organization: "acme", project: "corpai", stack: "network.demo" };
const GITHUB = { provider: "github", previewPullRequests: true, deployCommits: false, pullRequestTemplate: false };

let cloud: Actor;
beforeEach(() => {
  const { facts, objects } = loadEstate(DEMO);
  const stacks = new Set(["network.demo", "cluster.demo"]);
  const world = new World("test", facts, objects, undefined, (project) => (project === "corpai" ? stacks : new Set()));
  cloud = actor(world, "");
});

const git = (source: Properties): Properties => ({ sourceContext: { git: source } });
const settings = (more: Properties = {}): Properties => ({
  ...NETWORK,
  ...git({ branch: "refs/heads/main" }),
  vcs: { ...GITHUB, repository: "acme/connect" },
  ...more,
});
const aws = (more: Properties): Properties => ({
  operationContext: {
    oidc: { aws: { roleARN: "arn:aws:iam::111122223333:role/r", sessionName: "pulumi", ...more } },
  },
});

describe("settings of deployments", () => {
  it("are a stack's own, by its whole name", () => {
    assert.equal(cloud.make(SETTINGS, settings()).id, "acme/corpai/network.demo");
  });

  const refused: readonly [what: string, given: Properties, says: RegExp][] = [
    [
      "a stack that does not exist",
      { stack: "data.demo" },
      /404 API error: Not Found: Stack 'acme\/corpai\/data\.demo' not found/,
    ],
    ["a stack of another project", { project: "other" }, /Stack 'acme\/other\/network\.demo' not found/],
    [
      "an organization of somebody else's",
      { organization: "globex" },
      /404 API error: Not Found: Organization 'globex' not found/,
    ],
    [
      "a repository without Pulumi's app",
      { vcs: { ...GITHUB, repository: "acme/other" } },
      /400 API error: Bad Request: the GitHub app is not installed for repository 'acme\/other'/,
    ],
    [
      "a repository that is no org/repo",
      { vcs: { ...GITHUB, repository: "connect" } },
      /vcs\.repository: must be in the format org\/repo/,
    ],
    [
      "another service of version control",
      { vcs: { ...GITHUB, provider: "svn", repository: "acme/connect" } },
      /vcs\.provider/,
    ],
    [
      "an empty path filter",
      { vcs: { ...GITHUB, repository: "acme/connect", paths: ["!"] } },
      /vcs\.paths\.0: must be a glob pattern/,
    ],
    ["a branch that git would refuse", git({ branch: "refs/heads/a..b" }), /branch: is not a valid branch name/],
    ["neither branch nor commit", git({ repoDir: "." }), /one of either branch or commit must be specified/],
    ["both", git({ branch: "main", commit: "abc" }), /one of either branch or commit must be specified/],
    [
      "a URL beside the repository",
      git({ branch: "main", repoUrl: "https://github.com/acme/connect" }),
      /repoURL must not be set together/,
    ],
    [
      "an agent pool that does not exist",
      { agentPoolId: "00000000" },
      /404 API error: Not Found: Agent pool '00000000' not found/,
    ],
    ["a role that is none", aws({ roleARN: "preview" }), /roleARN: must be the ARN of a role/],
    ["a session's name that STS refuses", aws({ sessionName: "a b" }), /sessionName: must be a session name/],
    ["a duration that is none", aws({ duration: "an hour" }), /duration: failed to parse duration string/],
    [
      "an argument that nobody knows",
      { vcs: { ...GITHUB, repository: "acme/connect", deployTags: true } },
      /vcs.*deployTags/,
    ],
  ];
  for (const [what, given, says] of refused)
    it(`refuse ${what}`, () => {
      assert.throws(() => cloud.make(SETTINGS, settings(given)), says);
    });

  it("are judged again at every change, since each replaces all of them", () => {
    const { id } = cloud.make(SETTINGS, settings());
    assert.throws(() => cloud.change(SETTINGS, id, settings({ agentPoolId: "00000000" })), /failed to update .* 404/);
  });

  it("a second time are a change of the first, and nobody is told", () => {
    cloud.make(SETTINGS, settings());
    const { id } = cloud.make(SETTINGS, settings(git({ branch: "refs/heads/other" })), "second");
    const standing = cloud.context.world.all(SETTINGS);
    assert.equal(standing.length, 1);
    assert.deepEqual(cloud.read(SETTINGS, id).sourceContext, { git: { branch: "refs/heads/other" } });
  });

  it("of another stack are others, so that the old ones go first", () => {
    const other = settings({ stack: "cluster.demo" });
    assert.deepEqual(cloud.replacing(SETTINGS, settings(), other), ["stack"]);
    assert.ok(cloud.deletesFirst(SETTINGS, settings(), other));
  });
});

describe("a drift schedule", () => {
  const daily = { ...NETWORK, scheduleCron: "0 5 * * *" };

  it("runs by the stack's settings, and is refused without", () => {
    assert.throws(() => cloud.make(SCHEDULE, daily), /400 API error: .*Deployment settings are not configured/);
    cloud.make(SETTINGS, settings());
    assert.match(cloud.make(SCHEDULE, daily).id, /^acme\/corpai\/network\.demo\/drift\/[0-9a-f-]{36}$/);
  });

  for (const scheduleCron of ["daily", "0 5 * *", "60 5 * * *", "0 24 * * *", "0 5 0 * *", "*/0 * * * *"])
    it(`refuses ${scheduleCron}, which is no cron`, () => {
      assert.throws(() => cloud.make(SCHEDULE, { ...daily, scheduleCron }), /invalid cron expression/);
    });
});

describe("a pool of agents", () => {
  const pool = { organizationName: "acme", name: "corpai-demo" };

  it("has an id, and a token that is made up anew", () => {
    const { agentPoolId, tokenValue } = cloud.make(POOL, pool);
    assert.match(textOf(agentPoolId), /^[0-9a-f-]{36}$/);
    assert.match(textOf(tokenValue), /^pul-[0-9a-f]{40}$/);
    assert.notEqual(cloud.make(POOL, { ...pool, name: "other" }, "other").tokenValue, tokenValue);
  });

  it("has a name that its organization has once", () => {
    cloud.make(POOL, pool);
    assert.throws(() => cloud.make(POOL, pool, "second"), /409 API error: Conflict/);
  });

  it("stays as long as settings name it", () => {
    const { id, agentPoolId } = cloud.make(POOL, pool);
    const made = cloud.make(SETTINGS, settings({ agentPoolId: agentPoolId ?? null }));
    assert.throws(() => cloud.unmake(POOL, id), /is in use by stack 'acme\/corpai\/network\.demo'/);
    cloud.unmake(SETTINGS, made.id);
    cloud.unmake(POOL, id);
  });
});

describe("a policy group", () => {
  const group = {
    organizationName: "acme",
    name: "corpai-demo",
    mode: "preventative",
    stacks: [{ name: "network.demo", routingProject: "corpai" }],
    policyPacks: [{ name: "corpai", versionTag: "0.1.0" }],
  };

  it("judges stacks by packs", () => {
    assert.equal(cloud.make(GROUP, group).id, "acme/corpai-demo");
  });

  const refused: readonly [what: string, given: Properties, says: RegExp][] = [
    [
      "a stack that does not exist",
      { stacks: [{ name: "data.demo", routingProject: "corpai" }] },
      /failed to add stack to policy group: 404 .*'acme\/corpai\/data\.demo' not found/,
    ],
    ["a pack that nobody has published", { policyPacks: [{ name: "other" }] }, /Policy Pack 'other' not found/],
    [
      "a version that nobody has published",
      { policyPacks: [{ name: "corpai", versionTag: "9.9.9" }] },
      /Policy Pack 'corpai' with version '9\.9\.9' not found/,
    ],
    ["another mode", { mode: "strict" }, /mode: must be one of 'audit', 'preventative'/],
    ["another kind of thing to judge", { entityType: "projects" }, /entityType: must be one of/],
  ];
  for (const [what, given, says] of refused)
    it(`refuses ${what}`, () => {
      assert.throws(() => cloud.make(GROUP, { ...group, ...given }), says);
    });

  it("stands half done where a stack is refused, since stacks are added one by one", () => {
    const stacks = [{ name: "data.demo", routingProject: "corpai" }];
    assert.throws(() => cloud.make(GROUP, { ...group, stacks }));
    assert.equal(cloud.context.world.all(GROUP).length, 1);
  });

  it("has a name that its organization has once", () => {
    cloud.make(GROUP, group);
    assert.throws(
      () => cloud.make(GROUP, group, "second"),
      /409 API error: Conflict: Policy Group 'corpai-demo' already exists/,
    );
  });
});
