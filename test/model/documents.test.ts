// Proves the IAM documents, tags and state words against the onboarding document. Whether the permissions suffice on AWS is not proved here.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "mocha";
import { CONNECTION_STATES, connectionState, nextStep } from "../../model/connection-state.ts";
import {
  PULUMI_ACTIONS,
  connectivityForPulumiPolicy,
  connectivityPolicy,
  principalCovers,
} from "../../model/iam-documents.ts";
import { inOrder } from "../../model/order.ts";
import { carriesScheme, isCorpaiOwned, programTags, schemesOfStack } from "../../model/tags.ts";

const document: unknown = JSON.parse(
  readFileSync(new URL("../fixtures/CorpAIPrivateServiceConnectivity.json", import.meta.url), "utf8"),
);

describe("CorpAIPrivateServiceConnectivity", () => {
  it("equals the document's policy as JSON, because customers compare the two", () => {
    assert.deepEqual(JSON.parse(JSON.stringify(connectivityPolicy)), document);
  });

  it("is joined by a second policy that repeats nothing of the first, and has a reason for each action", () => {
    const first = new Set(connectivityPolicy.Statement.flatMap(({ Action }) => Action));
    // Tagging is in both: at creation in the first, later in the second.
    const second = connectivityForPulumiPolicy.Statement.flatMap(({ Action }) => Action).filter(
      (action) => action !== "ec2:CreateTags",
    );
    assert.deepEqual(
      second.filter((action) => first.has(action)),
      [],
    );
    const reasons: Record<string, string> = { ...PULUMI_ACTIONS.read, ...PULUMI_ACTIONS.change };
    for (const action of second) assert.ok((reasons[action] ?? "").length > 10, `${action} has a reason`);
  });

  it("lets Pulumi change only what carries ManagedBy=corpai, apart from what AWS authorizes beside it: rules, and the subnets and groups that an endpoint is moved to", () => {
    const unconditional = connectivityForPulumiPolicy.Statement.filter(({ Condition }) => Condition === undefined).map(
      ({ Sid }) => Sid,
    );
    assert.deepEqual(unconditional, ["ReadForPulumi", "ModifyRulesOfManagedGroups", "ModifyEndpointPlacement"]);
  });
});

describe("a principal", () => {
  it("covers callers of its own account only", () => {
    assert.ok(principalCovers("arn:aws:iam::111122223333:root", "111122223333"));
    assert.ok(principalCovers("arn:aws-us-gov:iam::111122223333:role/corpai", "111122223333"));
    assert.ok(!principalCovers("arn:aws:iam::444455556666:root", "111122223333"));
    assert.ok(!principalCovers("*", "111122223333"));
  });
});

describe("tags", () => {
  it("follow the document's three schemes by program", () => {
    assert.deepEqual(programTags("customer-services"), { corpai: "privatelink" });
    assert.deepEqual(programTags("connections"), { ManagedBy: "corpai" });
    assert.deepEqual(programTags("network"), { ManagedBy: "corpai-terraform" });
  });

  it("of a stack that is none of ours may be any of the three", () => {
    assert.deepEqual(schemesOfStack("connections.prod"), ["endpoint"]);
    assert.deepEqual(schemesOfStack("their-own-stack"), ["customer", "endpoint", "corpai"]);
    assert.deepEqual(schemesOfStack("constructor.x"), ["customer", "endpoint", "corpai"]);
  });

  it("tell CorpAI's VPC from an endpoint's group: the values are near misses of each other", () => {
    assert.ok(isCorpaiOwned({ ManagedBy: "corpai-terraform", Name: "x" }));
    assert.ok(!isCorpaiOwned({ ManagedBy: "corpai" }));
    assert.ok(!carriesScheme({ ManagedBy: "corpai-terraform" }, "endpoint"));
  });
});

describe("a connection's state", () => {
  it("is the document's word for every spelling of AWS", () => {
    for (const word of ["pendingAcceptance", "PendingAcceptance", "pending_acceptance", "pending-acceptance"])
      assert.equal(connectionState(word), "pending_acceptance");
    assert.equal(connectionState("Available"), "available");
    assert.equal(connectionState("deleted"), undefined);
  });

  it("names who acts next in every state but available", () => {
    for (const state of [...CONNECTION_STATES, null]) {
      const next = nextStep(state, { key: "clickhouse", environment: "demo" });
      assert.equal(next === null, state === "available", String(state));
    }
    assert.equal(nextStep("pending_acceptance", { key: "clickhouse", environment: "demo" })?.who, "customer");
  });
});

describe("an order", () => {
  const needs: Record<string, string[]> = { a: ["c"], b: [], c: ["b", "elsewhere"] };

  it("puts each after what it needs, and ignores what is not there", () => {
    assert.deepEqual(
      inOrder(["a", "b", "c"], (node) => needs[node] ?? []),
      ["b", "c", "a"],
    );
  });

  it("refuses a circle and names who is in it", () => {
    assert.throws(() => inOrder(["x", "y"], (node) => (node === "x" ? ["y"] : ["x"])), /circle: x, y/);
  });
});
