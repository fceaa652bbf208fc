import assert from "node:assert/strict";
import { text } from "../../sandbox/values.ts";
import { ACME_VPC, SUBNET_A, T } from "./support/connection.ts";
import { DATA, TOOLS, actor, demoWorld } from "./support/world.ts";

describe("VPCs and subnets of the sandbox", () => {
  it("are born with a default group, which trusts itself, and a main route table", () => {
    const corpai = actor(demoWorld(), DATA);
    const vpc = corpai.make(T.vpc, { cidrBlock: "10.40.0.0/16" });
    const group = corpai.look("aws:ec2/getSecurityGroup:getSecurityGroup", { vpcId: vpc.id, name: "default" });
    assert.equal(group.id, vpc.defaultSecurityGroupId);
    assert.equal(vpc.enableDnsHostnames, false);
    assert.match(vpc.id, /^vpc-[0-9a-f]{17}$/);
    assert.equal(vpc.arn, `arn:aws:ec2:us-east-1:${DATA}:vpc/${vpc.id}`);
    assert.throws(() => corpai.unmake(T.group, text(group.id) ?? ""), /CannotDelete/);
    corpai.unmake(T.vpc, vpc.id);
    assert.equal(corpai.context.world.objects.filter(({ estate }) => !estate).length, 0);
  });

  it("have blocks from /16 to /28, written as AWS writes them, as the provider checks before any call", () => {
    const corpai = actor(demoWorld(), DATA);
    assert.throws(() => corpai.make(T.vpc, { cidrBlock: "10.0.0.0/8" }), /between 16 and 28 significant bits, got: 8/);
    assert.throws(() => corpai.make(T.vpc, { cidrBlock: "10.0.0.1/16" }), /did you mean "10\.0\.0\.0\/16"/);
    assert.throws(() => corpai.make(T.vpc, { cidrBlock: "10.0.0/16" }), /not a valid IPv4 CIDR block/);
    assert.throws(() => corpai.make(T.vpc, { cidrBlock: "10.0.0.0/16", colour: "blue" }), /takes no argument "colour"/);
  });

  it("keep subnets inside the VPC and apart from each other", () => {
    const corpai = actor(demoWorld(), DATA);
    const subnet = (cidrBlock: string): unknown =>
      corpai.make(T.subnet, { vpcId: ACME_VPC, cidrBlock, availabilityZone: "us-east-1a" });
    assert.throws(
      () => subnet("10.20.0.128/25"),
      /InvalidSubnet\.Conflict: The CIDR '10\.20\.0\.128\/25' conflicts with another subnet/,
    );
    assert.throws(() => subnet("10.21.0.0/24"), /InvalidSubnet\.Range/);
    subnet("10.20.9.0/24");
  });

  it("translate AZ names by account and refuse those that an account does not have", () => {
    const world = demoWorld();
    const [data, tools] = [actor(world, DATA), actor(world, TOOLS)];
    const own = data.make(T.subnet, { vpcId: ACME_VPC, cidrBlock: "10.20.9.0/24", availabilityZone: "us-east-1d" });
    assert.equal(own.availabilityZoneId, "use1-az6");
    const byId = tools.make(T.subnet, {
      vpcId: "vpc-0ace7001500000001",
      cidrBlock: "10.30.9.0/24",
      availabilityZoneId: "use1-az6",
    });
    assert.equal(byId.availabilityZone, "us-east-1a");
    assert.throws(
      () => data.make(T.subnet, { vpcId: ACME_VPC, cidrBlock: "10.20.10.0/24", availabilityZone: "us-east-1f" }),
      /InvalidParameterValue: Value \(us-east-1f\) for parameter availabilityZone is invalid\. .*us-east-1a, us-east-1b/,
    );
    assert.throws(
      () =>
        data.make(T.subnet, {
          vpcId: ACME_VPC,
          cidrBlock: "10.20.10.0/24",
          availabilityZone: "us-east-1a",
          availabilityZoneId: "use1-az1",
        }),
      /conflicts with/,
    );
  });

  it("are not deleted while something stands in them", () => {
    const world = demoWorld();
    const corpai = actor(world, DATA);
    assert.throws(
      () => corpai.unmake(T.subnet, SUBNET_A),
      /DependencyViolation: The subnet 'subnet-0acedada00000000a' has dependencies/,
    );
    const vpc = corpai.make(T.vpc, { cidrBlock: "10.40.0.0/16" });
    const subnet = corpai.make(T.subnet, { vpcId: vpc.id, cidrBlock: "10.40.0.0/24" });
    assert.throws(() => corpai.unmake(T.vpc, vpc.id), /DependencyViolation: The vpc '.*' has dependencies/);
    corpai.unmake(T.subnet, subnet.id);
    const group = corpai.make(T.group, { vpcId: vpc.id });
    assert.throws(() => corpai.unmake(T.vpc, vpc.id), /DependencyViolation/);
    corpai.unmake(T.group, group.id);
    const gateway = corpai.make(T.gateway, { vpcId: vpc.id });
    assert.throws(() => corpai.unmake(T.vpc, vpc.id), /DependencyViolation/);
    corpai.unmake(T.gateway, gateway.id);
    corpai.unmake(T.vpc, vpc.id);
  });

  it("are seen by their own account only", () => {
    const tools = actor(demoWorld(), TOOLS);
    assert.throws(() => tools.make(T.subnet, { vpcId: ACME_VPC, cidrBlock: "10.20.9.0/24" }), /InvalidVpcID\.NotFound/);
    assert.throws(() => tools.look("aws:ec2/getVpc:getVpc", { id: ACME_VPC }), /no matching EC2 VPC found/);
    assert.throws(
      () => actor(demoWorld(), DATA, { region: "eu-west-1" }).look("aws:ec2/getVpc:getVpc", { id: ACME_VPC }),
      /no matching EC2 VPC found/,
    );
  });

  it("replace on a change of place or block, and update tags and DNS flags", () => {
    const corpai = actor(demoWorld(), DATA);
    const before = { vpcId: ACME_VPC, cidrBlock: "10.20.9.0/24", availabilityZone: "us-east-1a" };
    assert.deepEqual(corpai.replacing(T.subnet, before, { ...before, cidrBlock: "10.20.10.0/24", tags: { a: "b" } }), [
      "cidrBlock",
    ]);
    assert.deepEqual(
      corpai.replacing(T.vpc, { cidrBlock: "10.0.0.0/16" }, { cidrBlock: "10.0.0.0/16", enableDnsHostnames: true }),
      [],
    );
  });
});

describe("the way out of a VPC", () => {
  const NAT = "aws:ec2/natGateway:NatGateway";
  const EIP = "aws:ec2/eip:Eip";
  const TABLE = "aws:ec2/routeTable:RouteTable";
  const ROUTE = "aws:ec2/route:Route";

  it("needs an internet gateway, an address, and a route of its own", () => {
    const corpai = actor(demoWorld(), DATA);
    const vpc = corpai.make(T.vpc, { cidrBlock: "10.40.0.0/16" });
    const subnet = corpai.make(T.subnet, { vpcId: vpc.id, cidrBlock: "10.40.0.0/24" });
    assert.throws(() => corpai.make(NAT, { subnetId: subnet.id }), /MissingParameter/);
    const address = corpai.make(EIP, {});
    assert.throws(
      () => corpai.make(NAT, { subnetId: subnet.id, allocationId: address.id }),
      /Gateway\.NotAttached: Network vpc-.* has no Internet gateway attached/,
    );
    const gateway = corpai.make(T.gateway, { vpcId: vpc.id });
    assert.throws(() => corpai.make(T.gateway, { vpcId: vpc.id }), /already has an internet gateway attached/);
    const nat = corpai.make(NAT, { subnetId: subnet.id, allocationId: address.id });
    const table = corpai.make(TABLE, { vpcId: vpc.id });
    corpai.make("aws:ec2/routeTableAssociation:RouteTableAssociation", { routeTableId: table.id, subnetId: subnet.id });
    const route = { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat.id };
    corpai.make(ROUTE, route);
    assert.throws(() => corpai.make(ROUTE, route), /RouteAlreadyExists/);
    assert.throws(() => corpai.unmake(TABLE, table.id), /DependencyViolation: The routeTable/);
    assert.throws(() => corpai.unmake(T.gateway, gateway.id), /mapped public address/);
    assert.throws(() => corpai.unmake(EIP, address.id), /InUse/);
    assert.throws(() => corpai.unmake(T.subnet, subnet.id), /DependencyViolation/);
  });

  it("is logged to CloudWatch only with a role to write by", () => {
    const corpai = actor(demoWorld(), DATA);
    const log = {
      vpcId: ACME_VPC,
      trafficType: "ALL",
      logDestination: `arn:aws:logs:us-east-1:${DATA}:log-group:flows`,
    };
    assert.throws(() => corpai.make("aws:ec2/flowLog:FlowLog", log), /DeliverLogsPermissionArn can't be empty/);
    const role = `arn:aws:iam::${DATA}:role/corpai-cross-account-access`;
    const made = corpai.make("aws:ec2/flowLog:FlowLog", { ...log, iamRoleArn: role });
    assert.equal(made.maxAggregationInterval, 600);
    assert.throws(() => corpai.make("aws:ec2/flowLog:FlowLog", { ...log, iamRoleArn: role }), /FlowLogAlreadyExists/);
    assert.throws(
      () => corpai.make("aws:ec2/flowLog:FlowLog", { ...log, subnetId: SUBNET_A, iamRoleArn: role }),
      /only one of/,
    );
  });
});
