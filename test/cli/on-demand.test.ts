// Proves which stacks a command handles where nobody names any: what is on demand, only once it stands. By the catalog's own programs.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { unasked } from "../../cli/on-demand.ts";
import { planned } from "./support/engine.ts";

const STACKS = planned("network.demo", "data.demo", "cluster.demo", "agentcore-network.demo");
const names = (stacks: readonly { readonly name: string }[]): string[] => stacks.map(({ name }) => name);

/** What stands, by stack; a stack that is not listed has no record. */
type Standing = Readonly<Record<string, readonly string[]>>;
const engine = (standing: Standing) => ({
  stacks: () => Promise.resolve(new Set(Object.keys(standing))),
  owned: (stack: string) => Promise.resolve(standing[stack] ?? assert.fail(`${stack} has no record`)),
});

describe("programs on demand", () => {
  it("are left alone while nothing of them stands: without a record, and after a destroy, which leaves one", async () => {
    const afterDestroy: Standing = { "agentcore-network.demo": [], "network.demo": ["vpc"] };
    for (const standing of [{}, afterDestroy]) {
      const { handled, leftAlone } = await unasked(STACKS, ["agentcore-network"], engine(standing));
      assert.deepEqual(names(handled), ["network.demo", "data.demo", "cluster.demo"]);
      assert.deepEqual(names(leftAlone), ["agentcore-network.demo"]);
    }
  });

  it("are handled like all others once they stand: a destroy that forgot them would leave their costs", async () => {
    const { handled, leftAlone } = await unasked(
      STACKS,
      ["agentcore-network"],
      engine({ "agentcore-network.demo": ["vpc"] }),
    );
    assert.deepEqual([names(handled), leftAlone], [names(STACKS), []]);
  });

  it("take along what needs them: without its upstream nothing can be brought up", async () => {
    const { handled } = await unasked(STACKS, ["network"], engine({}));
    assert.deepEqual(names(handled), ["agentcore-network.demo"]);
  });

  it("are not asked for where an environment has none", async () => {
    const never = () => Promise.reject(new Error("the engine was asked"));
    assert.deepEqual((await unasked(STACKS, [], { stacks: never, owned: never })).handled, STACKS);
  });
});
