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

  it("leaves a stack that goes without its program", async () => {
    const { code, text } = await scratch.pulumi("destroy", "--yes", "--skip-preview", "--stack", STACK);
    assert.equal(code, 0, text);
    assert.deepEqual(made("aws:lb/loadBalancer:LoadBalancer"), []);
  });
});
