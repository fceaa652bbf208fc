// Proves, with the real engine, that connections of one environment stand in the cells that their stacks name: by the code that `npm run bench:scale` measures,
// at its smallest. How time and memory grow is measured there, and not here.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { ScaleEnvironment, partsOf } from "../../bench/scale-environment.ts";
import { measured } from "../../bench/scale.ts";

describe("connections in cells", function () {
  this.timeout(300_000);
  let environment: ScaleEnvironment;
  before(async () => {
    environment = new ScaleEnvironment(2);
    await environment.setUp();
  });
  after(() => environment.remove());

  it("stand in the subnets of the cell that their stack names, in as many stacks as there are", async () => {
    const parts = [
      { stack: "connections.demo.east", cell: "c1", count: 2 },
      { stack: "connections.demo.west", cell: "c8", count: 1 },
    ];
    const row = await measured(environment, parts, true);
    assert.deepEqual([row.connections, row.stacks], [3, 2]);
    assert.deepEqual(await environment.standing(), { c1: 2, c8: 1 });
  });

  it("are sound to every policy rule, and so is the network that has the cells", async () => {
    for (const stack of ["network.demo", "connections.demo.east"]) await environment.judge(stack);
  });
});

describe("a plan of cells", () => {
  it("fills a cell with as many stacks as it has room for, and then the next one", () => {
    const cells = (total: number, perStack: number): string[] => partsOf(total, perStack).map(({ cell }) => cell);
    assert.deepEqual(cells(1000, 200), ["c1", "c2", "c3", "c4", "c5"]);
    assert.deepEqual(cells(300, 100), ["c1", "c1", "c2"]);
    assert.deepEqual(
      partsOf(120, 50).map(({ count }) => count),
      [50, 50, 20],
    );
  });

  it("is none for more connections than all cells have room for", () => {
    assert.throws(() => partsOf(2200, 200), /do not fit into 8 cells/);
    assert.throws(() => partsOf(300, 300), /do not fit/);
  });
});
