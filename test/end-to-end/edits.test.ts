// Proves what an edit to a living environment changes: exactly what it says, nothing replaced that holds traffic, and a second run changes nothing.
// Upgrades, another AZ, more of everything: day-two.test.ts.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { DEMO_STACKS, Scratch } from "./support/scratch.ts";

const SERVICES = "environments/Pulumi.customer-services.demo.data.yaml";
const CONNECTIONS = "environments/Pulumi.connections.demo.yaml";

describe("an edit to a living environment", function () {
  this.timeout(300_000);
  let scratch: Scratch;
  let undo: (() => void) | undefined;
  before(async () => {
    scratch = await Scratch.create();
    await scratch.initialize();
    await scratch.up(...DEMO_STACKS);
  });
  afterEach(() => {
    undo?.();
    undo = undefined;
  });
  after(() => scratch.remove());

  const ready = (server: string): string[] => scratch.pods(server).map((pod) => (pod.ready ? "ready" : pod.reason));

  /** The operations of a preview, those that change nothing left out. */
  async function preview(stack: string): Promise<Record<string, number>> {
    const { code, text } = await scratch.pulumi("preview", "--json", "--stack", stack);
    assert.equal(code, 0, text);
    const { changeSummary } = JSON.parse(text.slice(text.indexOf("{"))) as { changeSummary: Record<string, number> };
    return Object.fromEntries(
      Object.entries(changeSummary).filter(([operation]) => operation !== "same" && operation !== "read"),
    );
  }

  it("of a service's port keeps load balancer, target group and endpoint, and can be finished", async () => {
    const balancer = scratch.world.all("aws:lb/loadBalancer:LoadBalancer").find(({ estate }) => !estate)?.id;
    const endpoints = scratch.world.all("aws:ec2/vpcEndpoint:VpcEndpoint").map(({ id }) => id);
    undo = scratch.edit(SERVICES, (text) => text.replace("port: 8443", "port: 9440"));
    await scratch.up("customer-services.demo.data", "connections.demo", "mcp-servers.demo");
    for (const stack of ["customer-services.demo.data", "connections.demo", "mcp-servers.demo"])
      assert.deepEqual(await preview(stack), {}, stack);
    assert.equal(scratch.world.all("aws:lb/loadBalancer:LoadBalancer").find(({ estate }) => !estate)?.id, balancer);
    assert.deepEqual(
      scratch.world.all("aws:ec2/vpcEndpoint:VpcEndpoint").map(({ id }) => id),
      endpoints,
    );
    assert.match(
      ready("clickhouse-mcp")[0] ?? "",
      /:9440/,
      "the pod now asks for the new port, on which this estate's ClickHouse does not listen",
    );
    undo();
    undo = undefined;
    await scratch.up("customer-services.demo.data", "connections.demo", "mcp-servers.demo");
    assert.deepEqual(ready("clickhouse-mcp"), ["ready", "ready"]);
  });

  it("of a display name changes one tag", async () => {
    undo = scratch.edit(CONNECTIONS, (text) => text.replace("ClickHouse Production", "ClickHouse Berlin"));
    assert.deepEqual(await preview("connections.demo"), { update: 1 });
  });

  for (const [what, from, to] of [
    ["reorders the AZs", "use1-az1, use1-az2", "use1-az2, use1-az1"],
    ["drops an AZ", ", use1-az4", ""],
  ] as const) {
    it(`that ${what} is refused, because it would replace subnets in use`, async () => {
      undo = scratch.edit("environments/Pulumi.network.demo.yaml", (text) => text.replace(from, to));
      const { code, text } = await scratch.pulumi("preview", "--stack", "network.demo");
      assert.notEqual(code, 0);
      assert.match(
        text,
        /network\.demo: corpai:azIds: given .*allowed: a list that starts with \["use1-az1","use1-az2","use1-az4"\]/,
      );
    });
  }

  it("by somebody who deletes an endpoint by hand is repaired by refresh and up, and holds up no other server meanwhile", async () => {
    const [endpoint] = scratch.world.all("aws:ec2/vpcEndpoint:VpcEndpoint", ({ inputs }) =>
      JSON.stringify(inputs.tags).includes("ClickHouse"),
    );
    assert.ok(endpoint);
    scratch.world.remove(endpoint);

    await scratch.up("mcp-servers.demo");
    assert.deepEqual(
      [ready("clickhouse-mcp"), ready("github-mcp")],
      [[], ["ready", "ready"]],
      "one server waits, the other is untouched",
    );

    const { code, text } = await scratch.pulumi("refresh", "--yes", "--skip-preview", "--stack", "connections.demo");
    assert.equal(code, 0, text);
    await scratch.up("connections.demo", "customer-acceptance.demo.data", "mcp-servers.demo");
    assert.deepEqual(ready("clickhouse-mcp"), ["ready", "ready"]);
  });
});
