// Proves that what a customer has already is taken over by Pulumi without a change to it: previews show imports alone, then nothing; a live connection
// passes packets after every single change to the world; and all of it stays when the stack goes. What is compared before: stacks/adoption.test.ts.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { walk } from "../../sandbox/path.ts";
import { type Connection, connection } from "../sandbox/support/connection.ts";
import { type Probe, probe } from "../sandbox/support/probe.ts";
import { Scratch } from "./support/scratch.ts";

const STACK = "customer-services.demo.data";
const FILE = `environments/Pulumi.${STACK}.yaml`;
const CONSENT = { corpai: "privatelink", Owner: "network-team" };
const PRINCIPAL = "arn:aws:iam::111122223333:role/corpai-cross-account-access";

interface Step {
  readonly op: string;
  readonly urn: string;
}

describe("a customer's load balancer and endpoint service that stand already", function () {
  this.timeout(300_000);
  let scratch: Scratch;
  let standing: Connection;
  let client: Probe;

  before(async () => {
    scratch = await Scratch.create();
    await scratch.initialize([STACK]);
    standing = connection({
      world: scratch.world,
      balancer: { name: "acme-warehouse", tags: CONSENT, enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "on" },
      targets: {
        name: "acme-warehouse-8443",
        tags: CONSENT,
        healthCheck: { enabled: true, protocol: "HTTPS", path: "/ping", port: "traffic-port", interval: 10 },
        deregistrationDelay: 60,
      },
      listener: { tags: CONSENT, tcpIdleTimeoutSeconds: 600 },
      service: { allowedPrincipals: [PRINCIPAL], tags: CONSENT },
    });
    scratch.world.advance(600);
    client = probe(scratch.world, () => {
      const { blockedAt, hops } = walk(scratch.world, standing.source, standing.host(), 8443);
      return blockedAt ? [`${blockedAt}: ${hops.at(-1)?.because}`] : [];
    });
    scratch.edit(FILE, (text) =>
      text.replace(
        "      openTargetSecurityGroup: true\n",
        `      idleTimeoutSeconds: 600\n      subnets: [{id: subnet-0acedada00000000a, azId: use1-az1}, {id: subnet-0acedada00000000b, azId: use1-az2}]\n      adopt: {loadBalancerArn: "${standing.balancer.id}", endpointServiceId: ${standing.service.id}}\n`,
      ),
    );
  });
  after(async () => {
    client.stop();
    await scratch.remove();
  });

  /** What a preview would do with AWS's own things: operation and name. */
  async function preview(...flags: string[]): Promise<string[]> {
    const { code, text } = await scratch.pulumi("preview", "--json", "--stack", STACK, ...flags);
    assert.equal(code, 0, text);
    const { steps } = JSON.parse(text.slice(text.indexOf("{"))) as { steps: readonly Step[] };
    return steps
      .filter(({ op, urn }) => !["same", "read"].includes(op) && /aws:[^:]*:[^:]*$/.test(urn.split("::")[2] ?? ""))
      .map(({ op, urn }) => `${op} ${urn.split("::")[2]?.split(":").at(-1)} ${urn.split("::").at(-1)}`)
      .toSorted();
  }

  const objects = (): unknown[] =>
    scratch.world.objects
      .map(({ type, id, inputs, computed }) => JSON.stringify([type, id, inputs, computed]))
      .toSorted();

  it("are taken over: the preview shows imports alone, the update changes nothing, and the next preview is empty", async () => {
    assert.deepEqual(await preview(), [
      "import Listener clickhouse-nlb",
      "import LoadBalancer clickhouse-nlb",
      "import TargetGroup clickhouse-nlb",
      "import TargetGroupAttachment clickhouse-nlb-i-0acedada0c11c0001",
      "import TargetGroupAttachment clickhouse-nlb-i-0acedada0c11c0002",
      "import VpcEndpointService clickhouse-endpoint-service",
    ]);
    const before = objects();
    await scratch.up(STACK);
    assert.deepEqual(objects(), before);
    assert.deepEqual(await preview("--expect-no-changes"), []);
  });

  it("are changed in place from then on, one target is taken away alone", async () => {
    const undo = scratch.edit(FILE, (text) =>
      text
        .replace("idleTimeoutSeconds: 600", "idleTimeoutSeconds: 900")
        .replace("[i-0acedada0c11c0001, i-0acedada0c11c0002]", "[i-0acedada0c11c0001]"),
    );
    assert.deepEqual(await preview(), [
      "delete TargetGroupAttachment clickhouse-nlb-i-0acedada0c11c0002",
      "update Listener clickhouse-nlb",
    ]);
    await scratch.up(STACK);
    undo();
    const { code, text } = await scratch.pulumi("preview", "--stack", STACK);
    assert.notEqual(code, 0, "its target is gone");
    assert.match(text, /i-0acedada0c11c0002/);
  });

  it("stay as they are when the stack goes", async () => {
    const before = objects();
    const { code, text } = await scratch.pulumi("destroy", "--yes", "--skip-preview", "--stack", STACK);
    assert.equal(code, 0, text);
    assert.deepEqual(objects(), before);
  });

  it("pass packets all along", () => {
    assert.deepEqual(client.refused, []);
    assert.ok(client.asked > 1, `asked ${client.asked} times`);
  });
});
