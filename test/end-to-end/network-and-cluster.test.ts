// Proves that network and cluster come up by themselves, under the policy pack, closed where AWS would leave them open, and go in the order that EKS needs.
import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { after, before, describe, it } from "mocha";
import { AWS_ENDPOINTS, AWS_GATEWAYS } from "../../model/aws-endpoints.ts";
import type { WorldObject } from "../../sandbox/world.ts";
import { Clone } from "./support/clone.ts";
import { madeOf, report } from "./support/reports.ts";

describe("network and cluster by corpai", function () {
  this.timeout(300_000);
  let clone: Clone;
  before(() => {
    clone = Clone.create();
  });
  after(() => clone.remove());

  async function one(type: string): Promise<WorldObject> {
    const [found, ...others] = await madeOf(clone, type);
    assert.ok(found && others.length === 0, `one ${type}`);
    return found;
  }

  it("come up by themselves, and stay as they are when brought up again", async () => {
    const stacks = await report(clone, "up", "demo", "--only", "cluster");
    assert.deepEqual(
      stacks.map(({ stack, result }) => [stack, result]),
      [
        ["network.demo", "succeeded"],
        ["cluster.demo", "succeeded"],
      ],
    );
    for (const { stack, changes } of await report(clone, "up", "demo", "--only", "cluster")) {
      const { same = 0, ...others } = changes;
      assert.ok(
        same > 0 && Object.values(others).every((count) => count === 0),
        `${stack}: ${JSON.stringify(changes)}`,
      );
    }
    // Both programs read their own stack while the engine saves it; attributes, written in place, would have made that fail at times.
    assert.deepEqual(globSync(".sandbox/state/**/*.attrs", { cwd: clone.folder }), []);
  });

  it("have ways to AWS's services that stay inside, and a default group that lets nothing through", async () => {
    const endpoints = await madeOf(clone, "aws:ec2/vpcEndpoint:VpcEndpoint");
    assert.equal(endpoints.length, AWS_ENDPOINTS.length + AWS_GATEWAYS.length);
    const { id } = await one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup");
    for (const direction of ["Ingress", "Egress"]) {
      const rules = await madeOf(clone, `aws:vpc/securityGroup${direction}Rule:SecurityGroup${direction}Rule`);
      assert.deepEqual(
        rules.filter(({ inputs }) => inputs.securityGroupId === id),
        [],
      );
    }
  });

  it("log under keys of their own, for as long as their class says, and leave no group to EKS", async () => {
    const groups = await madeOf(clone, "aws:cloudwatch/logGroup:LogGroup");
    assert.deepEqual(groups.map(({ id }) => id).sort(), ["/aws/eks/corpai-demo/cluster", "/corpai/demo/flow-logs"]);
    const keys = (await madeOf(clone, "aws:kms/key:Key")).map(({ computed }) => computed.arn);
    for (const { id, inputs } of groups) {
      assert.equal(inputs.retentionInDays, 7, id);
      assert.ok(keys.includes(inputs.kmsKeyId), id);
    }
    const { encryptionConfig } = (await one("aws:eks/cluster:Cluster")).inputs;
    assert.ok(keys.some((key) => JSON.stringify(encryptionConfig).includes(JSON.stringify(key))));
    assert.equal(keys.length, 3);
  });

  it("carry CorpAI's tag on all that @pulumi/eks makes and AWS tags", async () => {
    for (const type of [
      "aws:eks/cluster:Cluster",
      "aws:iam/role:Role",
      "aws:eks/accessEntry:AccessEntry",
      "aws:eks/addon:Addon",
    ])
      for (const { id, inputs } of await madeOf(clone, type))
        assert.equal(
          (inputs.tags as Record<string, string> | undefined)?.ManagedBy,
          "corpai-terraform",
          `${type} ${id}`,
        );
  });

  it("go again, the cluster first; the provider waits for its interfaces, and nothing is left", async () => {
    const { clock } = await clone.sandbox.world("demo");
    const stacks = await report(clone, "destroy", "demo");
    assert.deepEqual(
      stacks.map(({ stack, result }) => [stack, result]).filter(([stack]) => /^(network|cluster)\./.test(stack ?? "")),
      [
        ["cluster.demo", "succeeded"],
        ["network.demo", "succeeded"],
      ],
    );
    assert.deepEqual(clone.made(), []);
    // A cluster takes four minutes to go, and its interfaces five more.
    assert.ok((await clone.sandbox.world("demo")).clock >= clock + 540);
  });
});
