/**
 * Proves with the real engine, the real policy process and the real SDK classes what the other tests take for granted: that the pack
 * loads, that the engine shows it what it judges by before anything exists, and that a violation stops the operation.
 */
import assert from "node:assert/strict";
import { RULES } from "../../policy/rules.ts";
import { type PolicyEvent, PolicyStack, type State } from "./support/engine.ts";

const STRICT = { all: "mandatory" };

const briefly = (events: readonly PolicyEvent[]): string[] =>
  events.map(({ policy, name, level }) => `${level} ${policy} ${name}`);

async function using<Result>(program: string, work: (stack: PolicyStack) => Promise<Result>): Promise<Result> {
  const stack = await PolicyStack.create(program);
  try {
    return await work(stack);
  } finally {
    await stack.remove();
  }
}

describe("the policy pack in the engine", function () {
  this.timeout(120_000);

  it("stops the first preview of a stack by every critical rule, although no id is known yet", async () => {
    const { succeeded, events, output } = await using("critical.ts", (stack) => stack.run(["preview"]));
    for (const { name } of RULES.filter(({ severity }) => severity === "critical"))
      assert.ok(
        events.some((event) => event.policy === name && event.name === name && event.level === "mandatory"),
        `${name} does not refuse the resource of its name:\n${output}`,
      );
    assert.equal(succeeded, false, output);
  });

  it("says of what is not known yet that it is undecided, and refuses at full level what it knows beside it", async () => {
    const { succeeded, events, output } = await using("undecided.ts", (stack) => stack.run(["preview"]));
    assert.deepEqual(
      briefly(events),
      [
        "mandatory nlb-inbound-rules undecided",
        "mandatory nlb-inbound-rules undecided",
        "advisory nlb-internal undecided",
        "mandatory two-availability-zones undecided",
      ],
      output,
    );
    assert.deepEqual(
      events.filter(({ policy }) => policy !== "nlb-inbound-rules").map(({ message }) => message),
      [
        'undecided: undecided, checked at update: "internal" is not known yet. Give it as a plain value: internal: true.',
        "A cluster, a network load balancer or an interface endpoint stands in at least two AZs.\n" +
          "undecided: \"subnets\" names one subnet only; at least 2 AZs are required (CorpAI's rule, not AWS's). Name one subnet in each of 2 or more AZs.",
      ],
    );
    assert.equal(succeeded, false, output);
  });

  it("has nothing to say of a program that keeps to all rules, nor of its state, and finds in that what somebody has changed", async () => {
    await using("compliant.ts", async (stack) => {
      const { succeeded, events, output } = await stack.run(["up", "--yes"], STRICT);
      assert.deepEqual(events, [], output);
      assert.equal(succeeded, true, output);

      const state = await stack.state();
      const sound = await stack.analyze(state, STRICT);
      assert.deepEqual(sound.events, [], sound.output);
      assert.equal(sound.succeeded, true, sound.output);

      const changed = await stack.analyze(facingTheInternet(state), STRICT);
      assert.deepEqual(briefly(changed.events), [
        "mandatory endpoint-service-behind-internal-lb service",
        "mandatory listener-on-internal-lb listener",
        "mandatory nlb-internal internal",
      ]);
      assert.equal(changed.succeeded, false, changed.output);
    });
  });

  it("mends the same in preview and update, where it is asked to", async () => {
    await using("remediable.ts", async (stack) => {
      const config = { "kms-key-rotation": "remediate" };
      const preview = await stack.run(["preview"], config);
      assert.deepEqual(preview.events, [], preview.output);
      const update = await stack.run(["up", "--yes"], config);
      assert.deepEqual(update.events, [], update.output);
      const keys = (await stack.state()).deployment.resources.filter(({ urn }) => urn.includes("aws:kms/key:Key"));
      assert.deepEqual(
        keys.map(({ inputs }) => inputs?.["enableKeyRotation"]),
        [true, true, true],
      );
    });
  });

  it("refuses a configuration that does not keep to a rule's schema before it runs anything", async () => {
    await using("remediable.ts", async (stack) => {
      const exemptions = [{ stack: "dev", resource: "key", reason: "because", ticket: "SEC-1", expires: "soon" }];
      const { succeeded, output } = await stack.run(["preview"], { "kms-key-rotation": { exemptions } });
      assert.equal(succeeded, false, output);
      assert.match(output, /kms-key-rotation: exemptions\.0\.(reason|expires)/);
    });
  });
});

/** The same state, its load balancer `internal` turned outward. */
function facingTheInternet(state: State): State {
  const turned = structuredClone(state);
  const balancer = turned.deployment.resources.find(({ urn }) => urn.endsWith("::internal"));
  for (const properties of [balancer?.inputs, balancer?.outputs]) if (properties) properties["internal"] = false;
  return turned;
}
