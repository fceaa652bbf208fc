// Proves the choice of AZs by id. That AWS agrees is shown by the sandbox's own rules, and on AWS by nothing here.
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { explainZones } from "../../model/zones-explained.ts";
import { MINIMUM_AZS, chooseZones, zoneChoiceFault } from "../../model/zones.ts";

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

  const azIds = fc.array(fc.integer({ min: 1, max: 8 }).map((number) => `use1-az${number}`));

  it("are the same whoever counts first, and every AZ of either side is in exactly one list", () => {
    fc.assert(
      fc.property(azIds, azIds, (consumer, service) => {
        const one = chooseZones(consumer, service);
        const other = chooseZones(service, consumer);
        assert.deepEqual(one.shared, other.shared);
        assert.deepEqual(one.onlyConsumer, other.onlyService);
        const all = [...one.shared, ...one.onlyConsumer, ...one.onlyService];
        assert.deepEqual(all.toSorted(), [...new Set([...consumer, ...service])].toSorted());
        assert.ok(one.shared.every((azId) => consumer.includes(azId) && service.includes(azId)));
        assert.ok(one.onlyConsumer.every((azId) => !service.includes(azId)));
      }),
    );
  });

  it("are the same however often and in whichever order an AZ is named, so that a file's order changes nothing", () => {
    fc.assert(
      fc.property(azIds, azIds, fc.infiniteStream(fc.nat()), (consumer, service, numbers) => {
        const shuffled = (list: readonly string[]): string[] =>
          list
            .map((azId) => [numbers.next().value as number, azId] as const)
            .toSorted(([a], [b]) => a - b)
            .flatMap(([number, azId]) => (number % 2 === 0 ? [azId] : [azId, azId]));
        assert.deepEqual(chooseZones(shuffled(consumer), shuffled(service)), chooseZones(consumer, service));
      }),
    );
  });

  it("only become more when either side adds one, so that widening never takes an endpoint's subnet away", () => {
    fc.assert(
      fc.property(azIds, azIds, azIds, (consumer, service, more) => {
        const { shared } = chooseZones(consumer, service);
        for (const wider of [
          chooseZones([...consumer, ...more], service),
          chooseZones(consumer, [...service, ...more]),
        ])
          assert.ok(shared.every((azId) => wider.shared.includes(azId)));
      }),
    );
  });

  it("may be built from two in common, from one with a permission of today, and from none never", () => {
    const permissions = fc.option(
      fc.record({ reason: fc.constant("migration"), until: fc.constantFrom("2026-11-20", today, "2099-01-01") }),
      { nil: undefined },
    );
    fc.assert(
      fc.property(azIds, azIds, permissions, (consumer, service, singleAz) => {
        const choice = chooseZones(consumer, service);
        const permitted = singleAz !== undefined && singleAz.until >= today;
        const least = permitted ? 1 : MINIMUM_AZS;
        assert.equal(zoneChoiceFault(choice, singleAz, today) === undefined, choice.shared.length >= least);
      }),
    );
  });

  it("are explained one by one: id, each side's name, whether it is used, and if not, what is missing where", () => {
    const choice = chooseZones(["use1-az1", "use1-az2"], ["use1-az6", "use1-az2"]);
    assert.deepEqual(
      explainZones(choice, {
        consumer: { "use1-az1": "us-east-1a", "use1-az2": "us-east-1b", "use1-az6": "us-east-1d" },
        service: { "use1-az2": "us-east-1c", "use1-az6": "us-east-1a" },
      }),
      [
        "use1-az1 (us-east-1a to CorpAI, no name known to the customer): not used: the service's load balancer has no subnet in it",
        "use1-az2 (us-east-1b to CorpAI, us-east-1c to the customer): used",
        "use1-az6 (us-east-1d to CorpAI, us-east-1a to the customer): not used: CorpAI's VPC has no endpoint subnet in it",
      ],
    );
  });

  it("are explained in as many lines as there are AZs, used exactly where both sides are", () => {
    fc.assert(
      fc.property(azIds, azIds, (consumer, service) => {
        const choice = chooseZones(consumer, service);
        const lines = explainZones(choice, { consumer: {}, service: {} });
        assert.equal(lines.length, new Set([...consumer, ...service]).size);
        assert.deepEqual(
          lines.filter((line) => line.endsWith(": used")).map((line) => line.split(" ")[0]),
          choice.shared,
        );
      }),
    );
  });
});
