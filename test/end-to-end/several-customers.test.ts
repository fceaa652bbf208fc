// Proves an environment with two customers, in accounts and VPCs of their own, and two cells of connections: everything runs side by side, pods use
// connections of both cells, and each command says which connection is whose. On the same bring-up, since it is long, it proves that secrets stay secret:
// values planted in the configuration are looked for in all that was printed and written, also where something goes wrong on purpose.
// What the checks say of two cells that contradict each other is in test/stacks.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "mocha";
import type { FaultPlan } from "../../sandbox/client.ts";
import { assertAsBefore } from "./support/as-before.ts";
import { Clone, type Ran } from "./support/clone.ts";
import { TENANT, plantSecrets, severalCustomers } from "./support/customers.ts";
import { Wiretap } from "./support/wiretap.ts";

const SERVERS = "mcp-servers.demo";
/** Where a secret is handled. */
const PROGRAM = "stacks/mcp-servers/variables.ts";
/** With all that has to be escaped somewhere, around what survives any escaping. */
const planted = (): string => `a"\\\n${randomBytes(12).toString("hex")}é`;
const core = (value: string): string => value.slice(4, -1);

interface Answered {
  readonly connections: readonly {
    readonly key: string;
    readonly state: string | null;
    readonly azIds: readonly string[];
    readonly serviceName: string;
    readonly usedBy: readonly {
      readonly workload: string;
      readonly env: Record<string, string>;
      readonly ready: boolean;
    }[];
    readonly next: { readonly who: string; readonly action: string } | null;
  }[];
}
interface Traced {
  readonly connections: readonly {
    readonly key: string;
    readonly verdict: string;
    readonly blockedAt: string | null;
    readonly fix: string | null;
  }[];
}

describe("two customers and two cells", function () {
  this.timeout(600_000);
  let clone: Clone;
  let tap: Wiretap;
  let changes: string;
  const secrets = { clickhousePasswordSecret: planted(), githubTokenSecret: planted() };
  const later = planted();
  const watched = {
    "the ClickHouse password": secrets.clickhousePasswordSecret,
    "its core": core(secrets.clickhousePasswordSecret),
    "the GitHub token": secrets.githubTokenSecret,
    "that one's core": core(secrets.githubTokenSecret),
    "the later password": later,
    "the later one's core": core(later),
  };
  before(() => {
    clone = Clone.create();
    tap = new Wiretap(clone);
    severalCustomers(clone);
    plantSecrets(clone, secrets);
    changes = clone.changedFiles();
  });
  after(async () => {
    await clone.remove();
    tap.remove();
  });

  function ended(expected: number, { code, out, err }: Ran): string {
    assert.equal(code, expected, out + err);
    return out;
  }
  const answer = async <T>(expected: number, ...args: readonly string[]): Promise<T> =>
    JSON.parse(ended(expected, await tap.corpai(...args, "--json"))) as T;

  it("come up side by side, each cell and each customer's stacks on their own", async () => {
    const { stacks } = await answer<{ stacks: { stack: string; result: string }[] }>(0, "up", "demo");
    assert.deepEqual(stacks.map(({ stack }) => stack).toSorted(), [
      "cluster.demo",
      "connections.demo.a",
      "connections.demo.b",
      "customer-acceptance.demo.data",
      "customer-acceptance.demo.globex",
      "customer-acceptance.demo.tools",
      "customer-access.demo.data",
      "customer-access.demo.globex",
      "customer-services.demo.data",
      "customer-services.demo.globex",
      "customer-services.demo.tools",
      "data.demo",
      SERVERS,
      "network.demo",
      "private-connections.demo",
    ]);
    assert.ok(stacks.every(({ result }) => result === "succeeded"));
    assert.equal(clone.changedFiles(), changes);
  });

  it("have one status, with the connections of both cells and every pod that uses them", async () => {
    const { connections } = await answer<Answered>(0, "status", "demo");
    assert.deepEqual(
      connections.map(({ key, state, azIds, usedBy, next }) => [
        key,
        state,
        azIds.join(" "),
        usedBy.map(({ workload }) => workload).join(" "),
        next,
      ]),
      [
        ["clickhouse", "available", "use1-az1 use1-az2 use1-az4", "clickhouse-mcp github-mcp", null],
        ["github", "available", "use1-az2 use1-az4", "github-mcp", null],
        ["warehouse", "available", "use1-az2 use1-az4", "github-mcp", null],
      ],
    );
    const hosts = connections[1]?.usedBy[0]?.env ?? {};
    assert.equal(new Set([hosts.CLICKHOUSE_HOST, hosts.GITHUB_HOST, hosts.WAREHOUSE_HOST]).size, 3);
    assert.ok(connections.every(({ usedBy }) => usedBy.every(({ ready }) => ready)));
    assert.match(ended(0, await tap.corpai("status", "demo")), /^warehouse +Globex 数据仓库 +available +5432 /m);
  });

  it("admit to a tenant's connection that tenant's pods, and to the others all pods", async () => {
    const groups = await clone.sandbox.objects("demo", { type: "SecurityGroup", estate: false });
    const groupOf = (description: string, name?: string): string => {
      const found = groups.filter(
        ({ inputs }) =>
          inputs.description === description &&
          (name === undefined || (inputs.tags as Record<string, string>).Name === name),
      );
      assert.equal(found.length, 1, description);
      return found[0]?.id ?? "";
    };
    const rules = await clone.sandbox.objects("demo", { type: "SecurityGroupIngressRule", estate: false });
    const admitted = (connection: string): unknown[] => {
      const own = groupOf("CorpAI connection: MCP workloads to one private service", `corpai-${connection}`);
      return rules
        .filter(({ inputs }) => inputs.securityGroupId === own)
        .map(({ inputs }) => inputs.referencedSecurityGroupId);
    };
    assert.deepEqual(admitted("warehouse"), [groupOf(`MCP workloads of tenant ${TENANT}`)]);
    assert.deepEqual(admitted("clickhouse"), [groupOf("MCP workloads")]);
  });

  it("are traced through the right customer's load balancer", async () => {
    const { connections } = await answer<Traced>(0, "trace", "demo");
    assert.deepEqual(
      connections.map(({ key, blockedAt }) => [key, blockedAt]),
      [
        ["clickhouse", null],
        ["github", null],
        ["warehouse", null],
      ],
    );
    assert.match(ended(0, await tap.corpai("trace", "demo", "warehouse")), /corpai-warehouse-nlb/);
    const pods = await clone.sandbox.pods("demo");
    assert.deepEqual([...new Set(pods.flatMap(({ walks }) => walks.map(({ blockedAt }) => blockedAt)))], [undefined]);
  });

  it("do not hold each other up: without one customer's yes, that one connection is blocked and says so", async () => {
    ended(0, await tap.pulumi("destroy", "--yes", "--skip-preview", "--stack", "customer-acceptance.demo.globex"));
    const traced = (await answer<Traced>(1, "trace", "demo")).connections;
    assert.deepEqual(
      traced.map(({ key, blockedAt }) => [key, blockedAt]),
      [
        ["clickhouse", null],
        ["github", null],
        ["warehouse", "acceptance"],
      ],
    );
    const { connections } = await answer<Answered>(1, "status", "demo");
    assert.deepEqual(
      connections.map(({ key, next }) => [key, next?.who]),
      [
        ["clickhouse", undefined],
        ["github", undefined],
        ["warehouse", "customer"],
      ],
    );
  });

  describe("their secrets", () => {
    it("are in the pods", async () => {
      const { objects } = await clone.sandbox.world("demo");
      const kept = objects.filter(({ type }) => type === "kubernetes:core/v1:Secret");
      assert.equal(kept.length, 2);
    });

    it("are not in what plain pulumi shows", async () => {
      const { out } = await tap.pulumi("stack", "export", "--stack", SERVERS);
      assert.match(out, /"ciphertext"/);
      for (const args of [
        ["stack", "output", "--json", "--stack", SERVERS],
        ["stack", "history", "--json", "--stack", SERVERS],
        ["config", "--json", "--stack", SERVERS],
        ["preview", "--diff", "--stack", SERVERS],
        ["preview", "--json", "--show-sames", "--stack", SERVERS],
        ["policy", "analyze", "--json", "--policy-pack", "policy", "--stack", SERVERS],
      ])
        ended(0, await tap.pulumi(...args));
    });

    it("are not in the words of an API that refuses them", async () => {
      plantSecrets(clone, { clickhousePasswordSecret: later });
      const once = { type: "Secret", times: 1 } as const;
      for (const fault of [
        { kind: "error", operations: ["create"], ...once },
        { kind: "half-made", ...once },
      ] as const satisfies FaultPlan["faults"]) {
        await clone.sandbox.setFaults("demo", { faults: [fault] });
        const { code, out, err } = await tap.pulumi("up", "--yes", "--skip-preview", "--stack", SERVERS);
        assert.notEqual(code, 0, fault.kind);
        assert.match(out + err, /core\/v1:Secret \(clickhouse-mcp\):\n[^]*the server was unable to return/);
      }
      await clone.sandbox.setFaults("demo", { faults: [] });
      ended(0, await tap.pulumi("up", "--yes", "--skip-preview", "--stack", SERVERS));
    });

    it("are not in the words of a program that fails while it handles one", async () => {
      const undo = clone.edit(PROGRAM, (text) =>
        text.replace(
          "secret(value.secret) }",
          "secret(value.secret).apply((text): string => { throw new TypeError(`${text.length} characters are no password`); }) }",
        ),
      );
      const { out } = await tap.corpai("preview", "demo", "--json");
      undo();
      assert.match(out, /characters are no password/);
    });

    it("have not been seen in clear, in JSON or in base64, in anything that was printed or written", () => {
      const { files, leaks } = tap.leaks(watched);
      assert.deepEqual(leaks, []);
      for (const expected of [
        /state\/\.pulumi\/stacks\/corpai\/mcp-servers\.demo\.json$/,
        /state\/\.pulumi\/backups\//,
        /state\/\.pulumi\/history\//,
        /worlds\/demo\.json$/,
        /server\.log$/,
        /kept\/\d+\.events$/,
        /kept\/\d+\.out$/,
      ])
        assert.ok(
          files.some((file) => expected.test(file)),
          `${String(expected)} was looked into`,
        );
    });
  });

  describe("in the end", () => {
    it("a program that tells a secret would have been found out, by its output and by the state", async () => {
      const undo = clone.edit(PROGRAM, (text) =>
        text
          .replace("import type * as pulumi", "import * as pulumi")
          .replace(
            "secret(value.secret) }",
            'secret(value.secret).apply((text) => { void pulumi.log.warn(Buffer.from(text).toString("base64")); return text; }) }',
          )
          .replace(
            '"value" in value ? value.value : "[secret]"',
            '"value" in value ? value.value : pulumi.unsecret(value.secret)',
          ),
      );
      ended(0, await tap.pulumi("up", "--yes", "--skip-preview", "--stack", SERVERS));
      undo();
      const { leaks } = tap.leaks(watched);
      for (const where of [/^printed by pulumi up/, /stacks\/corpai\/mcp-servers\.demo\.json: /, /history\//])
        assert.ok(
          leaks.some((leak) => where.test(leak)),
          `${String(where)} among ${leaks.map((leak) => leak.split(": ")[0]).join(", ")}`,
        );
    });

    it("all are destroyed together, and the world is as its estate file says", async () => {
      ended(0, await tap.corpai("destroy", "demo", "--json"));
      await assertAsBefore(clone);
    });
  });
});
