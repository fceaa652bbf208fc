// Proves which updates `corpai up` refuses because pods would lose their way: by what previews and states say, without an engine. That those it allows are
// without outage: end-to-end/connection.
import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { cutOff } from "../../cli/cut-off.ts";
import type { Standing } from "../../model/holdings.ts";
import { type Environment, loadEnvironment } from "../../stacks/environment.ts";
import { SUCCESS } from "./support/engine.ts";

const ID = "vpce-0123456789abcdef0";
const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const endpoint = {
  urn: "urn:it",
  type: ENDPOINT,
  name: "clickhouse",
  id: ID,
  parent: undefined,
  inputs: {},
  outputs: {},
};
const preview = (operation: "delete" | "replace") => ({
  ...SUCCESS,
  earlier: [endpoint],
  resourceChanges: [{ operation, type: ENDPOINT, name: "clickhouse" }],
});

/** A server's Deployment, with the host of an endpoint in a variable. */
const deployment = (name: string, variable: string, id = ID): Standing => ({
  stack: "mcp-servers.demo",
  urn: `urn:${name}`,
  type: "kubernetes:apps/v1:Deployment",
  name,
  inputs: {
    spec: { template: { spec: { containers: [{ env: [{ name: variable, value: `${id}-a1b2c3d4.example` }] }] } } },
  },
  protect: false,
  retainOnDelete: false,
});

describe("an update that deletes an endpoint", () => {
  let demo: Environment;
  before(() => {
    demo = loadEnvironment("demo");
  });
  const refused = (standing: readonly Standing[], operation: "delete" | "replace" = "delete") =>
    cutOff("connections.demo", preview(operation), demo, {
      stacks: () => Promise.resolve(new Set(["connections.demo", "mcp-servers.demo"])),
      standing: () => Promise.resolve(standing),
    });

  it("is refused while pods that go on with a connection have its host, with the way out", async () => {
    assert.match(
      (await refused([deployment("clickhouse-mcp", "CLICKHOUSE_HOST")])) ?? "",
      /registrations\.clickhouse: given nothing, while the pods of clickhouse-mcp go to its endpoint vpce-0123456789abcdef0; .* let the pods go over/,
    );
  });

  it("passes where they have gone over, are to do without, or are to end", async () => {
    assert.equal(await refused([deployment("clickhouse-mcp", "CLICKHOUSE_HOST", "vpce-0fedcba9876543210")]), undefined);
    assert.equal(await refused([deployment("clickhouse-mcp", "FORMER_HOST")]), undefined);
    assert.equal(await refused([deployment("former-mcp", "CLICKHOUSE_HOST")]), undefined);
  });

  it("is another matter where a new one takes its place: previews tell that as an outage", async () => {
    assert.equal(await refused([deployment("clickhouse-mcp", "CLICKHOUSE_HOST")], "replace"), undefined);
  });
});
