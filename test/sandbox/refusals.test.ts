// Proves, code by code, refusals of AWS that the tests of the single services do not show already: quotas, exhausted subnets, ids that are not there, what
// can no longer be changed. docs/refusals.md lists all of them. The codes and texts are AWS's as far as its documents and users report them.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { estateOf } from "../../sandbox/estate.ts";
import { Refusal } from "../../sandbox/model.ts";
import { World } from "../../sandbox/world.ts";
import { clusterArguments, K, textOf, trust } from "./support/cluster.ts";
import {
  ACME_VPC,
  CLICKHOUSE_GROUP,
  INSTANCES,
  SUBNET_A,
  SUBNET_B,
  SUBNET_C,
  T,
  connection,
  endpointArguments,
  offer,
  tcp,
} from "./support/connection.ts";
import { DATA, actor, demoWorld, estateWorld } from "./support/world.ts";
import type { Actor } from "./support/world.ts";

const EIP = "aws:ec2/eip:Eip";
const QUOTA = "aws:servicequotas/getServiceQuota:getServiceQuota";
const INTERFACE = "aws:ec2/networkInterface:NetworkInterface";
const NAT = "aws:ec2/natGateway:NatGateway";
const ROUTE = "aws:ec2/route:Route";
const TABLE = "aws:ec2/routeTable:RouteTable";
const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
const ROUTE_ASIDE = { destinationCidrBlock: "0.0.0.0/0" };

const NLB = { internal: true, loadBalancerType: "network", subnets: [SUBNET_A, SUBNET_B] };
const TARGETS = { name: "tg", port: 8443, protocol: "TCP", vpcId: ACME_VPC };

const customer = (): Actor => actor(demoWorld(), DATA);
const times = (count: number, act: (index: number) => unknown): void => {
  for (let index = 0; index < count; index += 1) act(index);
};
const forward = (loadBalancerArn: string, port: number, targetGroupArn: string, protocol = "TCP") => ({
  loadBalancerArn,
  port,
  protocol,
  defaultActions: [{ type: "forward", targetGroupArn }],
});

/** Prepares a world; what it answers is then refused. */
type Prepare = () => () => unknown;

const cases: readonly (readonly [what: string, code: string, says: RegExp, prepare: Prepare])[] = [
  [
    "a sixth VPC of a region",
    "VpcLimitExceeded",
    /The maximum number of VPCs has been reached/,
    () => {
      const own = customer();
      times(4, (index) => own.make(T.vpc, { cidrBlock: `10.${50 + index}.0.0/16` }));
      return () => own.make(T.vpc, { cidrBlock: "10.60.0.0/16" });
    },
  ],
  [
    "a sixth Elastic IP of a region",
    "AddressLimitExceeded",
    /The maximum number of addresses has been reached/,
    () => {
      const own = customer();
      times(5, () => own.make(EIP, {}));
      return () => own.make(EIP, {});
    },
  ],
  [
    "a twenty-first gateway endpoint of a region",
    "VpcEndpointLimitExceeded",
    /The maximum number of VPC endpoints has been reached/,
    () => {
      const own = customer();
      const gateway = { vpcId: ACME_VPC, serviceName: "com.amazonaws.us-east-1.s3" };
      times(20, () => own.make(T.endpoint, gateway));
      return () => own.make(T.endpoint, gateway);
    },
  ],
  [
    "a sixth security group on one interface",
    "SecurityGroupsPerInterfaceLimitExceeded",
    /maximum number of security groups per interface/,
    () => {
      const { corpai, ...rest } = connection();
      const groups = [0, 1, 2, 3, 4, 5].map((n) => corpai.make(T.group, { name: `g${n}`, vpcId: rest.vpc.id }).id);
      return () => corpai.make(T.endpoint, { ...endpointArguments(rest, rest.service), securityGroupIds: groups });
    },
  ],
  [
    "an endpoint in a subnet without a free address",
    "InsufficientFreeAddressesInSubnet",
    /does not have enough free addresses to satisfy the request: subnet-/,
    () => {
      const { corpai, ...rest } = connection();
      const full = corpai.make(T.subnet, {
        vpcId: rest.vpc.id,
        cidrBlock: "10.40.99.0/28",
        availabilityZoneId: "use1-az1",
      });
      const wanted = { ...endpointArguments(rest, rest.service), subnetIds: [full.id] };
      // AWS keeps five of the sixteen.
      times(11, () => corpai.make(T.endpoint, wanted));
      return () => corpai.make(T.endpoint, wanted);
    },
  ],
  [
    "a security group on a load balancer that was born without",
    "InvalidConfigurationRequest",
    /You cannot set security groups on a Network Load Balancer which was created without any security groups/,
    () => {
      const own = customer();
      const { id } = own.make(T.balancer, { ...NLB, name: "bare" });
      return () => own.change(T.balancer, id, { ...NLB, name: "bare", securityGroups: [CLICKHOUSE_GROUP] });
    },
  ],
  [
    "a security group too many of a region",
    "SecurityGroupLimitExceeded",
    /The maximum number of security groups has been reached/,
    () => {
      const own = customer();
      const standing = own.context.world.all(T.group, ({ account }) => account === DATA).length;
      times(2500 - standing, (index) => own.make(T.group, { vpcId: ACME_VPC, name: `g${index}` }));
      return () => own.make(T.group, { vpcId: ACME_VPC });
    },
  ],
  [
    "a network interface too many of a region",
    "NetworkInterfaceLimitExceeded",
    /The maximum number of network interfaces has been reached/,
    () => {
      const { corpai, ...rest } = connection();
      const { world, caller } = corpai.context;
      const [one = assert.fail("no interface")] = world.all(INTERFACE, ({ account }) => account === caller.account);
      const standing = world.all(INTERFACE, ({ account }) => account === caller.account).length;
      times(4999 - standing, (index) => world.put({ ...one, id: `eni-${index}` }));
      // One of the two interfaces finds room, and the other one does not.
      return () => corpai.make(T.endpoint, endpointArguments(rest, rest.service));
    },
  ],
  [
    "a target group too many of a region",
    "TooManyTargetGroups",
    /The maximum number of target groups has been reached/,
    () => {
      const own = customer();
      const standing = own.context.world.all(T.targets).length;
      times(3000 - standing, (index) => own.make(T.targets, { ...TARGETS, name: `t${index}` }));
      return () => own.make(T.targets, TARGETS);
    },
  ],
  [
    "a quota that is not there",
    "NoSuchResourceException",
    /specified quota does not exist/,
    () => {
      const own = customer();
      return () => own.look(QUOTA, { serviceCode: "elasticloadbalancing", quotaCode: "L-29B6F2EB" });
    },
  ],
  [
    "a fifty-first load balancer of a region",
    "TooManyLoadBalancers",
    /The maximum number of load balancers has been reached/,
    () => {
      const own = customer();
      times(50, (index) => own.make(T.balancer, { ...NLB, name: `nlb-${index}` }));
      return () => own.make(T.balancer, { ...NLB, name: "one-more" });
    },
  ],
  [
    "a fifty-first listener of a load balancer",
    "TooManyListeners",
    /The maximum number of listeners has been reached/,
    () => {
      const own = customer();
      const { balancer, targets } = offer(own);
      times(49, (index) => own.make(T.listener, forward(balancer.id, 1000 + index, targets.id)));
      return () => own.make(T.listener, forward(balancer.id, 999, targets.id));
    },
  ],
  [
    "a thousand and first target of a group",
    "TooManyTargets",
    /The maximum number of targets \(1000\) has been reached on target group/,
    () => {
      const own = customer();
      const group = own.make(T.targets, { ...TARGETS, targetType: "ip" });
      const register = (index: number) =>
        own.make(T.attachment, { targetGroupArn: group.id, targetId: `10.20.${200 + (index >> 8)}.${index & 255}` });
      times(1000, register);
      return () => register(1000);
    },
  ],
  [
    "a listener of a cross-zone load balancer for more than 500 targets",
    "TooManyTargets",
    /The maximum number of targets \(500\) has been reached on load balancer/,
    () => {
      const own = customer();
      const balancer = own.make(T.balancer, { ...NLB, name: "nlb", enableCrossZoneLoadBalancing: true });
      const group = own.make(T.targets, { ...TARGETS, targetType: "ip" });
      times(501, (index) =>
        own.make(T.attachment, { targetGroupArn: group.id, targetId: `10.20.${200 + (index >> 8)}.${index & 255}` }),
      );
      return () => own.make(T.listener, forward(balancer.id, 8443, group.id));
    },
  ],
  [
    "a target that does not run",
    "InvalidTarget",
    /not in a running state and cannot be registered: 'i-0acedada0c11c0001'/,
    () => {
      const own = customer();
      const group = own.make(T.targets, TARGETS);
      const instance = own.context.world.get("aws:ec2/instance:Instance", INSTANCES[0]);
      assert.ok(instance);
      instance.computed = { ...instance.computed, instanceState: "stopped" };
      return () => own.make(T.attachment, { targetGroupArn: group.id, targetId: INSTANCES[0] });
    },
  ],
  [
    "a TCP listener on a group of UDP targets",
    "IncompatibleProtocols",
    /does not suit a TCP listener/,
    () => {
      const own = customer();
      const { balancer } = offer(own);
      const group = own.make(T.targets, { ...TARGETS, protocol: "UDP" });
      return () => own.make(T.listener, forward(balancer.id, 53, group.id));
    },
  ],
  [
    "a TLS listener without a certificate",
    "ValidationError",
    /A certificate must be specified/,
    () => {
      const own = customer();
      const { balancer, targets } = offer(own);
      return () => own.make(T.listener, forward(balancer.id, 443, targets.id, "TLS"));
    },
  ],
  [
    "a subnet that the account does not have",
    "InvalidSubnetID.NotFound",
    /The subnet ID 'subnet-00000000000000000' does not exist/,
    () => {
      const { corpai, ...rest } = connection();
      const wanted = { ...endpointArguments(rest, rest.service), subnetIds: ["subnet-00000000000000000"] };
      return () => corpai.make(T.endpoint, wanted);
    },
  ],
  [
    "a gateway endpoint in a route table that is not there",
    "InvalidRouteTableId.NotFound",
    /The route table 'rtb-0' does not exist/,
    () => () =>
      customer().make(T.endpoint, {
        vpcId: ACME_VPC,
        serviceName: "com.amazonaws.us-east-1.s3",
        routeTableIds: ["rtb-0"],
      }),
  ],
  [
    "a route in a table that is not there",
    "InvalidRouteTableID.NotFound",
    /The routeTable ID 'rtb-0' does not exist/,
    () => () => customer().make(ROUTE, { routeTableId: "rtb-0", ...ROUTE_ASIDE, gatewayId: "igw-0" }),
  ],
  [
    "a route to a gateway that is not there",
    "InvalidGatewayID.NotFound",
    /The gateway ID 'igw-0' does not exist/,
    () => {
      const own = customer();
      const { id } = own.make(TABLE, { vpcId: ACME_VPC });
      return () => own.make(ROUTE, { routeTableId: id, ...ROUTE_ASIDE, gatewayId: "igw-0" });
    },
  ],
  [
    "a route to a NAT gateway that is not there",
    "InvalidNatGatewayID.NotFound",
    /The natGateway ID 'nat-0' does not exist/,
    () => {
      const own = customer();
      const { id } = own.make(TABLE, { vpcId: ACME_VPC });
      return () => own.make(ROUTE, { routeTableId: id, ...ROUTE_ASIDE, natGatewayId: "nat-0" });
    },
  ],
  [
    "a NAT gateway with an address that is not there",
    "InvalidAllocationID.NotFound",
    /The allocation ID 'eipalloc-0' does not exist/,
    () => () => customer().make(NAT, { subnetId: SUBNET_A, allocationId: "eipalloc-0" }),
  ],
  [
    "the address of a NAT gateway, to be released",
    "InvalidIPAddress.InUse",
    /Address 203\.0\.113\.\d+ is in use/,
    () => {
      const own = customer();
      own.make(T.gateway, { vpcId: ACME_VPC });
      const address = own.make(EIP, {});
      own.make(NAT, { subnetId: SUBNET_A, allocationId: address.id });
      return () => own.unmake(EIP, address.id);
    },
  ],
  [
    "a second route table for a subnet",
    "Resource.AlreadyAssociated",
    /conflicts with an existing association/,
    () => {
      const own = customer();
      const { id } = own.make(TABLE, { vpcId: ACME_VPC });
      own.make(ASSOCIATION, { routeTableId: id, subnetId: SUBNET_A });
      return () => own.make(ASSOCIATION, { routeTableId: id, subnetId: SUBNET_A });
    },
  ],
  [
    "a cluster in an AZ that EKS leaves out",
    "UnsupportedAvailabilityZoneException",
    /Cannot create cluster 'mcp' because use1-az3, the targeted availability zone/,
    () => {
      const subnets = { "subnet-00000000000000001": "10.0.0.0/24", "subnet-00000000000000002": "10.0.1.0/24" };
      const zones = { "us-east-1a": "use1-az1", "us-east-1b": "use1-az3" };
      const placed = Object.entries(subnets).map(
        ([id, cidr], index) => [id, { cidr, zone: Object.keys(zones)[index] ?? "" }] as const,
      );
      const vpcs = { "vpc-00000000000000001": { cidr: "10.0.0.0/16", subnets: Object.fromEntries(placed) } };
      const own = actor(estateWorld({ region: "us-east-1", accounts: { [DATA]: { zones, vpcs } } }), DATA);
      const role = own.make(K.role, { name: "cluster", assumeRolePolicy: trust("eks.amazonaws.com") });
      return () => own.make(K.cluster, clusterArguments(textOf(role.arn), Object.keys(subnets)));
    },
  ],
  [
    "a load balancer that would leave an AZ of an endpoint service",
    "OperationNotPermitted",
    /cannot lose subnet subnet-0acedada00000000b: it has active VPC endpoint associations/,
    () => {
      const own = customer();
      const { balancer, group } = offer(own);
      const wanted = { ...NLB, name: "corpai-clickhouse-nlb", securityGroups: [group.id] };
      return () => own.change(T.balancer, balancer.id, { ...wanted, subnets: [SUBNET_A, SUBNET_C] });
    },
  ],
];

describe("AWS's refusals in the sandbox", () => {
  for (const [what, code, says, prepare] of cases) {
    it(`${what}: ${code}`, () => {
      const act = prepare();
      assert.throws(act, (error) => {
        assert.ok(error instanceof Refusal, String(error));
        assert.equal(error.code, code);
        assert.match(error.message, says);
        return true;
      });
    });
  }

  it("leave a load balancer alone that was born without groups and is to stay so", () => {
    const own = customer();
    const bare = { ...NLB, name: "bare" };
    const { id } = own.make(T.balancer, bare);
    own.change(T.balancer, id, { ...bare, subnets: [SUBNET_A, SUBNET_B, SUBNET_C] });
    assert.deepEqual(own.read(T.balancer, id).securityGroups, []);
  });
});

describe("a quota that AWS has raised", () => {
  const raised = (quotas: Record<string, number>) =>
    estateOf({
      region: "us-east-1",
      accounts: {
        [DATA]: { zones: { "us-east-1a": "use1-az1" }, quotas, vpcs: { [ACME_VPC]: { cidr: "10.20.0.0/16" } } },
      },
    });

  it("lets its account have more, and says so to who looks it up", () => {
    const { facts, objects } = raised({ "L-0EA8095F": 61 });
    const own = actor(new World("test", facts, objects), DATA);
    const { id } = own.make(T.group, { vpcId: ACME_VPC });
    const rule = (port: number) =>
      own.make(T.ingress, { securityGroupId: id, ...tcp(port, { cidrIpv4: "10.0.0.0/8" }) });
    times(61, (index) => rule(1000 + index));
    assert.throws(() => rule(2000), /RulesPerSecurityGroupLimitExceeded/);
    const { value, defaultValue, adjustable } = own.look(QUOTA, { serviceCode: "vpc", quotaCode: "L-0EA8095F" });
    assert.deepEqual([value, defaultValue, adjustable], [61, 60, true]);
    const other = actor(own.context.world, "444455556666");
    assert.equal(other.look(QUOTA, { serviceCode: "vpc", quotaCode: "L-0EA8095F" }).value, 60);
  });

  it("is one that AWS has, raises, and never lowers", () => {
    assert.throws(() => raised({ "L-00000000": 5 }), /quotas\.L-00000000: the sandbox knows no quota/);
    assert.throws(() => raised({ "L-57A373D6": 60 }), /AWS raises "Listeners per Network Load Balancer" for nobody/);
    assert.throws(() => raised({ "L-29B6F2EB": 49 }), /"Interface VPC endpoints per VPC" is 50 for everybody/);
  });
});

describe("names that are taken can be looked up", () => {
  const LB = "aws:lb/getLoadBalancer:getLoadBalancer";
  const TG = "aws:lb/getTargetGroup:getTargetGroup";
  const POLICY = "aws:iam/getPolicy:getPolicy";

  it("of load balancers and target groups by name, of policies by ARN, with what tells whose they are", () => {
    const own = customer();
    const { balancer, targets, group } = offer(own, { balancer: { tags: { corpai: "privatelink" } } });
    const found = own.look(LB, { name: "corpai-clickhouse-nlb" });
    assert.deepEqual(
      [found.arn, found.vpcId, found.subnets, found.securityGroups, found.tags],
      [balancer.id, ACME_VPC, [SUBNET_A, SUBNET_B], [group.id], { corpai: "privatelink" }],
    );
    const behind = own.look(TG, { name: "corpai-clickhouse-tg" });
    assert.deepEqual([behind.arn, behind.loadBalancerArns], [targets.id, [balancer.id]]);
    const policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "ec2:*", Resource: "*" }],
    });
    const { arn } = own.make("aws:iam/policy:Policy", { name: "mine", policy, tags: { owner: "acme" } });
    assert.deepEqual(own.look(POLICY, { arn: textOf(arn) }).tags, { owner: "acme" });
  });

  it("and are not there for another account, or under another name, in the provider's words", () => {
    const own = customer();
    offer(own);
    const other = actor(own.context.world, "444455556666");
    assert.throws(() => other.look(LB, { name: "corpai-clickhouse-nlb" }), /Load Balancers: couldn't find resource/);
    assert.throws(() => own.look(TG, { name: "corpai-github-tg" }), /Target Groups: couldn't find resource/);
    assert.throws(
      () => own.look(POLICY, { arn: `arn:aws:iam::${DATA}:policy/nobodys` }),
      /reading IAM policy \(arn:aws:iam::111122223333:policy\/nobodys\): couldn't find resource/,
    );
  });

  it("and an endpoint's interfaces are found by VPC, subnet and type", () => {
    const { corpai, vpc, subnets, endpoint } = connection();
    const look = (values: Record<string, string>) =>
      corpai.look("aws:ec2/getNetworkInterfaces:getNetworkInterfaces", {
        filters: Object.entries(values).map(([name, value]) => ({ name, values: [value] })),
      }).ids as string[];
    const own = { "vpc-id": vpc.id, "interface-type": "vpc_endpoint" };
    assert.deepEqual(look(own).sort(), [...(endpoint.networkInterfaceIds as string[])].sort());
    assert.equal(look({ ...own, "subnet-id": subnets["use1-az1"] ?? "" }).length, 1);
    assert.equal(look({ ...own, "subnet-id": subnets["use1-az4"] ?? "" }).length, 0);
    assert.equal(look({ "vpc-id": ACME_VPC, "interface-type": "vpc_endpoint" }).length, 0);
  });
});
