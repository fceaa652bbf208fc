// Proves which principals go with an endpoint that is cut off. That rejecting and removing close the way: cli/endpoint-connections.test.ts.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { reviewStep } from "../../model/connection-review.ts";
import { revocationOf } from "../../model/revocation.ts";

const [A, B] = ["111122223333", "444455556666"];
const root = (account: string): string => `arn:aws:iam::${account}:root`;
const endpoint = (endpointId: string, ownerAccount: string, state = "available") => ({
  endpointId,
  ownerAccount,
  state,
});

describe("a revocation", () => {
  it("takes every principal by which the owner could ask again, and nobody else's", () => {
    const role = `arn:aws:iam::${A}:role/corpai-cross-account-access`;
    assert.deepEqual(
      revocationOf([root(A), role, root(B)], [endpoint("vpce-1", A), endpoint("vpce-2", B)], ["vpce-1"]),
      {
        remove: [root(A), role],
        keep: [],
      },
    );
  });

  it("keeps a principal that another live connection of the same owner needs, and says so", () => {
    const all = (state: string) => [endpoint("vpce-1", A), endpoint("vpce-2", A, state)];
    for (const state of ["available", "pendingAcceptance", "pending"])
      assert.deepEqual(revocationOf([root(A)], all(state), ["vpce-1"]), { remove: [], keep: [root(A)] }, state);
    for (const state of ["rejected", "expired", "failed", "deleting"])
      assert.deepEqual(revocationOf([root(A)], all(state), ["vpce-1"]), { remove: [root(A)], keep: [] }, state);
  });

  it("takes nobody where the endpoint is not known at the service", () => {
    assert.deepEqual(revocationOf([root(A)], [], ["vpce-1"]), { remove: [], keep: [] });
  });
});

describe("a registration's review", () => {
  const at = { key: "clickhouse", stack: "connections.demo", today: "2026-11-24" };
  it("is nobody's business until its day has passed", () => {
    assert.equal(reviewStep({}, at), null);
    assert.equal(reviewStep({ review: "2026-11-24" }, at), null);
  });
  it("is then asked of its owner, with the ticket and the file", () => {
    const step = reviewStep({ owner: "Data platform", ticket: "NET-7", review: "2026-11-23" }, at);
    assert.equal(step?.who, "corpai");
    assert.equal(
      step.action,
      "Data platform was to review clickhouse by 2026-11-23 (asked for in NET-7): remove it, or set a later review in environments/Pulumi.connections.demo.yaml",
    );
  });
});
