import assert from "node:assert/strict";
import { podsOf } from "../../sandbox/kubernetes/pods.ts";
import { startEngine } from "./support/engine.ts";
import type { Engine } from "./support/engine.ts";

/** A private VPC, an Auto Mode cluster, and a workload in it, by the real SDKs of awsx, eks and kubernetes. */
const PROGRAM = `
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as eks from "@pulumi/eks";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const REPLICAS = 2;
const vpc = new awsx.ec2.Vpc("corpai", {
  cidrBlock: "10.40.0.0/16", enableDnsHostnames: true, availabilityZoneNames: ["us-east-1a", "us-east-1b"], natGateways: { strategy: "Single" }, subnetStrategy: "Auto",
  subnetSpecs: [
    { type: "Private", name: "workloads", cidrBlocks: ["10.40.0.0/20", "10.40.16.0/20"], tags: { tier: "workloads" } },
    { type: "Isolated", name: "endpoints", cidrBlocks: ["10.40.32.0/24", "10.40.33.0/24"] },
    { type: "Public", cidrBlocks: ["10.40.34.0/24", "10.40.35.0/24"] },
  ],
  tags: { ManagedBy: "corpai-terraform" },
}, { protect: PROTECT });
const group = new aws.ec2.SecurityGroup("mcp", { vpcId: vpc.vpcId });
const cluster = new eks.Cluster("mcp", {
  vpcId: vpc.vpcId, privateSubnetIds: vpc.privateSubnetIds, authenticationMode: eks.AuthenticationMode.Api, endpointPrivateAccess: true, endpointPublicAccess: true,
  autoMode: { enabled: true, createNodeRole: false, computeConfig: { nodePools: [] } }, createInstanceRole: false, version: "1.35",
});
const { eksCluster } = cluster;
const trust = JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "ec2.amazonaws.com" } }] });
const role = new aws.iam.Role("nodes", { assumeRolePolicy: trust });
for (const name of ["AmazonEKSWorkerNodeMinimalPolicy", "AmazonEC2ContainerRegistryPullOnly"]) new aws.iam.RolePolicyAttachment(name, { role, policyArn: "arn:aws:iam::aws:policy/" + name });
const entry = new aws.eks.AccessEntry("nodes", { clusterName: eksCluster.name, principalArn: role.arn, type: "EC2" });
new aws.eks.AccessPolicyAssociation("nodes", {
  clusterName: eksCluster.name, principalArn: entry.principalArn, policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy", accessScope: { type: "cluster" },
});

const kubeconfig = pulumi.jsonStringify({
  apiVersion: "v1", kind: "Config", "current-context": "aws",
  clusters: [{ name: "kubernetes", cluster: { server: eksCluster.endpoint, "certificate-authority-data": eksCluster.certificateAuthority.data } }],
  contexts: [{ name: "aws", context: { cluster: "kubernetes", user: "aws" } }],
  users: [{ name: "aws", user: { exec: { apiVersion: "client.authentication.k8s.io/v1beta1", command: "aws", args: ["eks", "get-token", "--cluster-name", eksCluster.name] } } }],
});
const provider = new k8s.Provider("mcp", { kubeconfig });
const opts = { provider };
const namespace = new k8s.core.v1.Namespace("mcp", { metadata: { name: "mcp" } }, opts);
const inNamespace = { namespace: namespace.metadata.name };
const secret = new k8s.core.v1.Secret("token", { metadata: inNamespace, stringData: { token: "s3cr3t-t0ken" } }, opts);
const nodeClass = new k8s.apiextensions.CustomResource("mcp", {
  apiVersion: "eks.amazonaws.com/v1", kind: "NodeClass", metadata: { name: "mcp" },
  spec: {
    role: role.name, subnetSelectorTerms: vpc.privateSubnetIds.apply((ids) => ids.map((id) => ({ id }))), securityGroupSelectorTerms: [{ id: cluster.clusterSecurityGroupId }],
    podSubnetSelectorTerms: [{ tags: { tier: "workloads" } }], podSecurityGroupSelectorTerms: [{ id: group.id }],
  },
}, opts);
new k8s.apiextensions.CustomResource("mcp-pool", {
  apiVersion: "karpenter.sh/v1", kind: "NodePool", metadata: { name: "mcp" },
  spec: { template: { metadata: { labels: { workload: "mcp" } }, spec: { nodeClassRef: { group: "eks.amazonaws.com", kind: "NodeClass", name: nodeClass.metadata.name }, requirements: [{ key: "kubernetes.io/arch", operator: "In", values: ["arm64"] }] } } },
}, opts);
const labels = { app: "clickhouse" };
const deployment = new k8s.apps.v1.Deployment("clickhouse", {
  metadata: { ...inNamespace, name: "clickhouse", annotations: { "pulumi.com/skipAwait": "true" } },
  spec: {
    replicas: REPLICAS, selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { nodeSelector: { workload: "mcp" }, containers: [{
      name: "mcp", image: "public.ecr.aws/corpai/mcp-clickhouse@sha256:4f1c6cbd9a7e0f2f0b64e6d1c5a3f7a1b9d0e8c2735461fae0d9b8c7a6f5e4d3",
      env: [{ name: "CLICKHOUSE_HOST", value: "nowhere.example" }, { name: "CLICKHOUSE_PORT", value: "8443" }, { name: "TOKEN", valueFrom: { secretKeyRef: { name: secret.metadata.name, key: "token" } } }],
      readinessProbe: { httpGet: { path: "/ready", port: 8080 } },
    }] } },
  },
}, opts);

if (pulumi.runtime.isDryRun()) {
  const watched = {
    vpcId: vpc.vpcId, privateSubnetIds: vpc.privateSubnetIds, endpoint: eksCluster.endpoint, kubeconfig, clusterGroup: cluster.clusterSecurityGroupId, version: eksCluster.version,
    access: eksCluster.vpcConfig.endpointPublicAccess, insideVpcConfig: eksCluster.vpcConfig.clusterSecurityGroupId, roleName: role.name, status: deployment.status,
  };
  const known = await Promise.all(Object.entries(watched).map(async ([name, value]) => [name, await value.isKnown]));
  for (const wanted of [false, true]) console.log((wanted ? "known: " : "open: ") + known.filter(([, is]) => is === wanted).map(([name]) => name).join(" "));
}

export const count = vpc.privateSubnetIds.length;
export const endpoint = eksCluster.endpoint;
export const certificate = eksCluster.certificateAuthority.data;
export const subnetName = vpc.subnets[0].tags;
export const issuer = cluster.oidcIssuer;
export const autoNamed = secret.metadata.name;
export const available = deployment.status.readyReplicas;
`;

const program = (protect = false, replicas = 2): string =>
  PROGRAM.replace("PROTECT", String(protect)).replace("REPLICAS = 2", `REPLICAS = ${replicas}`);
const STACK = "compute.demo";

describe("VPC, cluster and workload under the real engine", function () {
  this.timeout(240_000);
  let engine: Engine;
  let estate: string;

  before(async () => {
    engine = await startEngine(program(), ["aws", "awsx", "eks", "kubernetes"]);
    await engine.stack(STACK, { "aws:region": "us-east-1", "aws:allowedAccountIds": ["111122223333"] });
    estate = JSON.stringify(engine.sandbox.world("demo").objects);
  });
  after(() => engine.stop());

  it("previews on nothing: what only AWS knows stays open, the kubeconfig with it", async () => {
    const { ok, text } = await engine.run(STACK, "preview");
    assert.ok(ok, text);
    assert.match(text, /open: vpcId privateSubnetIds endpoint kubeconfig clusterGroup insideVpcConfig status$/m);
    assert.match(text, /known: version access roleName$/m);
    assert.equal(JSON.stringify(engine.sandbox.world("demo").objects), estate);
  });

  it("brings everything up; references to children of components read their outputs", async () => {
    const { ok, text } = await engine.run(STACK, "up");
    assert.ok(ok, text);
    assert.match(text, /endpoint +: "https:\/\/[0-9A-F]{32}\.gr7\.us-east-1\.eks\.amazonaws\.com"/);
    assert.match(text, /count +: 2$/m);
    assert.match(text, /autoNamed +: "token-[0-9a-f]{8}"/);
    assert.match(text, /SubnetType *: "Public"/);
  });

  it("says how long AWS would have taken", () => {
    assert.ok(engine.sandbox.world("demo").clock >= 600);
  });

  it("has the pods stand in the AZs by turns, with the node class's groups, and not ready, because nothing answers", () => {
    const pods = podsOf(engine.sandbox.world("demo"));
    assert.deepEqual(
      pods.map(({ azId }) => azId),
      ["use1-az1", "use1-az2"],
    );
    assert.deepEqual(
      pods.map(({ phase, ready }) => [phase, ready]),
      [
        ["Running", false],
        ["Running", false],
      ],
    );
    assert.match(pods[0]?.reason ?? "", /nowhere\.example:8443 is blocked at dns/);
    assert.equal(pods[0]?.env.TOKEN, "[secret]");
    assert.equal(pods[0].securityGroupIds.length, 1);
  });

  it("keeps no secret in clear", async () => {
    const { text } = await engine.run(STACK, "stack", "export");
    assert.ok(!text.includes("s3cr3t-t0ken"));
    assert.ok(!JSON.stringify(engine.sandbox.world("demo").objects).includes("s3cr3t-t0ken"));
  });

  it("finds nothing to do in a second update or a refresh", async () => {
    const second = await engine.run(STACK, "preview", "--expect-no-changes");
    assert.ok(second.ok, second.text);
    const refreshed = await engine.run(STACK, "refresh", "--expect-no-changes");
    assert.ok(refreshed.ok, refreshed.text);
  });

  it("passes protection on to the children of a component, as SDKs do", async () => {
    engine.write(program(true));
    assert.ok((await engine.run(STACK, "up")).ok);
    const { text } = await engine.run(STACK, "destroy");
    assert.match(text, /protected/);
    const state = JSON.parse((await engine.run(STACK, "stack", "export")).text) as {
      deployment: { resources: { type: string; protect?: boolean }[] };
    };
    const subnets = state.deployment.resources.filter(({ type }) => type === "aws:ec2/subnet:Subnet");
    assert.ok(subnets.length === 6 && subnets.every(({ protect }) => protect === true));
    engine.write(program());
    assert.ok((await engine.run(STACK, "up")).ok);
  });

  it("scales a Deployment in place", async () => {
    engine.write(program(false, 0));
    const { ok, text } = await engine.run(STACK, "up");
    assert.ok(ok, text);
    assert.match(text, /1 updated/);
    assert.equal(podsOf(engine.sandbox.world("demo")).length, 0);
  });

  it("destroys everything and leaves the estate as it was", async () => {
    const { ok, text } = await engine.run(STACK, "destroy");
    assert.ok(ok, text);
    assert.equal(JSON.stringify(engine.sandbox.world("demo").objects), estate);
  });
});
