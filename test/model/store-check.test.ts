// Proves what the files say against what stands: which changes of a store are refused before anything is touched, and by when a version is.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ENVIRONMENT_CLASSES, isReleased, protectionOf } from "../../model/environment-class.ts";
import { describeProblem } from "../../model/problem.ts";
import { type StandingStore, type StoreFacts, changeProblems, storeProblems } from "../../model/store-check.ts";
import { INSTANCE_CLASSES, NODE_TYPES, isOlder, offers, postgresVersionFault } from "../../model/store-engines.ts";

const wanted = {
  engine: "postgres",
  version: "17",
  storageGb: 100,
  databaseName: "memory",
} as const satisfies StoreFacts;
const standing: StandingStore = {
  engine: "postgres",
  version: "17.9",
  protected: true,
  storageGb: 100,
  databaseName: "memory",
};
const refusals = (before: StandingStore, after: StoreFacts | undefined): string[] =>
  changeProblems("data.prod", { memory: before }, after ? { memory: after } : {}).map(describeProblem);

describe("a change of a store that stands", () => {
  it("is fine where AWS makes it in place", () => {
    assert.deepEqual(refusals(standing, wanted), []);
    assert.deepEqual(refusals(standing, { ...wanted, version: "18", storageGb: 200 }), []);
    assert.deepEqual(refusals(standing, { ...wanted, version: "17.10" }), []);
  });

  it("is refused where it would take away a protected store, and says how to", () => {
    assert.match(
      refusals(standing, undefined).join(),
      /^data\.prod: corpai:stores\.memory: given nothing, where a protected store stands; .*release: \{ reason, until \}, bring this stack up/,
    );
    assert.deepEqual(refusals({ ...standing, protected: false }, undefined), []);
  });

  it("is refused where it would replace data with nothing: another engine or another database", () => {
    assert.match(
      refusals(standing, { engine: "valkey", version: "8.2" }).join(),
      /stores\.memory\.engine: given "valkey"; allowed: "postgres"/,
    );
    assert.match(
      refusals(standing, { ...wanted, databaseName: "other" }).join(),
      /databaseName: given "other"; allowed: "memory"/,
    );
    assert.equal(refusals({ ...standing, protected: false }, { ...wanted, databaseName: "other" }).length, 1);
  });

  it("is refused where AWS takes nothing back: versions and storage", () => {
    assert.match(
      refusals(standing, { ...wanted, version: "16" }).join(),
      /version: given "16"; allowed: "17\.9", which stands, or later/,
    );
    assert.match(refusals(standing, { ...wanted, version: "17.8" }).join(), /given "17\.8"/);
    assert.match(refusals(standing, { ...wanted, storageGb: 50 }).join(), /storageGb: given 50; allowed: 100/);
    const cache = { engine: "valkey", version: "8.2.0", protected: false };
    assert.match(refusals(cache, { engine: "valkey", version: "8.1" }).join(), /version: given "8\.1"/);
    assert.deepEqual(refusals(cache, { engine: "valkey", version: "8.2" }), []);
  });

  it("that adds a store is nobody's loss", () =>
    assert.deepEqual(changeProblems("data.prod", {}, { memory: wanted }), []));
});

describe("a release", () => {
  it("holds to the end of its last day", () => {
    const release = { reason: "moved to another store", until: "2026-11-24" };
    assert.equal(isReleased({ release }, "2026-11-24"), true);
    assert.equal(isReleased({ release }, "2026-11-25"), false);
    assert.equal(isReleased({}, "2026-11-24"), false);
  });

  it("lifts a store's protection, and leaves it its last snapshot", () => {
    for (const environmentClass of ENVIRONMENT_CLASSES) {
      const [kept, released] = [protectionOf(environmentClass), protectionOf(environmentClass, true)];
      assert.deepEqual(released, { ...kept, protect: false });
    }
  });
});

describe("a version of PostgreSQL", () => {
  it("is served until the last day of its standard support", () => {
    assert.equal(postgresVersionFault("14", "2027-02-28"), undefined);
    assert.match(postgresVersionFault("14", "2027-03-01")?.allowed ?? "", /standard support: 15, 16, 17, 18/);
    assert.match(postgresVersionFault("9.6", "2026-11-24")?.allowed ?? "", /standard support/);
    assert.match(postgresVersionFault("constructor", "2026-11-24")?.allowed ?? "", /standard support/);
  });

  it("is compared as numbers, and a major version alone with major versions only", () => {
    for (const [one, other] of [
      ["16", "17"],
      ["17.9", "17.10"],
      ["9.6", "17"],
    ] as const) {
      assert.ok(isOlder(one, other), `${one} before ${other}`);
      assert.ok(!isOlder(other, one), `${other} not before ${one}`);
    }
    assert.ok(!isOlder("17", "17.9") && !isOlder("17.9", "17"));
  });
});

describe("a class of instances", () => {
  it("is known by family and size, whole", () => {
    for (const name of ["db.t4g.micro", "db.r8g.48xlarge"]) assert.ok(offers(INSTANCE_CLASSES, name), name);
    for (const name of ["db.t4g.4xlarge", "db.t4g", "t4g.micro", "db.t4g.micro.x", "", "constructor.name"])
      assert.ok(!offers(INSTANCE_CLASSES, name), name);
    assert.ok(offers(NODE_TYPES, "cache.r7g.16xlarge"));
  });
});

describe("a store's name", () => {
  it("fits what AWS takes, by engine", () => {
    const problems = (key: string, store: StoreFacts): number =>
      storeProblems({ stack: "data.prod", environment: "prod", stores: { [key]: store } }, "2026-11-24").length;
    const cache = { engine: "valkey", version: "8.2" } as const;
    assert.equal(problems("a".repeat(28), cache), 0);
    assert.equal(problems("a".repeat(29), cache), 1);
    assert.equal(problems("a".repeat(40), wanted), 0);
  });
});
