/** An Auto Mode cluster in a VPC of CorpAI's, and its API server, for tests to put workloads in. */
import { text } from "../../../sandbox/values.ts";
import type { Properties, Value } from "../../../sandbox/wire.ts";
import { actor } from "./world.ts";
import type { Actor, Outputs } from "./world.ts";

/** A value that a test expects to be text. */
export const textOf = (value: Value | undefined): string => text(value) ?? "";

export const K = {
  cluster: "aws:eks/cluster:Cluster",
  entry: "aws:eks/accessEntry:AccessEntry",
  policy: "aws:eks/accessPolicyAssociation:AccessPolicyAssociation",
  addon: "aws:eks/addon:Addon",
  identity: "aws:eks/podIdentityAssociation:PodIdentityAssociation",
  role: "aws:iam/role:Role",
  namespace: "kubernetes:core/v1:Namespace",
  account: "kubernetes:core/v1:ServiceAccount",
  secret: "kubernetes:core/v1:Secret",
  configMap: "kubernetes:core/v1:ConfigMap",
  deployment: "kubernetes:apps/v1:Deployment",
  nodeClass: "kubernetes:eks.amazonaws.com/v1:NodeClass",
  nodePool: "kubernetes:karpenter.sh/v1:NodePool",
  networkPolicy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  service: "kubernetes:core/v1:Service",
  autoscaler: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
  budget: "kubernetes:policy/v1:PodDisruptionBudget",
  job: "kubernetes:batch/v1:Job",
} as const;

export const trust = (service: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: ["sts:AssumeRole", "sts:TagSession"], Principal: { Service: service } }],
  });

/** With `nodeRoleArn`, Auto Mode brings its own node pools; otherwise the program has to. */
export function clusterArguments(
  roleArn: string,
  subnetIds: readonly string[],
  { nodeRoleArn, ...more }: Properties = {},
): Properties {
  return {
    name: "mcp",
    roleArn,
    version: "1.35",
    accessConfig: { authenticationMode: "API" },
    bootstrapSelfManagedAddons: false,
    computeConfig:
      nodeRoleArn === undefined
        ? { enabled: true, nodePools: [] }
        : { enabled: true, nodePools: ["general-purpose", "system"], nodeRoleArn },
    storageConfig: { blockStorage: { enabled: true } },
    kubernetesNetworkConfig: { ipFamily: "ipv4", elasticLoadBalancing: { enabled: true } },
    vpcConfig: { subnetIds: [...subnetIds], endpointPrivateAccess: true, endpointPublicAccess: true },
    ...more,
  };
}

export interface Cluster {
  readonly cluster: Outputs;
  readonly nodeRole: Outputs;
  /** Acts by the cluster's API server. */
  readonly kubernetes: Actor;
}

export function startCluster(aws: Actor, subnetIds: readonly string[], more: Properties = {}): Cluster {
  const controlPlane = aws.make(K.role, { name: "mcp-cluster", assumeRolePolicy: trust("eks.amazonaws.com") });
  const nodeRole = aws.make(K.role, { name: "mcp-nodes", assumeRolePolicy: trust("ec2.amazonaws.com") });
  const cluster = aws.make(K.cluster, clusterArguments(textOf(controlPlane.arn), subnetIds, more));
  return { cluster, nodeRole, kubernetes: actor(aws.context.world, textOf(cluster.endpoint), { region: "" }) };
}

const N = {
  vpc: "aws:ec2/vpc:Vpc",
  subnet: "aws:ec2/subnet:Subnet",
  gateway: "aws:ec2/internetGateway:InternetGateway",
  address: "aws:ec2/eip:Eip",
  nat: "aws:ec2/natGateway:NatGateway",
  table: "aws:ec2/routeTable:RouteTable",
  tableOf: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  route: "aws:ec2/route:Route",
} as const;

/** A NAT gateway, and the main route table's way to it: by what nodes pull images from public registries. */
export function goOnline(aws: Actor, vpcId: string): void {
  const anywhere = { destinationCidrBlock: "0.0.0.0/0" };
  const gateway = aws.make(N.gateway, { vpcId });
  const subnet = aws.make(N.subnet, { vpcId, cidrBlock: "10.40.255.0/28", availabilityZoneId: "use1-az1" });
  const table = aws.make(N.table, { vpcId });
  aws.make(N.tableOf, { routeTableId: table.id, subnetId: subnet.id });
  aws.make(N.route, { routeTableId: table.id, gatewayId: gateway.id, ...anywhere });
  const address = aws.make(N.address, {});
  const nat = aws.make(N.nat, { subnetId: subnet.id, allocationId: address.allocationId ?? "" });
  const { mainRouteTableId = "" } = aws.read(N.vpc, vpcId);
  aws.make(N.route, { routeTableId: mainRouteTableId, natGatewayId: nat.id, ...anywhere });
}

/** What lets nodes of the role in, and what they pull images by. */
export function admitNodes(aws: Actor, { cluster, nodeRole }: Cluster): void {
  goOnline(aws, textOf((cluster.vpcConfig as Properties).vpcId));
  const principal: Properties = { clusterName: cluster.id, principalArn: nodeRole.arn ?? "" };
  aws.make(K.entry, { ...principal, type: "EC2" });
  aws.make(K.policy, {
    ...principal,
    policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy",
    accessScope: { type: "cluster" },
  });
}

/** Nodes whose pods carry a group, in subnets of its VPC. @param more of the node class's own settings */
export function giveNodes(
  { cluster, kubernetes }: Cluster,
  subnetIds: readonly string[],
  podGroupId: string,
  more: Properties = {},
): void {
  const ids = subnetIds.map((id) => ({ id }));
  const group = textOf((cluster.vpcConfig as Properties).clusterSecurityGroupId);
  const spec = {
    role: "mcp-nodes",
    subnetSelectorTerms: ids,
    securityGroupSelectorTerms: [{ id: group }],
    podSubnetSelectorTerms: ids,
    podSecurityGroupSelectorTerms: [{ id: podGroupId }],
    ...more,
  };
  kubernetes.make(K.nodeClass, nodeClass(spec));
  kubernetes.make(K.nodePool, nodePool());
}

/** The first of the two switches of network policies. */
export const SWITCH: Properties = {
  metadata: { namespace: "kube-system", name: "amazon-vpc-cni" },
  data: { "enable-network-policy-controller": "true" },
};

export const nodeClass = (spec: Properties): Properties => ({ metadata: { name: "mcp" }, spec });
export const nodePool = (more: Properties = {}): Properties => ({
  metadata: { name: "mcp" },
  spec: {
    template: {
      metadata: { labels: { workload: "mcp" } },
      spec: { nodeClassRef: { group: "eks.amazonaws.com", kind: "NodeClass", name: "mcp" }, requirements: [], ...more },
    },
  },
});

export const CLICKHOUSE_IMAGE =
  "public.ecr.aws/corpai/mcp-clickhouse@sha256:4f1c6cbd9a7e0f2f0b64e6d1c5a3f7a1b9d0e8c2735461fae0d9b8c7a6f5e4d3";

export interface Workload {
  readonly env?: Properties[];
  readonly replicas?: number;
  readonly container?: Properties;
  readonly pod?: Properties;
  readonly annotations?: Properties;
}

export function deployment({
  env = [],
  replicas = 2,
  container = {},
  pod = {},
  annotations = { "pulumi.com/skipAwait": "true" },
}: Workload = {}): Properties {
  const labels = { app: "clickhouse" };
  const main = {
    name: "mcp",
    image: CLICKHOUSE_IMAGE,
    env,
    readinessProbe: { httpGet: { path: "/ready", port: 8080 } },
    ...container,
  };
  return {
    metadata: { name: "clickhouse", namespace: "mcp", annotations },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { nodeSelector: { workload: "mcp" }, containers: [main], ...pod } },
    },
  };
}
