import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readEvents } from "../../cli/engine-events.ts";

const STACK = "urn:pulumi:network.demo::corpai::pulumi:pulumi:Stack::corpai-network.demo";
const log = (...events: readonly object[]): string => events.map((event) => JSON.stringify(event)).join("\n");
const diagnostic = (message: string, more: object = {}): object => ({
  diagnosticEvent: { message, severity: "error", ...more },
});

describe("the engine's event log", () => {
  it("counts a replacement once, whichever half the engine reports", () => {
    const { changes } = readEvents(
      log({
        summaryEvent: {
          resourceChanges: { create: 2, "create-replacement": 1, "delete-replaced": 1, replace: 1, same: 7 },
        },
      }),
    );
    assert.deepEqual(changes, { create: 2, update: 0, replace: 1, delete: 0, same: 7 });
  });

  it("takes the last summary: an update's own log follows its preview's", () => {
    const { changes } = readEvents(
      log({ summaryEvent: { resourceChanges: { create: 2 } } }, { summaryEvent: { resourceChanges: { create: 1 } } }),
    );
    assert.equal(changes.create, 1);
  });

  it("names the resource of an error, says each once, and shows no stack trace but the place in our own code", () => {
    const crash =
      "Running program failed with an unhandled exception:\nError: boom\n    at f (file:///x/node_modules/y.js:1:2)\n    at g (file:///x/stacks/network/index.ts:34:5)\n";
    const { errors } = readEvents(
      log(
        diagnostic("InvalidSubnet: no", { urn: "urn:pulumi:network.demo::corpai::aws:ec2/vpc:Vpc::corpai" }),
        diagnostic("preview failed"),
        diagnostic("preview failed"),
        diagnostic(crash, { urn: STACK }),
      ),
    );
    assert.deepEqual(errors, [
      "corpai: InvalidSubnet: no",
      "preview failed",
      "Running program failed with an unhandled exception:\nError: boom (stacks/network/index.ts:34)",
    ]);
  });

  it("sees whether what a stack tells its readers has changed", () => {
    const step = (before: object, after: object): string =>
      log({
        resOutputsEvent: {
          metadata: {
            op: "same",
            old: { urn: STACK, type: "pulumi:pulumi:Stack", outputs: before },
            new: { urn: STACK, type: "pulumi:pulumi:Stack", outputs: after },
          },
        },
      });
    assert.equal(readEvents(step({ a: 1 }, { a: 1 })).outputsChanged, false);
    assert.equal(readEvents(step({ a: 1 }, { a: 2 })).outputsChanged, true);
  });

  it("reads what an engine wrote that was killed in the middle of a line", () => {
    const { findings } = readEvents(
      `${log({ policyEvent: { policyName: "nlb-internal", enforcementLevel: "mandatory", message: " no \n", resourceUrn: STACK } })}\n{"summaryEv`,
    );
    assert.deepEqual(findings, [
      { policy: "nlb-internal", level: "mandatory", resource: "corpai-network.demo", message: "no" },
    ]);
  });
});
