// What a preview says of cost and outages, from the engine's own event log. The arithmetic: test/model/cost.test.ts.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  type PlannedOutage,
  type StackCost,
  consequencesOf,
  describeCost,
  describeOutage,
} from "../../cli/consequences.ts";
import { readEvents } from "../../cli/engine-events.ts";
import { SUCCESS } from "./support/engine.ts";

const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const state = (name: string, type: string, inputs: object): object => ({
  urn: `urn:pulumi:s::p::${type}::${name}`,
  type,
  inputs,
});
const endpoint = (name: string, ...subnetIds: string[]): object =>
  state(name, ENDPOINT, { vpcEndpointType: "Interface", subnetIds });
const step = (op: string, old: object | null, now: object | null): string =>
  JSON.stringify({ resOutputsEvent: { metadata: { op, urn: "", old, new: now } } });
function after(...steps: readonly string[]): { readonly cost: StackCost; readonly outages: readonly PlannedOutage[] } {
  const { cost, outages } = consequencesOf({ ...SUCCESS, ...readEvents(steps.join("\n")) }, "us-east-1");
  assert.ok(cost, "the region has prices");
  return { cost, outages };
}

describe("what a preview means", () => {
  it("is the cost of what will stand, and the difference to what stands, ids known or not", () => {
    const { cost } = after(
      step("same", endpoint("kept", "a", "b"), endpoint("kept", "a", "b")),
      step("create", null, endpoint("new", UNKNOWN_TEXT, UNKNOWN_TEXT)),
      step("delete", endpoint("old", "a"), null),
    );
    assert.deepEqual(cost, { monthly: 28.8, difference: 7.2, unpriced: [] });
    assert.equal(describeCost(cost), "$28.80 a month (+$7.20)");
  });

  it("names what has no price instead of leaving it out in silence", () => {
    const { cost } = after(
      step("create", null, state("db", "aws:rds/instance:Instance", { instanceClass: "db.x9.huge" })),
    );
    assert.deepEqual(cost, { monthly: 0, difference: 0, unpriced: ["db"] });
    assert.match(describeCost(cost), /without db, whose size or price is not known/);
    assert.equal(consequencesOf(SUCCESS, "mars-north-1").cost, undefined);
  });

  it("is an outage where something in a packet's path or with data in it is replaced, once, however many steps that takes", () => {
    const [old, now] = [endpoint("clickhouse", "a"), endpoint("clickhouse", "b")];
    const role = state("role", "aws:iam/role:Role", {});
    const { outages, cost } = after(
      step("create-replacement", old, now),
      step("replace", old, now),
      step("delete-replaced", old, null),
      step("replace", role, role),
    );
    assert.deepEqual(outages, [{ resource: "clickhouse", type: ENDPOINT, breaks: "connections" }]);
    assert.equal(cost.difference, 0, "the old one goes");
    assert.match(
      outages.map(describeOutage).join(),
      /^OUTAGE: clickhouse \(VpcEndpoint\) is replaced: what goes through it breaks/,
    );
  });
});
