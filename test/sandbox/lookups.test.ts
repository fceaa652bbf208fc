import assert from "node:assert/strict";
import {
  ACME_VPC,
  INSTANCES,
  SUBNET_A,
  SUBNET_B,
  T,
  connection,
  endpointArguments,
  offer,
} from "./support/connection.ts";
import { DATA, TOOLS, actor, demoWorld } from "./support/world.ts";

const EC2 = (name: string): string => `aws:ec2/${name}:${name}`;

describe("the sandbox's look-ups", () => {
  it("pair zone names and ids as each account has them", () => {
    const world = demoWorld();
    const zones = (account: string) =>
      actor(world, account).look("aws:index/getAvailabilityZones:getAvailabilityZones", { state: "available" });
    assert.deepEqual(zones(DATA).zoneIds, ["use1-az1", "use1-az2", "use1-az4", "use1-az6"]);
    assert.deepEqual(zones(TOOLS).zoneIds, ["use1-az6", "use1-az1", "use1-az2", "use1-az4"]);
    assert.deepEqual(zones(DATA).names, zones(TOOLS).names);
  });

  it("say who calls: an account, or a role in one", () => {
    const world = demoWorld();
    assert.equal(actor(world, DATA).look("aws:index/getCallerIdentity:getCallerIdentity").accountId, DATA);
    const assumed = actor(world, DATA, { role: "corpai-cross-account-access" }).look(
      "aws:index/getCallerIdentity:getCallerIdentity",
    );
    assert.equal(assumed.arn, `arn:aws:sts::${DATA}:assumed-role/corpai-cross-account-access/sandbox`);
  });

  it("find VPCs and subnets by id, tag or filter, and refuse none, many, and filters that EC2 does not know", () => {
    const customer = actor(demoWorld(), DATA);
    assert.equal(customer.look(EC2("getVpc"), { tags: { Name: "acme-data" } }).id, ACME_VPC);
    assert.equal(customer.look(EC2("getSubnet"), { id: SUBNET_A }).availabilityZoneId, "use1-az1");
    assert.equal(customer.look(EC2("getSubnet"), { vpcId: ACME_VPC, availabilityZoneId: "use1-az2" }).id, SUBNET_B);
    assert.equal(
      (
        customer.look(EC2("getSubnets"), {
          filters: [
            { name: "vpc-id", values: [ACME_VPC] },
            { name: "tag:Name", values: ["acme-data-*"] },
          ],
        }).ids as string[]
      ).length,
      3,
    );
    assert.deepEqual(customer.look(EC2("getSubnets"), { filters: [{ name: "vpc-id", values: ["vpc-0"] }] }).ids, []);
    assert.throws(
      () => customer.look(EC2("getSubnet"), { vpcId: ACME_VPC }),
      /multiple EC2 Subnets matched; use additional constraints to reduce matches to a single EC2 Subnet/,
    );
    assert.throws(
      () => customer.look(EC2("getSubnet"), { id: "subnet-0ace7001500000002" }),
      /no matching EC2 Subnet found/,
    );
    assert.throws(
      () => customer.look(EC2("getVpc"), { filters: [{ name: "colour", values: ["blue"] }] }),
      /The filter 'colour' is invalid/,
    );
  });

  it("count the addresses that a subnet has left", () => {
    const { customer } = connection();
    // 256 less AWS's five, the ClickHouse node, Grafana, and a node of each load balancer.
    assert.equal(customer.look(EC2("getSubnet"), { id: SUBNET_A }).availableIpAddressCount, 247);
  });

  it("show an instance with its groups", () => {
    const instance = actor(demoWorld(), DATA).look(EC2("getInstance"), { instanceId: INSTANCES[0] });
    assert.deepEqual(
      [instance.privateIp, instance.vpcSecurityGroupIds, instance.subnetId],
      ["10.20.0.21", ["sg-0acedada0c11c0005"], SUBNET_A],
    );
  });

  it("show an endpoint as it is now", () => {
    const c = connection({ accept: false });
    const look = () => c.customer.look(EC2("getVpcEndpoint"), { id: c.endpoint.id });
    assert.deepEqual([look().state, look().dnsEntries], ["pendingAcceptance", []]);
    c.customer.make(T.accepter, { vpcEndpointId: c.endpoint.id, vpcEndpointServiceId: c.service.id });
    assert.equal(look().state, "available");
    assert.equal((look().dnsEntries as unknown[]).length, 3);
    assert.throws(
      () => actor(c.world, TOOLS).look(EC2("getVpcEndpoint"), { id: c.endpoint.id }),
      /no matching EC2 VPC Endpoint found/,
    );
  });

  it("show a service to those it admits, with its zones by their names, and only those they have", () => {
    const world = demoWorld();
    const customer = actor(world, DATA);
    const { service } = offer(customer, { service: { allowedPrincipals: [`arn:aws:iam::${TOOLS}:root`] } });
    const look = (account: string) =>
      actor(world, account).look(EC2("getVpcEndpointService"), { serviceName: service.serviceName ?? "" });
    assert.deepEqual(look(DATA).availabilityZones, ["us-east-1a", "us-east-1b"]);
    const seen = look(TOOLS);
    assert.deepEqual(seen.availabilityZones, ["us-east-1b", "us-east-1c"]);
    assert.deepEqual(
      [seen.owner, seen.serviceId, seen.acceptanceRequired, seen.vpcEndpointPolicySupported],
      [DATA, service.id, true, false],
    );
    customer.change(T.service, service.id, {
      acceptanceRequired: true,
      networkLoadBalancerArns: service.networkLoadBalancerArns ?? [],
      allowedPrincipals: [],
    });
    assert.throws(() => look(TOOLS), /InvalidServiceName: The Vpc Endpoint Service '.*' does not exist/);
  });

  it("give AWS's own services by their short names", () => {
    const customer = actor(demoWorld(), DATA);
    assert.equal(
      customer.look(EC2("getVpcEndpointService"), { service: "logs" }).serviceName,
      "com.amazonaws.us-east-1.logs",
    );
    assert.throws(
      () => customer.look(EC2("getVpcEndpointService"), { service: "s3" }),
      /multiple EC2 VPC Endpoint Services matched/,
    );
    assert.equal(
      customer.look(EC2("getVpcEndpointService"), { service: "s3", serviceType: "Gateway" }).serviceType,
      "Gateway",
    );
  });

  it("find endpoints by service and VPC", () => {
    const { customer, endpoint, ...rest } = connection();
    assert.equal(
      customer.look(EC2("getVpcEndpoint"), { vpcId: rest.vpc.id, serviceName: rest.service.serviceName ?? "" }).id,
      endpoint.id,
    );
    customer.make(T.endpoint, endpointArguments(rest, rest.service));
    assert.throws(
      () => customer.look(EC2("getVpcEndpoint"), { vpcId: rest.vpc.id }),
      /multiple EC2 VPC Endpoints matched/,
    );
  });
});
