// Proves that customer and CorpAI need not share a backend: each writes what the other printed into its own file, and no stack reads across the line.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Scratch } from "./support/scratch.ts";

interface Offered {
  readonly services: Readonly<Record<string, { readonly serviceName: string; readonly port: number }>>;
}
interface Built {
  readonly connections: Readonly<Record<string, { readonly endpointId: string; readonly ownerAccount: string }>>;
}

describe("two connections by literals only", function () {
  this.timeout(300_000);
  let scratch: Scratch;
  before(async () => {
    scratch = await Scratch.create();
    await scratch.initialize();
  });
  after(() => scratch.remove());

  it("come up, both pods are ready, and no reference crosses the line", async () => {
    await scratch.up(
      "network.demo",
      "cluster.demo",
      "data.demo",
      "customer-access.demo.data",
      "customer-services.demo.data",
      "customer-services.demo.tools",
    );
    for (const [key, stack] of [
      ["clickhouse", "customer-services.demo.data"],
      ["github", "customer-services.demo.tools"],
    ] as const) {
      const service = (await scratch.outputs<Offered>(stack)).services[key];
      assert.ok(service);
      const literal = `{ serviceName: ${service.serviceName}, port: ${service.port} }`;
      scratch.edit("environments/Pulumi.connections.demo.yaml", (text) =>
        text.replace(new RegExp(`service: ?\\{ ?fromStack: ${stack}.*\\}`), `service: ${literal}`),
      );
    }

    await scratch.up("connections.demo");
    const { connections } = await scratch.outputs<Built>("connections.demo");
    for (const [key, stack] of [
      ["clickhouse", "customer-acceptance.demo.data"],
      ["github", "customer-acceptance.demo.tools"],
    ] as const) {
      const connection = connections[key];
      assert.ok(connection);
      const literal = `[{ endpointId: ${connection.endpointId}, ownerAccount: "${connection.ownerAccount}" }]`;
      scratch.edit(`environments/Pulumi.${stack}.yaml`, (text) =>
        text.replace(new RegExp(`${key}: ?\\[.*\\]`), `${key}: ${literal}`),
      );
    }

    await scratch.up("customer-acceptance.demo.data", "customer-acceptance.demo.tools", "mcp-servers.demo");
    for (const server of ["clickhouse-mcp", "github-mcp"]) {
      assert.deepEqual(
        scratch.pods(server).map(({ ready, reason }) => (ready ? "ready" : reason)),
        ["ready", "ready"],
        server,
      );
    }

    for (const [stack, foreign] of [
      ["connections.demo", "customer-services"],
      ["customer-acceptance.demo.data", "connections"],
    ] as const) {
      const { text } = await scratch.pulumi("stack", "export", "--stack", stack);
      assert.ok(!new RegExp(`StackReference::${foreign}\\.`).test(text), `${stack} reads no ${foreign}`);
    }
  });

  it("an endpoint service that does not exist, or does not admit this account, is one clear error before anything is created", async () => {
    scratch.edit("environments/Pulumi.connections.demo.yaml", (text) =>
      text.replace(/vpce-svc-[0-9a-f]{17}/, "vpce-svc-00000000000000000"),
    );
    const { code, text } = await scratch.pulumi("preview", "--stack", "connections.demo");
    assert.notEqual(code, 0);
    assert.match(
      text,
      /connections\.demo: corpai:registrations\.clickhouse\.service: given com\.amazonaws\.vpce\.us-east-1\.vpce-svc-00000000000000000, which AWS does not show to this account; allowed: .*principals/s,
    );
  });
});
