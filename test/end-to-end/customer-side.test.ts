// Proves what edits to a customer's living service do: targets are registered anew, one after the other and with time between, where settings of their
// group change, and nothing else is touched; services come to share a load balancer, and get further ports, in place. Which packets pass: stacks/customer-side.test.ts.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import type { WorldObject } from "../../sandbox/world.ts";
import { Scratch } from "./support/scratch.ts";

const STACK = "customer-services.demo.data";
const FILE = `environments/Pulumi.${STACK}.yaml`;
/** By default as long as AWS's own checks take. */
const SECONDS_TO_HEALTH = 2;
const ATTACHMENT = "aws:lb/targetGroupAttachment:TargetGroupAttachment";

interface Step {
  readonly op: string;
  readonly urn: string;
}

describe("an edit to a customer's living service", function () {
  this.timeout(300_000);
  let scratch: Scratch;
  let undo: (() => void) | undefined;
  before(async () => {
    scratch = await Scratch.create();
    scratch.edit(FILE, (text) =>
      text.replace("      port: 8443\n", `      port: 8443\n      secondsToHealth: ${SECONDS_TO_HEALTH}\n`),
    );
    await scratch.initialize([STACK]);
    await scratch.up(STACK);
  });
  afterEach(async () => {
    undo?.();
    undo = undefined;
    await scratch.up(STACK);
  });
  after(() => scratch.remove());

  /** What a preview would do: operation, type's last part, name. */
  async function preview(): Promise<string[]> {
    const { code, text } = await scratch.pulumi("preview", "--json", "--stack", STACK);
    assert.equal(code, 0, text);
    const { steps } = JSON.parse(text.slice(text.indexOf("{"))) as { steps: readonly Step[] };
    return steps
      .filter(({ op }) => op !== "same" && op !== "read")
      .map(
        ({ op, urn }) =>
          `${op} ${urn.split("$").at(-1)?.replace(/^.*:/, "") ?? urn}`.replace(/(\S+) .*$/, "$1 ") +
          (urn.split("::").at(-1) ?? ""),
      );
  }

  /** Attachments in the order in which the world got them. */
  const attachments = (): string[] => made(ATTACHMENT).map(({ id }) => id);
  const made = (type: string): WorldObject[] => scratch.world.all(type).filter(({ estate }) => !estate);

  it("of its health check registers the targets anew, one after the other, and replaces nothing else", async () => {
    undo = scratch.edit(FILE, (text) => text.replace("{protocol: HTTPS, path: /ping}", "{protocol: TCP}"));
    assert.deepEqual((await preview()).filter((step) => !step.startsWith("update")).toSorted(), [
      "replace clickhouse-nlb-i-0acedada0c11c0001",
      "replace clickhouse-nlb-i-0acedada0c11c0002",
    ]);
    const before = attachments();
    const registered: number[] = [];
    const times: number[] = [];
    const { world } = scratch;
    const remove = world.remove.bind(world);
    world.remove = (...removed) => {
      remove(...removed);
      registered.push(attachments().length);
      times.push(performance.now());
    };
    await scratch.up(STACK);
    world.remove = remove;
    assert.deepEqual(registered, [1, 1], "the second was taken away only once the first was back");
    const [first = 0, second = 0] = times;
    assert.ok(second - first >= SECONDS_TO_HEALTH * 1000, `the second went ${second - first} ms after the first`);
    assert.ok(
      attachments().every((id) => !before.includes(id)),
      "both were registered anew",
    );
    assert.deepEqual(await preview(), []);
  });

  it("of nothing that targets have to hear of leaves them registered", async () => {
    const before = attachments();
    undo = scratch.edit(FILE, (text) =>
      text.replace(
        "      acceptanceRequired: true\n",
        "      acceptanceRequired: true\n      idleTimeoutSeconds: 900\n",
      ),
    );
    assert.deepEqual(await preview(), ["update clickhouse-nlb"]);
    await scratch.up(STACK);
    assert.deepEqual(attachments(), before);
  });

  it("that adds a port and a service to its load balancer replaces nothing", async () => {
    const more = [
      "      ports: {native: {port: 9440}}",
      "    keeper:",
      "      loadBalancerOf: clickhouse",
      "      port: 9181",
      "      targets: {type: instance, instanceIds: [i-0acedada0c11c0001]}",
      "      targetSecurityGroupId: sg-0acedada0c11c0005",
      "",
    ].join("\n");
    undo = scratch.edit(FILE, (text) =>
      text.replace("      acceptanceRequired: true\n", `      acceptanceRequired: true\n${more}`),
    );
    const steps = await preview();
    assert.deepEqual([...new Set(steps.map((step) => step.split(" ")[0]))].toSorted(), ["create"], steps.join("\n"));
    await scratch.up(STACK);
    assert.deepEqual(await preview(), []);
    assert.equal(made("aws:lb/listener:Listener").length, 3);
    assert.equal(made("aws:lb/loadBalancer:LoadBalancer").length, 1);
  });

  it("that says all that a file may say is what AWS then has: another port to check, proxy protocol, protection, an application load balancer, notices", async () => {
    const arn = scratch.world.all("aws:lb/loadBalancer:LoadBalancer").find(({ estate }) => estate)?.id ?? "";
    const more = [
      "      proxyProtocol: true",
      "      deletionProtection: true",
      "    observability:",
      "      port: 443",
      `      targets: {type: alb, loadBalancerArn: "${arn}"}`,
      "      healthCheck: {protocol: HTTPS, path: /api/health}",
      "      targetSecurityGroupId: sg-0acedada0a1b00001",
      "      openTargetSecurityGroup: true",
      "  corpai:notifications: {emails: [network@acme.example]}",
      "",
    ].join("\n");
    undo = scratch.edit(FILE, (text) =>
      text
        .replace("path: /ping}", "path: /ping, port: 8080}")
        .replace("      acceptanceRequired: true\n", `      acceptanceRequired: true\n${more}`),
    );
    await scratch.up(STACK);
    assert.deepEqual(await preview(), []);
    const one = (type: string, name: string): WorldObject["inputs"] => {
      const found = made(type).filter(({ inputs }) => inputs.name === name);
      assert.equal(found.length, 1, `${type} ${name}`);
      return found[0]?.inputs ?? {};
    };
    const group = one("aws:lb/targetGroup:TargetGroup", "corpai-clickhouse-tg");
    assert.equal(group.proxyProtocolV2, true);
    assert.equal((group.healthCheck as WorldObject["inputs"]).port, "8080");
    assert.equal(one("aws:lb/targetGroup:TargetGroup", "corpai-observability-tg").targetType, "alb");
    assert.equal(one("aws:lb/loadBalancer:LoadBalancer", "corpai-clickhouse-nlb").enableDeletionProtection, true);
    assert.ok(
      made("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").some(({ inputs }) => inputs.fromPort === 8080),
      "the load balancer may ask on that port",
    );
    assert.equal(made("aws:sns/topicSubscription:TopicSubscription").length, 1);
    assert.equal(made("aws:ec2/vpcEndpointConnectionNotification:VpcEndpointConnectionNotification").length, 2);
  });

  it("that only says by which tag its subnets are found is answered with the list for the file, and changes nothing", async () => {
    undo = scratch.edit(FILE, (text) =>
      text.replace(/ {2}corpai:subnets:\n( {4}-.*\n)+/, "  corpai:subnets: {tags: {Name: acme-data-private-a}}\n"),
    );
    const { code, text } = await scratch.pulumi("preview", "--stack", STACK);
    assert.notEqual(code, 0);
    assert.match(text, /which subnet-0acedada00000000a in use1-az1 carries/);
    assert.match(text, /Tag private subnets in at least 2 AZs, or list them by hand/);
  });

  it("leaves a stack that goes without its program", async () => {
    const { code, text } = await scratch.pulumi("destroy", "--yes", "--skip-preview", "--stack", STACK);
    assert.equal(code, 0, text);
    assert.deepEqual(made("aws:lb/loadBalancer:LoadBalancer"), []);
  });
});
