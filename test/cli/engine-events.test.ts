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

  it("names what an update changes, each once: what its preview said before counts no more", () => {
    const change = (op: string, type: string, name: string): object => {
      const urn = `urn:pulumi:s::p::${type}::${name}`;
      const state = { urn, type };
      const [old, now] = [op.startsWith("create") ? null : state, op.startsWith("delete") ? null : state];
      return { resOutputsEvent: { metadata: { op, urn, old, new: now } } };
    };
    const { resourceChanges } = readEvents(
      log(
        { preludeEvent: {} },
        change("update", "t:B", "unknown-then"),
        { preludeEvent: {} },
        change("same", "t:B", "unknown-then"),
        change("create-replacement", "t:B", "one"),
        change("replace", "t:B", "one"),
        change("delete-replaced", "t:B", "one"),
        change("read", "t:A", "looked-up"),
        change("delete", "t:A", "gone"),
        change("create", "t:A", "new"),
      ),
    );
    assert.deepEqual(
      resourceChanges.map(({ operation, type, name }) => `${operation} ${type} ${name}`),
      ["delete t:A gone", "create t:A new", "replace t:B one"],
    );
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

  const step = (op: string, old: object | null, now: object | null, more: object = {}): object => {
    const urn = "urn:pulumi:customer-services.demo::corpai::aws:lb/targetGroup:TargetGroup::clickhouse-nlb";
    const state = (of: object | null): object | null => of && { urn, type: "aws:lb/targetGroup:TargetGroup", ...of };
    return {
      resOutputsEvent: { metadata: { op, urn, old: state(old), new: now === null ? {} : state(now), ...more } },
    };
  };

  it("tells of a refresh what differs, property by property, secrets hidden", () => {
    const was = { healthCheck: { port: "traffic-port", path: "/" }, tags: { a: "1" }, __defaults: [] };
    const is = { healthCheck: { port: "8123", path: "/" }, tags: {} };
    const [changed, secret] = readEvents(
      log(
        step("update", { inputs: was }, { inputs: is }, { diffs: ["healthCheck", "tags"] }),
        step("update", { inputs: { data: "[secret]" } }, { inputs: { data: "[secret]" } }, { diffs: ["data"] }),
      ),
    ).differences;
    assert.deepEqual(changed?.properties, [
      { property: "healthCheck.port", was: "traffic-port", is: "8123" },
      { property: "tags.a", was: "1" },
    ]);
    assert.deepEqual([changed.name, changed.what], ["clickhouse-nlb", "changed"]);
    assert.deepEqual(secret?.properties, [{ property: "data", was: "[secret]", is: "[secret]" }]);
  });

  it("tells what is gone, and whose life has gone on; an output that merely is another one now is no difference", () => {
    const { differences } = readEvents(
      log(
        step("delete", {}, null),
        step("same", { outputs: { state: "available" } }, { outputs: { state: "rejected" } }),
        step("same", { outputs: { resourceVersion: "1" } }, { outputs: { resourceVersion: "2" } }),
      ),
    );
    assert.deepEqual(
      differences.map(({ what, properties }) => [what, properties]),
      [
        ["deleted", []],
        ["moved", [{ property: "state", was: "available", is: "rejected" }]],
      ],
    );
  });

  it("tells which creates AWS refused because the thing is there already", () => {
    const urn = "urn:pulumi:network.demo::corpai::aws:ec2/securityGroup:SecurityGroup::it";
    const creating = {
      resourcePreEvent: {
        metadata: {
          op: "create",
          urn,
          new: { urn, type: "aws:ec2/securityGroup:SecurityGroup", custom: true, parent: "p" },
        },
      },
    };
    const taken = (message: string): number => readEvents(log(creating, diagnostic(message, { urn }))).taken.length;
    assert.equal(taken("InvalidGroup.Duplicate: The security group 'it' already exists for VPC 'vpc-1'"), 1);
    assert.equal(taken("EntityAlreadyExists: A policy called it exists"), 1);
    assert.equal(taken("DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone"), 0);
    assert.equal(taken("InternalError: An internal error has occurred"), 0);
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
