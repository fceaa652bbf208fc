import assert from "node:assert/strict";
import { podsOf } from "../../sandbox/kubernetes/pods.ts";
import type { Pod } from "../../sandbox/kubernetes/pods.ts";
import type { Properties } from "../../sandbox/wire.ts";
import { World } from "../../sandbox/world.ts";
import { K, deployment, goOnline, nodeClass, nodePool, startCluster, textOf } from "./support/cluster.ts";
import type { Workload } from "./support/cluster.ts";
import { T, connection, consumer, tcp } from "./support/connection.ts";
import type { Connection } from "./support/connection.ts";
import { SHARED, besideConnection } from "./support/workload.ts";
import type { Stage } from "./support/workload.ts";
import { DATA, actor, demoWorld } from "./support/world.ts";
import type { Actor } from "./support/world.ts";

describe("objects of Kubernetes", () => {
  let data: Actor;
  let subnets: string[];
  let kubernetes: Actor;
  beforeEach(() => {
    data = actor(demoWorld(), DATA);
    subnets = Object.values(consumer(data, ["use1-az1", "use1-az2"]).subnets);
    ({ kubernetes } = startCluster(data, subnets));
    kubernetes.make(K.namespace, { metadata: { name: "mcp" } });
  });
  const inMcp = (name?: string): Properties => ({ namespace: "mcp", ...(name === undefined ? {} : { name }) });

  it("need an API server that exists and can be reached from outside, or a proxy", () => {
    const nowhere = actor(data.context.world, "https://NOWHERE.gr7.us-east-1.eks.amazonaws.com");
    assert.throws(
      () => nowhere.make(K.namespace, { metadata: { name: "a" } }),
      /configured Kubernetes cluster is unreachable.*no such host/,
    );
    const { facts, objects } = demoWorld();
    const other = actor(new World("away", { ...facts, reachesPrivateApis: false }, objects), DATA);
    const inside = Object.values(consumer(other, ["use1-az1", "use1-az2"]).subnets);
    const shut = startCluster(other, inside, {
      vpcConfig: { subnetIds: inside, endpointPrivateAccess: true, endpointPublicAccess: false },
    });
    assert.throws(() => shut.kubernetes.make(K.namespace, { metadata: { name: "a" } }), /unreachable.*i\/o timeout/);
    const kubeconfig = {
      clusters: [{ cluster: { server: shut.cluster.endpoint ?? "", "proxy-url": "http://localhost:8888" } }],
    };
    const through = actor(other.context.world, textOf(shut.cluster.endpoint), { config: { kubeconfig } });
    assert.equal(through.make(K.namespace, { metadata: { name: "a" } }).id, "a");
  });

  it("live in a namespace that exists, and go with it", () => {
    assert.equal(kubernetes.make(K.account, { metadata: inMcp("clickhouse") }).id, "mcp/clickhouse");
    assert.equal(kubernetes.make(K.account, { metadata: { name: "clickhouse" } }).id, "default/clickhouse");
    assert.throws(
      () => kubernetes.make(K.account, { metadata: { namespace: "mpc", name: "a" } }),
      /NotFound: namespaces "mpc" not found/,
    );
    assert.throws(() => kubernetes.make(K.account, { metadata: inMcp("clickhouse") }), /AlreadyExists/);
    kubernetes.unmake(K.namespace, "mcp");
    assert.throws(() => kubernetes.read(K.account, "mcp/clickhouse"), /does not exist/);
  });

  it("are named by Pulumi where they have no name, for life", () => {
    const made = kubernetes.make(K.configMap, { metadata: inMcp(), data: { a: "1" } }, "settings");
    const { name, annotations } = made.metadata as Properties;
    assert.match(textOf(name), /^settings-[0-9a-f]{8}$/);
    assert.deepEqual(annotations, { "pulumi.com/autonamed": "true" });
    assert.equal(
      (kubernetes.change(K.configMap, made.id, { metadata: inMcp(), data: { a: "2" } }).metadata as Properties).name,
      name,
    );
  });

  it("have names, labels and fields as the API server wants them", () => {
    const refuses = (type: string, inputs: Properties, pattern: RegExp): void =>
      assert.throws(() => kubernetes.make(type, inputs), pattern);
    refuses(K.namespace, { metadata: { name: "MCP" } }, /metadata\.name: Invalid value: "MCP"/);
    refuses(K.namespace, { metadata: { name: "a.b" } }, /RFC 1123 label/);
    refuses(
      K.account,
      { metadata: { ...inMcp("a"), labels: { owner: "-corpai" } } },
      /metadata\.labels\.owner: Invalid value/,
    );
    refuses(K.account, { metadata: { ...inMcp("a"), lables: {} } }, /\.metadata\.lables: field not declared in schema/);
    refuses(K.secret, { metadata: inMcp("a"), strinData: {} }, /takes no argument "strinData"/);
    refuses(K.configMap, { metadata: inMcp("a"), data: { port: 8443 } }, /\.data\.port: expected string, got 8443/);
  });

  it("of which a Secret keeps its values to itself", () => {
    const made = kubernetes.make(K.secret, { metadata: inMcp("token"), stringData: { token: "s3cr3t" } });
    assert.throws(
      () => kubernetes.make(K.secret, { metadata: inMcp("pin"), stringData: { pin: 4711 } }),
      ({ message }: Error) =>
        /\.stringData\.pin: expected string, got a value of type number/.test(message) && !message.includes("4711"),
    );
    const stored = data.context.world.get(K.secret, made.id)?.inputs.stringData as Properties;
    assert.match(textOf(stored.token), /^sha256:/);
    assert.ok(!JSON.stringify(data.context.world.objects).includes("s3cr3t"));
  });

  it("replace Secrets and ConfigMaps whose data changes, unless the provider may change them in place", () => {
    const [olds, news]: Properties[] = [
      { metadata: inMcp("a"), data: { a: "1" } },
      { metadata: inMcp("a"), data: { a: "2" } },
    ];
    assert.ok(olds && news);
    assert.deepEqual(kubernetes.replacing(K.configMap, olds, news), ["data"]);
    assert.deepEqual(kubernetes.replacing(K.secret, olds, news), ["data"]);
    const mutable = actor(data.context.world, kubernetes.context.caller.account, {
      config: { enableConfigMapMutable: "true" },
    });
    assert.deepEqual(mutable.replacing(K.configMap, olds, news), []);
    assert.deepEqual(kubernetes.replacing(K.deployment, deployment(), { ...deployment(), metadata: inMcp("other") }), [
      "metadata",
    ]);
    assert.ok(kubernetes.deletesFirst(K.configMap, olds, news), "a name given by hand leaves no room for two");
  });

  it("of which a Deployment is refused where server-side apply refuses it", () => {
    const refuses = (workload: Workload, pattern: RegExp): void =>
      assert.throws(() => kubernetes.make(K.deployment, deployment(workload)), pattern);
    refuses(
      { env: [{ name: "CLICKHOUSE_PORT", value: 8443 }] },
      /env\[name="CLICKHOUSE_PORT"\]\.value: expected string, got 8443/,
    );
    refuses(
      {
        env: [
          { name: "A", value: "1" },
          { name: "A", value: "2" },
        ],
      },
      /duplicate entries for key \[name="A"\]/,
    );
    refuses(
      { container: { imagePullPolcy: "Always" } },
      /containers\[0\]\.imagePullPolcy: field not declared in schema/,
    );
    refuses({ container: { image: "" } }, /image: Required value/);
    refuses({ pod: { nodeSelecter: {} } }, /\.spec\.template\.spec\.nodeSelecter: field not declared in schema/);
    const mismatched = deployment();
    assert.throws(
      () =>
        kubernetes.make(K.deployment, {
          ...mismatched,
          spec: { ...(mismatched.spec as Properties), selector: { matchLabels: { app: "other" } } },
        }),
      /`selector` does not match template `labels`/,
    );
  });

  it("of which node classes name role, subnets and groups, and pods' subnets and groups only together", () => {
    const terms = { subnetSelectorTerms: [{ tags: { tier: "mcp" } }], securityGroupSelectorTerms: [{ id: "sg-1" }] };
    const refuses = (spec: Properties, pattern: RegExp): void =>
      assert.throws(() => kubernetes.make(K.nodeClass, nodeClass(spec)), pattern);
    refuses(terms, /one of role or instanceProfile/);
    refuses(
      { role: "mcp-nodes", subnetSelectorTerms: terms.subnetSelectorTerms },
      /securityGroupSelectorTerms: Required value/,
    );
    refuses(
      { role: "mcp-nodes", ...terms, podSecurityGroupSelectorTerms: [{ id: "sg-1" }] },
      /must be specified together/,
    );
    refuses(
      { role: "mcp-nodes", ...terms, securityGroupSelectorTerms: [{ id: "sg-1", tags: {} }] },
      /'id' is mutually exclusive/,
    );
    refuses({ role: "mcp-nodes", ...terms, podSecurtyGroupSelectorTerms: [] }, /field not declared in schema/);
    assert.throws(
      () =>
        kubernetes.make(
          K.nodePool,
          nodePool({ nodeClassRef: { group: "karpenter.k8s.aws", kind: "EC2NodeClass", name: "mcp" } }),
        ),
      /Auto Mode wants/,
    );
  });
});

describe("pods", () => {
  let built: Connection;
  let kubernetes: Actor;
  let stage: Stage;
  beforeEach(() => {
    stage = besideConnection(connection());
    built = stage.built;
    ({ kubernetes } = stage.cluster);
  });

  const clickhouse = (): Properties[] => stage.env();
  const run = (workload?: Workload): readonly Pod[] => stage.run(workload);
  const changeClass = (change: (spec: Properties) => Properties): void => {
    const spec = built.world.get(K.nodeClass, "mcp")?.inputs.spec as Properties;
    kubernetes.change(K.nodeClass, "mcp", nodeClass(change(spec)));
  };
  const available = (): unknown => (kubernetes.read(K.deployment, "mcp/clickhouse").status as Properties).readyReplicas;

  it("are ready where the path is open, spread over the AZs, with the workloads' group and no two at one address", () => {
    const pods = run({ replicas: 4 });
    assert.deepEqual(
      pods.map(({ ready }) => ready),
      [true, true, true, true],
      pods[0]?.reason,
    );
    assert.deepEqual(
      pods.map(({ azId }) => azId),
      [...SHARED, "use1-az1"],
    );
    assert.equal(new Set(pods.map(({ ip }) => ip)).size, 4);
    assert.deepEqual(pods[0]?.securityGroupIds, [built.workloads.id]);
    assert.deepEqual(
      pods.map(({ walks }) => walks.length),
      [1, 1, 1, 1],
    );
    assert.equal(available(), 4);
  });

  it("follow the world: what breaks later is seen at the next look", () => {
    run();
    const rule = built.world.all(T.ingress, ({ inputs }) => inputs.securityGroupId === built.endpointGroup.id)[0];
    built.corpai.unmake(T.ingress, rule?.id ?? "");
    const [pod] = podsOf(built.world);
    assert.equal(pod?.ready, false);
    assert.match(pod.reason, /readiness probe failed: .*:8443 is blocked at endpoint-group/);
    assert.equal(available(), 0);
    built.corpai.make(T.ingress, {
      securityGroupId: built.endpointGroup.id,
      ...tcp(8443, { referencedSecurityGroupId: built.workloads.id }),
    });
    assert.equal(available(), 2);
  });

  it("are not ready without host, or with one that only a Secret knows", () => {
    assert.match(run({ env: [] })[0]?.reason ?? "", /CLICKHOUSE_HOST is not set/);
    kubernetes.make(K.secret, { metadata: { namespace: "mcp", name: "where" }, stringData: { host: built.host() } });
    const env: Properties[] = [
      { name: "CLICKHOUSE_HOST", valueFrom: { secretKeyRef: { name: "where", key: "host" } } },
      { name: "CLICKHOUSE_PORT", value: "8443" },
    ];
    kubernetes.change(K.deployment, "mcp/clickhouse", deployment({ env }));
    const [pod] = podsOf(built.world);
    assert.match(pod?.reason ?? "", /comes from a Secret, so the sandbox cannot tell/);
    assert.equal(pod?.env.CLICKHOUSE_HOST, "[secret]");
  });

  it("take variables from ConfigMaps, and do not start without a key they name", () => {
    kubernetes.make(K.configMap, {
      metadata: { namespace: "mcp", name: "where" },
      data: { CLICKHOUSE_HOST: built.host(), CLICKHOUSE_PORT: "8443" },
    });
    assert.equal(run({ env: [], container: { envFrom: [{ configMapRef: { name: "where" } }] } })[0]?.ready, true);
    const env = [{ name: "TOKEN", valueFrom: { secretKeyRef: { name: "nothing", key: "token" } } }];
    kubernetes.change(K.deployment, "mcp/clickhouse", deployment({ env }));
    assert.match(podsOf(built.world)[0]?.reason ?? "", /CreateContainerConfigError: secret "nothing" not found/);
  });

  it("count as ready where nothing probes /ready, and say so", () => {
    const [pod] = run({ env: [], container: { readinessProbe: { tcpSocket: { port: 8080 } } } });
    assert.equal(pod?.ready, true);
    assert.match(pod.reason, /no readiness probe asks \/ready.*CLICKHOUSE_HOST is not set/);
  });

  it("stay pending with an image that nobody has, or a service account that is not there", () => {
    assert.match(
      run({ container: { image: "public.ecr.aws/corpai/mcp-clickhuse:1" } })[0]?.reason ?? "",
      /ImagePullBackOff/,
    );
    kubernetes.change(K.deployment, "mcp/clickhouse", deployment({ pod: { serviceAccountName: "clickhouse" } }));
    assert.match(podsOf(built.world)[0]?.reason ?? "", /serviceaccount "clickhouse" not found/);
  });

  it("wait for a node pool that takes them", () => {
    assert.match(
      run({ pod: { nodeSelector: { workload: "other" } } })[0]?.reason ?? "",
      /Unschedulable: NodePool mcp gives no nodes with workload=other/,
    );
    const taint = { key: "corpai/mcp", effect: "NoSchedule" };
    kubernetes.change(K.nodePool, "mcp", nodePool({ taints: [taint] }));
    kubernetes.change(K.deployment, "mcp/clickhouse", deployment({ env: clickhouse() }));
    assert.match(
      podsOf(built.world)[0]?.reason ?? "",
      /has the taint corpai\/mcp:NoSchedule, which the pod does not tolerate/,
    );
    kubernetes.change(
      K.deployment,
      "mcp/clickhouse",
      deployment({ env: clickhouse(), pod: { tolerations: [{ key: "corpai/mcp", operator: "Exists" }] } }),
    );
    assert.equal(podsOf(built.world)[0]?.ready, true);
  });

  it("keep to the AZ that they or their pool ask for", () => {
    assert.deepEqual(
      run({ pod: { nodeSelector: { workload: "mcp", "topology.kubernetes.io/zone": "us-east-1b" } } }).map(
        ({ azId }) => azId,
      ),
      ["use1-az2", "use1-az2"],
    );
    kubernetes.change(
      K.nodePool,
      "mcp",
      nodePool({ requirements: [{ key: "topology.k8s.aws/zone-id", operator: "In", values: ["use1-az4"] }] }),
    );
    kubernetes.change(K.deployment, "mcp/clickhouse", deployment({ env: clickhouse() }));
    assert.deepEqual(
      podsOf(built.world).map(({ azId }) => azId),
      ["use1-az4", "use1-az4"],
    );
  });

  it("wait for nodes that may join: by an access entry of type EC2 with the policy for nodes", () => {
    const entry = built.world.all(K.policy)[0];
    built.corpai.unmake(K.policy, entry?.id ?? "");
    assert.match(run()[0]?.reason ?? "", /nodes of role mcp-nodes may not join; it needs an access entry of type EC2/);
    const status = kubernetes.read(K.nodeClass, "mcp").status as { conditions: { status: string }[] };
    assert.equal(status.conditions[0]?.status, "False");
  });

  it("wait for a node class whose role, subnets and groups exist", () => {
    run();
    const reason = (): string => podsOf(built.world)[0]?.reason ?? "";
    changeClass((spec) => ({ ...spec, role: "nobody" }));
    assert.match(reason(), /role nobody does not exist/);
    changeClass((spec) => ({ ...spec, role: "mcp-nodes", podSubnetSelectorTerms: [{ tags: { tier: "mcp" } }] }));
    assert.match(reason(), /podSubnetSelectorTerms select no subnet/);
    changeClass((spec) => ({ ...spec, podSubnetSelectorTerms: [{ id: built.subnets["use1-az6"] ?? "" }] }));
    assert.match(reason(), /no AZ that NodePool mcp allows has both a node and a pod subnet/);
    changeClass((spec) => ({
      ...spec,
      podSubnetSelectorTerms: [{ id: built.subnets["use1-az4"] ?? "" }],
      podSecurityGroupSelectorTerms: [{ name: "workloads" }],
    }));
    assert.deepEqual(
      podsOf(built.world).map(({ azId, ready }) => [azId, ready]),
      [
        ["use1-az4", true],
        ["use1-az4", true],
      ],
    );
  });

  it("run on Auto Mode's own pools where the cluster has them, with its own group, which no endpoint knows", () => {
    const own = connection();
    goOnline(own.corpai, own.vpc.id);
    const nodes = own.corpai.make(K.role, {
      name: "own",
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }],
      }),
    });
    const made = startCluster(
      own.corpai,
      SHARED.map((zone) => own.subnets[zone] ?? ""),
      { nodeRoleArn: nodes.arn ?? "" },
    );
    made.kubernetes.make(K.namespace, { metadata: { name: "mcp" } });
    made.kubernetes.make(
      K.deployment,
      deployment({
        env: [
          { name: "CLICKHOUSE_HOST", value: own.host() },
          { name: "CLICKHOUSE_PORT", value: "8443" },
        ],
        pod: { nodeSelector: {} },
      }),
    );
    const [pod] = podsOf(own.world);
    assert.deepEqual(pod?.securityGroupIds, [(made.cluster.vpcConfig as Properties).clusterSecurityGroupId]);
    assert.match(pod.reason, /blocked at endpoint-group/);
  });

  it("fail an update that waits for them, when they would never be ready", () => {
    assert.throws(
      () => run({ env: [], annotations: {} }),
      /Timeout: .*failed to fully initialize or become live: pod clickhouse-.* is not ready: readiness probe failed: CLICKHOUSE_HOST is not set/,
    );
    assert.equal(run({ annotations: {} })[0]?.ready, true);
  });
});
