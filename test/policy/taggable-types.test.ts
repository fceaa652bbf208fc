/** Proves that the committed list is the one of the installed `@pulumi/aws`, and that it is read from the right place. */
import assert from "node:assert/strict";
import { awsPackageFolder, taggableTypes } from "../../policy/reading/generate-taggable-types.ts";
import committed from "../../policy/reading/taggable-types.json" with { type: "json" };

describe("the list of types that take tags", () => {
  it("fits the installed SDK, so that an upgrade cannot bring types that nobody asks for tags", () => {
    assert.deepEqual(
      committed,
      taggableTypes(awsPackageFolder()),
      "run: node policy/reading/generate-taggable-types.ts",
    );
  });

  it("holds what we build", () => {
    for (const type of [
      "aws:ec2/vpc:Vpc",
      "aws:ec2/subnet:Subnet",
      "aws:ec2/securityGroup:SecurityGroup",
      "aws:ec2/vpcEndpoint:VpcEndpoint",
      "aws:ec2/vpcEndpointService:VpcEndpointService",
      "aws:lb/loadBalancer:LoadBalancer",
      "aws:lb/targetGroup:TargetGroup",
      "aws:lb/listener:Listener",
      "aws:eks/cluster:Cluster",
      "aws:iam/policy:Policy",
      "aws:rds/instance:Instance",
    ]) {
      assert.ok(committed.includes(type), type);
    }
  });

  it("leaves out tags that are passed on or that select things", () => {
    for (const type of [
      "aws:autoscaling/group:Group",
      "aws:inspector/resourceGroup:ResourceGroup",
      "aws:devopsguru/resourceCollection:ResourceCollection",
      "aws:ec2/route:Route",
    ]) {
      assert.ok(!committed.includes(type), type);
    }
  });
});
