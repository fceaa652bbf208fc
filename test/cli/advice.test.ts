// Proves what is advised where a backend itself refuses a stack that somebody else holds. The texts are Pulumi's own, of Pulumi Cloud and of a bucket; that
// these say them, only they can show. A lock in a folder is found before anything runs: left-behind.test.ts.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { advice } from "../../cli/advice.ts";

describe("advice about a stack that somebody else holds", () => {
  for (const error of [
    "[409] Conflict: Another update is currently in progress.",
    "the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n  s3://acme/.pulumi/locks/x.json: created by ann@laptop (pid 7)",
  ])
    it(`names the way out, after ${error.slice(0, 30)}`, () => {
      const [first, ...more] = advice("network.prod", { errors: [error], taken: [] });
      assert.match(first ?? "", /^Nothing of network\.prod was changed.*pulumi cancel --yes --stack network\.prod$/);
      assert.deepEqual(more, []);
    });

  it("is not given about anything else", () => {
    assert.deepEqual(advice("network.prod", { errors: ["another failure"], taken: [] }), []);
  });
});
