import assert from "node:assert/strict";
import { text } from "../../sandbox/values.ts";
import type { Properties } from "../../sandbox/wire.ts";
import {
  ACME_VPC,
  CLICKHOUSE_GROUP,
  INSTANCES,
  SUBNET_A,
  SUBNET_B,
  SUBNET_C,
  T,
  connection,
  consumer,
  offer,
  without,
} from "./support/connection.ts";
import { DATA, TOOLS, actor, demoWorld } from "./support/world.ts";

const NLB = {
  name: "nlb",
  internal: true,
  loadBalancerType: "network",
  subnets: [SUBNET_A, SUBNET_B],
  securityGroups: [CLICKHOUSE_GROUP],
} satisfies Properties;
const TARGETS = { name: "tg", port: 8443, protocol: "TCP", vpcId: ACME_VPC } satisfies Properties;

describe("load balancers of the sandbox", () => {
  it("get ARN, DNS name and an address in each subnet", () => {
    const customer = actor(demoWorld(), DATA);
    const balancer = customer.make(T.balancer, NLB);
    assert.match(
      balancer.id,
      /^arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer\/net\/nlb\/[0-9a-f]{16}$/,
    );
    assert.match(text(balancer.dnsName) ?? "", /^nlb-[0-9a-f]{16}\.elb\.us-east-1\.amazonaws\.com$/);
    assert.equal(balancer.vpcId, ACME_VPC);
    assert.deepEqual(
      balancer.subnetMappings,
      [SUBNET_A, SUBNET_B].map((subnetId, index) => ({
        subnetId,
        privateIpv4Address: `10.20.${index}.4`,
        allocationId: "",
        ipv6Address: "",
        outpostId: "",
      })),
    );
  });

  it("balance inside a zone and enforce inbound rules on PrivateLink unless told otherwise", () => {
    const customer = actor(demoWorld(), DATA);
    const { enableCrossZoneLoadBalancing, enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: enforced } =
      customer.make(T.balancer, NLB);
    assert.deepEqual([enableCrossZoneLoadBalancing, enforced], [false, "on"]);
    const off = customer.make(T.balancer, {
      ...NLB,
      name: "other",
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "off",
    });
    assert.equal(off.enforceSecurityGroupInboundRulesOnPrivateLinkTraffic, "off");
  });

  it("have names of at most 32 characters, letters, digits and hyphens, that nobody has in this account and region", () => {
    const world = demoWorld();
    const customer = actor(world, DATA);
    const named = (name: string): unknown => customer.make(T.balancer, { ...NLB, name });
    assert.throws(() => named("corpai-clickhouse-production-eu-nlb"), /"name" cannot be longer than 32 characters/);
    assert.throws(() => named("corpai_clickhouse"), /only alphanumeric characters and hyphens allowed/);
    assert.throws(() => named("-nlb"), /cannot begin with a hyphen/);
    assert.throws(() => named("internal-nlb"), /cannot begin with "internal-"/);
    assert.throws(
      () => customer.make(T.balancer, { ...NLB, name: null }, "a-logical-name-of-26-chars"),
      /name 'a-logical-name-of-26-chars-' plus 7 random chars is longer than maximum length 32/,
    );
    named("nlb");
    assert.throws(() => named("nlb"), /DuplicateLoadBalancerName: ELBv2 Load Balancer \(nlb\) already exists/);
    actor(world, TOOLS).make(T.balancer, {
      name: "nlb",
      internal: true,
      loadBalancerType: "network",
      subnets: ["subnet-0ace7001500000002"],
    });
  });

  it("stand in one VPC, once per zone, with groups of that VPC", () => {
    const world = demoWorld();
    const customer = actor(world, DATA);
    const { subnets, endpointGroup } = consumer(customer, ["use1-az6"]);
    const twin = customer.make(T.subnet, {
      vpcId: ACME_VPC,
      cidrBlock: "10.20.9.0/24",
      availabilityZone: "us-east-1a",
    });
    assert.throws(
      () => customer.make(T.balancer, { ...NLB, subnets: [SUBNET_A, twin.id] }),
      /cannot be attached to multiple subnets in the same Availability Zone/,
    );
    assert.throws(
      () => customer.make(T.balancer, { ...NLB, subnets: [SUBNET_A, subnets["use1-az6"] ?? ""] }),
      /InvalidConfigurationRequest: All subnets must belong to the same VPC/,
    );
    assert.throws(
      () => customer.make(T.balancer, { ...NLB, securityGroups: [endpointGroup.id] }),
      /InvalidConfigurationRequest: One or more security groups are invalid/,
    );
    assert.throws(() => actor(world, TOOLS).make(T.balancer, NLB), /SubnetNotFound/);
    assert.throws(
      () => customer.make(T.balancer, { ...NLB, internal: false }),
      /InvalidSubnet: .* has no internet gateway/,
    );
    const narrow = customer.make(T.subnet, {
      vpcId: ACME_VPC,
      cidrBlock: "10.20.10.0/28",
      availabilityZone: "us-east-1d",
    });
    customer.make(T.balancer, { ...NLB, name: "one", subnets: [narrow.id] });
    for (const name of ["two", "three", "four"]) customer.make(T.balancer, { ...NLB, name, subnets: [narrow.id] });
    assert.throws(
      () => customer.make(T.balancer, { ...NLB, name: "five", subnets: [narrow.id] }),
      /InvalidSubnet: Not enough IP space .* requires at least 8 free IP addresses/,
    );
  });

  it("are replaced when the first group comes, the last goes, or a subnet does not only come", () => {
    const customer = actor(demoWorld(), DATA);
    const bare = without(NLB, "securityGroups");
    assert.deepEqual(customer.replacing(T.balancer, { ...bare, securityGroups: [] }, NLB), ["securityGroups"]);
    assert.deepEqual(customer.replacing(T.balancer, bare, NLB), ["securityGroups"]);
    assert.deepEqual(customer.replacing(T.balancer, NLB, { ...NLB, securityGroups: [] }), ["securityGroups"]);
    assert.deepEqual(customer.replacing(T.balancer, NLB, { ...NLB, securityGroups: ["sg-0acedada0a9900001"] }), []);
    assert.deepEqual(customer.replacing(T.balancer, NLB, { ...NLB, subnets: [SUBNET_A, SUBNET_B, SUBNET_C] }), []);
    assert.deepEqual(customer.replacing(T.balancer, NLB, { ...NLB, subnets: [SUBNET_B, SUBNET_A] }), []);
    assert.deepEqual(customer.replacing(T.balancer, NLB, { ...NLB, subnets: [SUBNET_A] }), ["subnets"]);
    assert.deepEqual(customer.replacing(T.balancer, NLB, { ...NLB, subnets: [SUBNET_A, SUBNET_C] }), ["subnets"]);
    assert.deepEqual(customer.replacing(T.balancer, NLB, { ...NLB, internal: false }), ["internal"]);
    assert.deepEqual(customer.replacing(T.balancer, NLB, { ...NLB, enableCrossZoneLoadBalancing: true }), []);
  });

  it("go before their replacement comes where the name was given by hand", () => {
    const customer = actor(demoWorld(), DATA);
    assert.equal(customer.deletesFirst(T.balancer, NLB, NLB), true);
    assert.equal(customer.deletesFirst(T.balancer, { name: "it-0123abc" }, { name: "it-0123abc" }), false);
  });

  it("grow by a subnet in place", () => {
    const customer = actor(demoWorld(), DATA);
    const { id } = customer.make(T.balancer, NLB);
    assert.deepEqual(customer.change(T.balancer, id, { ...NLB, subnets: [SUBNET_A, SUBNET_B, SUBNET_C] }).subnets, [
      SUBNET_A,
      SUBNET_B,
      SUBNET_C,
    ]);
  });

  it("keep what AWS has where an argument that is also computed goes", () => {
    const customer = actor(demoWorld(), DATA);
    const bare = without(NLB, "securityGroups");
    const { id } = customer.make(T.balancer, NLB);
    assert.deepEqual(customer.replacing(T.balancer, NLB, bare), []);
    assert.deepEqual(customer.change(T.balancer, id, bare).securityGroups, [CLICKHOUSE_GROUP]);
  });

  it("are not deleted while protected, nor while an endpoint service uses them", () => {
    const customer = actor(demoWorld(), DATA);
    const { balancer } = offer(customer);
    assert.throws(
      () => customer.unmake(T.balancer, balancer.id),
      /ResourceInUse: Load balancer '.*' cannot be deleted because it is currently associated with another service/,
    );
    const own = customer.make(T.balancer, { ...NLB, enableDeletionProtection: true });
    assert.throws(
      () => customer.unmake(T.balancer, own.id),
      /OperationNotPermitted: .* because deletion protection is enabled/,
    );
    customer.change(T.balancer, own.id, NLB);
    customer.unmake(T.balancer, own.id);
  });
});

describe("target groups and listeners of the sandbox", () => {
  it("check by TCP without a health check, and by HTTP with one that names no protocol, as the provider has it", () => {
    const customer = actor(demoWorld(), DATA);
    const plain = customer.make(T.targets, TARGETS).healthCheck as Properties;
    assert.deepEqual([plain.protocol, plain.port, plain.timeout], ["TCP", "traffic-port", 10]);
    const web = customer.make(T.targets, { ...TARGETS, name: "web", healthCheck: { path: "/ping" } })
      .healthCheck as Properties;
    assert.deepEqual([web.protocol, web.path, web.matcher, web.timeout], ["HTTP", "/ping", "200-399", 6]);
    assert.throws(
      () => customer.make(T.targets, { ...TARGETS, name: "x", healthCheck: { protocol: "TCP", path: "/" } }),
      /"health_check\.path" cannot be specified/,
    );
  });

  it("preserve the client's address for instances and not for addresses", () => {
    const customer = actor(demoWorld(), DATA);
    assert.equal(customer.make(T.targets, TARGETS).preserveClientIp, "true");
    assert.equal(customer.make(T.targets, { ...TARGETS, name: "ip", targetType: "ip" }).preserveClientIp, "false");
  });

  it("refuse what names a group longer than 32 characters, twice, or without port, protocol and VPC", () => {
    const customer = actor(demoWorld(), DATA);
    customer.make(T.targets, TARGETS);
    assert.throws(
      () => customer.make(T.targets, TARGETS),
      /DuplicateTargetGroupName: ELBv2 Target Group \(tg\) already exists/,
    );
    assert.throws(() => customer.make(T.targets, { ...TARGETS, name: "x".repeat(33) }), /cannot be longer than 32/);
    assert.throws(
      () => customer.make(T.targets, { name: "x", protocol: "TCP" }),
      /"port" must be specified.*\n.*"vpcId" must be specified/,
    );
    assert.throws(() => actor(customer.context.world, TOOLS).make(T.targets, TARGETS), /InvalidVpcID\.NotFound/);
  });

  it("register running instances of their VPC, its addresses, and other private ones for all zones only", () => {
    const world = demoWorld();
    const customer = actor(world, DATA);
    const byInstance = customer.make(T.targets, TARGETS);
    const byIp = customer.make(T.targets, { ...TARGETS, name: "ip", targetType: "ip" });
    const register = (targets: { id: string }, targetId: string, more: Properties = {}): unknown =>
      customer.make(T.attachment, { targetGroupArn: targets.id, targetId, ...more });
    register(byInstance, INSTANCES[0]);
    assert.throws(() => register(byInstance, "i-00000000000000000"), /InvalidTarget: .*'i-00000000000000000'/);
    const { vpc } = consumer(customer, []);
    const foreign = customer.make(T.targets, { ...TARGETS, name: "foreign", vpcId: vpc.id });
    assert.throws(() => register(foreign, INSTANCES[0]), /not in the target group VPC/);
    register(byIp, "10.20.1.99");
    assert.throws(() => register(byIp, "10.99.0.1"), /ValidationError: .* must be 'all'/);
    register(byIp, "10.99.0.1", { availabilityZone: "all" });
    assert.throws(
      () => register(byIp, "8.8.8.8", { availabilityZone: "all" }),
      /ValidationError: .* is not a valid IPv4 address for a target/,
    );
  });

  it("listen once per port, on targets of the same VPC, one load balancer per group", () => {
    const customer = actor(demoWorld(), DATA);
    const { balancer, targets } = offer(customer);
    const forward = (
      loadBalancerArn: string,
      port: number,
      targetGroupArn: string,
      more: Properties = {},
    ): Properties => ({
      loadBalancerArn,
      port,
      protocol: "TCP",
      defaultActions: [{ type: "forward", targetGroupArn }],
      ...more,
    });
    assert.throws(() => customer.make(T.listener, forward(balancer.id, 8443, targets.id)), /DuplicateListener/);
    const second = customer.make(T.listener, forward(balancer.id, 9440, targets.id));
    assert.equal(second.tcpIdleTimeoutSeconds, 350);
    assert.throws(
      () => customer.make(T.listener, forward(balancer.id, 1, targets.id, { tcpIdleTimeoutSeconds: 30 })),
      /range \(60 - 6000\), got 30/,
    );
    assert.throws(
      () => customer.make(T.listener, forward(balancer.id, 1, targets.id, { protocol: "TLS" })),
      /A certificate must be specified/,
    );
    assert.throws(() => customer.make(T.listener, forward(balancer.id, 1, "arn:none")), /TargetGroupNotFound/);
    assert.throws(() => customer.make(T.listener, forward("arn:none", 1, targets.id)), /LoadBalancerNotFound/);
    const other = customer.make(T.balancer, { ...NLB, name: "other" });
    assert.throws(() => customer.make(T.listener, forward(other.id, 8443, targets.id)), /TargetGroupAssociationLimit/);
    const { vpc } = consumer(customer, []);
    const elsewhere = customer.make(T.targets, { ...TARGETS, name: "elsewhere", vpcId: vpc.id });
    assert.throws(() => customer.make(T.listener, forward(balancer.id, 1, elsewhere.id)), /must be in the same VPC/);
  });

  it("are not deleted while a listener forwards to them", () => {
    const { customer, targets, listener } = connection();
    assert.deepEqual(customer.read(T.targets, targets.id).loadBalancerArns, [
      customer.read(T.listener, listener.id).loadBalancerArn,
    ]);
    assert.throws(
      () => customer.unmake(T.targets, targets.id),
      /ResourceInUse: Target group '.*' is currently in use by a listener or a rule/,
    );
    customer.unmake(T.listener, listener.id);
    customer.unmake(T.targets, targets.id);
  });
});
