import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ordered, programOrder, selected } from "../../cli/plan.ts";
import { programNames, upstreamOf } from "../../stacks/catalog.ts";
import { planned } from "./support/engine.ts";

const DEMO = planned(
  "mcp-servers.demo",
  "customer-acceptance.demo.data",
  "customer-acceptance.demo.tools",
  "connections.demo",
  "customer-services.demo.data",
  "customer-services.demo.tools",
  "customer-access.demo.data",
  "data.demo",
  "cluster.demo",
  "network.demo",
);
const names = (stacks: readonly { readonly name: string }[]): string[] => stacks.map(({ name }) => name);

describe("the order of an environment's stacks", () => {
  it("has every program after all that it reads or comes after", () => {
    assert.deepEqual(programOrder.toSorted(), programNames.toSorted());
    for (const program of programNames) {
      for (const upstream of upstreamOf(program))
        assert.ok(programOrder.indexOf(upstream) < programOrder.indexOf(program), `${upstream} before ${program}`);
    }
  });

  it("is that of their programs, whatever order the files come in", () => {
    assert.deepEqual(
      names(ordered(DEMO)),
      names(ordered(DEMO.toReversed())).sort(
        (a, b) => names(ordered(DEMO)).indexOf(a) - names(ordered(DEMO)).indexOf(b),
      ),
    );
    assert.equal(names(ordered(DEMO)).at(-1), "mcp-servers.demo");
  });
});

describe("--only", () => {
  it("takes along what the named ones read, near and far, when they are brought up", () => {
    assert.deepEqual(names(selected(DEMO, ["connections"], "upstream")).toSorted(), [
      "connections.demo",
      "customer-access.demo.data",
      "customer-services.demo.data",
      "customer-services.demo.tools",
      "network.demo",
    ]);
  });

  it("takes along what depends on them when they are destroyed", () => {
    assert.deepEqual(names(selected(DEMO, ["customer-acceptance.demo.tools"], "downstream")), [
      "customer-acceptance.demo.tools",
      "mcp-servers.demo",
    ]);
  });

  it("takes a program's stacks, or one of them, and several names", () => {
    assert.deepEqual(names(selected(DEMO, ["customer-services"], "nothing")).toSorted(), [
      "customer-services.demo.data",
      "customer-services.demo.tools",
    ]);
    assert.deepEqual(names(selected(DEMO, ["customer-services.demo.tools", "network"], "upstream")), [
      "network.demo",
      "customer-services.demo.tools",
    ]);
  });

  it("refuses a name that is neither, and lists those that are", () => {
    assert.throws(
      () => selected(DEMO, ["netwrok"], "upstream"),
      /--only netwrok: .*Programs: .*network.*; stacks: .*network\.demo/,
    );
  });

  it("names one of two cells, and takes along what both share, but not the other", () => {
    const cells = planned(
      ...["network.demo", "customer-services.demo.acme", "customer-services.demo.globex"],
      ...["connections.demo.a", "connections.demo.b", "customer-acceptance.demo.globex"],
    );
    assert.deepEqual(names(selected(cells, ["connections.demo.b"], "upstream")), [
      "network.demo",
      "customer-services.demo.acme",
      "customer-services.demo.globex",
      "connections.demo.b",
    ]);
    assert.deepEqual(names(selected(cells, ["connections.demo.b"], "downstream")), [
      "connections.demo.b",
      "customer-acceptance.demo.globex",
    ]);
  });
});
