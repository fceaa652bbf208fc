// What people read of AWS's time at the end of a run. How the sandbox accounts it: test/sandbox/time.test.ts.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { orderOf, printAwsTime } from "../../cli/aws-time.ts";
import { duration } from "../../cli/duration.ts";
import { Printer } from "../../cli/print.ts";
import type { ChainStep, Timeline } from "../../sandbox/client.ts";
import { planned } from "./support/engine.ts";

function printed(timeline: Timeline): string[] {
  let text = "";
  const stdout = { write: (more: string) => (text += more) };
  printAwsTime(timeline, new Printer({ json: false, stdout, stderr: stdout, env: {} }));
  return text.split("\n");
}

const step = (stack: string, from: number, to: number, waitedFor: ChainStep["waitedFor"]): ChainStep => ({
  operation: "create",
  stack,
  type: "aws:eks/cluster:Cluster",
  id: "mcp",
  name: "mcp",
  account: "111122223333",
  startedAt: from,
  readyAt: to,
  waitedFor,
});

describe("AWS's time at the end of a run", () => {
  const timeline: Timeline = {
    since: 100,
    seconds: 720,
    chain: [step("network.demo", 100, 220, "program"), step("cluster.demo", 220, 820, "program")],
    fastest: 600,
  };

  it("is told with the chain of resources that decided it, counted from the run's begin", () => {
    assert.deepEqual(printed(timeline).slice(1, 4), [
      "AWS would have taken 12 min. What decided it:",
      "  00:00 – 02:00  network.demo  create Cluster mcp  2 min",
      "  02:00 – 12:00  cluster.demo  create Cluster mcp  10 min",
    ]);
  });

  it("says where another order of programs would have been faster, and who waited for whom", () => {
    assert.equal(
      printed(timeline).at(-2),
      "Another order of programs would have been faster, down to 10 min: cluster.demo waited for all of network.demo, not only for what it names.",
    );
  });

  it("says nothing of another order where none would have been, and nothing at all where nothing was done", () => {
    assert.ok(printed({ ...timeline, fastest: 720 }).every((line) => !line.startsWith("Another order")));
    assert.deepEqual(printed({ since: 0, seconds: 0, chain: [], fastest: 0 }), [""]);
  });

  it("is in words that people use", () => {
    assert.deepEqual([0, 12, 60, 100, 3600, 3900].map(duration), [
      "0 s",
      "12 s",
      "1 min",
      "1 min 40 s",
      "1 h",
      "1 h 5 min",
    ]);
  });

  it("is accounted by the order in which the stacks really wait: for destroy, the other way round", () => {
    const stacks = planned("network.demo", "cluster.demo", "customer-services.demo.data");
    assert.deepEqual(orderOf(stacks, "up"), {
      "network.demo": [],
      "cluster.demo": ["network.demo"],
      "customer-services.demo.data": [],
    });
    assert.deepEqual(orderOf(stacks, "destroy")["network.demo"], ["cluster.demo"]);
  });
});
