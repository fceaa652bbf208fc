// Proves private connections in both modes, from nothing to nothing, by the real command, engine, program and policy pack: several services over one
// connection, told apart by the Host header; a wrong group in status and trace; tokens that nobody can read. The environment is the demo's estate with this
// one program, in the customer's VPC; that an MCP server of `mcp-servers` is a target too is part of the whole demo.
import assert from "node:assert/strict";
import { globSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { parse, stringify } from "yaml";
import { Clone } from "./support/clone.ts";

const STACK = "private-connections.demo";
const FILE = `environments/Pulumi.${STACK}.yaml`;
const HOST = "internal-acme-observability-50dc6c495c0c9188.us-east-1.elb.amazonaws.com";
const BALANCER_GROUP = "sg-0acedada0a1b00001";

/** Pulumi adds seven digits to a connection's name. */
const keyOf = (connection: string): string => connection.replace(/-[0-9a-f]{7}$/, "");

interface Status {
  readonly privateConnections: readonly Readonly<Record<string, unknown>>[];
}
interface Traced {
  readonly privateConnections: readonly {
    readonly key: string;
    readonly verdict: string;
    readonly blockedAt: string | null;
    readonly fix: string | null;
    readonly hops: readonly { readonly hop: string; readonly verdict: string }[];
  }[];
}

/** The same load balancer once more, by a gateway of our own, which also logs and shares. */
function inOneVpc(text: string): string {
  const { config, ...rest } = parse(text) as { config: Record<string, unknown> };
  const vpcs = config["corpai:vpcs"] as Record<string, unknown>;
  const integrations = config["corpai:integrations"] as Record<string, Record<string, unknown>>;
  const memory = { ...integrations.memory, connection: "tools", endpoint: "https://grafana.acme.example/mcp" };
  return stringify({
    config: {
      ...config,
      "corpai:vpcs": { acme: vpcs.acme },
      "corpai:gateways": { tools: { vpc: "acme" } },
      "corpai:resources": {
        tools: {
          gateway: "tools",
          host: HOST,
          ports: ["443"],
          target: { securityGroupId: BALANCER_GROUP, open: true },
          shareWith: ["444455556666"],
          accessLogs: true,
        },
      },
      "corpai:serviceNetworks": { hub: { resources: ["tools"], accessLogs: true } },
      "corpai:privateConnections": {
        observability: (config["corpai:privateConnections"] as Record<string, unknown>).observability,
        tools: { mode: "self-managed", by: { resource: "tools" } },
      },
      "corpai:integrations": { ...integrations, memory },
    },
    ...rest,
  });
}

describe("private connections", function () {
  this.timeout(600_000);
  let clone: Clone;
  before(() => {
    clone = Clone.create();
    for (const file of globSync("environments/Pulumi.*.demo*.yaml", { cwd: clone.folder }))
      if (file !== FILE) rmSync(join(clone.folder, file));
    clone.edit(FILE, inOneVpc);
  });
  after(() => clone.remove());

  async function answer<T>(code: number, ...args: string[]): Promise<T> {
    const ran = await clone.corpai(...args, "--json");
    assert.equal(ran.code, code, ran.out + ran.err);
    return JSON.parse(ran.out) as T;
  }
  const traced = async (code: number, ...options: string[]): Promise<Traced["privateConnections"]> =>
    (await answer<Traced>(code, "trace", "demo", ...options)).privateConnections;

  it("come up in both modes, under the policy pack, with what people still have to do", async () => {
    const ran = await clone.corpai("up", "demo");
    assert.equal(ran.code, 0, ran.out + ran.err);
    assert.deepEqual((await answer<Status>(0, "status", "demo")).privateConnections, [
      {
        key: "observability",
        mode: "service-managed",
        state: "completed",
        hostAddress: HOST,
        reason: null,
        integrations: [
          { name: "grafana", endpoint: "https://grafana.acme.example" },
          { name: "runbooks", endpoint: "https://runbooks.acme.example/mcp" },
        ],
        next: null,
      },
      {
        key: "tools",
        mode: "self-managed",
        state: "completed",
        hostAddress: HOST,
        reason: null,
        integrations: [{ name: "memory", endpoint: "https://grafana.acme.example/mcp" }],
        next: null,
      },
    ]);
    const outputs = (await pulumi("stack", "output", "--json", "--stack", STACK)).out;
    const { privateConnections } = JSON.parse(outputs) as {
      privateConnections: Record<string, { steps: readonly string[] }>;
    };
    assert.match(
      privateConnections.observability?.steps.join("\n") ?? "",
      /webhook of grafana.*\nchat check of grafana.*CloudTrail/s,
    );
  });

  it("answer requests for both hosts over one connection, and over the other mode's", async () => {
    const ways = await clone.sandbox.integrations("demo");
    assert.deepEqual(
      ways
        .map(({ integration, connection, walk }) => [
          integration,
          keyOf(connection),
          walk.verdict,
          walk.hops.at(-1)?.to,
        ])
        .sort(),
      [
        ["grafana", "observability", "open", "10.20.0.41"],
        ["memory", "tools", "open", "10.20.0.41"],
        ["runbooks", "observability", "open", "10.20.1.42"],
      ],
    );
  });

  it("keep tokens from whoever reads states and worlds", () => {
    const texts = globSync([".sandbox/state/.pulumi/**/*.json", ".sandbox/worlds/*"], { cwd: clone.folder }).map(
      (file) => readFileSync(join(clone.folder, file), "utf8"),
    );
    assert.ok(texts.length > 1);
    for (const text of texts) assert.doesNotMatch(text, /demo-\w+Token-0123456789/);
  });

  it("stay as they are when nothing changes", async () => {
    const { stacks } = await answer<{ stacks: { changes: Record<string, number> }[] }>(0, "up", "demo");
    for (const { changes } of stacks)
      assert.deepEqual([changes.create, changes.update, changes.replace, changes.delete], [0, 0, 0, 0]);
  });

  it("are seen through at hops that only AWS knows: what is behind the load balancer, by its own API", async () => {
    const decided = ({ hops }: Traced["privateConnections"][number]): string[] =>
      hops.flatMap(({ hop, verdict }) => (verdict === "open" ? [hop] : []));
    const [before] = await traced(0);
    const [seen] = await traced(0, "--live");
    assert.ok(before && seen);
    assert.deepEqual(
      decided(seen).filter((hop) => !decided(before).includes(hop)),
      ["listener", "host-rule", "target-registration", "target-health"],
    );
  });

  it("say which hop a wrong group blocks, in status and in trace, and are mended by an update", async () => {
    assert.deepEqual(
      (await traced(0)).map(({ key, verdict, blockedAt }) => [key, verdict, blockedAt]),
      [
        ["observability", "undecided", null],
        ["tools", "undecided", null],
      ],
    );
    const group = (
      await clone.sandbox.objects("demo", { type: "SecurityGroup", name: "corpai-observability-gateway" })
    )[0];
    await clone.sandbox.deleteByHand("demo", {
      type: "SecurityGroupEgressRule",
      where: { securityGroupId: group?.id ?? "" },
    });
    const { privateConnections } = await answer<Status>(1, "status", "demo");
    assert.match(String(privateConnections[0]?.reason), /^gateway-group: sg-\w+ of the gateway lets out no 443\/tcp/);
    assert.match(String(privateConnections[0]?.next), /deleted, outside of Pulumi: npx corpai refresh demo/);
    assert.equal(privateConnections[1]?.next, null, "the other connection is none of its business");
    assert.equal((await traced(0))[0]?.blockedAt, null, "the states have not heard of it");
    assert.equal((await traced(1, "--live"))[0]?.blockedAt, "gateway-group", "AWS has");

    await answer(0, "refresh", "demo");
    const [blocked] = await traced(1);
    assert.deepEqual([blocked?.verdict, blocked?.blockedAt], ["blocked", "gateway-group"]);
    assert.match(blocked?.fix ?? "", /put the egress rule of sg-\w+ back: npx corpai up demo/);
    await answer(0, "up", "demo");
    assert.equal((await traced(0))[0]?.blockedAt, null);
  });

  it("are found blocked on the target's side as well", async () => {
    const group = (
      await clone.sandbox.objects("demo", { type: "SecurityGroup", name: "corpai-observability-gateway" })
    )[0];
    await clone.sandbox.deleteByHand("demo", {
      type: "SecurityGroupIngressRule",
      where: { referencedSecurityGroupId: group?.id ?? "" },
    });
    const { privateConnections } = await answer<Status>(1, "status", "demo");
    assert.match(String(privateConnections[0]?.next), /observability-gateway-into-.*deleted/);
    const ways = await clone.sandbox.integrations("demo");
    assert.equal(
      ways.find(({ connection }) => keyOf(connection) === "observability")?.walk.blockedAt,
      "load-balancer-group",
    );
    await answer(0, "refresh", "demo");
    await answer(0, "up", "demo");
  });

  it("have a successor before they go where their place changes, and so does what uses them", async () => {
    const undo = clone.edit(FILE, (text) =>
      text.replace("mode: service-managed", "mode: service-managed\n      addressesPerInterface: 8"),
    );
    await answer(0, "up", "demo");
    const { privateConnections } = await answer<Status>(0, "status", "demo");
    assert.equal(privateConnections[0]?.state, "completed");
    const ways = await clone.sandbox.integrations("demo");
    assert.deepEqual(
      ways.map(({ walk }) => walk.verdict),
      ["open", "open", "open"],
    );
    undo();
  });

  it("go in order and leave nothing", async () => {
    await answer(0, "destroy", "demo");
    assert.deepEqual(clone.made(), []);
  });

  async function pulumi(...args: string[]) {
    const env = clone.sandbox.environment(await clone.sandbox.start());
    return clone.run("pulumi", args, env);
  }
});
