// Proves what `corpai trace --live` asks AWS after: all that no program manages on the way of a connection. What the answers decide: cli/looks.test.ts.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { questionsOf } from "../../model/looks.ts";
import { networkGraph } from "../../model/network-graph.ts";
import { trace } from "../../model/trace.ts";
import { RIGHT, connected } from "./support/connected-estate.ts";

describe("a live look at a connection", () => {
  it("asks after the groups of a load balancer that was taken over, of which Pulumi's data decides nothing", () => {
    const { records, plan } = connected(RIGHT, undefined);
    const balancer = records.find(({ type }) => type.endsWith(":LoadBalancer"));
    const [group] = balancer?.inputs.securityGroups as string[];
    assert.ok(group);
    const asked = (list: typeof records): boolean =>
      questionsOf(networkGraph(list, plan)).some(({ what, id }) => what === "group" && id === group);
    assert.equal(asked(records), false, "one that a program manages is in its data");
    const theirs = records.filter(({ id, inputs }) => id !== group && inputs.securityGroupId !== group);
    assert.equal(asked(theirs), true);
    const { verdict, blockedAt, hops } = trace(networkGraph(theirs, plan), "clickhouse");
    assert.deepEqual([verdict, blockedAt], ["undecided", null]);
    assert.equal(hops.find(({ hop }) => hop === "load-balancer-group")?.verdict, "undecided");
  });
});
