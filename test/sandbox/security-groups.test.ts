import assert from "node:assert/strict";
import { securityGroupsAdmit } from "../../sandbox/aws/security-groups.ts";
import { text } from "../../sandbox/values.ts";
import { ACME_VPC, CLICKHOUSE_GROUP, T, tcp } from "./support/connection.ts";
import { DATA, TOOLS, actor, demoWorld } from "./support/world.ts";

describe("security groups of the sandbox", () => {
  it("start without any rule, since the provider removes AWS's default egress", () => {
    const customer = actor(demoWorld(), DATA);
    const group = customer.make(T.group, { vpcId: ACME_VPC }, "nlb");
    assert.match(text(group.name) ?? "", /^nlb-[0-9a-f]{7}$/);
    assert.equal(group.description, "Managed by Pulumi");
    assert.equal(
      securityGroupsAdmit(
        customer.context.world,
        [group.id],
        "egress",
        { ip: "10.20.0.21", securityGroupIds: [] },
        8443,
      ),
      undefined,
    );
  });

  it("have names that are unique in their VPC and do not pretend to be ids", () => {
    const customer = actor(demoWorld(), DATA);
    assert.throws(
      () => customer.make(T.group, { name: "clickhouse", vpcId: ACME_VPC }),
      /InvalidGroup\.Duplicate: The security group 'clickhouse' already exists for VPC/,
    );
    assert.throws(() => customer.make(T.group, { name: "sg-mine", vpcId: ACME_VPC }), /cannot begin with "sg-"/);
    assert.throws(() => customer.make(T.group, { name: "grün", vpcId: ACME_VPC }), /doesn't comply with restrictions/);
    assert.throws(
      () => customer.make(T.group, { vpcId: ACME_VPC }, "x".repeat(250)),
      /plus 7 random chars is longer than maximum length 255/,
    );
  });

  it("are replaced for a new description or name", () => {
    const customer = actor(demoWorld(), DATA);
    const before = { name: "a", vpcId: ACME_VPC };
    assert.deepEqual(customer.replacing(T.group, before, { ...before, description: "other" }), ["description"]);
    assert.deepEqual(customer.replacing(T.group, before, { ...before, tags: { a: "b" } }), []);
  });

  it("refuse the same rule twice, whoever wrote it first", () => {
    const customer = actor(demoWorld(), DATA);
    const rule = { securityGroupId: CLICKHOUSE_GROUP, ...tcp(8443, { cidrIpv4: "10.20.0.0/16" }) };
    const first = customer.make(T.ingress, rule);
    assert.match(first.id, /^sgr-[0-9a-f]{17}$/);
    assert.throws(
      () => customer.make(T.ingress, { ...rule, description: "again" }),
      /InvalidPermission\.Duplicate: the specified rule "peer: 10\.20\.0\.0\/16, TCP, from port: 8443, to port: 8443, ALLOW" already exists/,
    );
    const all = { securityGroupId: CLICKHOUSE_GROUP, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" };
    assert.throws(() => customer.make(T.egress, all), /"peer: 0\.0\.0\.0\/0, ALL, ALLOW" already exists/);
  });

  it("name exactly one source, a well-formed one, and ports where the protocol has them", () => {
    const customer = actor(demoWorld(), DATA);
    const rule = { securityGroupId: CLICKHOUSE_GROUP, ...tcp(443, {}) };
    assert.throws(() => customer.make(T.ingress, rule), /Exactly one of these attributes must be configured/);
    assert.throws(
      () => customer.make(T.ingress, { ...rule, cidrIpv4: "10.0.0.0/8", referencedSecurityGroupId: CLICKHOUSE_GROUP }),
      /Exactly one of these attributes must be configured/,
    );
    assert.throws(
      () => customer.make(T.ingress, { ...rule, cidrIpv4: "10.0.0.1/8" }),
      /InvalidParameterValue: CIDR block 10\.0\.0\.1\/8 is malformed/,
    );
    assert.throws(
      () => customer.make(T.ingress, { securityGroupId: CLICKHOUSE_GROUP, ipProtocol: "tcp", cidrIpv4: "10.0.0.0/8" }),
      /Must specify both from and to ports/,
    );
  });

  it("refer to groups of their own VPC only", () => {
    const world = demoWorld();
    const customer = actor(world, DATA);
    const vpc = customer.make(T.vpc, { cidrBlock: "10.40.0.0/16" });
    const other = customer.make(T.group, { vpcId: vpc.id });
    assert.throws(
      () =>
        customer.make(T.ingress, {
          securityGroupId: CLICKHOUSE_GROUP,
          ...tcp(8443, { referencedSecurityGroupId: other.id }),
        }),
      /InvalidGroup\.NotFound: You have specified two resources that belong to different networks/,
    );
    assert.throws(
      () =>
        actor(world, TOOLS).make(T.ingress, {
          securityGroupId: CLICKHOUSE_GROUP,
          ...tcp(8443, { cidrIpv4: "10.0.0.0/8" }),
        }),
      /InvalidGroup\.NotFound: The security group '.*' does not exist/,
    );
  });

  it("are not deleted while a rule or an interface names them, and take their own rules along", () => {
    const customer = actor(demoWorld(), DATA);
    assert.throws(
      () => customer.unmake(T.group, CLICKHOUSE_GROUP),
      /DependencyViolation: resource sg-0acedada0c11c0005 has a dependent object/,
    );
    const group = customer.make(T.group, { vpcId: ACME_VPC });
    const reference = customer.make(T.ingress, {
      securityGroupId: CLICKHOUSE_GROUP,
      ...tcp(9440, { referencedSecurityGroupId: group.id }),
    });
    const own = customer.make(T.ingress, {
      securityGroupId: group.id,
      ...tcp(9440, { referencedSecurityGroupId: group.id }),
    });
    assert.throws(() => customer.unmake(T.group, group.id), /DependencyViolation/);
    customer.unmake(T.ingress, reference.id);
    customer.unmake(T.group, group.id);
    assert.equal(customer.context.world.get(T.ingress, own.id), undefined);
  });

  it("hold sixty rules a direction", () => {
    const customer = actor(demoWorld(), DATA);
    const group = customer.make(T.group, { vpcId: ACME_VPC });
    for (let port = 1; port <= 60; port += 1)
      customer.make(T.ingress, { securityGroupId: group.id, ...tcp(port, { cidrIpv4: "10.0.0.0/8" }) });
    assert.throws(
      () => customer.make(T.ingress, { securityGroupId: group.id, ...tcp(61, { cidrIpv4: "10.0.0.0/8" }) }),
      /RulesPerSecurityGroupLimitExceeded/,
    );
  });

  it("change a rule in place, unless it gets another kind of source", () => {
    const customer = actor(demoWorld(), DATA);
    const before = { securityGroupId: CLICKHOUSE_GROUP, ...tcp(8443, { cidrIpv4: "10.0.0.0/8" }) };
    assert.deepEqual(
      customer.replacing(T.ingress, before, { ...before, ...tcp(9440, { cidrIpv4: "10.1.0.0/16" }) }),
      [],
    );
    assert.deepEqual(
      customer
        .replacing(T.ingress, before, {
          securityGroupId: CLICKHOUSE_GROUP,
          ...tcp(8443, { referencedSecurityGroupId: CLICKHOUSE_GROUP }),
        })
        .sort(),
      ["cidrIpv4", "referencedSecurityGroupId"],
    );
  });

  it("admit by protocol, port range, address or group, and never by anything else", () => {
    const customer = actor(demoWorld(), DATA);
    const group = customer.make(T.group, { vpcId: ACME_VPC });
    customer.make(T.ingress, {
      securityGroupId: group.id,
      ipProtocol: "tcp",
      fromPort: 8000,
      toPort: 8999,
      cidrIpv4: "10.20.0.0/24",
    });
    customer.make(T.ingress, {
      securityGroupId: group.id,
      ipProtocol: "udp",
      fromPort: 53,
      toPort: 53,
      cidrIpv4: "0.0.0.0/0",
    });
    customer.make(T.ingress, {
      securityGroupId: group.id,
      ...tcp(22, { referencedSecurityGroupId: CLICKHOUSE_GROUP }),
    });
    const admits = (ip: string, port: number, groups: string[] = []): boolean =>
      securityGroupsAdmit(customer.context.world, [group.id], "ingress", { ip, securityGroupIds: groups }, port) !==
      undefined;
    assert.ok(admits("10.20.0.255", 8443));
    assert.ok(!admits("10.20.1.0", 8443));
    assert.ok(!admits("10.20.0.1", 9000));
    assert.ok(!admits("10.20.0.1", 53));
    assert.ok(admits("192.0.2.1", 22, [CLICKHOUSE_GROUP]));
    assert.ok(!admits("192.0.2.1", 22));
  });
});
