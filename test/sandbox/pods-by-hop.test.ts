// Proves that a pod is ready exactly while every hop of its way is open: for each hop one fact is taken away, and no pod is ready any more, for that
// reason; put back, all are. And that AWS says nothing of most of it: what it does not refuse, it drops in silence. AWS itself is not asked.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { rejectConnection } from "../../sandbox/aws/privatelink.ts";
import { podsOf } from "../../sandbox/kubernetes/pods.ts";
import { HOPS } from "../../sandbox/path.ts";
import type { HopName } from "../../sandbox/path.ts";
import type { Properties } from "../../sandbox/wire.ts";
import { CLICKHOUSE_GROUP, INSTANCES, SUBNET_B, T, connection, setListens, tcp } from "./support/connection.ts";
import type { Connection } from "./support/connection.ts";
import { CLICKHOUSE_IMAGE } from "./support/cluster.ts";
import { besideConnection } from "./support/workload.ts";

const INTERFACE = "aws:ec2/networkInterface:NetworkInterface";
const CHECK_PORT = 8123;

/** A connection whose health checks have a port of their own, so that each hop has a fact that no other one has. */
function wholeConnection(): Connection {
  const built = connection({ targets: { healthCheck: { protocol: "HTTP", port: String(CHECK_PORT), path: "/ping" } } });
  const { customer, group } = built;
  const [out, into] = [CLICKHOUSE_GROUP, group.id].map((id) => tcp(CHECK_PORT, { referencedSecurityGroupId: id }));
  customer.make(T.egress, { securityGroupId: group.id, ...out });
  customer.make(T.ingress, { securityGroupId: CLICKHOUSE_GROUP, ...into });
  for (const id of INSTANCES)
    setListens(built, id, [
      { port: 8443, protocol: "HTTPS" },
      { port: CHECK_PORT, protocol: "HTTP", paths: { "/ping": 200 } },
    ]);
  return built;
}

/** Takes every object of a type that a predicate picks out of the world, behind everybody's back. @returns how to put them back */
function hide({ world }: Connection, type: string, matches: (facts: Properties) => boolean): () => void {
  const objects = world.all(type, ({ inputs, computed }) => matches({ ...computed, ...inputs }));
  assert.ok(objects.length > 0, `there is such a ${type}`);
  objects.forEach((object) => world.remove(object));
  return () => objects.forEach((object) => world.put(object));
}

const ruleOf =
  (group: string, more: Properties = {}) =>
  (facts: Properties): boolean =>
    facts.securityGroupId === group && Object.entries(more).every(([key, value]) => facts[key] === value);

interface Case {
  readonly fact: string;
  /** Takes the hop's fact away. @returns how to put it back */
  readonly take: (built: Connection) => () => void;
  readonly because: RegExp;
}

const CASES: Readonly<Record<(typeof HOPS)[number], Case>> = {
  dns: {
    fact: "the endpoint",
    take: (built) => hide(built, T.endpoint, () => true),
    because: /no endpoint of us-east-1 answers to the name vpce-/,
  },
  "source-group": {
    fact: "the workloads' way out",
    take: (built) => hide(built, T.egress, ruleOf(built.workloads.id)),
    because: /lets 10\.40\.\d\.\d+ out to no 8443\/tcp/,
  },
  acceptance: {
    fact: "the customer's acceptance",
    take({ world, endpoint }) {
      const object = world.get(T.endpoint, endpoint.id);
      assert.ok(object);
      const before = object.computed;
      rejectConnection(world, object);
      return () => (object.computed = before);
    },
    because: /the connection is rejected/,
  },
  "endpoint-group": {
    fact: "the workloads' way into the endpoint",
    take: (built) => hide(built, T.ingress, ruleOf(built.endpointGroup.id)),
    because: /of vpce-\w+ admits no 8443\/tcp from 10\.40\./,
  },
  zone: {
    fact: "the load balancer in one of the endpoint's AZs",
    take: (built) =>
      hide(built, INTERFACE, ({ subnetId, _owner }) => subnetId === SUBNET_B && _owner === built.balancer.id),
    because: /is in use1-az2, where no load balancer of the service is enabled/,
  },
  "load-balancer-group": {
    fact: "the load balancer's rule for CorpAI's client CIDR",
    take: (built) => hide(built, T.ingress, ruleOf(built.group.id, { cidrIpv4: "10.40.0.0/16" })),
    because: /admits no 8443\/tcp from the client's own address 10\.40\./,
  },
  listener: {
    fact: "the listener",
    take: (built) => hide(built, T.listener, () => true),
    because: /has no listener on 8443/,
  },
  "target-registration": {
    fact: "the registered targets",
    take: (built) => hide(built, T.attachment, () => true),
    because: /nothing is registered in corpai-clickhouse-tg/,
  },
  "target-health": {
    fact: "the health port in the load balancer's egress",
    take: (built) => hide(built, T.egress, ruleOf(built.group.id, { fromPort: CHECK_PORT })),
    because: /lets out no health checks on 8123\/tcp/,
  },
  "target-group": {
    fact: "the service's port in the targets' group",
    take: (built) =>
      hide(built, T.ingress, ruleOf(CLICKHOUSE_GROUP, { referencedSecurityGroupId: built.group.id, fromPort: 8443 })),
    because: /sg-0acedada0c11c0005 of i-\w+ admits no 8443\/tcp from sg-/,
  },
  target: {
    fact: "the listening process",
    take: (built) => setListens(built, INSTANCES[1], [{ port: CHECK_PORT, protocol: "HTTP", paths: { "/ping": 200 } }]),
    because: /nothing listens on 8443 at i-0acedada0c11c0002/,
  },
};

describe("a pod", () => {
  for (const hop of HOPS) {
    const { fact, take, because } = CASES[hop];
    it(`is ready only with ${fact}: without, its way ends at ${hop}`, () => {
      const built = wholeConnection();
      const stage = besideConnection(built);
      const looks = (): boolean[] => podsOf(built.world).map(({ ready }) => ready);
      stage.run();
      assert.deepEqual(looks(), [true, true], podsOf(built.world)[0]?.reason);

      const putBack = take(built);
      for (const { ready, reason, walks } of podsOf(built.world)) {
        assert.equal(ready, false);
        assert.deepEqual(
          walks.map(({ blockedAt }) => blockedAt),
          [hop],
        );
        assert.match(reason, new RegExp(`^readiness probe failed: vpce-\\S+:8443 is blocked at ${hop}: `));
        assert.match(reason, because);
      }
      putBack();
      assert.deepEqual(looks(), [true, true], "it was that fact alone");
    });
  }
});

describe("what AWS drops in silence", () => {
  /** A connection that AWS has nothing against, although no packet gets through. */
  function silently(built: Connection, hop: HopName, because: RegExp): void {
    const [pod] = besideConnection(built).run();
    assert.deepEqual([pod?.ready, pod?.walks[0]?.blockedAt], [false, hop], pod?.reason);
    assert.match(pod?.reason ?? "", because);
    assert.equal(built.customer.read(T.endpoint, built.endpoint.id).state, "available");
    assert.equal(built.customer.read(T.service, built.service.id).state, "Available");
  }

  it("is not refused: a load balancer's group that admits the customer's own range only, as the onboarding document has it", () => {
    const built = connection();
    hide(built, T.ingress, ruleOf(built.group.id));
    built.customer.make(T.ingress, { securityGroupId: built.group.id, ...tcp(8443, { cidrIpv4: "10.20.0.0/16" }) });
    silently(built, "load-balancer-group", /inbound rules are enforced on PrivateLink traffic/);
  });

  it("is not refused: targets whose group does not know the load balancer", () => {
    const built = connection();
    hide(built, T.ingress, ruleOf(CLICKHOUSE_GROUP, { referencedSecurityGroupId: built.group.id }));
    silently(built, "target-health", /admits no 8443\/tcp from sg-/);
  });

  it("is not refused: health checks on a port that the load balancer's group does not let out", () => {
    const built = connection({ targets: { healthCheck: { protocol: "HTTP", port: "8123", path: "/ping" } } });
    silently(built, "target-health", /lets out no health checks on 8123\/tcp/);
  });

  describe("is not refused: a certificate that does not cover the endpoint's name", () => {
    /** Pods whose client checks that the certificate is for the name in a variable. */
    function checkedBy(certificateFor: string, certificateNames: readonly string[] | undefined): Connection {
      const built = connection();
      const images = built.world.facts.images as Record<string, (typeof built.world.facts.images)[string]>;
      images[CLICKHOUSE_IMAGE] = {
        readyWhenReaches: [{ host: "CLICKHOUSE_HOST", port: "CLICKHOUSE_PORT", certificateFor }],
      };
      for (const id of INSTANCES)
        setListens(built, id, [{ port: 8443, protocol: "HTTPS", paths: { "/ping": 200 }, certificateNames }]);
      return built;
    }

    it("since it is the service's own name that the certificate is for", () =>
      silently(
        checkedBy("CLICKHOUSE_HOST", ["clickhouse.acme.example"]),
        "target",
        /shows on 8443 is for clickhouse\.acme\.example, not for vpce-/,
      ));

    it("nor one without any name, and a star does not reach over a dot", () => {
      silently(checkedBy("CLICKHOUSE_HOST", undefined), "target", /is for no name, not for vpce-/);
      silently(
        checkedBy("CLICKHOUSE_HOST", ["*.vpce.amazonaws.com"]),
        "target",
        /is for \*\.vpce\.amazonaws\.com, not/,
      );
    });

    it("which a client gets past by the name that the certificate is for, or with a certificate for the endpoint's", () => {
      const named = besideConnection(checkedBy("CLICKHOUSE_TLS_NAME", ["*.acme.example"]));
      const tlsName = (value: string) => [...named.env(), { name: "CLICKHOUSE_TLS_NAME", value }];
      assert.equal(named.run({ env: tlsName("clickhouse.acme.example") })[0]?.ready, true);

      const built = checkedBy("CLICKHOUSE_HOST", undefined);
      const [, suffix] = /^[^.]+(\..+)$/.exec(built.host()) ?? [];
      for (const id of INSTANCES)
        setListens(built, id, [{ port: 8443, protocol: "HTTPS", certificateNames: [`*${suffix}`] }]);
      assert.equal(besideConnection(built).run()[0]?.ready, true);
    });

    it("and a client without a name to check for is not ready", () => {
      const stage = besideConnection(checkedBy("CLICKHOUSE_TLS_NAME", ["*.acme.example"]));
      assert.match(stage.run()[0]?.reason ?? "", /CLICKHOUSE_TLS_NAME is not set/);
    });
  });
});
