// Proves what the cluster asks of @pulumi/eks and makes around it. What @pulumi/eks builds of that is proved in test/sandbox/components.test.ts, what EKS
// says to it in test/sandbox/eks-cluster.test.ts.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { McpCluster, type McpClusterArgs } from "../../components/cluster/mcp-cluster.ts";
import { protectionOf } from "../../model/environment-class.ts";
import { clusterArgs, tags } from "./support/platform.ts";
import { recorder } from "./support/recorder.ts";

const build = (more: Partial<McpClusterArgs> = {}): Promise<McpCluster> =>
  recorder.build(() => new McpCluster("mcp", clusterArgs(more)));
const asked = (): Record<string, unknown> => recorder.only("eks:index:Cluster").inputs;

describe("the cluster", () => {
  it("encrypts Kubernetes secrets by a key of its own that turns over every year", async () => {
    await build();
    assert.equal(asked().encryptionConfigKeyArn, "mcp-secrets-arn");
    const [key] = recorder.of("aws:kms/key:Key").filter(({ name }) => name === "mcp-secrets");
    assert.equal(key?.inputs.enableKeyRotation, true);
    assert.match(String(key.inputs.policy), /"AWS":"arn:aws:iam::111122223333:root"/);
    assert.equal(String(key.inputs.policy).match(/"Principal"/g)?.length, 1, "nobody else is named");
  });

  it("logs all that its control plane can, into a group that is made first, under EKS's name for it", async () => {
    await build();
    assert.deepEqual(asked().enabledClusterLogTypes, [
      "api",
      "audit",
      "authenticator",
      "controllerManager",
      "scheduler",
    ]);
    const group = recorder.only("aws:cloudwatch/logGroup:LogGroup").inputs;
    assert.deepEqual(
      [asked().name, group.name, group.retentionInDays, group.kmsKeyId],
      ["corpai-demo", "/aws/eks/corpai-demo/cluster", 30, "mcp-control-plane-arn"],
    );
    const order = recorder.resources.map(({ type }) => type);
    assert.ok(order.indexOf("aws:cloudwatch/logGroup:LogGroup") < order.indexOf("eks:index:Cluster"));
  });

  it("never drifts into extended support", async () => {
    await build();
    assert.deepEqual(asked().upgradePolicy, { supportType: "STANDARD" });
  });

  it("keeps Services out of the VPC's addresses by a range that is stated, not chosen by EKS", async () => {
    await build();
    assert.equal(asked().kubernetesServiceIpAddressRange, "172.20.0.0/16");
  });

  it("opens its API to named networks only on request, and stays open to the VPC", async () => {
    await build();
    assert.deepEqual([asked().endpointPublicAccess, asked().publicAccessCidrs], [false, undefined]);
    await build({ publicAccessCidrs: ["203.0.113.0/24"] });
    assert.deepEqual(
      [asked().endpointPrivateAccess, asked().endpointPublicAccess, asked().publicAccessCidrs],
      [true, true, ["203.0.113.0/24"]],
    );
  });

  it("is protected from deletion where its class says so", async () => {
    await build();
    assert.equal(asked().deletionProtection, false);
    await build({ protection: protectionOf("prod") });
    assert.equal(asked().deletionProtection, true);
  });

  it("admits named principals, each with its scope, and tags their entries, which @pulumi/eks does not by itself", async () => {
    const principal = "arn:aws:iam::111122223333:role/developers";
    await build({ access: { developers: { principal, grants: { view: "cluster", edit: ["corpai-mcp"] } } } });
    const policy = (name: string): string => `arn:aws:eks::aws:cluster-access-policy/${name}`;
    assert.deepEqual(asked().accessEntries, {
      developers: {
        principalArn: principal,
        tags,
        accessPolicies: {
          view: { policyArn: policy("AmazonEKSViewPolicy"), accessScope: { type: "cluster" } },
          edit: {
            policyArn: policy("AmazonEKSEditPolicy"),
            accessScope: { type: "namespace", namespaces: ["corpai-mcp"] },
          },
        },
      },
    });
  });

  it("has no role for node groups, whose profile and entry would carry no tags", async () => {
    await build();
    assert.equal(asked().createInstanceRole, false);
  });

  it("lets its nodes to the endpoints of AWS's services", async () => {
    await build();
    const rules = recorder
      .of("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .filter(({ inputs }) => inputs.securityGroupId === "sg-aws");
    assert.deepEqual(
      rules.map(({ inputs }) => [inputs.referencedSecurityGroupId, inputs.fromPort, inputs.toPort]),
      [["cluster-sg", 443, 443]],
    );
  });
});
