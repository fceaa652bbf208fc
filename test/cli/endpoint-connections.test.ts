// Proves the small client of EC2's own API against the sandbox's, over HTTP and signed: AWS's own SDK writes the requests and reads the answers. That AWS
// answers the same is not shown.
import assert from "node:assert/strict";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "mocha";
import { endpointConnections } from "../../cli/endpoint-connections.ts";
import type { SandboxClient } from "../../sandbox/client.ts";
import { listenForControl } from "../../sandbox/control.ts";
import type { Sandbox } from "../../sandbox/server.ts";
import { walk } from "../../sandbox/path.ts";
import { type Connection, connection } from "../sandbox/support/connection.ts";
import { DATA, TOOLS } from "../sandbox/support/world.ts";

describe("the client of what the AWS provider cannot do", () => {
  let server: Server;
  let one: Connection;
  const PRINCIPAL = `arn:aws:iam::${DATA}:root`;
  before(async () => {
    const serving = { world: () => one.world } as unknown as Sandbox;
    const record = () => ({ root: "/" });
    server = await listenForControl(
      { sandbox: () => serving, record, environments: () => ["demo"], stop: () => undefined },
      0,
    );
  });
  beforeEach(() => {
    one = connection({ service: { allowedPrincipals: [PRINCIPAL] } });
    one.world.advance(600);
  });
  after(() => server.close());

  const as = (account: string, environment = "demo") => {
    const { port } = server.address() as AddressInfo;
    const ec2Endpoint = () => Promise.resolve(`http://127.0.0.1:${port}/ec2/${environment}`);
    const sandbox = { ec2Endpoint, passphrase: "sandbox" } as unknown as SandboxClient;
    return endpointConnections({ sandbox }, { environment, account, region: "us-east-1" });
  };
  const way = () => walk(one.world, one.source, one.host(), 8443);

  it("lists who is connected, with owner and state", async () => {
    const live = await as(DATA);
    assert.deepEqual(await live.list(one.service.id), [
      { endpointId: one.endpoint.id, ownerAccount: DATA, state: "available" },
    ]);
    assert.deepEqual(await live.list("vpce-svc-00000000000000000"), []);
  });

  it("rejects a connection that was accepted, which closes its way", async () => {
    assert.equal(way().verdict, "open");
    const live = await as(DATA);
    await live.reject(one.service.id, [one.endpoint.id]);
    assert.equal((await live.list(one.service.id))[0]?.state, "rejected");
    assert.equal(way().blockedAt, "acceptance");
  });

  it("removes a principal, which alone leaves the connection alive: that is why revoking does both", async () => {
    const live = await as(DATA);
    assert.deepEqual(await live.principals(one.service.id), [PRINCIPAL]);
    await live.removePrincipals(one.service.id, [PRINCIPAL]);
    assert.deepEqual(await live.principals(one.service.id), []);
    assert.equal(way().verdict, "open");
  });

  it("says in AWS's words what AWS refuses", async () => {
    const live = await as(DATA);
    await assert.rejects(
      live.reject(one.service.id, ["vpce-00000000000000000"]),
      /InvalidVpcEndpointId\.NotFound: The Vpc Endpoint Id/,
    );
    const other = await as(TOOLS);
    await assert.rejects(other.principals(one.service.id), { name: "InvalidVpcEndpointServiceId.NotFound" });
    assert.deepEqual(await other.list(one.service.id), [], "another account sees nothing");
  });
});
