// Proves, with the real engine, a service in another region that is spoken to over TLS and has a name of its own: its pods verify it by the server name and bundle that
// its owner states, go by the endpoint's name until AWS lets the service's own one be used, and by that from then on; each command says what is so and what is
// next. What AWS refuses on the way, and what becomes of a wrong certificate: sandbox/{tls,private-names,cross-region}.test.ts. AWS itself is not asked.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Clone, type Ran } from "./support/clone.ts";
import { NAME, SERVICES, SERVICE_REGION, farService } from "./support/far-service.ts";

interface Status {
  readonly connections: readonly {
    readonly state: string;
    readonly host: string;
    readonly azIds: readonly string[];
    readonly serviceRegion: string;
    readonly privateName: { readonly name: string; readonly enabled: boolean };
    readonly next: { readonly who: string; readonly action: string } | null;
  }[];
}
interface Trace {
  readonly connections: readonly {
    readonly verdict: string;
    readonly hops: readonly { readonly hop: string; readonly verdict: string; readonly because: string }[];
  }[];
}

describe("a service in another region, over TLS, with a name of its own", function () {
  this.timeout(600_000);
  let clone: Clone;
  let brought: Ran;
  before(async () => {
    clone = Clone.create();
    farService(clone);
    brought = await clone.corpai("up", "demo");
  });
  after(() => clone.remove());

  async function answer<T>(expected: number, ...args: readonly string[]): Promise<T> {
    const { code, out, err } = await clone.corpai(...args, "--json");
    assert.equal(code, expected, out + err);
    return JSON.parse(out) as T;
  }
  const status = async (expected: number): Promise<Status["connections"][number]> => {
    const [only] = (await answer<Status>(expected, "status", "demo")).connections;
    return only ?? assert.fail("no connection");
  };
  const pods = async () =>
    (await clone.sandbox.pods("demo")).filter(({ deployment }) => deployment === "warehouse-mcp");

  it("comes up in one command: its TXT record is published in its owner's zone, and AWS has verified the name by it", async () => {
    const { code, out, err } = brought;
    assert.equal(code, 0, out + err);
    const { objects } = await clone.sandbox.world("demo");
    const [record, ...others] = objects.filter(({ type }) => type === "aws:route53/record:Record");
    assert.equal(others.length, 0);
    assert.match(JSON.stringify(record?.computed.fqdn), /^"_\w+\.initech\.example"$/);
    assert.match(JSON.stringify(record?.inputs.records), /^\["vpce:\w+"\]$/);
    assert.equal(objects.filter(({ type }) => type.endsWith(":EndpointServicePrivateDnsVerification")).length, 1);
  });

  it("is reached by pods that verify it for its own name, although they go by the endpoint's", async () => {
    const all = await pods();
    assert.deepEqual(
      all.map(({ ready }) => ready),
      [true, true],
      all[0]?.reason,
    );
    const { WAREHOUSE_HOST, WAREHOUSE_SERVER_NAME, WAREHOUSE_CA_BUNDLE } = all[0]?.env ?? {};
    assert.match(WAREHOUSE_HOST ?? "", new RegExp(`^vpce-\\S+\\.${SERVICE_REGION}\\.vpce\\.amazonaws\\.com$`));
    assert.deepEqual([WAREHOUSE_SERVER_NAME, WAREHOUSE_CA_BUNDLE], [NAME, "/etc/corpai/connections/warehouse.pem"]);
  });

  it("goes by the endpoint's name until its connection has been accepted, and `status` says what is next", async () => {
    const { state, serviceRegion, azIds, privateName, next } = await status(1);
    assert.deepEqual(
      [state, serviceRegion, azIds],
      ["available", SERVICE_REGION, ["use1-az1", "use1-az2", "use1-az4"]],
    );
    assert.deepEqual(privateName, { name: NAME, enabled: false });
    assert.equal(next?.who, "corpai");
    assert.match(
      next.action,
      /answer to warehouse\.initech\.example: npx corpai up demo --only connections,mcp-servers$/,
    );
  });

  it("goes by its own name once the command that `status` names has run, and nobody has to do anything more", async () => {
    const { code, out, err } = await clone.corpai("up", "demo", "--only", "connections,mcp-servers");
    assert.equal(code, 0, out + err);
    const { host, privateName, next } = await status(0);
    assert.deepEqual([host, privateName, next], [NAME, { name: NAME, enabled: true }, null]);
    const all = await pods();
    assert.deepEqual(
      all.map(({ ready, env }) => [ready, env.WAREHOUSE_HOST]),
      [
        [true, NAME],
        [true, NAME],
      ],
      all[0]?.reason,
    );
  });

  it("is traced by its own name across regions, up to the certificate, which only the service can show", async () => {
    const [only] = (await answer<Trace>(0, "trace", "demo")).connections;
    const because = (name: string): string => only?.hops.find(({ hop }) => hop === name)?.because ?? "";
    assert.equal(only?.verdict, "undecided");
    assert.match(
      because("dns"),
      /warehouse\.initech\.example is the service's own name, to which vpce-\w+ answers in its VPC/,
    );
    assert.match(because("zone"), /the service is in eu-west-1: AWS hands over to its load balancer, whatever its AZs/);
    assert.match(because("target"), /whether its certificate is for warehouse\.initech\.example/);
  });

  it("refuses before anything is created what would not arrive: an unsupported region, and verification switched off", async () => {
    const undo = clone.edit(`environments/Pulumi.${SERVICES}.yaml`, (text) =>
      text.replace(/supportedRegions:\n\s+- us-east-1/, "supportedRegions: []"),
    );
    const unsupported = await clone.corpai("check", "demo");
    undo();
    assert.match(
      unsupported.out + unsupported.err,
      /customer-services\.demo\.far: corpai:services\.warehouse\.supportedRegions: given \[\]; allowed: a list with us-east-1, where the endpoint of warehouse stands/,
    );
    clone.edit("environments/Pulumi.mcp-servers.demo.yaml", (text) =>
      text.replace(/env:\n(\s+)/, 'env:\n$1NODE_TLS_REJECT_UNAUTHORIZED: "0"\n$1'),
    );
    const { code, out, err } = await clone.corpai("up", "demo");
    assert.notEqual(code, 0);
    assert.match(
      out + err,
      /env\.NODE_TLS_REJECT_UNAUTHORIZED: given "0"; allowed: nothing that keeps clients from checking whom they talk to/,
    );
  });
});
