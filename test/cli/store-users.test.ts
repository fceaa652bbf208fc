// Proves what `corpai status` says of servers that use stores, from the files of the demo and a cluster as the test describes it.
import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { LiveState, LiveWorkload } from "../../cli/live-state.ts";
import { Printer } from "../../cli/print.ts";
import { type StoreUser, printStoreUsers, storeUsers } from "../../cli/store-users.ts";
import { type Environment, loadEnvironment } from "../../stacks/environment.ts";

const NOBODY: LiveState = {
  endpoints: {},
  privateConnections: {},
  recorded: {},
  workloads: {},
  roleJobs: {},
  drift: [],
  records: undefined,
  unreadable: [],
};
const RUNNING: LiveWorkload = { replicas: 2, readyReplicas: 2, env: {}, message: "" };
const seen = (workload: Partial<LiveWorkload>, more: Partial<LiveState> = {}): LiveState => ({
  ...NOBODY,
  workloads: { "memory-mcp": { ...RUNNING, ...workload } },
  ...more,
});

describe("a server that uses stores", () => {
  let demo: Environment;
  before(() => {
    demo = loadEnvironment("demo");
  });
  const user = (live: LiveState): StoreUser => {
    const [first, ...others] = storeUsers(demo, live);
    assert.ok(first && others.length === 0, "one of the demo's servers uses stores");
    return first;
  };

  it("is ready with all its pods, and nobody has to do anything", () => {
    assert.deepEqual(user(seen({})), {
      workload: "memory-mcp",
      stores: ["memory", "sessions"],
      ready: true,
      why: null,
      next: null,
    });
  });

  it("says what the cluster says where pods are missing", () => {
    const { ready, why, next } = user(seen({ readyReplicas: 1, message: "readiness probe failed: blocked at login" }));
    assert.deepEqual([ready, why, next?.who], [false, "readiness probe failed: blocked at login", "corpai"]);
    assert.match(next?.action ?? "", /kubectl -n corpai-mcp describe pods -l app\.kubernetes\.io\/name=memory-mcp/);
  });

  it("says first that its role could not be made, which is why it cannot log in, and how to try again", () => {
    const roleJobs = { "memory-roles": "BackoffLimitExceeded: 5432 cannot be reached" };
    const { why, next } = user(seen({ readyReplicas: 0, message: "there is no such role" }, { roleJobs }));
    assert.equal(why, "the roles of memory could not be made: BackoffLimitExceeded: 5432 cannot be reached");
    assert.match(next?.action ?? "", /npx corpai up demo --only mcp-servers, which makes the Job anew/);
  });

  it("is unknown where it was never brought up, or cannot be asked after", () => {
    assert.deepEqual([user(NOBODY).ready, user(NOBODY).why], [null, null]);
    assert.match(user(NOBODY).next?.action ?? "", /bring memory-mcp up/);
    const { ready, next } = user({ ...NOBODY, workloads: undefined, unreadable: ["no route"] });
    assert.deepEqual([ready, next?.action.startsWith("look at memory-mcp from where")], [null, true]);
  });

  it("is one line for people", () => {
    let text = "";
    const stdout = { write: (more: string) => (text += more) };
    const printer = new Printer({ json: false, stdout, stderr: { write: () => assert.fail() }, env: {} });
    printStoreUsers([user(seen({})), user(seen({ readyReplicas: 0, message: "no such role" }))], printer);
    assert.match(
      text,
      /^\nmemory-mcp: ready, uses memory, sessions\nmemory-mcp: not ready; uses memory, sessions; no such role; next, corpai: find out .*\n$/,
    );
  });
});
