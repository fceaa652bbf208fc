/**
 * Proves that paths between the internet and what is private are found across the stacks of an environment, as `corpai trace` looks for them. What the
 * same code says within one stack, and while ids are unknown, is proven by the policy rule's table in test/policy/rules/internet-reachability.test.ts.
 */
import assert from "node:assert/strict";
import { internetExposures } from "../../model/internet-exposures.ts";
import { type Properties, type ResourceRecord, UNKNOWN } from "../../model/resource-record.ts";

function record(stack: string, type: string, name: string, inputs: Properties, id = name): ResourceRecord {
  return {
    stack,
    urn: `urn:pulumi:${stack}::corpai::${type}::${name}`,
    type,
    name,
    parent: undefined,
    id,
    inputs,
    outputs: { ...inputs, arn: `arn:${name}` },
    dependencies: {},
  };
}

const SUBNET = "aws:ec2/subnet:Subnet";
const network = (kind: string, gateway: Properties): ResourceRecord[] => [
  record("network.prod", SUBNET, "subnet-1", { tags: { SubnetType: kind } }),
  record("network.prod", "aws:ec2/routeTable:RouteTable", "rtb-1", {}),
  record("network.prod", "aws:ec2/routeTableAssociation:RouteTableAssociation", "rtbassoc-1", {
    subnetId: "subnet-1",
    routeTableId: "rtb-1",
  }),
  record("network.prod", "aws:ec2/route:Route", "route-1", {
    routeTableId: "rtb-1",
    destinationCidrBlock: "0.0.0.0/0",
    ...gateway,
  }),
];
const database = record("data.prod", "aws:rds/subnetGroup:SubnetGroup", "group-1", { subnetIds: ["subnet-1"] });

const found = (...records: readonly ResourceRecord[]): string[] =>
  internetExposures(records).map(({ at, verdict, because }) => `${at.stack} ${at.name} ${verdict}: ${because}`);

describe("paths between the internet and what is private", () => {
  it("lead from a gateway of one stack to what another stack has placed there", () => {
    assert.deepEqual(found(...network("Public", { gatewayId: "igw-1" }), database), [
      "data.prod group-1 exposed: it stands in subnet-1, which has a route to an internet gateway",
    ]);
  });

  it("are none where the only way is out, by NAT", () => {
    assert.deepEqual(found(...network("Private", { natGatewayId: "nat-1" }), database), []);
  });

  it("lead out of an isolated subnet by NAT", () => {
    assert.deepEqual(found(...network("Isolated", { natGatewayId: "nat-1" })), [
      "network.prod route-1 exposed: it leads subnet-1, which is isolated, to the internet by a NAT gateway",
    ]);
  });

  it("are none of a gateway that is a virtual private one, and none of the VPC's own addresses", () => {
    assert.deepEqual(found(...network("Isolated", { gatewayId: "vgw-1" })), []);
    assert.deepEqual(found(...network("Isolated", { gatewayId: "local" })), []);
  });

  it("are not decided while the gateway is not known", () => {
    assert.deepEqual(found(...network("Private", { gatewayId: UNKNOWN })), [
      "network.prod route-1 undecided: whether it leads subnet-1, which is private, to the internet is not known yet",
    ]);
  });
});
