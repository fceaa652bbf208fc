/**
 * Proves what the rule decides by the subnets themselves, in a preview of a stack that was never created and after an update. Which
 * evidence the engine really shows is proven in engine.test.ts.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { twoAvailabilityZones } from "../../policy/rules/two-availability-zones.ts";
import {
  OURS,
  TODAY,
  WIDEN,
  advisory,
  balancer,
  connection,
  created,
  endpoint,
  judge,
  mandatory,
  planned,
  undecided,
  zone,
} from "./support/spread.ts";
import { type Declared, FakeStack, withUnknown, type Values } from "./support/stack.ts";
import { UNKNOWN } from "./support/unknown.ts";

describe("two-availability-zones, by the subnets of the stack", () => {
  it("passes two AZs in the preview of a stack that was never created, when no subnet has an id yet", async () => {
    assert.deepEqual(
      await judge(
        planned("a", zone("a")),
        planned("b", zone("b")),
        balancer([UNKNOWN, UNKNOWN], { from: { subnets: ["a", "b"] } }),
      ),
      [],
    );
  });

  it("refuses two subnets in one AZ in such a preview, before anything is created", async () => {
    assert.deepEqual(
      await judge(
        planned("a", zone("a")),
        planned("b", zone("a")),
        balancer([UNKNOWN, UNKNOWN], { from: { subnets: ["a", "b"] } }),
      ),
      [mandatory("nlb", 'the subnets in "subnets" are all in us-east-1a')],
    );
  });

  it("decides the same when the preview hides the list, as AWS's provider does and as pulumi.all does", async () => {
    const oneZone = [planned("a", zone("a")), planned("b", zone("a"))];
    const from = { subnets: ["a", "b"] };
    const hiddenOutput = balancer([UNKNOWN, UNKNOWN], {
      from,
      outputs: { loadBalancerType: "network", subnets: UNKNOWN, subnetMappings: UNKNOWN },
    });
    for (const hidden of [hiddenOutput, balancer(UNKNOWN, { from })]) {
      assert.deepEqual(await judge(...oneZone, hidden), [
        mandatory("nlb", 'the subnets in "subnets" are all in us-east-1a'),
      ]);
      assert.deepEqual(await judge(planned("a", zone("a")), planned("b", zone("b")), hidden), []);
    }
  });

  it("decides by ids once they are known, whatever else the property came from", async () => {
    const subnets = [created("a1", zone("a")), created("a2", zone("a")), created("b", zone("b"))];
    const from = { subnets: ["a1", "a2", "b"] };
    assert.deepEqual(await judge(...subnets, balancer(["id-of-a1", "id-of-a2"], { from })), [
      mandatory("nlb", 'the subnets in "subnets" are all in us-east-1a'),
    ]);
    assert.deepEqual(await judge(...subnets, balancer(["id-of-a1", "id-of-b"])), []);

    const namesake: Declared = { type: "corpai:network:Zone", name: "zone", outputs: { id: "id-of-b" } };
    assert.deepEqual(
      await judge(namesake, ...subnets, balancer(["id-of-a1", "id-of-b"])),
      [],
      "a component may give out the id of a subnet",
    );
  });

  it("compares AZ ids with ids and names with names, never one with the other", async () => {
    const from = { subnets: ["a", "b"] };
    assert.deepEqual(
      await judge(
        planned("a", { availabilityZoneId: "use1-az1" }),
        planned("b", { availabilityZoneId: "use1-az2" }),
        balancer([UNKNOWN, UNKNOWN], { from }),
      ),
      [],
    );
    const one = { availabilityZoneId: "use1-az1" };
    assert.deepEqual(await judge(planned("a", one), planned("b", one), balancer([UNKNOWN, UNKNOWN], { from })), [
      mandatory("nlb", 'the subnets in "subnets" are all in use1-az1'),
    ]);
    const mixed = [planned("a", one), planned("b", zone("a"))];
    assert.deepEqual(await judge(...mixed, balancer([UNKNOWN, UNKNOWN], { from })), [undecided("nlb", "subnets")]);
    const halfElsewhere = balancer([UNKNOWN, "subnet-1"], { from: { subnets: ["a"] } });
    assert.deepEqual(await judge(planned("a", one), halfElsewhere), [undecided("nlb", "subnets")]);
  });

  it("counts the subnets of a component that a value came from, as awsx's VPC is one to the engine", async () => {
    const vpc: readonly Declared[] = [
      { type: "awsx:ec2:Vpc", name: "vpc", inputs: {} },
      { type: "aws:ec2/vpc:Vpc", name: "vpc-itself", parent: "vpc" },
      { ...planned("a", zone("a")), parent: "vpc-itself" },
      { ...planned("b", zone("a")), parent: "vpc-itself" },
    ];
    assert.deepEqual(await judge(...vpc, balancer(UNKNOWN, { from: { subnets: ["vpc"] } })), [
      mandatory("nlb", 'the subnets in "subnets" are all in us-east-1a'),
    ]);
  });

  it("takes a list that one new subnet hides for any of those behind it, since the others may stand where it does not", async () => {
    const vpc: readonly Declared[] = [
      { type: "awsx:ec2:Vpc", name: "vpc", inputs: {} },
      ...[
        created("a", zone("a")),
        created("b", zone("b")),
        planned("new-1", zone("c")),
        planned("new-2", zone("c")),
      ].map((subnet) => ({ ...subnet, parent: "vpc" })),
    ];
    const from = { subnets: ["vpc"] };
    assert.deepEqual(await judge(...vpc, balancer([UNKNOWN, UNKNOWN], { from })), []);
    assert.deepEqual(
      await judge(...vpc, balancer(["id-of-a", "id-of-a"], { from })),
      [mandatory("nlb", '"subnets" names one subnet only')],
      "what is known to be one AZ is, whatever else is new",
    );
  });

  it("judges clusters, whose security groups come by the same property as their subnets", async () => {
    const cluster = (subnetIds: Values[string]): Declared => ({
      type: "aws:eks/cluster:Cluster",
      name: "mcp",
      inputs: { vpcConfig: { subnetIds, securityGroupIds: [UNKNOWN] } },
      from: { vpcConfig: ["group", "a", "b"] },
    });
    const group: Declared = { type: "aws:ec2/securityGroup:SecurityGroup", name: "group" };
    const refused = mandatory(
      "mcp",
      'the subnets in "vpcConfig.subnetIds" are all in us-east-1b',
      WIDEN,
      "at least 2 AZs are required (AWS's rule too)",
    );
    assert.deepEqual(
      await judge(group, planned("a", zone("b")), planned("b", zone("b")), cluster([UNKNOWN, UNKNOWN])),
      [refused],
    );
    assert.deepEqual(
      await judge(group, planned("a", zone("a")), planned("b", zone("b")), cluster([UNKNOWN, UNKNOWN])),
      [],
    );
  });

  it("judges load balancers that name their subnets by mappings", async () => {
    const mapped = (count: number): Declared => ({
      type: "aws:lb/loadBalancer:LoadBalancer",
      name: "nlb",
      inputs: {
        loadBalancerType: "network",
        subnetMappings: Array.from({ length: count }, () => ({ subnetId: UNKNOWN })),
      },
      from: { subnetMappings: ["a", "b"] },
    });
    assert.deepEqual(await judge(planned("a", zone("a")), planned("b", zone("b")), mapped(2)), []);
    const answered = { loadBalancerType: "network", subnets: ["subnet-1", "subnet-2"], subnetMappings: [] };
    assert.deepEqual(
      (await judge(balancer([], { inputs: answered }))).map(({ level }) => level),
      ["advisory"],
      "only one of the lists is given",
    );
    const hidden = { loadBalancerType: "network", subnets: [], subnetMappings: UNKNOWN };
    assert.deepEqual(await judge(balancer([], { inputs: hidden })), [undecided("nlb", "subnetMappings")]);
    assert.deepEqual(await judge(planned("a", zone("a")), planned("b", zone("a")), mapped(2)), [
      mandatory("nlb", 'the subnets in "subnetMappings" are all in us-east-1a'),
    ]);
    assert.deepEqual(await judge(planned("a", zone("a")), planned("b", zone("b")), mapped(1)), [
      mandatory("nlb", '"subnetMappings" names one subnet only'),
    ]);
  });
});

describe("two-availability-zones, by the number of subnets", () => {
  it("refuses fewer than two, whatever our component states about AZs", async () => {
    const stated = connection({ azIds: ["use1-az1", "use1-az2"] });
    for (const subnets of [[UNKNOWN], ["subnet-1"], ["subnet-1", "subnet-1"]]) {
      assert.deepEqual(await judge(stated, balancer(subnets, { parent: "connection" })), [
        mandatory("nlb", '"subnets" names one subnet only'),
      ]);
    }
  });

  it("refuses none at all, absent or empty", async () => {
    const none = mandatory("nlb", '"subnets" names no subnet');
    assert.deepEqual(await judge(balancer([])), [none]);
    assert.deepEqual(
      await judge({ type: "aws:lb/loadBalancer:LoadBalancer", name: "nlb", inputs: { loadBalancerType: "network" } }),
      [none],
    );
    assert.deepEqual(await judge({ type: "aws:eks/cluster:Cluster", name: "mcp", inputs: {} }), [
      mandatory("mcp", '"vpcConfig.subnetIds" names no subnet', WIDEN, "at least 2 AZs are required (AWS's rule too)"),
    ]);
  });

  it("reports it once, although both halves of the rule see it", async () => {
    assert.equal((await judge(planned("a", zone("a")), balancer([UNKNOWN], { from: { subnets: ["a"] } }))).length, 1);
  });
});

describe("two-availability-zones, of what it is shown", () => {
  it("leaves alone what is none of the three kinds", async () => {
    const others: readonly Declared[] = [
      balancer([UNKNOWN], { inputs: { loadBalancerType: "application", subnets: [UNKNOWN] } }),
      { type: "aws:ec2/vpcEndpoint:VpcEndpoint", name: "s3", inputs: { vpcEndpointType: "Gateway" } },
      { type: "aws:ec2/vpcEndpoint:VpcEndpoint", name: "default", inputs: {} },
      { type: "aws:rds/subnetGroup:SubnetGroup", name: "group", inputs: { subnetIds: ["subnet-1"] } },
    ];
    assert.deepEqual(await judge(...others), []);
  });

  it("says that it cannot decide while it is unknown whether a resource is of a kind, unless it has two AZs in any case", async () => {
    const ofUnknownType = (subnetIds: Values[string]): Declared =>
      endpoint(subnetIds, { inputs: { vpcEndpointType: UNKNOWN, subnetIds } });
    assert.deepEqual(await judge(connection({}), ofUnknownType([UNKNOWN])), [
      advisory(
        "clickhouse",
        `undecided, checked at update: whether it is one of the interface endpoints is not known yet; if so, "subnetIds" names one subnet only, and ${OURS}. ${WIDEN}`,
      ),
    ]);
    assert.deepEqual(
      await judge(connection({ azIds: ["use1-az1", "use1-az2"] }), ofUnknownType([UNKNOWN, UNKNOWN])),
      [],
    );
  });

  it("judges all resources although one is unknown throughout, in whatever order the engine shows them", async () => {
    const subnets = [planned("a", zone("a")), planned("b", zone("a"))];
    const from = { subnets: ["a", "b"] };
    const balancers = ["x", "y", "z"].map((name) => balancer([UNKNOWN, UNKNOWN], { name, from }));
    const dark: Declared = {
      type: "aws:lb/loadBalancer:LoadBalancer",
      name: "dark",
      inputs: { loadBalancerType: UNKNOWN, subnets: UNKNOWN, tags: UNKNOWN },
    };
    const stack = new FakeStack("network.demo", [...subnets, ...balancers, dark]);
    const inOrder = await stack.judgedBy(twoAvailabilityZones, { today: TODAY, arrange: (all) => all });
    assert.deepEqual(
      inOrder.map(({ name, level }) => `${name} ${level}`),
      ["dark advisory", "x mandatory", "y mandatory", "z mandatory"],
    );
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), async (order) => {
        const arrange = (all: readonly Declared[]): readonly Declared[] => order.flatMap((index) => all[index] ?? []);
        assert.deepEqual(await stack.judgedBy(twoAvailabilityZones, { today: TODAY, arrange }), inOrder);
      }),
      { numRuns: 20 },
    );
  });

  it("judges by outputs alone where it was never shown inputs, as for resources that an update does not touch", async () => {
    const stack = new FakeStack("network.demo", [
      created("a", zone("a")),
      created("b", zone("a")),
      balancer(["id-of-a", "id-of-b"]),
      balancer(["id-of-a"], { name: "short" }),
    ]);
    assert.deepEqual(await stack.judgedBy(twoAvailabilityZones, { today: TODAY, alone: false }), [
      mandatory("nlb", 'the subnets in "subnets" are all in us-east-1a'),
      mandatory("short", '"subnets" names one subnet only'),
    ]);
  });
});

describe("two-availability-zones, in a preview", () => {
  /** A load balancer over some subnets of the stack and of elsewhere, all of it known. */
  const known = fc.record({
    zones: fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 4 }),
    elsewhere: fc.subarray(["subnet-1", "subnet-2"]),
    repeated: fc.boolean(),
  });

  it("never falls silent where it would refuse, if a value is not known yet", async () => {
    await fc.assert(
      fc.asyncProperty(known, fc.nat(), async ({ zones, elsewhere, repeated }, choice) => {
        const subnets = zones.map((letter, index) => created(`s${index}`, zone(letter)));
        const ids = [...subnets.map(({ name }) => `id-of-${name}`), ...elsewhere];
        const nlb = balancer(repeated ? [...ids, ...ids] : ids, { from: { subnets: subnets.map(({ name }) => name) } });
        const refused = (await judge(...subnets, nlb)).some(({ level }) => level === "mandatory");
        fc.pre(refused);

        const hideInNlb = [["loadBalancerType"], ["subnets"], ...ids.map((_, index) => ["subnets", index])].map(
          (path) => [...subnets, { ...nlb, inputs: withUnknown(nlb.inputs ?? {}, ...path) }],
        );
        const hideInSubnet = subnets.flatMap((subnet) => [
          [
            ...subnets.filter((each) => each !== subnet),
            { ...subnet, outputs: withUnknown(subnet.outputs ?? {}, "id") },
            nlb,
          ],
          [
            ...subnets.filter((each) => each !== subnet),
            {
              ...subnet,
              inputs: withUnknown(subnet.inputs ?? {}, "availabilityZone"),
              outputs: withUnknown(subnet.outputs ?? {}, "availabilityZone"),
            },
            nlb,
          ],
        ]);
        const hidden = [...hideInNlb, ...hideInSubnet];
        assert.notDeepEqual(await judge(...(hidden[choice % hidden.length] ?? [])), []);
      }),
      { numRuns: 300 },
    );
  });
});
