// Proves how many pods a Deployment runs under an autoscaler, how many a budget lets go, and which pods a namespace of the standard restricted lets run.
// Nothing here makes load, so an autoscaler is only ever seen at its bounds.
import assert from "node:assert/strict";
import { podsOf } from "../../sandbox/kubernetes/pods.ts";
import { record } from "../../sandbox/values.ts";
import type { Properties } from "../../sandbox/wire.ts";
import { K, deployment, startCluster } from "./support/cluster.ts";
import { consumer } from "./support/connection.ts";
import { storePods } from "./support/store-pods.ts";
import { DATA, actor, demoWorld } from "./support/world.ts";
import type { Actor } from "./support/world.ts";

let aws: Actor;
let kubernetes: Actor;
beforeEach(() => {
  aws = actor(demoWorld(), DATA);
  ({ kubernetes } = startCluster(aws, Object.values(consumer(aws, ["use1-az1", "use1-az2"]).subnets)));
  kubernetes.make(K.namespace, { metadata: { name: "mcp" } });
});
const running = (): number => podsOf(aws.context.world).length;
const metadata = { namespace: "mcp", name: "clickhouse" };

describe("an autoscaler", () => {
  const scaler = (spec: Properties): Properties => ({
    metadata,
    spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "clickhouse" }, ...spec },
  });
  /** `True` or `False`, and what it says. */
  const condition = (type: string): string => {
    const { conditions } = kubernetes.read(K.autoscaler, "mcp/clickhouse").status as {
      conditions: Record<string, string>[];
    };
    const found = conditions.find((one) => one.type === type);
    return `${found?.status} ${found?.message}`;
  };

  it("keeps the number within its bounds, and leaves zero alone", () => {
    kubernetes.make(K.deployment, deployment({ replicas: 1 }));
    kubernetes.make(K.autoscaler, scaler({ minReplicas: 2, maxReplicas: 4 }));
    assert.equal(running(), 2);
    kubernetes.change(K.deployment, "mcp/clickhouse", deployment({ replicas: 9 }));
    assert.equal(running(), 4);
    kubernetes.change(K.deployment, "mcp/clickhouse", deployment({ replicas: 0 }));
    assert.equal(running(), 0);
    assert.match(condition("ScalingActive"), /^False scaling is disabled/);
    const { spec } = deployment();
    const open = Object.fromEntries(Object.entries(spec as Properties).filter(([key]) => key !== "replicas"));
    kubernetes.change(K.deployment, "mcp/clickhouse", { ...deployment(), spec: open });
    assert.equal(running(), 2, "without a number of its own, the Deployment has the autoscaler's least");
  });

  it("knows no load without the metrics server, and says so", () => {
    kubernetes.make(K.deployment, deployment());
    kubernetes.make(K.autoscaler, scaler({ minReplicas: 2, maxReplicas: 4 }));
    assert.match(condition("ScalingActive"), /^False unable to get metrics .*metrics-server is not installed/);
    aws.make(K.addon, { clusterName: "mcp", addonName: "metrics-server" });
    assert.match(condition("ScalingActive"), /^True/);
  });

  it("is refused upside down, and says when its target is not there", () => {
    assert.throws(
      () => kubernetes.make(K.autoscaler, scaler({ minReplicas: 3, maxReplicas: 2 })),
      /spec\.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`/,
    );
    assert.throws(() => kubernetes.make(K.autoscaler, scaler({ minReplicas: 3 })), /spec\.maxReplicas: Required value/);
    kubernetes.make(K.autoscaler, scaler({ maxReplicas: 2 }));
    assert.match(condition("AbleToScale"), /^False .*unable to get the target/);
  });
});

describe("a disruption budget", () => {
  it("lets as many ready pods go as it can spare, in numbers or per cent", () => {
    const built = storePods();
    built.runJob();
    const [object] = built.world.all(K.deployment, ({ id }) => id === "mcp/tools");
    assert.ok(object);
    object.inputs = { ...object.inputs, spec: { ...record(object.inputs.spec), replicas: 4 } };
    const allowed = (spec: Properties): unknown => {
      const selector = { matchLabels: { app: "tools" } };
      const made = built.kubernetes.make(K.budget, { metadata, spec: { selector, ...spec } });
      built.kubernetes.unmake(K.budget, made.id);
      return (made.status as Properties).disruptionsAllowed;
    };
    const wanted: Properties[] = [
      { maxUnavailable: 1 },
      { minAvailable: 2 },
      { minAvailable: "50%" },
      { minAvailable: 4 },
    ];
    assert.deepEqual(wanted.map(allowed), [1, 2, 2, 0]);
    const [association] = built.world.all(K.identity, ({ inputs }) => inputs.serviceAccount === "tools");
    assert.ok(association);
    built.world.remove(association);
    assert.equal(allowed({ minAvailable: 2 }), 0, "pods that are not ready are nothing to spare");
  });

  it("is refused with both of its numbers", () => {
    assert.throws(
      () => kubernetes.make(K.budget, { metadata, spec: { maxUnavailable: 1, minAvailable: 1 } }),
      /minAvailable and maxUnavailable cannot be both set/,
    );
  });
});

describe("a namespace that enforces the standard restricted", () => {
  const SECURE = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    runAsNonRoot: true,
    seccompProfile: { type: "RuntimeDefault" },
  };
  const reason = (own: Properties, pod: Properties = {}): string => {
    const workload = deployment({ container: { securityContext: own }, pod });
    kubernetes.make(K.deployment, { ...workload, metadata: { ...record(workload.metadata), namespace: "strict" } });
    const [first] = podsOf(aws.context.world);
    kubernetes.unmake(K.deployment, "strict/clickhouse");
    return first?.reason ?? "";
  };
  beforeEach(() => {
    const labels = {
      "pod-security.kubernetes.io/enforce": "restricted",
      "pod-security.kubernetes.io/enforce-version": "v1.35",
    };
    kubernetes.make(K.namespace, { metadata: { name: "strict", labels } });
  });

  it("creates no pod that breaks it, and names every breach", () => {
    assert.match(
      reason({}),
      /^FailedCreate: pods are forbidden: violates PodSecurity "restricted:v1\.35": allowPrivilegeEscalation != false .*capabilities.*runAsNonRoot != true.*seccompProfile/,
    );
    const breaches: readonly (readonly [Properties, Properties, RegExp])[] = [
      [{ ...SECURE, privileged: true }, {}, /privileged/],
      [{ ...SECURE, runAsUser: 0 }, {}, /runAsUser=0/],
      [{ ...SECURE, capabilities: { drop: ["ALL"], add: ["NET_ADMIN"] } }, {}, /unrestricted capabilities/],
      [SECURE, { volumes: [{ name: "host", hostPath: { path: "/" } }] }, /volume "host" uses hostPath/],
    ];
    for (const [own, pod, expected] of breaches) assert.match(reason(own, pod), expected);
  });

  it("lets one run that keeps to it", () => {
    assert.match(reason(SECURE), /^Unschedulable/, "it is created, and waits for a node");
  });

  it("is one of the standard's levels, in a version", () => {
    const named = (label: string, value: string) => () =>
      kubernetes.make(K.namespace, {
        metadata: { name: "a", labels: { [`pod-security.kubernetes.io/${label}`]: value } },
      });
    assert.throws(named("enforce", "strict"), /must be one of privileged, baseline, restricted/);
    assert.throws(named("warn-version", "1.35"), /must be "latest" or "v1\.x"/);
  });
});
