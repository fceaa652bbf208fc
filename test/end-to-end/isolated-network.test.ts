// Proves that the isolated network comes up by itself when somebody names it, under the whole policy pack, counted as the document counts, and goes again;
// and that commands which name nothing leave it alone until then. What gets through it: test/stacks/agentcore-flows.test.ts.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Clone } from "./support/clone.ts";
import { madeOf, report } from "./support/reports.ts";

describe("the isolated network by corpai", function () {
  this.timeout(300_000);
  let clone: Clone;
  before(() => {
    clone = Clone.create();
  });
  after(() => clone.remove());

  it("is explained before it stands, by previews: nothing is in the way, and what roles may do is left open", async () => {
    const { code, out, err } = await clone.corpai("explain", "demo", "--json");
    assert.equal(code, 0, out + err);
    const { flows, probes } = JSON.parse(out) as {
      readonly flows: readonly { readonly key: string; readonly verdict: string; readonly sandbox?: unknown }[];
      readonly probes: readonly unknown[];
    };
    assert.ok(flows.length >= 18);
    for (const { key, verdict, sandbox } of flows)
      assert.deepEqual([verdict === "blocked", sandbox], [false, undefined], key);
    assert.ok(flows.some(({ verdict }) => verdict === "open"));
    assert.deepEqual(probes, []);
    assert.deepEqual(clone.made(), []);
  });

  it("comes up when it is named, and no rule of the pack has anything to say", async () => {
    const stacks = await report(clone, "up", "demo", "--only", "agentcore-network");
    assert.deepEqual(
      stacks.map(({ stack, result, findings = [] }) => [stack, result, findings]),
      [["agentcore-network.demo", "succeeded", []]],
    );
    const endpoints = await madeOf(clone, "aws:ec2/vpcEndpoint:VpcEndpoint");
    const of = (kind: string) => endpoints.filter(({ inputs }) => inputs.vpcEndpointType === kind);
    const interfaces = await madeOf(clone, "aws:ec2/networkInterface:NetworkInterface");
    assert.deepEqual([of("Interface").length, of("Gateway").length, interfaces.length], [12, 2, 36]);
  });

  it("stays as it is when it is brought up again", async () => {
    const [stack] = await report(clone, "up", "demo", "--only", "agentcore-network");
    const { same = 0, ...others } = stack?.changes ?? {};
    assert.ok(same > 0 && Object.values(others).every((count) => count === 0), JSON.stringify(stack?.changes));
  });

  it("is explained, flow by flow, by Pulumi's data and by the sandbox's packets alike, and nothing leads out of it", async () => {
    const { code, out, err } = await clone.corpai("explain", "demo", "--json");
    assert.equal(code, 0, out + err);
    interface Explained {
      readonly flows: readonly {
        readonly key: string;
        readonly verdict: string;
        readonly sandbox: readonly { readonly verdict: string }[];
      }[];
      readonly probes: readonly { readonly verdict: string }[];
    }
    const { flows, probes } = JSON.parse(out) as Explained;
    assert.ok(flows.length >= 18 && probes.length >= 15);
    for (const { key, verdict, sandbox } of flows) {
      assert.notEqual(verdict, "blocked", key);
      assert.ok(sandbox.length > 0 && sandbox.every((walk) => walk.verdict === "open"), key);
    }
    assert.ok(probes.every(({ verdict }) => verdict === "blocked"));
    const one = await clone.corpai("explain", "demo", "mcp-dynamodb");
    assert.equal(one.code, 0, one.out + one.err);
    assert.match(
      one.out,
      /dynamodb:GetItem by dynamodb.*\n +1 dns-firewall .*\n[^]*endpoint-policy .*ReadOwnTables allows it/,
    );
    const aside = await clone.corpai("explain", "demo", "token-cognito");
    assert.match(aside.out, /token-cognito: on AWS's side: .*AgentCore Identity calls it/);
    const none = await clone.corpai("explain", "demo", "no-such-flow");
    assert.deepEqual(
      [none.code, /there is no flow "no-such-flow"\. The flows are: agent-image, /.test(none.err)],
      [1, true],
    );
  });

  it("goes with what else there is once it stands, and is left alone again when nothing stands", async () => {
    const stacks = await report(clone, "destroy", "demo");
    assert.ok(stacks.some(({ stack, result }) => stack === "agentcore-network.demo" && result === "succeeded"));
    assert.deepEqual(clone.made(), []);
    const again = await report(clone, "destroy", "demo");
    assert.ok(!again.some(({ stack }) => stack === "agentcore-network.demo"));
  });
});
