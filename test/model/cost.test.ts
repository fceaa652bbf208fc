// Proves the arithmetic of costs and what is left undecided. Whether a price is AWS's own of today nobody can prove offline: the table has its date and pages.
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { type Charged, endpointTraffic, latticeTraffic, monthlyCost } from "../../model/cost.ts";
import { outageOfReplacing } from "../../model/outage.ts";
import { type Plain, UNKNOWN } from "../../model/resource-record.ts";

const REGION = "us-east-1";
const of = (type: string, inputs: Charged["inputs"] = {}): Charged => ({ name: "it", type, inputs });
const endpoint = (subnetIds: Plain): Charged =>
  of("aws:ec2/vpcEndpoint:VpcEndpoint", { vpcEndpointType: "Interface", subnetIds });
const total = (...resources: readonly Charged[]): number | undefined => monthlyCost(resources, REGION)?.total;

describe("monthly cost", () => {
  it("is the AgentCore document's: twelve endpoints in three AZs about $259, in two about $86 less, $0.01 per GB", () => {
    const twelve = (azs: number): Charged[] =>
      Array.from({ length: 12 }, () => endpoint(Array.from({ length: azs }, (_, az) => `subnet-${az}`)));
    assert.deepEqual([total(...twelve(3)), total(...twelve(2))], [259.2, 172.8]);
    assert.equal(endpointTraffic(100, REGION), 1);
  });

  it("counts subnets whose ids a preview does not know yet, and says where even their number is open", () => {
    assert.equal(total(endpoint([UNKNOWN, UNKNOWN])), 14.4);
    const cost = monthlyCost([endpoint(UNKNOWN), endpoint(["subnet-1"])], REGION);
    assert.deepEqual(
      [cost?.total, cost?.unpriced, cost?.items.map(({ monthly, because }) => [monthly, because])],
      [
        7.2,
        1,
        [
          [undefined, "how many AZs is not decided yet"],
          [7.2, "1 AZs × 720 h × $0.01"],
        ],
      ],
    );
  });

  it("of a service that other regions reach is their number by the hour, and says what each gigabyte to another region costs its consumer", () => {
    const far = { ...endpoint(["subnet-1"]), inputs: { ...endpoint(["subnet-1"]).inputs, serviceRegion: "eu-west-1" } };
    const offered = of("aws:ec2/vpcEndpointService:VpcEndpointService", { supportedRegions: ["eu-west-1"] });
    const cost = monthlyCost([far, offered, of("aws:ec2/vpcEndpointService:VpcEndpointService")], REGION);
    assert.deepEqual(
      cost?.items.map(({ monthly, because }) => [monthly, because]),
      [
        [7.2, "1 AZs × 720 h × $0.01 + $0.02 a GB to eu-west-1"],
        [36, "1 other regions at most × 720 h × $0.05"],
      ],
    );
  });

  it("has no row for what is free or charged by use alone: gateway endpoints, groups, pods", () => {
    assert.deepEqual(
      monthlyCost(
        [
          of("aws:ec2/vpcEndpoint:VpcEndpoint", { vpcEndpointType: "Gateway" }),
          of("aws:ec2/securityGroup:SecurityGroup"),
          of("kubernetes:apps/v1:Deployment"),
        ],
        REGION,
      ),
      { total: 0, items: [], unpriced: 0 },
    );
  });

  it("pays VPC Lattice by the hour for resources in a service network, and otherwise for what goes to them", () => {
    const joined = of("aws:vpclattice/serviceNetworkResourceAssociation:ServiceNetworkResourceAssociation");
    assert.deepEqual(
      [
        total(joined, joined),
        total(
          of("aws:vpclattice/resourceGateway:ResourceGateway"),
          of("aws:vpclattice/resourceConfiguration:ResourceConfiguration"),
          of("aws-native:devopsagent:PrivateConnection"),
        ),
        latticeTraffic(50, REGION),
      ],
      [144, 0, 0.5],
    );
    assert.equal(latticeTraffic(1, "mars-north-1"), undefined);
  });

  it("pays a database in two AZs twice, storage included, and its managed password's secret once", () => {
    const database = (multiAz: boolean): Charged =>
      of("aws:rds/instance:Instance", {
        instanceClass: "db.t4g.medium",
        allocatedStorage: 20,
        multiAz,
        manageMasterUserPassword: true,
      });
    assert.equal(total(database(false)), 49.5);
    assert.equal(total(database(true)), 98.6);
  });

  it("has no price rather than a wrong one: an unknown class, an unknown region", () => {
    const cost = monthlyCost([of("aws:rds/instance:Instance", { instanceClass: "db.x9.huge" })], REGION);
    assert.deepEqual([cost?.total, cost?.unpriced], [0, 1]);
    assert.match(cost?.items[0]?.because ?? "", /no price in the table/);
    assert.equal(monthlyCost([endpoint(["subnet-1"])], "mars-north-1"), undefined);
    assert.equal(endpointTraffic(1, "mars-north-1"), undefined);
  });

  it("is the sum of its parts in any order, and never less for one thing more", () => {
    const any = fc.constantFrom(
      endpoint(["a", "b"]),
      of("aws:ec2/natGateway:NatGateway"),
      of("aws:lb/loadBalancer:LoadBalancer", { loadBalancerType: "network" }),
      of("aws:eks/cluster:Cluster"),
      of("aws:kms/key:Key"),
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 20 }), any, (resources, more) => {
        const [before = 0, after = 0] = [total(...resources), total(...resources.toReversed(), more)];
        assert.ok(Math.abs(after - before - (total(more) ?? 0)) < 0.005 && after > before);
      }),
    );
  });
});

describe("a replacement", () => {
  it("is an outage where it loses data or breaks connections, and nothing to speak of otherwise", () => {
    assert.equal(outageOfReplacing("aws:rds/instance:Instance"), "data");
    assert.equal(outageOfReplacing("aws:ec2/vpcEndpoint:VpcEndpoint"), "connections");
    assert.equal(outageOfReplacing("aws:iam/rolePolicyAttachment:RolePolicyAttachment"), undefined);
  });
});
