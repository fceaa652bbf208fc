// Proves that the sandbox treats NetworkPolicies as EKS Auto Mode does: ignored until two switches are set, then a pod sends and receives what they admit and
// nothing else. Not proved: that AWS's node agent does the same, and selectors of other pods, which the sandbox refuses.
import assert from "node:assert/strict";
import { podsOf } from "../../sandbox/kubernetes/pods.ts";
import type { Properties } from "../../sandbox/wire.ts";
import { K, SWITCH, admitNodes, deployment, giveNodes, startCluster } from "./support/cluster.ts";
import { connection } from "./support/connection.ts";
import type { Connection } from "./support/connection.ts";
import type { Actor } from "./support/world.ts";

const ZONES = ["use1-az1", "use1-az2"];
const DNS = { to: [{ ipBlock: { cidr: "172.20.0.10/32" } }], ports: [{ protocol: "UDP", port: 53 }] };
const TO_ENDPOINTS = { to: [{ ipBlock: { cidr: "10.40.0.0/16" } }], ports: [{ protocol: "TCP", port: 8443 }] };

describe("network policies in the sandbox", () => {
  let built: Connection;
  let kubernetes: Actor;

  function start(settings: Properties): void {
    built = connection();
    const subnets = ZONES.map((zone) => built.subnets[zone] ?? "");
    const cluster = startCluster(built.corpai, subnets);
    ({ kubernetes } = cluster);
    admitNodes(built.corpai, cluster);
    kubernetes.make(K.namespace, { metadata: { name: "mcp" } });
    giveNodes(cluster, subnets, built.workloads.id, settings);
    const env = [
      { name: "CLICKHOUSE_HOST", value: built.host() },
      { name: "CLICKHOUSE_PORT", value: "8443" },
    ];
    kubernetes.make(K.deployment, deployment({ env }));
  }
  const policy = (name: string, egress: readonly Properties[] = [], more: Properties = {}): unknown =>
    kubernetes.make(K.networkPolicy, {
      metadata: { namespace: "mcp", name },
      spec: {
        podSelector: { matchLabels: { app: "clickhouse" } },
        policyTypes: ["Egress"],
        egress: [...egress],
        ...more,
      },
    });
  const denyAll = (): unknown => policy("default-deny", [], { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  const pod = () => podsOf(built.world)[0];
  const blockedAt = (): string | undefined => pod()?.walks[0]?.blockedAt;

  it("are accepted and ignored until both switches are set: forbidden traffic passes, and the path says why", () => {
    const cases: readonly (readonly [Properties, boolean, RegExp])[] = [
      [{}, false, /no enable-network-policy-controller/],
      [{}, true, /NodeClass mcp sets no networkPolicy/],
      [{ networkPolicy: "DefaultAllow" }, false, /no enable-network-policy-controller/],
    ];
    for (const [settings, switched, why] of cases) {
      start(settings);
      if (switched) kubernetes.make(K.configMap, SWITCH);
      denyAll();
      assert.equal(pod()?.ready, true, JSON.stringify(settings));
      const hop = pod()?.walks[0]?.hops.find((one) => one.hop === "network-policy");
      assert.match(hop?.because ?? "", why);
    }
    start({ networkPolicy: "DefaultAllow" });
    kubernetes.make(K.configMap, SWITCH);
    denyAll();
    assert.equal(pod()?.ready, false, "with both, what is forbidden stops");
  });

  describe("with both switches set", () => {
    beforeEach(() => {
      start({ networkPolicy: "DefaultAllow" });
      kubernetes.make(K.configMap, SWITCH);
    });

    it("leave alone what none of them selects", () => {
      policy("other", [], { podSelector: { matchLabels: { app: "other" } } });
      assert.equal(pod()?.ready, true);
    });

    it("admit what one of those that select the pod admits, by address and port", () => {
      denyAll();
      assert.match(
        pod()?.reason ?? "",
        /blocked at dns: it cannot ask for names: .*default-deny of mcp let no 53\/udp out to 172\.20\.0\.10/,
      );
      policy("dns", [DNS]);
      assert.equal(blockedAt(), "network-policy");
      assert.match(pod()?.reason ?? "", /NetworkPolicies default-deny, dns of mcp let no 8443\/tcp out to 10\.40\./);
      policy("clickhouse", [TO_ENDPOINTS]);
      assert.equal(pod()?.ready, true, pod()?.reason);
    });

    it("do not admit another port, another protocol or another address", () => {
      const wrong: readonly Properties[] = [
        { ...TO_ENDPOINTS, ports: [{ protocol: "TCP", port: 8444 }] },
        { ...TO_ENDPOINTS, ports: [{ protocol: "UDP", port: 8443 }] },
        { ...TO_ENDPOINTS, to: [{ ipBlock: { cidr: "10.41.0.0/16" } }] },
        { ...TO_ENDPOINTS, to: [{ ipBlock: { cidr: "10.40.0.0/16", except: ["10.40.0.0/20"] } }] },
      ];
      wrong.forEach((rule, index) => policy(`wrong-${index}`, [DNS, rule]));
      assert.equal(blockedAt(), "network-policy");
    });

    it("take an absent list for everything, a range of ports for all in it, and no policy types for ingress alone", () => {
      policy("ingress-only", [], { policyTypes: undefined as never });
      assert.equal(pod()?.ready, true, "egress is not theirs");
      policy("range", [DNS, { to: TO_ENDPOINTS.to, ports: [{ port: 8000, endPort: 9000 }] }]);
      assert.equal(pod()?.ready, true);
      kubernetes.unmake(K.networkPolicy, "mcp/range");
      policy("everything", [{}]);
      assert.equal(pod()?.ready, true);
    });

    it("are of their namespace only", () => {
      kubernetes.make(K.namespace, { metadata: { name: "other" } });
      kubernetes.make(K.networkPolicy, {
        metadata: { namespace: "other", name: "default-deny" },
        spec: { podSelector: {}, policyTypes: ["Egress"] },
      });
      assert.equal(pod()?.ready, true);
    });
  });

  it("leave a pod that none selects with nothing, where the node class denies by default", () => {
    start({ networkPolicy: "DefaultDeny" });
    kubernetes.make(K.configMap, SWITCH);
    assert.match(pod()?.reason ?? "", /no policy of mcp selects the pod, and its node class denies by default/);
    policy("all", [DNS, TO_ENDPOINTS]);
    assert.equal(pod()?.ready, true, pod()?.reason);
  });

  it("are refused where the API server refuses them, and where the sandbox would have to guess", () => {
    start({});
    const refused = (spec: Properties, pattern: RegExp): void =>
      assert.throws(
        () => kubernetes.make(K.networkPolicy, { metadata: { namespace: "mcp", name: "a" }, spec }),
        pattern,
      );
    refused({ podSelectr: {} }, /field not declared in schema/);
    refused({ podSelector: {}, policyTypes: ["Egres"] }, /policyTypes: Unsupported value: "Egres"/);
    refused({ podSelector: {}, egress: [{ to: [{ ipBlock: { cidr: "10.40.0.0/40" } }] }] }, /cidr: Invalid value/);
    refused({ podSelector: {}, egress: [{ from: [] }] }, /egress\[0\]\.from: field not declared/);
    refused({ podSelector: {}, egress: [{ ports: [{ port: 0 }] }] }, /must be between 1 and 65535/);
    refused({ podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] }, /interprets ipBlock only/);
    assert.throws(
      () =>
        kubernetes.make(K.nodeClass, {
          metadata: { name: "b" },
          spec: {
            role: "r",
            networkPolicy: "Deny",
            subnetSelectorTerms: [{ id: "a" }],
            securityGroupSelectorTerms: [{ id: "a" }],
          },
        }),
      /networkPolicy: Unsupported value: "Deny"/,
    );
  });
});
