import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ConnectionStatus } from "../../cli/connection-status.ts";
import { type Finding, NO_CHANGES } from "../../cli/engine-events.ts";
import { Printer } from "../../cli/print.ts";
import { LineProgress, describeChanges } from "../../cli/progress.ts";
import { printConnections, printNextSteps, printWorkloads } from "../../cli/status-view.ts";

const STATUS: ConnectionStatus = {
  key: "clickhouse",
  displayName: "ClickHouse Production",
  serviceName: null,
  port: 8443,
  state: "pending_acceptance",
  host: null,
  endpointId: "vpce-0123456789abcdef0",
  azIds: ["use1-az1", "use1-az2"],
  usedBy: [{ workload: "clickhouse-mcp", env: {}, ready: false }],
  next: { who: "customer", action: "accept it" },
};

function printed(print: (printer: Printer) => void): string {
  let text = "";
  print(
    new Printer({
      json: false,
      stdout: { write: (more) => (text += more) },
      stderr: { write: () => assert.fail("not on stderr") },
      env: {},
    }),
  );
  return text;
}

describe("what people read", () => {
  it("of a waiting pod: for which connection, and whose action that is", () => {
    assert.equal(
      printed((printer) => printWorkloads([STATUS], printer)),
      "\nclickhouse-mcp: not ready; clickhouse is pending_acceptance; next, customer: accept it\n",
    );
    const ready = {
      ...STATUS,
      state: "available",
      next: null,
      usedBy: [{ workload: "clickhouse-mcp", env: {}, ready: true }],
    } as const;
    assert.equal(
      printed((printer) => printWorkloads([ready], printer)),
      "\nclickhouse-mcp: ready, connected to ClickHouse Production\n",
    );
  });

  it("of connections: a table, and the next steps where there are any", () => {
    const text = printed((printer) => {
      printConnections([STATUS], printer);
      printNextSteps([STATUS], printer);
      printNextSteps([{ ...STATUS, next: null }], printer);
    });
    assert.match(
      text,
      /^clickhouse +ClickHouse Production +pending_acceptance +8443 +use1-az1 use1-az2 +clickhouse-mcp \(not ready\)$/m,
    );
    assert.match(text, /^clickhouse +no host yet +vpce-0123456789abcdef0$/m);
    assert.equal(text.match(/next, customer: accept it/g)?.length, 1);
    assert.match(
      printed((printer) => printConnections([], printer)),
      /no connection is registered/,
    );
  });

  it("of a run: one line for each stack, what was found below it", () => {
    const text = printed((printer) => {
      const progress = new LineProgress(printer, ["network.demo", "customer-services.demo.data"]);
      progress.ends(
        { stack: "network.demo", result: "succeeded", changes: { ...NO_CHANGES, create: 3, same: 1 } },
        "preview",
        1.25,
      );
      const findings = [
        { policy: "nlb-internal", level: "mandatory", resource: "x-nlb", message: "is internet-facing" },
      ];
      progress.ends(
        { stack: "customer-services.demo.data", result: "failed", changes: NO_CHANGES, findings, error: "refused" },
        "preview",
        2,
      );
    });
    assert.equal(
      text,
      [
        "  network.demo                 preview  ok       3 to create, 1 unchanged  1.3 s",
        "  customer-services.demo.data  preview  FAILED   no change  2.0 s",
        "    [mandatory] nlb-internal: x-nlb: is internet-facing",
        "    refused",
        "",
      ].join("\n"),
    );
  });

  it("of what a preview cannot decide yet: one line for each rule", () => {
    const undecided = (resource: string): Finding => ({
      policy: "internet-reachability",
      level: "advisory",
      resource,
      message: `${resource}: undecided, checked at update: whether it has a way out is not known yet.`,
    });
    const text = printed((printer) =>
      new LineProgress(printer, ["network.demo"]).ends(
        {
          stack: "network.demo",
          result: "succeeded",
          changes: NO_CHANGES,
          findings: [undecided("sts"), { ...undecided("vpc"), message: "has no flow log" }, undecided("kms")],
        },
        "preview",
        1,
      ),
    );
    assert.deepEqual(text.split("\n").slice(1, 3), [
      "    [advisory] internet-reachability: vpc: has no flow log",
      "    [undecided, checked at update] internet-reachability: sts, kms",
    ]);
  });

  it("of changes: done or to be done", () => {
    const changes = { create: 1, update: 2, replace: 3, delete: 4, same: 0 };
    assert.equal(describeChanges(changes, "preview"), "1 to create, 2 to update, 3 to replace, 4 to delete");
    assert.equal(describeChanges(changes, "up"), "1 created, 2 updated, 3 replaced, 4 deleted");
    assert.equal(describeChanges({ ...NO_CHANGES, same: 5 }, "up"), "no change, 5 unchanged");
  });
});
