// Proves the choice of AZs by id. That AWS agrees is shown by the sandbox's own rules, and on AWS by nothing here.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { chooseZones, zoneChoiceFault } from "../../model/zones.ts";

const today = "2026-11-21";

describe("the AZs of a connection", () => {
  it("are those that both sides have, by id, and the explanation names both sides", () => {
    const choice = chooseZones(["use1-az1", "use1-az2", "use1-az4"], ["use1-az6", "use1-az4", "use1-az2"]);
    assert.deepEqual(choice.shared, ["use1-az2", "use1-az4"]);
    assert.deepEqual([choice.onlyConsumer, choice.onlyService], [["use1-az1"], ["use1-az6"]]);
    assert.match(
      choice.explanation,
      /use1-az1, use1-az2, use1-az4;.*use1-az2, use1-az4, use1-az6; in common: use1-az2, use1-az4/,
    );
    assert.equal(zoneChoiceFault(choice, undefined, today), undefined);
  });

  it("may not be none, whatever a registration permits, because no endpoint could stand anywhere", () => {
    const none = chooseZones(["use1-az1"], ["use1-az6"]);
    assert.match(
      zoneChoiceFault(none, { reason: "migration", until: "2099-01-01" }, today)?.allowed ?? "",
      /at least one AZ id in common/,
    );
  });

  it("may be one only with a reason and until a day that has not passed", () => {
    const one = chooseZones(["use1-az1", "use1-az2"], ["use1-az1", "use1-az6"]);
    assert.match(zoneChoiceFault(one, undefined, today)?.wayOut ?? "", /singleAz/);
    assert.equal(zoneChoiceFault(one, { reason: "migration", until: today }, today), undefined);
    assert.match(
      zoneChoiceFault(one, { reason: "migration", until: "2026-11-20" }, today)?.allowed ?? "",
      /has passed/,
    );
  });
});
