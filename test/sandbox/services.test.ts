// Proves that the sandbox's Auto Mode makes Network Load Balancers for Services as EKS does: where, with which group, tags and rules, how clients get through
// to pods, what goes with the Service, and what stays in the way when only the cluster goes. Not proved: that AWS does the same.
import assert from "node:assert/strict";
import { LOAD_BALANCER } from "../../sandbox/aws/load-balancing.ts";
import { INTERFACE, SECURITY_GROUP } from "../../sandbox/aws/network.ts";
import { whyUnreachable } from "../../sandbox/kubernetes/exposure.ts";
import type { Properties } from "../../sandbox/wire.ts";
import { K, SWITCH, admitNodes, deployment, giveNodes, startCluster, textOf } from "./support/cluster.ts";
import type { Cluster } from "./support/cluster.ts";
import { T, connection } from "./support/connection.ts";
import type { Connection } from "./support/connection.ts";
import { document } from "./support/roles.ts";
import type { Actor } from "./support/world.ts";

const ZONES = ["use1-az1", "use1-az2"];
const annotation = (name: string): string => `service.beta.kubernetes.io/aws-load-balancer-${name}`;
const TAGS = "ManagedBy=corpai-terraform";

describe("Services of type LoadBalancer", () => {
  let built: Connection;
  let cluster: Cluster;
  let kubernetes: Actor;
  let subnets: string[];

  beforeEach(() => {
    built = connection();
    subnets = ZONES.map((zone) => built.subnets[zone] ?? "");
    cluster = startCluster(built.corpai, subnets);
    ({ kubernetes } = cluster);
    admitNodes(built.corpai, cluster);
    kubernetes.make(K.namespace, { metadata: { name: "mcp" } });
    giveNodes(cluster, subnets, built.workloads.id, { networkPolicy: "DefaultAllow" });
    kubernetes.make(K.configMap, SWITCH);
    const env = [
      { name: "CLICKHOUSE_HOST", value: built.host() },
      { name: "CLICKHOUSE_PORT", value: "8443" },
    ];
    kubernetes.make(K.deployment, deployment({ env }));
  });
  const service = (annotations: Properties = {}, spec: Properties = {}): Properties => ({
    metadata: {
      namespace: "mcp",
      name: "clickhouse",
      annotations: {
        [annotation("scheme")]: "internal",
        [annotation("nlb-target-type")]: "ip",
        [annotation("subnets")]: subnets.join(","),
        "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0].hostname}",
        ...annotations,
      },
    },
    spec: {
      type: "LoadBalancer",
      loadBalancerClass: "eks.amazonaws.com/nlb",
      loadBalancerSourceRanges: ["10.40.0.0/16"],
      selector: { app: "clickhouse" },
      ports: [{ port: 443, targetPort: 8080 }],
      ...spec,
    },
  });
  const balancers = () => built.world.all(LOAD_BALANCER, ({ inputs }) => textOf(inputs.name).startsWith("k8s-"));
  const hostOf = ({ status }: Properties): string =>
    textOf((status as { loadBalancer: { ingress: Properties[] } }).loadBalancer.ingress[0]?.hostname);
  const mayTag = (): unknown =>
    built.corpai.make("aws:iam/rolePolicy:RolePolicy", {
      role: "mcp-cluster",
      policy: document({
        Action: ["elasticloadbalancing:CreateLoadBalancer", "ec2:CreateSecurityGroup"],
        Condition: { StringEquals: { "aws:RequestTag/eks:eks-cluster-name": "mcp" } },
      }),
    });

  it("get an internal one in the named subnets, tagged as the cluster's, its host in their status", () => {
    const made = kubernetes.make(K.service, service());
    const [balancer] = balancers();
    assert.ok(balancer);
    assert.match(hostOf(made), /^k8s-mcp-clickhou-[0-9a-f]{10}-[0-9a-f]{16}\.elb\.us-east-1\.amazonaws\.com$/);
    assert.deepEqual([balancer.inputs.internal, balancer.inputs.subnets], [true, subnets]);
    assert.deepEqual(balancer.inputs.tags, {
      "eks:eks-cluster-name": "mcp",
      "service.eks.amazonaws.com/stack": "mcp/clickhouse",
      "service.eks.amazonaws.com/resource": "LoadBalancer",
    });
  });

  it("get tags of ours only where the cluster's role may give them, which AWS's own policies leave out", () => {
    const tagged = service({ [annotation("additional-resource-tags")]: TAGS });
    assert.throws(
      () => kubernetes.make(K.service, tagged),
      /timed out waiting for .*FailedDeployModel: AccessDenied: mcp-cluster may not elasticloadbalancing:CreateLoadBalancer with the tags ManagedBy/,
    );
    mayTag();
    kubernetes.change(K.service, "mcp/clickhouse", tagged);
    assert.equal((balancers()[0]?.inputs.tags as Properties).ManagedBy, "corpai-terraform");
  });

  it("find subnets by the tags of their role where none are named, and wait for ever where there are none", () => {
    const untold = service({ [annotation("subnets")]: "" });
    assert.throws(
      () => kubernetes.make(K.service, untold),
      /couldn't auto-discover subnets: .*kubernetes\.io\/role\/internal-elb/,
    );
    for (const id of subnets) {
      const { vpcId = "", cidrBlock = "" } = built.world.get(T.subnet, id)?.inputs ?? {};
      built.corpai.change(T.subnet, id, { vpcId, cidrBlock, tags: { "kubernetes.io/role/internal-elb": "1" } });
    }
    kubernetes.change(K.service, "mcp/clickhouse", untold);
    assert.equal(balancers().length, 1);
  });

  it("let clients of the named ranges through to ready pods, past security groups and network policies", () => {
    const host = hostOf(kubernetes.make(K.service, service()));
    const why = (ip = "10.40.1.9", port = 443): string | undefined => whyUnreachable(built.world, ip, host, port);
    assert.equal(why(), undefined);
    assert.match(why("10.20.0.9") ?? "", /admits no 443\/tcp from 10\.20\.0\.9/);
    assert.match(why("10.40.1.9", 80) ?? "", /admits no 80\/tcp/);
    const policy = (ingress: readonly Properties[]): Properties => ({
      metadata: { namespace: "mcp", name: "clickhouse" },
      spec: { podSelector: { matchLabels: { app: "clickhouse" } }, policyTypes: ["Ingress"], ingress: [...ingress] },
    });
    kubernetes.make(K.networkPolicy, policy([]));
    assert.match(why() ?? "", /let no 8080\/tcp in from 10\.40\./);
    const from = [{ ipBlock: { cidr: "10.40.0.0/16" } }];
    kubernetes.change(K.networkPolicy, "mcp/clickhouse", policy([{ from, ports: [{ port: 8080 }] }]));
    assert.equal(why(), undefined);
    const [rule] = built.world.all(
      T.ingress,
      ({ inputs }) => inputs.securityGroupId === built.workloads.id && inputs.fromPort === 8080,
    );
    assert.ok(rule, "the controller has opened the pods' group");
    built.world.remove(rule);
    assert.match(why() ?? "", /of pod .* admits no 8080\/tcp from the load balancer/);
    assert.match(whyUnreachable(built.world, "10.40.1.9", "other", 443) ?? "", /no load balancer answers/);
  });

  it("change it in place, but for its scheme, and take everything along when they go", () => {
    kubernetes.make(K.service, service());
    const id = balancers()[0]?.id;
    kubernetes.change(K.service, "mcp/clickhouse", service({}, { loadBalancerSourceRanges: ["10.40.1.0/24"] }));
    assert.equal(balancers()[0]?.id, id);
    const groups = (): string[] =>
      built.world.all(SECURITY_GROUP, ({ inputs }) => textOf(inputs.name).startsWith("k8s-")).map((group) => group.id);
    assert.equal(groups().length, 1);
    kubernetes.unmake(K.service, "mcp/clickhouse");
    assert.deepEqual([balancers(), groups()], [[], []]);
    assert.deepEqual(
      built.world.all(INTERFACE, ({ computed }) => computed._owner === id),
      [],
    );
    assert.deepEqual(
      built.world.all(T.ingress, ({ inputs }) => inputs.fromPort === 8080),
      [],
    );
  });

  it("leave it behind when only the cluster goes, and it keeps subnets and VPC from being deleted", () => {
    kubernetes.make(K.service, service());
    built.corpai.unmake(K.cluster, "mcp");
    assert.equal(balancers().length, 1, "nobody was left to delete it");
    assert.throws(() => built.corpai.unmake(T.subnet, subnets[0] ?? ""), /DependencyViolation/);
    assert.throws(() => built.corpai.unmake(T.vpc, built.vpc.id), /DependencyViolation/);
  });

  it("are refused with what Auto Mode does not know", () => {
    const refused = (inputs: Properties, pattern: RegExp): void =>
      assert.throws(() => kubernetes.make(K.service, inputs), pattern);
    refused(service({ [annotation("internal")]: "true" }), /does not know the annotation .*aws-load-balancer-internal/);
    refused(service({}, { loadBalancerClass: "service.k8s.aws/nlb" }), /no controller of class/);
    refused(service({}, { type: "NodePort" }), /ClusterIP and LoadBalancer only/);
    refused(service({ "pulumi.com/waitFor": "condition=Ready" }), /can wait for .*hostname.* only/);
    assert.deepEqual(
      kubernetes.replacing(K.service, service(), service({}, { loadBalancerClass: undefined as never })),
      ["spec"],
    );
  });
});
