// Proves what a pull request's comment tells of previews, and that nothing somebody else has written becomes markup in it. That previews come to this:
// test/end-to-end/pull-request.test.ts.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Affected } from "../../cli/affected.ts";
import { NO_CHANGES } from "../../cli/engine-events.ts";
import { type StackReport, WAYS_IN } from "../../cli/environment-run.ts";
import { COMMENT_MARK, previewComment } from "../../cli/preview-comment.ts";
import type { PreviewSince } from "../../cli/preview-since.ts";
import { upstreamReads } from "../../cli/upstream-reads.ts";

const SINCE = "0123456789abcdef0123456789abcdef01234567";
const touched = (stack: string, rest: Partial<Affected> = {}): Affected => ({
  stack,
  program: stack.split(".")[0] ?? "",
  environment: "dev",
  because: [{ through: "configuration", what: `environments/Pulumi.${stack}.yaml` }],
  removed: false,
  ...rest,
});
const report = (stack: string, rest: Partial<StackReport> = {}): StackReport => ({
  stack,
  result: "succeeded",
  changes: { ...NO_CHANGES, same: 3 },
  ...rest,
});
const comment = (stacks: readonly StackReport[], rest: Partial<PreviewSince> = {}): string =>
  previewComment({
    since: SINCE,
    affected: stacks.map(({ stack }) => touched(stack)),
    previews: [{ environment: "dev", where: "AWS", stacks }],
    ok: stacks.every(({ result }) => result !== "failed"),
    ...rest,
  });

describe("a pull request's comment", () => {
  it("begins with the mark by which it is found again, and says where previews ran", () => {
    const text = comment([report("network.dev")]);
    assert.ok(text.startsWith(`${COMMENT_MARK}\n`));
    assert.match(text, /^### dev on AWS$/m);
    assert.match(text, /1 stack touched: \+\$0\.00 a month\. Compared with `0123456789ab`\./);
    assert.match(text, /^\| `network\.dev` \| ok \| no change, 3 unchanged \| {2}\|$/m);
  });

  it("says that nothing is touched where nothing is", () => {
    assert.match(comment([], { previews: [] }), /No stack is touched\./);
  });

  it("has replacements of what holds data or carries packets in bold, as outages, and others not", () => {
    const database = { resource: "sessions", type: "aws:rds/instance:Instance", breaks: "data" } as const;
    const text = comment([
      report("data.dev", {
        changes: { ...NO_CHANGES, replace: 2 },
        resourceChanges: [
          { operation: "replace", type: "aws:rds/instance:Instance", name: "sessions" },
          { operation: "replace", type: "aws:iam/rolePolicy:RolePolicy", name: "reader" },
          { operation: "delete", type: "aws:ec2/vpcEndpoint:VpcEndpoint", name: "clickhouse" },
          { operation: "create", type: "pulumi:providers:aws", name: "default_7" },
        ],
        consequences: { cost: { monthly: 60, difference: -12.5, unpriced: ["cache"] }, outages: [database] },
      }),
    ]);
    assert.match(text, /^\*\*OUTAGE: sessions \(Instance\) is replaced: what it holds is lost\*\*$/m);
    assert.match(text, /^- \*\*replace Instance `sessions`\*\*$/m);
    assert.match(text, /^- replace RolePolicy `reader`$/m);
    assert.match(text, /^- \*\*delete VpcEndpoint `clickhouse`\*\*$/m);
    assert.match(text, /\| 2 to replace, \*\*1 outage\*\* \| \$60\.00 a month \(−\$12\.50\) \|/);
    assert.match(text, /1 stack touched: \*\*1 outage\*\*, −\$12\.50 a month/);
    assert.doesNotMatch(text, /default_7/);
  });

  it("names of a violation the rule, the resource and the fix, once, and opens there", () => {
    const finding = {
      policy: "nlb-internal",
      level: "mandatory",
      resource: "clickhouse-nlb",
      message: "A network load balancer is internal.\nclickhouse-nlb: is internet-facing. Set internal: true.",
    };
    const undecided = { ...finding, level: "advisory", message: "clickhouse-nlb: undecided, checked at update: x" };
    const text = comment([
      report("customer-services.dev.acme", {
        result: "failed",
        findings: [finding, undecided],
        error: "refused by policy nlb-internal: clickhouse-nlb",
      }),
    ]);
    assert.match(text, /^## Preview: \*\*not ready to merge\*\*$/m);
    assert.match(text, /\*\*1 policy violation\*\*/);
    assert.match(text, /<details open><summary><code>customer-services\.dev\.acme<\/code>/);
    const line =
      "- **refused** by `nlb-internal`: `clickhouse-nlb`: A network load balancer is internal. clickhouse-nlb: is internet-facing. Set internal: true.";
    assert.ok(text.includes(line), text);
    assert.match(text, /^- \\\[undecided, checked at update\\\] nlb-internal: clickhouse-nlb$/m);
    assert.doesNotMatch(text, /refused by policy/, "not told twice");
  });

  it("tells of values of other stacks whether they are deployed, may change, or are unknown", () => {
    const text = comment(
      [
        report("mcp-servers.dev", {
          upstream: [
            { stack: "cluster.dev", values: "unknown" },
            { stack: "connections.dev", values: "deployed" },
            { stack: "network.dev", values: "deployed" },
          ],
        }),
      ],
      { affected: [touched("mcp-servers.dev"), touched("connections.dev")] },
    );
    assert.match(text, /^- `cluster\.dev`: \*\*unknown\*\*, since it has never been brought up/m);
    assert.match(text, /^- `connections\.dev`: deployed, before this change, which touches that stack as well$/m);
    assert.match(text, /^- `network\.dev`: deployed$/m);
  });

  it("knows a stack's reads by the engine's record of them, without the stack's own", () => {
    const reference = (name: string, outputs: Record<string, unknown>) => ({
      urn: `urn:pulumi:x::corpai::pulumi:pulumi:StackReference::${name}`,
      type: "pulumi:pulumi:StackReference",
      name,
      id: undefined,
      parent: undefined,
      inputs: { name: `organization/corpai/${name}` },
      outputs: { name, outputs },
    });
    const reads = [
      reference("network.dev", { vpcId: "vpc-1" }),
      reference("data.dev", {}),
      reference("cluster.dev", {}),
    ];
    assert.deepEqual(upstreamReads("cluster.dev", reads), [
      { stack: "data.dev", values: "unknown" },
      { stack: "network.dev", values: "deployed" },
    ]);
  });

  it("reports what only a runner inside the VPC can preview as not previewed, and as no failure", () => {
    const text = comment([report("mcp-servers.dev", { result: "skipped", error: WAYS_IN })]);
    assert.match(text, /^## Preview$/m);
    assert.match(text, /\| `mcp-servers\.dev` \| not previewed: needs a runner inside the VPC \|/);
    assert.match(text, /let Pulumi Deployments run it/);
  });

  it("says why an environment was not previewed at all, and what becomes of stacks whose files are gone", () => {
    const text = comment([], {
      affected: [touched("network.dev"), touched("connections.dev.b", { removed: true })],
      previews: [{ environment: "dev", where: undefined, stacks: [], error: "pulumi whoami: not logged in" }],
      ok: false,
    });
    assert.match(text, /### dev\n\nNothing was previewed:\n\n```text\npulumi whoami: not logged in\n```/);
    assert.match(text, /\*\*Files that are gone\*\*: `connections\.dev\.b`\. .*destroy them from a commit/);
  });

  it("takes no markup, no mention and no end of a block from what somebody else has written", () => {
    const evil = "`x` | **y** <img src=z> @everyone [l](http://l) \u001b[31m\n```\n# big";
    const text = comment([
      report("data.dev", {
        result: "failed",
        error: evil,
        resourceChanges: [{ operation: "create", type: "aws:x:`A` | <b>", name: "a`|<b>\n# c" }],
        findings: [{ policy: "p`|", level: "advisory", resource: "r`", message: evil }],
      }),
    ]);
    const outside = text.replace(/^````text\n[\s\S]*?\n````$/m, "");
    assert.notEqual(outside, text, "the error is in a block with a longer fence than its own");
    const inSentences = outside.replaceAll(/(?<!\\)`[^`]*`/g, "");
    assert.doesNotMatch(inSentences, /<img|<b>|@everyone|^# (big|c)|\u001b|\*\*y\*\*|(?<!\\)\[l/m);
    assert.match(outside, /&#60;img src=z&#62; &#64;everyone/);
  });

  it("stays below what GitHub takes, and says what it leaves out", () => {
    const many = [...Array(60).keys()].map((index) =>
      report(`connections.dev.c${index}`, {
        resourceChanges: [...Array(40).keys()].map((one) => ({
          operation: "create" as const,
          type: "aws:ec2/vpcEndpoint:VpcEndpoint",
          name: `a-rather-long-name-of-a-connection-${one}`,
        })),
      }),
    );
    const text = comment(many);
    assert.ok(text.length < 65_536);
    assert.match(text, /\d+ more stacks in the job's log/);
    assert.equal(text.match(/^\| `connections\.dev\.c/gm)?.length, 60, "the table has them all");
  });
});
