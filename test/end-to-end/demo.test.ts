// Proves the environment's commands, from an empty backend to an empty world, as a person types them: the real command, engine, programs and policy pack.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { assertAsBefore } from "./support/as-before.ts";
import { Clone } from "./support/clone.ts";

const STACKS = [
  "network.demo",
  "customer-access.demo.data",
  "customer-services.demo.data",
  "customer-services.demo.tools",
  "cluster.demo",
  "data.demo",
  "connections.demo",
  "customer-acceptance.demo.data",
  "customer-acceptance.demo.tools",
  "mcp-servers.demo",
  "private-connections.demo",
];
const HOST = /^vpce-[0-9a-f]{17}-[0-9a-z]{8}\.vpce-svc-[0-9a-f]{17}\.us-east-1\.vpce\.amazonaws\.com$/;

interface Report {
  readonly environment: string;
  readonly stacks: readonly {
    readonly stack: string;
    readonly result: string;
    readonly changes: Readonly<Record<string, number>>;
    readonly findings?: readonly { readonly level: string; readonly message: string }[];
    readonly consequences?: { readonly cost?: { readonly monthly: number }; readonly outages: readonly unknown[] };
  }[];
}
interface Status {
  readonly environment: string;
  readonly connections: readonly (Readonly<Record<string, unknown>> & {
    readonly host: string | null;
    readonly usedBy: readonly {
      readonly workload: string;
      readonly env: Readonly<Record<string, string>>;
      readonly ready: boolean | null;
    }[];
  })[];
}

describe("environment demo by corpai", function () {
  this.timeout(600_000);
  let clone: Clone;
  before(() => {
    clone = Clone.create();
  });
  afterEach(() => assert.equal(clone.changedFiles(), "", "git status is clean after every command"));
  after(() => clone.remove());

  async function answer<T>(code: number, ...args: string[]): Promise<T> {
    const ran = await clone.corpai(...args, "--json");
    assert.equal(ran.code, code, ran.out + ran.err);
    return JSON.parse(ran.out) as T;
  }

  function assertReport(
    { environment, stacks }: Report,
    changes: (counts: Readonly<Record<string, number>>) => boolean,
    order = STACKS,
  ): void {
    assert.equal(environment, "demo");
    assert.deepEqual(
      stacks.map(({ stack }) => stack),
      order,
    );
    for (const { stack, result, changes: counts, consequences, findings = [] } of stacks) {
      assert.deepEqual([result, consequences?.outages ?? []], ["succeeded", []], stack);
      for (const { level, message } of findings)
        assert.ok(level === "advisory" && message.includes("undecided, checked at update"), `${stack}: ${message}`);
      assert.deepEqual(Object.keys(counts), ["create", "update", "replace", "delete", "same"], stack);
      assert.ok(changes(counts), `${stack}: ${JSON.stringify(counts)}`);
    }
  }
  const nothingChanges = ({
    create,
    update,
    replace,
    delete: deleted,
    same = 0,
  }: Readonly<Record<string, number>>): boolean =>
    create === 0 && update === 0 && replace === 0 && deleted === 0 && same > 0;

  it("has a status before anything is up: every registration, with CorpAI to act", async () => {
    const { connections } = await answer<Status>(1, "status", "demo");
    assert.deepEqual(
      connections.map(({ key, state, host, endpointId }) => [key, state, host, endpointId]),
      [
        ["clickhouse", null, null, null],
        ["github", null, null, null],
      ],
    );
  });

  it("previews every stack on an empty backend, with the pack, without an error", async () => {
    const report = await answer<Report>(0, "preview", "demo");
    assertReport(
      report,
      ({ create = 0, update, replace, delete: deleted }) =>
        create > 0 && update === 0 && replace === 0 && deleted === 0,
    );
    const { objects } = await clone.sandbox.world("demo");
    assert.ok(
      objects.every(({ estate }) => estate),
      "a preview creates nothing",
    );
  });

  it("comes up, and shows connections, each pod's variables with secrets masked, and each hop of its packets", async () => {
    const { code, out, err } = await clone.corpai("demo");
    assert.equal(code, 0, out + err);
    assert.match(
      out.split("\n")[0] ?? "",
      /^demo \(class demo\) in the sandbox: accounts 111122223333, 444455556666; region us-east-1; backend file:/,
    );
    for (const stack of STACKS) assert.match(out, new RegExp(`${stack.replaceAll(".", "\\.")} +update +ok`));
    assert.match(
      out,
      /CONNECTION +NAME +STATE +PORT +AZS +USED BY\nclickhouse +ClickHouse Production +available +8443 .*clickhouse-mcp \(ready\)/,
    );
    assert.match(out, /CLICKHOUSE_PASSWORD +\[secret\]/);
    for (const hop of [
      "dns",
      "acceptance",
      "endpoint-group",
      "zone",
      "load-balancer-group",
      "listener",
      "target-registration",
      "target-health",
      "target-group",
      "target",
    ]) {
      const shown = [...out.matchAll(new RegExp(`^ +\\d+ ${hop} +open `, "gm"))].length;
      assert.ok(shown >= 2, `${hop} for each connection`);
    }
    assert.doesNotMatch(out, /BLOCKED|\u001b/);
    assert.match(out, /\nAWS would have taken \d+ min.* What decided it:\n +00:00 – .*network\.demo +create /);
  });

  it("has a status that is complete, without any secret, and nobody has to act", async () => {
    const { environment, connections } = await answer<Status>(0, "status", "demo");
    assert.equal(environment, "demo");
    const [clickhouse, github] = connections;
    assert.ok(clickhouse && github && connections.length === 2);
    for (const { host, ...connection } of connections) {
      assert.match(host ?? "", HOST);
      assert.equal(connection.endpointId, host?.slice(0, 22));
      assert.match(String(connection.serviceName), /^com\.amazonaws\.vpce\.us-east-1\.vpce-svc-[0-9a-f]{17}$/);
    }
    const { endpointId, serviceName, ...known } = clickhouse;
    assert.deepEqual(Object.keys(clickhouse), [
      "key",
      "displayName",
      "serviceName",
      "port",
      "state",
      "host",
      "endpointId",
      "azIds",
      "usedBy",
      "next",
    ]);
    assert.ok(endpointId && serviceName);
    assert.deepEqual(known, {
      key: "clickhouse",
      displayName: "ClickHouse Production",
      port: 8443,
      state: "available",
      host: clickhouse.host,
      azIds: ["use1-az1", "use1-az2", "use1-az4"],
      usedBy: [
        {
          workload: "clickhouse-mcp",
          env: { CLICKHOUSE_HOST: clickhouse.host, CLICKHOUSE_PASSWORD: "[secret]", CLICKHOUSE_PORT: "8443" },
          ready: true,
        },
      ],
      next: null,
    });
    assert.deepEqual(
      [github.key, github.port, github.state, github.azIds, github.usedBy],
      [
        "github",
        443,
        "available",
        ["use1-az2", "use1-az4"],
        [
          {
            workload: "github-mcp",
            env: { GITHUB_HOST: github.host, GITHUB_PORT: "443", GITHUB_TOKEN: "[secret]" },
            ready: true,
          },
        ],
      ],
    );
  });

  it("changes nothing when it is brought up again", async () => {
    assertReport(await answer<Report>(0, "up", "demo"), nothingChanges);
  });

  it("is what plain pulumi sees, too: a preview under the pack shows no change", async () => {
    const script =
      'eval "$("$NODE" cli/corpai.mjs sandbox env)" && pulumi preview -s connections.demo --policy-pack policy --expect-no-changes --non-interactive --color never';
    const { code, out, err } = await clone.run("sh", ["-c", script], { NODE: process.execPath });
    assert.equal(code, 0, out + err);
    assert.match(out, /Resources:\n\s+\d+ unchanged/);
  });

  it("is destroyed in the other direction, and the world is as the estate file says", async () => {
    const report = await answer<Report>(0, "destroy", "demo");
    assert.deepEqual(
      report.stacks.map(({ stack }) => stack),
      STACKS.toReversed(),
    );
    assert.ok(
      report.stacks.every(({ result, changes: { delete: deleted = 0 } }) => result === "succeeded" && deleted > 0),
    );
    await assertAsBefore(clone);
  });
});
