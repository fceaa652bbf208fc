/**
 * Proves with the real engine, the real policy process and the real SDK classes what the other tests take for granted: that the pack
 * loads, that the engine shows it what it judges by before anything exists, and that a violation stops the operation.
 */
import assert from "node:assert/strict";
import { type Run, runWithPolicies } from "./support/engine.ts";

describe("the policy pack in the engine", function () {
  this.timeout(60_000);

  const run = (program: string, ...operation: readonly string[]): Promise<Run> =>
    runWithPolicies(program, "customer-services.demo.data", operation);

  it("stops the preview of a stack that was never created, with every violation at once, although no id is known yet", async () => {
    const { succeeded, events, output } = await run("violating.ts", "preview");
    assert.deepEqual(
      events,
      [
        {
          policy: "corpai-tags",
          name: "untagged",
          level: "mandatory",
          message:
            "A resource that takes tags carries those of its program.\n" +
            'untagged: "tags" lacks corpai=privatelink, which the resources of stack customer-services.demo.data carry. Add it to its tags or to the provider\'s default tags.',
        },
        {
          policy: "nlb-internal",
          name: "internet-facing",
          level: "mandatory",
          message:
            'A network load balancer is internal.\ninternet-facing: "internal" is not set, and AWS then makes it internet-facing. Set internal: true.',
        },
        {
          policy: "nlb-internal",
          name: "undecided",
          level: "advisory",
          message:
            'undecided: undecided, checked at update: "internal" is not known yet. Give it as a plain value: internal: true.',
        },
        {
          policy: "two-availability-zones",
          name: "in-one-az",
          level: "mandatory",
          message:
            "A cluster, a network load balancer or an interface endpoint stands in at least two AZs.\n" +
            "in-one-az: the subnets in \"subnets\" are all in us-east-1a; at least 2 AZs are required (CorpAI's rule, not AWS's). Name one subnet in each of 2 or more AZs.",
        },
        {
          policy: "two-availability-zones",
          name: "on-one-subnet",
          level: "mandatory",
          message:
            "A cluster, a network load balancer or an interface endpoint stands in at least two AZs.\n" +
            "on-one-subnet: \"subnets\" names one subnet only; at least 2 AZs are required (CorpAI's rule, not AWS's). Name one subnet in each of 2 or more AZs.",
        },
      ],
      output,
    );
    assert.equal(succeeded, false, output);
  });

  it("has nothing to say of a program that keeps to the rules, in its first preview and in the update after it", async () => {
    const { succeeded, events, output } = await run("compliant.ts", "up", "--yes");
    assert.deepEqual(events, [], output);
    assert.equal(succeeded, true, output);
  });
});
