import assert from "node:assert/strict";
import { acceptConnection, rejectConnection } from "../../sandbox/aws/privatelink.ts";
import { text } from "../../sandbox/values.ts";
import type { Properties } from "../../sandbox/wire.ts";
import type { WorldObject } from "../../sandbox/world.ts";
import {
  CLICKHOUSE_GROUP,
  SUBNET_A,
  SUBNET_B,
  SUBNET_C,
  T,
  connection,
  consumer,
  endpointArguments,
  offer,
  without,
} from "./support/connection.ts";
import type { Connection, OfferOptions } from "./support/connection.ts";
import { powerful } from "./support/roles.ts";
import { DATA, TOOLS, actor, demoWorld } from "./support/world.ts";

const DAY = 24 * 3600;
const objectOf = ({ world, endpoint }: Connection): WorldObject => {
  const object = world.get(T.endpoint, endpoint.id);
  assert.ok(object);
  return object;
};

/** The customer in one account, CorpAI in the other. */
function twoAccounts(options: OfferOptions = {}) {
  const world = demoWorld();
  const customer = actor(world, DATA);
  const corpai = actor(world, TOOLS);
  const offered = offer(customer, options);
  const own = consumer(corpai);
  return {
    world,
    customer,
    corpai,
    ...offered,
    ...own,
    request: (zones?: readonly string[]): Properties => endpointArguments(own, offered.service, zones),
  };
}
const ACCOUNT = `arn:aws:iam::${TOOLS}:root`;

describe("endpoint services of the sandbox", () => {
  it("are named by AWS and stand in the zones of their load balancers", () => {
    const { service } = connection();
    assert.match(service.id, /^vpce-svc-[0-9a-f]{17}$/);
    assert.equal(service.serviceName, `com.amazonaws.vpce.us-east-1.${service.id}`);
    assert.deepEqual(service.availabilityZones, ["us-east-1a", "us-east-1b"]);
    assert.deepEqual(service.baseEndpointDnsNames, [`${service.id}.us-east-1.vpce.amazonaws.com`]);
    assert.equal(service.state, "Available");
  });

  it("share no load balancer, and take none of another account", () => {
    const world = demoWorld();
    const customer = actor(world, DATA);
    const { balancer } = offer(customer);
    const serving = { acceptanceRequired: true, networkLoadBalancerArns: [balancer.id] };
    assert.throws(
      () => customer.make(T.service, serving),
      /already associated with another VPC endpoint service: vpce-svc-/,
    );
    assert.throws(() => actor(world, TOOLS).make(T.service, serving), /does not exist/);
  });

  it("admit principals by their ARN: account, role or everybody", () => {
    const customer = actor(demoWorld(), DATA);
    assert.throws(() => offer(customer, { service: { allowedPrincipals: ["444455556666"] } }), /InvalidPrincipal/);
    assert.throws(
      () =>
        offer(actor(demoWorld(), DATA), { service: { allowedPrincipals: [`arn:aws:iam::${TOOLS}:role/path/name`] } }),
      /InvalidPrincipal/,
    );
  });

  it("gain a zone with their load balancer, and keep all they have", () => {
    const { customer, service, balancer, group } = connection();
    const balancing = {
      name: "corpai-clickhouse-nlb",
      internal: true,
      loadBalancerType: "network",
      securityGroups: [group.id],
      enableCrossZoneLoadBalancing: true,
    };
    customer.change(T.balancer, balancer.id, { ...balancing, subnets: [SUBNET_A, SUBNET_B, SUBNET_C] });
    assert.deepEqual(customer.read(T.service, service.id).availabilityZones, [
      "us-east-1a",
      "us-east-1b",
      "us-east-1c",
    ]);
    assert.throws(
      () => customer.change(T.balancer, balancer.id, { ...balancing, subnets: [SUBNET_A, SUBNET_C] }),
      /active VPC endpoint associations/,
    );
  });

  it("are not deleted while a connection is available or waits, but when it is rejected", () => {
    for (const accept of [true, false]) {
      const c = connection({ accept });
      assert.throws(
        () => c.customer.unmake(T.service, c.service.id),
        /ExistingVpcEndpointConnections: Service has existing active VPC Endpoint connections!/,
      );
      rejectConnection(c.world, objectOf(c));
      c.customer.unmake(T.service, c.service.id);
      assert.equal(c.customer.read(T.endpoint, c.endpoint.id).state, "rejected");
    }
  });
});

describe("an endpoint of the sandbox", () => {
  it("exists for whom the service admits, and for others the service does not", () => {
    const refused =
      /InvalidServiceName: The Vpc Endpoint Service 'com\.amazonaws\.vpce\.us-east-1\.vpce-svc-[0-9a-f]{17}' does not exist/;
    const nobody = twoAccounts();
    assert.throws(() => nobody.corpai.make(T.endpoint, nobody.request()), refused);
    for (const allowedPrincipals of [["*"], [ACCOUNT]]) {
      const some = twoAccounts({ service: { allowedPrincipals } });
      some.corpai.make(T.endpoint, some.request());
    }
    const byRole = twoAccounts({ service: { allowedPrincipals: [`arn:aws:iam::${TOOLS}:role/corpai`] } });
    assert.throws(() => byRole.corpai.make(T.endpoint, byRole.request()), refused);
    powerful(byRole.world, TOOLS, "corpai").make(T.endpoint, byRole.request());
    const separate = twoAccounts();
    separate.customer.make("aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple", {
      vpcEndpointServiceId: separate.service.id,
      principalArn: ACCOUNT,
    });
    separate.corpai.make(T.endpoint, separate.request());
    assert.throws(
      () =>
        nobody.customer.make(T.endpoint, {
          ...nobody.request(),
          serviceName: "com.amazonaws.vpce.us-east-1.vpce-svc-00000000000000000",
        }),
      /InvalidVpcID|InvalidServiceName/,
    );
  });

  it("needs no allow-list in the service's own account", () => {
    assert.equal(connection({ accept: false }).endpoint.state, "pendingAcceptance");
  });

  it("keeps its connection when its principal is struck off the list", () => {
    const two = twoAccounts({ service: { allowedPrincipals: [ACCOUNT], acceptanceRequired: false } });
    const endpoint = two.corpai.make(T.endpoint, two.request());
    two.customer.change(T.service, two.service.id, {
      acceptanceRequired: false,
      networkLoadBalancerArns: [two.balancer.id],
      allowedPrincipals: [],
    });
    assert.equal(two.corpai.read(T.endpoint, endpoint.id).state, "available");
    two.corpai.change(T.endpoint, endpoint.id, two.request(["use1-az1"]));
  });

  it("stands only where the service does, by zone id and not by name", () => {
    const two = twoAccounts({ service: { allowedPrincipals: [ACCOUNT] } });
    // us-east-1a is az6 there, though the service is in what its owner calls us-east-1a.
    const subnet = two.subnets["use1-az6"];
    assert.throws(
      () => two.corpai.make(T.endpoint, two.request(["use1-az1", "use1-az6"])),
      new RegExp(
        `InvalidParameter: The VPC endpoint service ${text(two.service.serviceName)} does not support the availability zone of the subnet: ${subnet}`,
      ),
    );
    two.corpai.make(T.endpoint, two.request(["use1-az1", "use1-az2"]));
  });

  it("has one subnet per zone", () => {
    const { customer, vpc, subnets, service, endpointGroup } = connection();
    const twin = customer.make(T.subnet, { vpcId: vpc.id, cidrBlock: "10.40.99.0/24", availabilityZoneId: "use1-az1" });
    const twice = {
      ...endpointArguments({ vpc, subnets, endpointGroup, workloads: endpointGroup }, service),
      subnetIds: [subnets["use1-az1"] ?? "", twin.id],
    };
    assert.throws(
      () => customer.make(T.endpoint, twice),
      /DuplicateSubnetsInSameZone: Found another VPC endpoint subnet in the availability zone of subnet-/,
    );
  });

  it("takes groups and subnets of its own VPC only", () => {
    const { customer, ...rest } = connection();
    const wanted = endpointArguments(rest, rest.service);
    assert.throws(
      () => customer.make(T.endpoint, { ...wanted, securityGroupIds: [CLICKHOUSE_GROUP] }),
      /does not belong to VPC/,
    );
    assert.throws(() => customer.make(T.endpoint, { ...wanted, subnetIds: [SUBNET_A] }), /does not belong to VPC/);
    assert.deepEqual(customer.make(T.endpoint, without(wanted, "securityGroupIds")).securityGroupIds, [
      rest.vpc.defaultSecurityGroupId,
    ]);
  });

  it("refuses what AWS's services offer and customers' do not: gateways, policies, private names", () => {
    const { customer, ...rest } = connection();
    const wanted = endpointArguments(rest, rest.service);
    assert.throws(
      () => customer.make(T.endpoint, without(wanted, "vpcEndpointType")),
      /Endpoint type \(Gateway\) does not match available service types \(\[Interface\]\)/,
    );
    const policy = (Effect: string): string =>
      JSON.stringify({ Statement: [{ Effect, Principal: "*", Action: "*", Resource: "*" }] });
    assert.throws(
      () => customer.make(T.endpoint, { ...wanted, policy: policy("Deny") }),
      /only supports the full-access endpoint policy/,
    );
    customer.make(T.endpoint, { ...wanted, policy: policy("Allow") });
    assert.throws(
      () => customer.make(T.endpoint, { ...wanted, privateDnsEnabled: true }),
      /does not provide a private DNS name/,
    );
  });

  it("of an AWS service may have a private name, once per VPC and with both DNS flags", () => {
    const customer = actor(demoWorld(), DATA);
    const own = consumer(customer);
    const logs = {
      vpcId: own.vpc.id,
      serviceName: "com.amazonaws.us-east-1.logs",
      vpcEndpointType: "Interface",
      subnetIds: Object.values(own.subnets),
      privateDnsEnabled: true,
    };
    assert.equal(customer.make(T.endpoint, logs).state, "available");
    assert.throws(() => customer.make(T.endpoint, logs), /conflicting DNS domain for logs\.us-east-1\.amazonaws\.com/);
    customer.change(T.vpc, own.vpc.id, { cidrBlock: "10.40.0.0/16", enableDnsHostnames: false });
    assert.throws(
      () => customer.make(T.endpoint, { ...logs, serviceName: "com.amazonaws.us-east-1.sts" }),
      /requires both enableDnsSupport and enableDnsHostnames/,
    );
    assert.throws(
      () => customer.make(T.endpoint, { ...logs, serviceName: "com.amazonaws.us-east-1.teapot" }),
      /InvalidServiceName/,
    );
    const gateway = customer.make(T.endpoint, { vpcId: own.vpc.id, serviceName: "com.amazonaws.us-east-1.s3" });
    assert.match(text(gateway.prefixListId) ?? "", /^pl-/);
  });

  it("is one of at most fifty in its VPC", () => {
    const { customer, endpoint, ...rest } = connection();
    const wanted = { ...endpointArguments(rest, rest.service), subnetIds: [] };
    for (let count = 1; count < 50; count += 1) customer.make(T.endpoint, wanted);
    assert.throws(() => customer.make(T.endpoint, wanted), /VpcEndpointLimitExceeded/);
    customer.unmake(T.endpoint, endpoint.id);
    customer.make(T.endpoint, wanted);
  });

  it("has an address in each subnet, which keeps subnet and group from being deleted until it goes", () => {
    const { customer, endpoint, subnets, endpointGroup } = connection();
    assert.equal((endpoint.networkInterfaceIds as string[]).length, 2);
    assert.deepEqual(
      (endpoint.subnetConfigurations as Properties[]).map(({ ipv4 }) => ipv4),
      ["10.40.0.4", "10.40.1.4"],
    );
    assert.throws(() => customer.unmake(T.subnet, subnets["use1-az1"] ?? ""), /DependencyViolation/);
    assert.throws(() => customer.unmake(T.group, endpointGroup.id), /DependencyViolation/);
    customer.unmake(T.endpoint, endpoint.id);
    customer.unmake(T.subnet, subnets["use1-az1"] ?? "");
  });

  it("changes subnets and groups in place, and is replaced for another service", () => {
    const { customer, endpoint, ...rest } = connection();
    const before = endpointArguments(rest, rest.service);
    const fewer = endpointArguments(rest, rest.service, ["use1-az2"]);
    assert.deepEqual(customer.replacing(T.endpoint, before, fewer), []);
    assert.deepEqual(customer.replacing(T.endpoint, before, { ...before, serviceName: "other" }), ["serviceName"]);
    const changed = customer.change(T.endpoint, endpoint.id, { ...fewer, securityGroupIds: [rest.workloads.id] });
    assert.deepEqual([changed.subnetIds, changed.securityGroupIds], [[rest.subnets["use1-az2"]], [rest.workloads.id]]);
    assert.equal((changed.networkInterfaceIds as string[]).length, 1);
  });
});

describe("acceptance in the sandbox", () => {
  const namesOf = (c: Connection): string[] =>
    (c.customer.read(T.endpoint, c.endpoint.id).dnsEntries as { dnsName: string }[]).map(({ dnsName }) => dnsName);
  const stateOf = (c: Connection): unknown => c.customer.read(T.endpoint, c.endpoint.id).state;

  it("turns pendingAcceptance by way of pending to available", () => {
    const c = connection({ accept: false });
    assert.equal(stateOf(c), "pendingAcceptance");
    acceptConnection(c.world, objectOf(c));
    assert.equal(stateOf(c), "pending");
    c.world.advance(60);
    assert.equal(stateOf(c), "available");
  });

  it("gives the endpoint its names: none before it, and no promise of order after it", () => {
    const c = connection({ accept: false });
    assert.deepEqual(namesOf(c), []);
    c.customer.make(T.accepter, { vpcEndpointId: c.endpoint.id, vpcEndpointServiceId: c.service.id });
    const suffix = `\\.${c.service.id}\\.us-east-1\\.vpce\\.amazonaws\\.com`;
    const [first, second, third] = namesOf(c);
    assert.match(first ?? "", new RegExp(`^${c.endpoint.id}-[0-9a-z]{8}-us-east-1a${suffix}$`));
    assert.match(second ?? "", new RegExp(`^${c.endpoint.id}-[0-9a-z]{8}${suffix}$`));
    assert.match(third ?? "", new RegExp(`^${c.endpoint.id}-[0-9a-z]{8}-us-east-1b${suffix}$`));
  });

  it("lapses after seven days, and comes too late then", () => {
    const c = connection({ accept: false });
    c.world.advance(7 * DAY - 3600);
    assert.equal(stateOf(c), "pendingAcceptance");
    c.world.advance(3600);
    assert.equal(stateOf(c), "expired");
    assert.throws(
      () => c.customer.make(T.accepter, { vpcEndpointId: c.endpoint.id, vpcEndpointServiceId: c.service.id }),
      /cannot be accepted in state expired/,
    );
  });

  it("is the service owner's alone, and for an endpoint of that service", () => {
    const two = twoAccounts({ service: { allowedPrincipals: [ACCOUNT] } });
    const endpoint = two.corpai.make(T.endpoint, two.request());
    const acceptance = { vpcEndpointId: endpoint.id, vpcEndpointServiceId: two.service.id };
    assert.throws(
      () => two.corpai.make(T.accepter, acceptance),
      /InvalidVpcEndpointServiceId\.NotFound: The VpcEndpointService Id 'vpce-svc-.*' does not exist/,
    );
    assert.throws(
      () => two.customer.make(T.accepter, { ...acceptance, vpcEndpointId: "vpce-00000000000000000" }),
      /InvalidVpcEndpointId\.NotFound/,
    );
    const accepter = two.customer.make(T.accepter, acceptance);
    assert.equal(accepter.id, `${two.service.id}_${endpoint.id}`);
    assert.equal(accepter.vpcEndpointState, "available");
    assert.equal(two.corpai.read(T.endpoint, endpoint.id).state, "available");
  });

  it("is needless where the service asks for none, and then the provider's accepter finds nothing", () => {
    const c = connection({ accept: false, service: { acceptanceRequired: false } });
    assert.equal(stateOf(c), "available");
    assert.throws(
      () => c.customer.make(T.accepter, { vpcEndpointId: c.endpoint.id, vpcEndpointServiceId: c.service.id }),
      /to be accepted: couldn't find resource \(21 retries\)/,
    );
  });

  it("comes with autoAccept in the service's own account only", () => {
    const c = connection({ accept: false });
    const own = c.customer.make(T.endpoint, { ...endpointArguments(c, c.service), autoAccept: true });
    assert.equal(own.state, "available");
    const two = twoAccounts({ service: { allowedPrincipals: [ACCOUNT] } });
    assert.throws(() => two.corpai.make(T.endpoint, { ...two.request(), autoAccept: true }), /couldn't find resource/);
  });

  it("ends in rejection when its resource is destroyed, and vanishes with the endpoint", () => {
    const c = connection();
    c.customer.unmake(T.accepter, `${c.service.id}_${c.endpoint.id}`);
    assert.equal(stateOf(c), "rejected");
    const other = connection();
    other.customer.unmake(T.endpoint, other.endpoint.id);
    assert.deepEqual(other.world.all(T.accepter), []);
  });

  it("stands without a change when required acceptance is lifted", () => {
    const c = connection({ accept: false });
    c.customer.change(T.service, c.service.id, { acceptanceRequired: false, networkLoadBalancerArns: [c.balancer.id] });
    assert.equal(stateOf(c), "pendingAcceptance");
  });
});
