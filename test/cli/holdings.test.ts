// What `corpai destroy` reads in states and prints before it destroys anything. What it makes of them: test/model/holdings.test.ts.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { keptStacks, printHoldings, readHoldings } from "../../cli/holdings.ts";
import { Printer } from "../../cli/print.ts";
import { standingIn } from "../../cli/pulumi-state.ts";
import type { Holding } from "../../model/holdings.ts";

const DATABASE = "aws:rds/instance:Instance";
const resource = (type: string, name: string, more: object = {}): object => ({
  urn: `urn:pulumi:data.prod::corpai::corpai:data:PostgresStore$${type}::${name}`,
  type,
  custom: true,
  inputs: { skipFinalSnapshot: false, finalSnapshotIdentifier: "last", __defaults: [] },
  ...more,
});
const state = (...resources: readonly object[]): string => JSON.stringify({ version: 3, deployment: { resources } });

describe("what states hold", () => {
  const exported: Readonly<Record<string, string>> = {
    "data.prod": state(
      resource("corpai:data:PostgresStore", "memory", { custom: false, protect: true }),
      resource(DATABASE, "memory", { protect: true }),
      resource("aws:kms/key:Key", "looked-up", { external: true }),
      resource("aws:kms/key:Key", "stores", { retainOnDelete: true, inputs: {} }),
    ),
    "network.prod": JSON.stringify({ version: 3, deployment: null }),
  };
  const read = (): Promise<Holding[]> =>
    readHoldings(["data.prod", "network.prod"], {
      standing: (stack) => Promise.resolve(standingIn(stack, exported[stack] ?? "")),
    });

  it("is what Pulumi has made itself: neither components nor what was only looked up, and nothing of a stack that is empty", async () => {
    assert.deepEqual(
      (await read()).map(({ stack, resource: name, protectedBy }) => [stack, name, protectedBy]),
      [
        ["data.prod", "memory", ["Pulumi"]],
        ["data.prod", "stores", []],
      ],
    );
  });

  it("is printed as a table; of an environment that holds nothing, nothing is", async () => {
    const printed = (holdings: readonly Holding[]): string => {
      let text = "";
      const output = { write: (more: string) => (text += more) };
      printHoldings(holdings, new Printer({ json: false, stdout: output, stderr: output, env: {} }));
      return text;
    };
    assert.equal(
      printed(await read()),
      `
  stack      holds              after a destroy
  data.prod  memory (Instance)  PROTECTED by Pulumi; stays: a last snapshot, last
  data.prod  stores (Key)       stays: itself, in AWS, of which no stack knows any more

`,
    );
    assert.equal(printed([]), "");
  });

  it("keeps a stack from being destroyed where it is protected, and no other", async () => {
    const kept = keptStacks(await read());
    assert.deepEqual([...kept.keys()], ["data.prod"]);
    assert.match(kept.get("data.prod") ?? "", /^data\.prod: memory \(Instance\): [^\n]+$/);
  });
});
