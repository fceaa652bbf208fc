// Proves that bad input of the agents' programs is one clear error each, before any engine runs: by the schemas, and by comparing the files with each other.
// It starts from the committed demo files and breaks one thing at a time.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { describeProblem } from "../../model/problem.ts";
import { ENVIRONMENTS_FOLDER, type StackSource, judgeEnvironment, stackNamed } from "../../stacks/environment.ts";
import { readStackFile } from "../../stacks/stack-file.ts";

type Config = Record<string, unknown>;
const PROGRAMS = ["network", "data", "tools", "runtime"] as const;
type Files = Record<(typeof PROGRAMS)[number], Config>;

const read = (program: string): Config =>
  structuredClone<Config>({ ...readStackFile(join(ENVIRONMENTS_FOLDER, `Pulumi.agentcore-${program}.demo.yaml`)).raw });

function problemsAfter(change: (files: Files) => void): string[] {
  const files: Files = { network: read("network"), data: read("data"), tools: read("tools"), runtime: read("runtime") };
  change(files);
  const sources = PROGRAMS.map((program): StackSource => ({
    stack: stackNamed(`agentcore-${program}.demo`),
    raw: files[program],
    problems: [],
  }));
  return judgeEnvironment(sources, { today: "2026-11-24", class: "demo", branch: "main" }).problems.map(
    describeProblem,
  );
}

const DIGEST = `sha256:${"0".repeat(64)}`;
const tools = (files: Files) =>
  files.tools as { "corpai:gateway": { name: string; tools: Record<string, Config> }; "corpai:mcp": Config };

/** What is changed, and the whole of what is said of it. */
const CASES: readonly (readonly [what: string, change: (files: Files) => void, says: RegExp])[] = [
  [
    "an image by its tag",
    ({ runtime }) => (runtime["corpai:image"] = "agent:build-1"),
    /^agentcore-runtime\.demo: corpai:image: given "agent:build-1"; allowed: <repository>@sha256:.+a tag may be another image tomorrow/,
  ],
  [
    "an image by its whole address",
    ({ runtime }) => (runtime["corpai:image"] = `111122223333.dkr.ecr.us-east-1.amazonaws.com/agent@${DIGEST}`),
    /corpai:image.+the repository by its key/,
  ],
  [
    "an image in a repository that is not there",
    ({ runtime }) => (runtime["corpai:image"] = `agents@${DIGEST}`),
    /corpai:image: given .+; allowed: images in a repository of agentcore-tools\.demo: agent, mcp/,
  ],
  [
    "the same of the MCP runtime",
    (files) => (tools(files)["corpai:mcp"].image = `nowhere@${DIGEST}`),
    /^agentcore-tools\.demo: corpai:mcp\.image.+in a repository of agentcore-tools\.demo/,
  ],
  [
    "a hyphen in the name of a runtime",
    ({ runtime }) => (runtime["corpai:name"] = "support-agent"),
    /corpai:name: given "support-agent"; allowed: up to 48 letters, digits and underscores.+no hyphens/,
  ],
  [
    "one name for both runtimes",
    (files) => (tools(files)["corpai:mcp"].name = "support_agent"),
    /^agentcore-runtime\.demo: corpai:name: given "support_agent"; allowed: another name than that of the MCP runtime/,
  ],
  [
    "an inference profile that leaves the allowed regions",
    ({ network }) => (network["corpai:modelRegions"] = ["us-east-1", "us-east-2"]),
    /corpai:model\.inferenceProfile: given .+; allowed: profiles that stay in us-east-1, us-east-2; this one may leave to us-west-1, us-west-2.+corpai:modelRegions of agentcore-network/,
  ],
  [
    "one that may leave to anywhere",
    ({ runtime }) =>
      (runtime["corpai:model"] = { inferenceProfile: "global.anthropic.claude-sonnet-4-5-20250929-v1:0" }),
    /A global profile may go to any region/,
  ],
  [
    "one of another geography",
    ({ runtime }) => (runtime["corpai:model"] = { inferenceProfile: "eu.anthropic.claude-sonnet-4-5-20250929-v1:0" }),
    /allowed: profiles that are served from us-east-1; this one is from eu-central-1/,
  ],
  [
    "a profile in place of a model",
    ({ runtime }) => (runtime["corpai:model"] = { modelId: "us.anthropic.claude-sonnet-4-5-20250929-v1:0" }),
    /corpai:model\.modelId.+name it by inferenceProfile/,
  ],
  [
    "an agent without an MCP runtime to call",
    ({ tools: own }) => delete own["corpai:mcp"],
    /^agentcore-runtime\.demo: the environment: given agentcore-tools\.demo without corpai:mcp/,
  ],
  [
    "a tool of a table that is not there",
    (files) =>
      (tools(files)["corpai:gateway"].tools["get-customer"] = { description: "Finds a customer", table: "people" }),
    /corpai:gateway\.tools\.get-customer\.table: given "people"; allowed: tables of agentcore-data\.demo: customers, orders/,
  ],
  [
    "an MCP runtime that reads one",
    (files) => (tools(files)["corpai:mcp"].tables = ["people"]),
    /corpai:mcp\.tables: given "people"/,
  ],
  [
    "a gateway's name that AWS does not take",
    (files) => (tools(files)["corpai:gateway"].name = "Tools_1"),
    /corpai:gateway\.name: given "Tools_1"; allowed: up to 40 lower-case letters/,
  ],
  [
    "agents in another region than their network",
    ({ data }) => (data["aws:region"] = "us-west-2"),
    /^agentcore-data\.demo: aws:region: given us-west-2; allowed: us-east-1, as in agentcore-network\.demo/,
  ],
  [
    "agents in another account",
    ({ tools: own }) => (own["aws:allowedAccountIds"] = ["444455556666"]),
    /^agentcore-tools\.demo: aws:allowedAccountIds: given 444455556666; allowed: 111122223333/,
  ],
  [
    "permission for one AZ that has lapsed",
    ({ runtime }) => (runtime["corpai:singleAz"] = { reason: "As the document has it", until: "2026-11-23" }),
    /corpai:singleAz\.until: given "2026-11-23"; allowed: a day from 2026-11-24 on/,
  ],
  [
    "capacities that Aurora does not have",
    ({ data }) => (data["corpai:database"] = { ...(data["corpai:database"] as Config), minCapacity: 0.3 }),
    /corpai:database\.minCapacity: given 0\.3; allowed: from 0\.5 to 256 capacity units, in halves/,
  ],
  [
    "a minimum above the maximum",
    ({ data }) => (data["corpai:database"] = { ...(data["corpai:database"] as Config), minCapacity: 8 }),
    /corpai:database: given .+; allowed: a minCapacity of no more than maxCapacity/,
  ],
  [
    "a domain with a word of AWS's",
    ({ data }) => (data["corpai:domainPrefix"] = "my-aws-agents"),
    /corpai:domainPrefix: given "my-aws-agents"; allowed: a prefix without the words aws, amazon, cognito/,
  ],
  [
    "a table whose two keys are one",
    ({ data }) =>
      (data["corpai:tables"] = { customers: { partitionKey: "id", sortKey: "id" }, orders: { partitionKey: "id" } }),
    /corpai:tables\.customers: given .+; allowed: two different attributes/,
  ],
  [
    "the name of the endpoint that is there anyway",
    ({ runtime }) => (runtime["corpai:endpoint"] = "DEFAULT"),
    /corpai:endpoint: given "DEFAULT"/,
  ],
  [
    "a variable that is no text",
    ({ runtime }) => (runtime["corpai:variables"] = { LEVEL: 3 }),
    /corpai:variables\.LEVEL: given 3; allowed: a text/,
  ],
];

describe("files of agents", () => {
  it("are sound in the demo, with a model of the region in place of a profile too, and in one AZ while that is permitted", () => {
    assert.deepEqual(
      problemsAfter(({ runtime }) => {
        runtime["corpai:model"] = { modelId: "anthropic.claude-3-haiku-20240307-v1:0" };
        runtime["corpai:singleAz"] = { reason: "As the document has it", until: "2026-11-24" };
      }),
      [],
    );
  });

  describe("are one clear error each", () => {
    for (const [what, change, says] of CASES)
      it(what, () => {
        const problems = problemsAfter(change);
        assert.equal(problems.length, 1, problems.join("\n"));
        assert.match(problems[0] ?? "", says);
      });
  });
});
