// Proves, with the real engine, that a connection is cut off from the customer's side, that files and states agree with it afterwards, and that it can be
// asked for anew. That a rejected connection passes no packet: cli/endpoint-connections.test.ts.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { Clone } from "./support/clone.ts";

const ACCEPTANCE = "environments/Pulumi.customer-acceptance.demo.data.yaml";
const SERVICES = "environments/Pulumi.customer-services.demo.data.yaml";
const ROLE = "arn:aws:iam::111122223333:role/corpai-cross-account-access";

describe("a connection that its customer revokes", function () {
  this.timeout(600_000);
  let clone: Clone;
  before(async () => {
    clone = Clone.create();
    const { code, out, err } = await clone.corpai("up", "demo", "--only", "customer-acceptance.demo.data");
    assert.equal(code, 0, out + err);
  });
  after(() => clone.remove());

  interface World {
    readonly type: string;
    readonly properties: { readonly state?: string; readonly allowedPrincipals?: readonly string[] };
  }
  async function listed(type: string, account = "111122223333"): Promise<readonly World[]> {
    const { out } = await clone.corpai(
      "sandbox",
      "list",
      "demo",
      "--type",
      type,
      "--account",
      account,
      "--made",
      "--json",
    );
    return (JSON.parse(out) as { readonly objects: readonly World[] }).objects;
  }
  const read = (file: string): string => readFileSync(join(clone.folder, file), "utf8");

  it("is rejected, its principal is gone, and the files say so with the reason", async () => {
    const { code, out, err } = await clone.corpai("revoke", "demo", "clickhouse", "--reason", "Contract has ended");
    assert.equal(code, 0, out + err);
    assert.match(out, /vpce-[0-9a-f]{17}: rejected/);
    assert.ok(out.includes(`${ROLE}: not admitted any more`), out);
    assert.match(read(SERVICES), new RegExp(`revoked:\\s+- *\\{? *principal: "?${ROLE}"?`));
    assert.match(read(SERVICES), /reason: "?Contract has ended/);
    assert.doesNotMatch(read(ACCEPTANCE), /key: clickhouse/);
    assert.deepEqual((await listed("VpcEndpointService"))[0]?.properties.allowedPrincipals, []);
  });

  it("stays cut off when everything is brought up again, and `status` says whose turn it is", async () => {
    const { code, out, err } = await clone.corpai("up", "demo", "--only", "customer-acceptance.demo.data");
    assert.equal(code, 0, out + err);
    assert.deepEqual((await listed("VpcEndpointService"))[0]?.properties.allowedPrincipals, []);
    const status = await clone.corpai("status", "demo");
    assert.match(
      status.out,
      /clickhouse: next, customer: the customer rejected clickhouse.*npx corpai reconnect demo clickhouse/,
    );
  });

  it("is asked for anew, once the files admit it again: `reconnect` builds the endpoint anew", async () => {
    clone.edit(SERVICES, (text) => text.replace(/\n {6}revoked:[\s\S]*?(?=\nencryptionsalt|\n {4}\S|\n {2}\S)/, ""));
    clone.edit(ACCEPTANCE, (text) =>
      text.replace(/clickhouse: *(\[\]|\n)/, "clickhouse: [{fromStack: connections.demo, key: clickhouse}]\n"),
    );
    const up = await clone.corpai("up", "demo", "--only", "customer-services.demo.data");
    assert.equal(up.code, 0, up.out + up.err);
    const { code, out, err } = await clone.corpai(
      "reconnect",
      "demo",
      "clickhouse",
      "--only",
      "customer-acceptance.demo.data",
    );
    const old = /(vpce-[0-9a-f]{17}), which was rejected, is replaced; the request is on its way/.exec(out)?.[1];
    assert.ok(old !== undefined, `${code}${out}${err}`);
    assert.ok(!clone.made().includes(`aws:ec2/vpcEndpoint:VpcEndpoint ${old}`), "the old endpoint is gone");
    const status = await clone.corpai("status", "demo");
    assert.doesNotMatch(status.out, /clickhouse: next, customer/);
  });
});
