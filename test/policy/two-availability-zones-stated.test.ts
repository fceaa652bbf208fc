/** Proves what the rule makes of what our components state: the AZs of subnets that stand elsewhere, and the permission to have one only. */
import assert from "node:assert/strict";
import {
  OR_ACCEPT,
  TODAY,
  WIDEN,
  advisory,
  balancer,
  connection,
  endpoint,
  judge,
  mandatory,
  planned,
  undecided,
  zone,
} from "./support/spread.ts";
import type { Declared, Values } from "./support/stack.ts";
import { UNKNOWN } from "./support/unknown.ts";

describe("two-availability-zones, by what our components state", () => {
  it("passes subnets that stand elsewhere by the azIds of the nearest component that states any", async () => {
    const outer: Declared = { type: "corpai:privatelink:Outer", name: "outer", inputs: { azIds: ["use1-az1"] } };
    const near = connection({ azIds: ["use1-az1", "use1-az2"] }, { parent: "outer" });
    for (const given of [["subnet-1", "subnet-2"], [UNKNOWN, UNKNOWN], UNKNOWN])
      assert.deepEqual(await judge(outer, near, endpoint(given)), []);
    assert.deepEqual(await judge(outer, connection({}, { parent: "outer" }), endpoint(["subnet-1", "subnet-2"])), [
      mandatory(
        "clickhouse",
        '"azIds" of corpai:privatelink:Outer outer states use1-az1 only',
        `${WIDEN} ${OR_ACCEPT}`,
      ),
    ]);
  });

  it("reads azIds from what was passed to super() and from what was registered, since a stack rule is shown only the latter", async () => {
    const registered: Declared = { ...connection({}), outputs: { azIds: ["use1-az1", "use1-az2"] } };
    assert.deepEqual(await judge(registered, endpoint([UNKNOWN, UNKNOWN])), []);
  });

  it("searches up to the top, since eks's own component stands between ours and the cluster", async () => {
    const cluster: readonly Declared[] = [
      { type: "corpai:cluster:Cluster", name: "ours", inputs: { azIds: ["use1-az1", "use1-az2"] } },
      { type: "eks:index:Cluster", name: "eks", inputs: {}, parent: "ours" },
      { type: "aws:eks/cluster:Cluster", name: "mcp", inputs: { vpcConfig: { subnetIds: UNKNOWN } }, parent: "eks" },
    ];
    assert.deepEqual(await judge(...cluster), []);
  });

  it("believes a subnet of the stack rather than the statement", async () => {
    const subnets = [planned("a", zone("a")), planned("b", zone("a"))];
    assert.deepEqual(
      await judge(
        connection({ azIds: ["use1-az1", "use1-az2"] }),
        ...subnets,
        endpoint([UNKNOWN, UNKNOWN], { from: { subnetIds: ["a", "b"] } }),
      ),
      [mandatory("clickhouse", 'the subnets in "subnetIds" are all in us-east-1a', `${WIDEN} ${OR_ACCEPT}`)],
    );
  });

  it("takes no notice of components that are not ours, nor of azIds that are no plain list of strings", async () => {
    const theirs: Declared = { ...connection({ azIds: ["use1-az1", "use1-az2"] }), type: "theirs:index:Connection" };
    for (const component of [
      theirs,
      connection({ azIds: ["use1-az1", UNKNOWN] }),
      connection({ azIds: UNKNOWN }),
      connection({ azIds: "use1-az1" }),
    ]) {
      assert.deepEqual(await judge(component, endpoint([UNKNOWN, UNKNOWN])), [undecided("clickhouse", "subnetIds")]);
    }
  });

  it("prints only what looks like an AZ, since a policy sees secrets in clear", async () => {
    const reports = await judge(connection({ azIds: ["hunter2"] }), endpoint(["subnet-1", "subnet-2"]));
    assert.deepEqual(
      reports.map(({ message }) => message.includes("hunter2")),
      [false],
    );
  });

  it("says so where nothing tells the AZs: not yet, or not at all", async () => {
    assert.deepEqual(await judge(connection({}), endpoint([UNKNOWN, UNKNOWN])), [undecided("clickhouse", "subnetIds")]);
    assert.deepEqual(await judge(connection({}), endpoint(UNKNOWN)), [undecided("clickhouse", "subnetIds")]);
    assert.deepEqual(await judge(connection({}), endpoint(["subnet-1", "subnet-2"])), [
      advisory(
        "clickhouse",
        'undecided: nothing in this stack says which AZs the subnets in "subnetIds" are in. Let its component pass "azIds" to super().',
      ),
    ]);
  });
});

describe("two-availability-zones, where a registration accepts one AZ", () => {
  const accepting = (singleAz: Values[string], rest: Partial<Declared> = {}): Declared =>
    connection({ azIds: ["use1-az1"], singleAz }, rest);
  const subnet = planned("a", zone("a"));

  it("warns until the day, that day included, and refuses after it", async () => {
    const one = endpoint([UNKNOWN], { from: { subnetIds: ["a"] } });
    assert.deepEqual(await judge(accepting({ reason: "one AZ until Q1", until: TODAY }), subnet, one), [
      advisory(
        "clickhouse",
        '"subnetIds" names one subnet only; "singleAz" allows that until 2026-11-20. Widen it before.',
      ),
    ]);
    assert.deepEqual(await judge(accepting({ reason: "one AZ until Q1", until: "2026-11-19" }), subnet, one), [
      mandatory(
        "clickhouse",
        '"subnetIds" names one subnet only',
        `Its "singleAz" ended on 2026-11-19. ${WIDEN} Or renew "until" with a reason.`,
      ),
    ]);
    assert.deepEqual(await judge(connection({ azIds: ["use1-az1"] }), subnet, one), [
      mandatory("clickhouse", '"subnetIds" names one subnet only', `${WIDEN} ${OR_ACCEPT}`),
    ]);
  });

  it("warns as well where two subnets are in one AZ, by the subnets or by our statement", async () => {
    const singleAz = { reason: "one AZ until Q1", until: "2027-03-31" };
    assert.deepEqual(
      await judge(
        accepting(singleAz),
        subnet,
        planned("b", zone("a")),
        endpoint([UNKNOWN, UNKNOWN], { from: { subnetIds: ["a", "b"] } }),
      ),
      [
        advisory(
          "clickhouse",
          'the subnets in "subnetIds" are all in us-east-1a; "singleAz" allows that until 2027-03-31. Widen it before.',
        ),
      ],
    );
    assert.deepEqual(await judge(accepting(singleAz), endpoint([UNKNOWN, UNKNOWN])), [
      advisory(
        "clickhouse",
        '"azIds" of corpai:privatelink:Connection connection states use1-az1 only; "singleAz" allows that until 2027-03-31. Widen it before.',
      ),
    ]);
  });

  it("takes a permission only as plain reason and date, and prints neither the reason nor a date that is none", async () => {
    const unreadable: readonly Values[string][] = [
      UNKNOWN,
      true,
      { reason: "hunter2", until: UNKNOWN },
      { reason: UNKNOWN, until: "2027-03-31" },
      { reason: " ", until: "2027-03-31" },
      { reason: "hunter2", until: "hunter2" },
      { reason: "hunter2", until: "2027-13-31" },
    ];
    for (const singleAz of unreadable) {
      assert.deepEqual(await judge(accepting(singleAz), subnet, endpoint([UNKNOWN])), [
        mandatory(
          "clickhouse",
          '"subnetIds" names one subnet only',
          'Its "singleAz" allows nothing: it needs a plain reason and a plain ISO date as "until".',
        ),
      ]);
    }
  });

  it("holds for an endpoint alone, for the nearest component alone, and never for no AZ at all", async () => {
    const singleAz = { reason: "one AZ until Q1", until: "2027-03-31" };
    assert.deepEqual(await judge(accepting(singleAz), subnet, balancer([UNKNOWN], { parent: "connection" })), [
      mandatory("nlb", '"subnets" names one subnet only'),
    ]);
    assert.deepEqual(await judge(accepting(singleAz), endpoint([])), [
      mandatory("clickhouse", '"subnetIds" names no subnet'),
    ]);
    const outer: Declared = { type: "corpai:privatelink:Outer", name: "outer", inputs: { singleAz } };
    assert.deepEqual(
      (await judge(outer, connection({}, { parent: "outer" }), endpoint([UNKNOWN]))).map(({ level }) => level),
      ["mandatory"],
    );
  });
});
