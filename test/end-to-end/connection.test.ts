// Proves, through the real engine, that a pod is ready exactly while its connection is whole: the customer has not answered yet, has accepted, takes it
// back, breaks one thing on the way, or offers its service anew under another name. The sandbox says what AWS would do; AWS itself is not asked.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { endpointState } from "../../sandbox/aws/privatelink.ts";
import { type Probe, probe } from "../sandbox/support/probe.ts";
import { DEMO_STACKS, Scratch } from "./support/scratch.ts";

const ACCEPTED = "[{fromStack: connections.demo, key: clickhouse}]";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const INTERFACE = "aws:ec2/networkInterface:NetworkInterface";

describe("the demo's pods", function () {
  this.timeout(300_000);
  let scratch: Scratch;

  before(async () => {
    scratch = await Scratch.create();
    scratch.edit("environments/Pulumi.customer-acceptance.demo.data.yaml", (text) =>
      text.replace(/clickhouse: ?\[.*\]/, "clickhouse: []"),
    );
    await scratch.initialize();
    await scratch.up(...DEMO_STACKS);
  });
  after(() => scratch.remove());

  it("wait for the customer's yes with no pod at all, while those of an accepted connection run: one customer never holds up another", () => {
    assert.deepEqual(scratch.pods("clickhouse-mcp"), []);
    assert.deepEqual(
      scratch.pods("github-mcp").map(({ ready }) => ready),
      [true, true],
    );
  });

  it("are reported as waiting, by name of the connection", async () => {
    const { servers } = await scratch.outputs<{ servers: Record<string, { waitingFor: string[] }> }>(
      "mcp-servers.demo",
    );
    assert.deepEqual([servers["clickhouse-mcp"]?.waitingFor, servers["github-mcp"]?.waitingFor], [["clickhouse"], []]);
  });

  it("run once it is accepted and mcp-servers looks again: the host is looked up live, no other stack has to run", async () => {
    scratch.edit("environments/Pulumi.customer-acceptance.demo.data.yaml", (text) =>
      text.replace("clickhouse: []", `clickhouse: ${ACCEPTED}`),
    );
    await scratch.up("customer-acceptance.demo.data", "mcp-servers.demo");
    assert.deepEqual(
      scratch.pods("clickhouse-mcp").map(({ ready }) => ready),
      [true, true],
      JSON.stringify(scratch.pods("clickhouse-mcp")),
    );
  });

  /** Takes something away, looks, and puts it back. */
  async function without(
    take: () => Promise<() => Promise<void>> | (() => Promise<void>),
    look: () => void,
  ): Promise<void> {
    const restore = await take();
    try {
      look();
    } finally {
      await restore();
    }
  }

  /** Takes one object out of the world behind everybody's back. */
  function hidden(
    type: string,
    matches: (inputs: Record<string, unknown>, id: string) => boolean,
  ): () => () => Promise<void> {
    return () => {
      const [object] = scratch.world.all(type, ({ inputs, computed, id }) => matches({ ...inputs, ...computed }, id));
      assert.ok(object, `a ${type}`);
      scratch.world.remove(object);
      return () => {
        scratch.world.put(object);
        return Promise.resolve();
      };
    };
  }

  it("are not ready without the load balancer's rule for CorpAI's client CIDR, and AWS says nothing: the endpoint stays available", async () => {
    await without(
      hidden(INGRESS, ({ cidrIpv4, fromPort }) => cidrIpv4 === "10.40.0.0/17" && fromPort === 8443),
      () => {
        assert.deepEqual(
          scratch.pods("clickhouse-mcp").map(({ ready, blockedAt }) => [ready, blockedAt]),
          [
            [false, "load-balancer-group"],
            [false, "load-balancer-group"],
          ],
        );
        const [endpoint] = scratch.world.all("aws:ec2/vpcEndpoint:VpcEndpoint", ({ inputs }) =>
          JSON.stringify(inputs.tags).includes("ClickHouse Production"),
        );
        assert.equal(endpoint && endpointState(scratch.world, endpoint), "available");
        assert.deepEqual(
          scratch.pods("github-mcp").map(({ ready }) => ready),
          [true, true],
          "the other connection is untouched",
        );
      },
    );
  });

  it("are not ready where the load balancer has left an AZ of the endpoint, because some connections would go nowhere", async () => {
    const [balancer] = scratch.world.all(
      "aws:lb/loadBalancer:LoadBalancer",
      ({ inputs }) => inputs.name === "corpai-clickhouse-nlb",
    );
    assert.ok(balancer);
    await without(
      hidden(
        INTERFACE,
        (facts) =>
          JSON.stringify(facts).includes(balancer.id) && JSON.stringify(facts).includes("subnet-0acedada00000000b"),
      ),
      () => {
        assert.deepEqual(
          scratch.pods("clickhouse-mcp").map(({ ready, blockedAt }) => [ready, blockedAt]),
          [
            [false, "zone"],
            [false, "zone"],
          ],
        );
      },
    );
  });

  describe("while the customer's endpoint service is made anew, under another name", () => {
    const ACCEPTANCE = "environments/Pulumi.customer-acceptance.demo.data.yaml";
    const SERVICES = "environments/Pulumi.customer-services.demo.data.yaml";
    const REGISTRATIONS = "environments/Pulumi.connections.demo.yaml";
    let client: Probe;
    before(() => {
      client = probe(scratch.world, () => {
        const pods = scratch.pods("clickhouse-mcp");
        if (pods.length === 0) return ["no pod at all"];
        return pods.flatMap(({ blockedAt, reason }) => (blockedAt ? [`${blockedAt}: ${reason}`] : []));
      });
    });
    after(() => client.stop());

    /** Host names that the pods have, by the endpoint that they stand for. */
    async function hosts(): Promise<string[]> {
      const { servers } = await scratch.outputs<{ servers: Record<string, { env: Record<string, string> }> }>(
        "mcp-servers.demo",
      );
      const { connections } = await scratch.outputs<{ connections: Record<string, { endpointId: string }> }>(
        "connections.demo",
      );
      const host = servers["clickhouse-mcp"]?.env.CLICKHOUSE_HOST ?? "";
      return Object.entries(connections).flatMap(([key, { endpointId }]) =>
        host.startsWith(`${endpointId}-`) ? [key] : [],
      );
    }

    it("keep the old host as long as the new connection waits for its yes", async () => {
      scratch.edit(SERVICES, (text) => {
        const [, block = ""] = /(    clickhouse:\n(?: {6}.*\n)+)/.exec(text) ?? [];
        return text.replace(block, block + block.replace("clickhouse:", "clickhouse-b:"));
      });
      scratch.edit(REGISTRATIONS, (text) =>
        text.replace(
          "    github:\n",
          "    clickhouse-b:\n      displayName: ClickHouse Production\n      service: {fromStack: customer-services.demo.data, key: clickhouse-b}\n      succeeds: clickhouse\n    github:\n",
        ),
      );
      await scratch.up("customer-services.demo.data", "connections.demo", "mcp-servers.demo");
      assert.deepEqual(await hosts(), ["clickhouse"]);
    });

    it("go over to it once it is available, pod by pod, though no server's file names it", async () => {
      scratch.edit(ACCEPTANCE, (text) =>
        text.replace(
          `clickhouse: ${ACCEPTED}`,
          `clickhouse: ${ACCEPTED}\n    clickhouse-b: [{fromStack: connections.demo, key: clickhouse-b}]`,
        ),
      );
      await scratch.up("customer-acceptance.demo.data", "mcp-servers.demo");
      assert.deepEqual(await hosts(), ["clickhouse-b"]);
    });

    it("do not notice when the old connection goes, and then the old service", async () => {
      scratch.edit("environments/Pulumi.mcp-servers.demo.yaml", (text) =>
        text.replaceAll("connection: clickhouse,", "connection: clickhouse-b,"),
      );
      scratch.edit(REGISTRATIONS, (text) =>
        text.replace(/ {4}clickhouse:\n(?: {6}.*\n)+/, "").replace("      succeeds: clickhouse\n", ""),
      );
      scratch.edit(ACCEPTANCE, (text) => text.replace(`    clickhouse: ${ACCEPTED}\n`, ""));
      await scratch.up("connections.demo", "customer-acceptance.demo.data", "mcp-servers.demo");
      scratch.edit(SERVICES, (text) => text.replace(/ {4}clickhouse:\n(?: {6}.*\n)+/, ""));
      await scratch.up("customer-services.demo.data");
      assert.deepEqual(await hosts(), ["clickhouse-b"]);
      assert.equal(
        scratch.world.all("aws:ec2/vpcEndpoint:VpcEndpoint", ({ inputs }) =>
          JSON.stringify(inputs.tags).includes("ClickHouse Production"),
        ).length,
        1,
      );
    });

    it("were never without a way to it: a probe asked after every change", () => {
      assert.deepEqual([...new Set(client.refused)], []);
      assert.ok(client.asked > 20, `asked ${client.asked} times`);
    });
  });

  describe("once the customer takes the acceptance back", () => {
    it("are not ready, and say why", async () => {
      const { code, text } = await scratch.pulumi(
        "destroy",
        "--yes",
        "--skip-preview",
        "--stack",
        "customer-acceptance.demo.data",
      );
      assert.equal(code, 0, text);
      for (const pod of scratch.pods("clickhouse-mcp"))
        assert.deepEqual([pod.ready, pod.blockedAt], [false, "acceptance"], pod.reason);
      assert.match(scratch.pods("clickhouse-mcp")[0]?.reason ?? "", /rejected/);
    });
  });
});
