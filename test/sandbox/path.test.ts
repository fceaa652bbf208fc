import assert from "node:assert/strict";
import { rejectConnection } from "../../sandbox/aws/privatelink.ts";
import { HOPS, walk } from "../../sandbox/path.ts";
import type { HopName, Source, Walk } from "../../sandbox/path.ts";
import type { Properties } from "../../sandbox/wire.ts";
import type { HostFacts } from "../../sandbox/world.ts";
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
  setListens,
  tcp,
} from "./support/connection.ts";
import type { Connection, OfferOptions } from "./support/connection.ts";

const PORT = 8443;
const go = (c: Connection, source: Source = c.source, host: string = c.host(), port = PORT): Walk =>
  walk(c.world, source, host, port);

function blocked(result: Walk, hop: HopName, because: RegExp): void {
  assert.equal(result.blockedAt, hop, result.hops.at(-1)?.because);
  assert.match(result.hops.at(-1)?.because ?? "", because);
  assert.equal(result.verdict, "blocked");
  assert.ok(result.hops.slice(0, -1).every(({ verdict }) => verdict === "open"));
}

/** Takes away the rules of a group that a predicate picks. */
function dropRules(
  { world }: Connection,
  type: string,
  groupId: string,
  matches: (inputs: Properties) => boolean = () => true,
): void {
  const rules = world.all(type, ({ inputs }) => inputs.securityGroupId === groupId && matches(inputs));
  assert.ok(rules.length > 0, "there is such a rule");
  rules.forEach((rule) => world.remove(rule));
}

const BALANCING = {
  name: "corpai-clickhouse-nlb",
  internal: true,
  loadBalancerType: "network",
  subnets: [SUBNET_A, SUBNET_B],
};

describe("the way of a packet in the sandbox", () => {
  it("is open hop by hop where everything is right", () => {
    const result = go(connection());
    assert.equal(result.verdict, "open", result.hops.at(-1)?.because);
    assert.deepEqual([...new Set(result.hops.map(({ hop }) => hop))], [...HOPS]);
  });

  it("is open by a zonal name too", () => {
    const c = connection();
    assert.equal(go(c, c.source, c.host().replace(/^(vpce-\w+-\w+)/, "$1-us-east-1b")).verdict, "open");
  });

  describe("ends at dns", () => {
    it("for a name that no endpoint has", () =>
      blocked(
        go(connection(), undefined, "vpce-0.vpce-svc-0.us-east-1.vpce.amazonaws.com"),
        "dns",
        /no endpoint of us-east-1 answers to the name/,
      ));
    it("for a name of a zone that the endpoint is not in", () => {
      const c = connection();
      blocked(go(c, c.source, c.host().replace(/^(vpce-\w+-\w+)/, "$1-us-east-1d")), "dns", /answers to the name/);
    });
    it("before acceptance, when there are no names", () => {
      const accepted = connection();
      const waiting = connection({ accept: false });
      blocked(go(waiting, waiting.source, accepted.host()), "dns", /no endpoint/);
    });
    it("from another VPC, which has no route to the endpoint's addresses", () => {
      const c = connection();
      blocked(go(c, { ...c.source, vpcId: ACME_VPC, ip: "10.20.0.99" }), "dns", /has no route/);
    });
    it("after the endpoint is gone", () => {
      const c = connection();
      const host = c.host();
      c.customer.unmake(T.endpoint, c.endpoint.id);
      blocked(go(c, c.source, host), "dns", /no endpoint/);
    });
  });

  it("ends at source-group without egress to the endpoint", () => {
    const c = connection();
    dropRules(c, T.egress, c.workloads.id);
    blocked(go(c), "source-group", /lets 10\.40\.2\.50 out to no 8443\/tcp at 10\.40\.0\.4/);
  });

  it("ends at source-group where egress by address leaves one zone out", () => {
    const c = connection();
    dropRules(c, T.egress, c.workloads.id);
    c.customer.make(T.egress, { securityGroupId: c.workloads.id, ...tcp(PORT, { cidrIpv4: "10.40.0.0/24" }) });
    blocked(go(c), "source-group", /at 10\.40\.1\.4/);
  });

  it("ends at acceptance when the owner has taken it back", () => {
    const c = connection();
    const endpoint = c.world.get(T.endpoint, c.endpoint.id);
    assert.ok(endpoint);
    rejectConnection(c.world, endpoint);
    blocked(go(c), "acceptance", /the connection is rejected/);
  });

  it("ends at endpoint-group without ingress there", () => {
    const c = connection();
    dropRules(c, T.ingress, c.endpointGroup.id);
    blocked(go(c), "endpoint-group", /admits no 8443\/tcp from 10\.40\.2\.50/);
  });

  it("ends at endpoint-group for a client without the group that is admitted", () => {
    const c = connection();
    const other = c.customer.make(T.group, { vpcId: c.vpc.id });
    c.customer.make(T.egress, { securityGroupId: other.id, ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" });
    blocked(go(c, { ...c.source, securityGroupIds: [other.id] }), "endpoint-group", /groups sg-/);
    c.customer.make(T.ingress, { securityGroupId: c.endpointGroup.id, ...tcp(PORT, { cidrIpv4: "10.40.2.0/24" }) });
    assert.equal(go(c, { ...c.source, securityGroupIds: [other.id] }).verdict, "open");
  });

  describe("ends at zone", () => {
    it("where one of the endpoint's zones has no target and cross-zone balancing is off", () => {
      const c = connection({ balancer: { enableCrossZoneLoadBalancing: false } });
      assert.equal(go(c).verdict, "open");
      const second = c.attachments[1];
      assert.ok(second);
      c.customer.unmake(T.attachment, second.id);
      blocked(
        go(c),
        "zone",
        /endpoint interface 10\.40\.1\.4 is in use1-az2, where no target is registered, and cross-zone/,
      );
      assert.equal(
        go(c, c.source, c.host().replace(/^(vpce-\w+-\w+)/, "$1-us-east-1a")).verdict,
        "open",
        "the other zone's own name still works",
      );
    });
    it("unless the target group overrules its load balancer", () => {
      const c = connection({
        balancer: { enableCrossZoneLoadBalancing: false },
        targets: { loadBalancingCrossZoneEnabled: "true" },
      });
      const second = c.attachments[1];
      assert.ok(second);
      c.customer.unmake(T.attachment, second.id);
      assert.equal(go(c).verdict, "open");
    });
    it("where the load balancer is not enabled any more", () => {
      const c = connection();
      for (const node of c.world.all(
        "aws:ec2/networkInterface:NetworkInterface",
        ({ inputs, computed }) => computed._owner === c.balancer.id && inputs.subnetId === SUBNET_B,
      ))
        c.world.remove(node);
      blocked(go(c), "zone", /is in use1-az2, where no load balancer of the service is enabled/);
    });
  });

  describe("ends at load-balancer-group", () => {
    it("for the rule of the onboarding document: the customer's own range is not the client's", () => {
      const c = connection();
      dropRules(c, T.ingress, c.group.id);
      c.customer.make(T.ingress, { securityGroupId: c.group.id, ...tcp(PORT, { cidrIpv4: "10.20.0.0/16" }) });
      blocked(
        go(c),
        "load-balancer-group",
        /admits no 8443\/tcp from the client's own address 10\.40\.2\.50, and inbound rules are enforced/,
      );
      assert.equal(c.customer.read(T.endpoint, c.endpoint.id).state, "available", "and AWS says nothing of it");
    });
    it("unless inbound rules are not enforced on PrivateLink traffic, or there is no group", () => {
      const off = connection({ balancer: { enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "off" } });
      dropRules(off, T.ingress, off.group.id);
      assert.equal(go(off).verdict, "open");
      const bare = connection({ balancer: { securityGroups: [] } });
      bare.customer.make(T.ingress, { securityGroupId: CLICKHOUSE_GROUP, ...tcp(PORT, { cidrIpv4: "10.20.0.0/16" }) });
      assert.equal(go(bare).verdict, "open");
    });
    it("without egress to the targets", () => {
      const c = connection();
      dropRules(c, T.egress, c.group.id);
      blocked(go(c), "load-balancer-group", /lets out no 8443\/tcp to i-0acedada0c11c0001/);
    });
  });

  it("ends at listener on a port without one", () => {
    const c = connection();
    for (const [type, group, source] of [
      [T.egress, c.workloads, c.endpointGroup],
      [T.ingress, c.endpointGroup, c.workloads],
    ] as const)
      c.customer.make(type, { securityGroupId: group.id, ...tcp(9440, { referencedSecurityGroupId: source.id }) });
    c.customer.make(T.ingress, { securityGroupId: c.group.id, ...tcp(9440, { cidrIpv4: "10.40.0.0/16" }) });
    blocked(go(c, c.source, c.host(), 9440), "listener", /has no listener on 9440/);
  });

  it("ends at target-registration where nothing is registered", () => {
    const c = connection();
    c.attachments.forEach(({ id }) => c.customer.unmake(T.attachment, id));
    blocked(go(c), "target-registration", /nothing is registered in corpai-clickhouse-tg/);
  });

  describe("ends at target-health", () => {
    const healthCheck = { protocol: "HTTPS", port: "8443", path: "/ping" };
    it("when the target's group does not know the load balancer", () => {
      const c = connection();
      dropRules(
        c,
        T.ingress,
        CLICKHOUSE_GROUP,
        ({ referencedSecurityGroupId }) => referencedSecurityGroupId === c.group.id,
      );
      blocked(
        go(c),
        "target-health",
        /no target of corpai-clickhouse-tg is healthy.*sg-0acedada0c11c0005 of i-0acedada0c11c0001 admits no 8443\/tcp from sg-/,
      );
    });
    it("when health checks go to a port that the load balancer's group does not let out", () => {
      const c = connection({ targets: { healthCheck: { protocol: "HTTP", port: "8123", path: "/ping" } } });
      blocked(go(c), "target-health", /lets out no health checks on 8123\/tcp/);
    });
    it("when nothing listens there, it speaks another protocol, or it answers with another status", () => {
      const c = connection({ targets: { healthCheck } });
      assert.equal(go(c).verdict, "open");
      const everywhere = (listens: HostFacts["listens"]): void => INSTANCES.forEach((id) => setListens(c, id, listens));
      everywhere([]);
      blocked(go(c), "target-health", /nothing listens on health-check port 8443/);
      everywhere([{ port: PORT, protocol: "HTTP", paths: { "/ping": 200 } }]);
      blocked(go(c), "target-health", /speaks HTTP on 8443, the health check HTTPS/);
      everywhere([{ port: PORT, protocol: "HTTPS", paths: { "/ping": 503 } }]);
      blocked(go(c), "target-health", /answers 503 to GET \/ping on 8443, the health check wants 200-399/);
      everywhere([{ port: PORT, protocol: "HTTPS" }]);
      blocked(go(c), "target-health", /answers 404/);
    });
    it("for a zone whose own targets are all ill, without cross-zone balancing", () => {
      const c = connection({ balancer: { enableCrossZoneLoadBalancing: false } });
      setListens(c, INSTANCES[1], []);
      blocked(go(c), "target-health", /healthy for use1-az2/);
      const across = connection();
      setListens(across, INSTANCES[1], []);
      assert.equal(go(across).verdict, "open", "with it, the healthy one serves both");
    });
  });

  describe("with health checks on a port of their own", () => {
    const OWN: OfferOptions = { targets: { healthCheck: { protocol: "HTTP", port: "8123", path: "/ping" } } };
    function healthyOnItsOwn(): Connection {
      const c = connection(OWN);
      c.customer.make(T.egress, {
        securityGroupId: c.group.id,
        ...tcp(8123, { referencedSecurityGroupId: CLICKHOUSE_GROUP }),
      });
      c.customer.make(T.ingress, {
        securityGroupId: CLICKHOUSE_GROUP,
        ...tcp(8123, { referencedSecurityGroupId: c.group.id }),
      });
      INSTANCES.forEach((id) =>
        setListens(c, id, [
          { port: PORT, protocol: "HTTPS" },
          { port: 8123, protocol: "HTTP", paths: { "/ping": 200 } },
        ]),
      );
      assert.equal(go(c).verdict, "open");
      return c;
    }
    it("ends at target-group when only the service's port is shut", () => {
      const c = healthyOnItsOwn();
      dropRules(
        c,
        T.ingress,
        CLICKHOUSE_GROUP,
        ({ referencedSecurityGroupId, fromPort }) => referencedSecurityGroupId === c.group.id && fromPort === PORT,
      );
      blocked(go(c), "target-group", /admits no 8443\/tcp from sg-/);
    });
    it("ends at target when the service does not listen though it is healthy", () => {
      const c = healthyOnItsOwn();
      setListens(c, INSTANCES[1], [{ port: 8123, protocol: "HTTP", paths: { "/ping": 200 } }]);
      blocked(go(c), "target", /nothing listens on 8443 at i-0acedada0c11c0002/);
    });
    it("ends at load-balancer-group when it lets out health checks only", () => {
      const c = healthyOnItsOwn();
      dropRules(c, T.egress, c.group.id, ({ fromPort }) => fromPort === PORT);
      blocked(go(c), "load-balancer-group", /lets out no 8443\/tcp/);
    });
  });

  it("reaches targets by address as by instance", () => {
    const c = connection();
    const targets = c.customer.make(T.targets, {
      name: "ip",
      targetType: "ip",
      port: PORT,
      protocol: "TCP",
      vpcId: ACME_VPC,
    });
    c.customer.make(T.attachment, { targetGroupArn: targets.id, targetId: "10.20.0.21", port: PORT });
    c.customer.change(T.listener, c.listener.id, {
      loadBalancerArn: c.balancer.id,
      port: PORT,
      protocol: "TCP",
      defaultActions: [{ type: "forward", targetGroupArn: targets.id }],
    });
    setListens(c, INSTANCES[0], [{ port: PORT, protocol: "HTTPS" }]);
    assert.equal(go(c).verdict, "open", go(c).hops.at(-1)?.because);
  });

  it("needs every zone of the endpoint: one more zone without a balancer of its own is one too many", () => {
    const c = connection();
    c.customer.change(T.balancer, c.balancer.id, {
      ...BALANCING,
      subnets: [SUBNET_A, SUBNET_B, SUBNET_C],
      securityGroups: [c.group.id],
      enableCrossZoneLoadBalancing: true,
    });
    c.customer.change(T.endpoint, c.endpoint.id, endpointArguments(c, c.service, ["use1-az1", "use1-az2", "use1-az4"]));
    assert.equal(go(c).verdict, "open");
    for (const node of c.world.all(
      "aws:ec2/networkInterface:NetworkInterface",
      ({ inputs, computed }) => computed._owner === c.balancer.id && inputs.subnetId === SUBNET_C,
    ))
      c.world.remove(node);
    blocked(go(c), "zone", /use1-az4/);
  });
});
