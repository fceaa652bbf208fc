// Proves, through the real engine, that a pod is ready exactly while its connection is whole: the customer has not answered yet, has accepted, takes it
// back, or breaks one thing on the way. The sandbox says what AWS would do; AWS itself is not asked.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { endpointState } from "../../sandbox/aws/privatelink.ts";
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

  it("are not ready once the customer takes the acceptance back, and say why", async () => {
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
