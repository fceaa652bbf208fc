// Proves that `corpai trace` sees what blocks a connection in Pulumi's own data, at the hop at which AWS would drop the packet, and that it claims nothing
// where that data holds no answer. What AWS would do is the sandbox's word, which shares no code with the model; AWS itself is not asked.
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { networkGraph } from "../../model/network-graph.ts";
import { trace } from "../../model/trace.ts";
import { breaks, connected, firstBlocked, hidden, shapes, visible } from "./support/connected-estate.ts";

const RUNS = 3000;

describe("a trace", function () {
  this.timeout(300_000);

  it(`agrees with the sandbox's packets at the same hop, in ${RUNS} random estates of which at most one fact is broken`, () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(shapes, breaks, (shape, broken) => {
        const { records, plan, walks } = connected(shape, broken);
        const walked = walks();
        const at = firstBlocked(walked);
        const result = trace(networkGraph(records, plan), "clickhouse");
        const told = JSON.stringify({ at, walked: walked.map(({ last }) => last?.because), result }, null, 1);
        const unsure = new Set(result.hops.filter(({ verdict }) => verdict === "undecided").map(({ hop }) => hop));
        const dark = hidden(shape);

        const known =
          at !== undefined &&
          !(at === "zone" && broken?.fact !== "zone" && dark.has("zone")) &&
          (broken === undefined || visible(shape, broken) || (at === "zone" && !dark.has("zone")));
        if (at === undefined) assert.equal(result.blockedAt, null, `the sandbox lets it through\n${told}`);
        else if (known) assert.equal(result.blockedAt, at, told);
        else assert.ok(unsure.has(at) && result.blockedAt === null, `undecided at ${at}\n${told}`);

        if (broken === undefined || visible(shape, broken))
          for (const hop of unsure) assert.ok(dark.has(hop), `${hop} is decided\n${told}`);
        const kind = at === undefined ? "open" : known ? `blocked at ${at}` : `hidden at ${at}`;
        seen.set(kind, (seen.get(kind) ?? 0) + 1);
      }),
      { numRuns: RUNS },
    );
    if (process.env.TRACE_COUNTS !== undefined) console.log(seen);
  });
});
