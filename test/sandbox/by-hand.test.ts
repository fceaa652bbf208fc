// Proves what somebody can do in the sandbox's console behind Pulumi's back, and that AWS's refusals hold for them too.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { answerByHand, changeByHand, deleteByHand, selected } from "../../sandbox/by-hand.ts";
import { ACME_VPC, T, connection } from "./support/connection.ts";
import { textOf } from "./support/cluster.ts";
import { ROLE } from "./support/roles.ts";
import { DATA, TOOLS, actor, demoWorld } from "./support/world.ts";

describe("objects", () => {
  it("are found by type or its last part, id, ARN or name, account, and whether they stood before", () => {
    const { world, balancer, endpoint } = connection();
    const ids = (which: Parameters<typeof selected>[1]): string[] => selected(world, which).map(({ id }) => id);
    assert.deepEqual(ids({ type: "LoadBalancer", estate: false }), [balancer.id]);
    assert.deepEqual(ids({ type: T.balancer, name: "corpai-*" }), [balancer.id]);
    assert.deepEqual(ids({ name: textOf(endpoint.arn) }), [endpoint.id]);
    assert.deepEqual(ids({ type: "Vpc", estate: true, account: DATA }), [ACME_VPC]);
    assert.deepEqual(ids({ type: "Vpc", account: TOOLS }), ["vpc-0ace7001500000001"]);
    assert.deepEqual(ids({ name: "acme-data" }), [ACME_VPC]);
    assert.equal(ids({}).length, world.objects.length);
  });

  it("without a name of their own are found by what they are", () => {
    const { world, group } = connection();
    const rules = selected(world, { type: "SecurityGroupIngressRule", where: { securityGroupId: group.id } });
    assert.ok(rules.length > 0);
    for (const { inputs } of rules) assert.equal(inputs.securityGroupId, group.id);
    assert.deepEqual(selected(world, { type: "TargetGroup", where: { "healthCheck.port": "1" } }), []);
    assert.equal(
      selected(world, { type: "TargetGroup", where: { "healthCheck.port": "traffic-port" }, estate: false }).length,
      1,
    );
  });
});

describe("a change by hand", () => {
  it("is in AWS at once, and stays until somebody changes it back", () => {
    const { world, customer, targets } = connection();
    const { changes } = changeByHand(world, { name: "corpai-clickhouse-tg" }, { "healthCheck.port": 8123 });
    assert.deepEqual(changes, [{ property: "healthCheck.port", was: "traffic-port", is: "8123" }], "text stays text");
    const { healthCheck } = customer.read(T.targets, targets.id);
    assert.deepEqual(healthCheck, { ...(targets.healthCheck as object), port: "8123" });
  });

  it("takes a property away with null, and a tag, too, or by giving all others", () => {
    const { world, customer, group } = connection();
    changeByHand(world, { name: group.id }, { tags: { Name: "renamed" } });
    assert.deepEqual(customer.read(T.group, group.id).tagsAll, { Name: "renamed" });
    changeByHand(world, { name: group.id }, { "tags.corpai": "x" });
    changeByHand(world, { name: group.id }, { "tags.corpai": null });
    assert.deepEqual(customer.read(T.group, group.id).tagsAll, { Name: "renamed" });
    changeByHand(world, { type: "SecurityGroup", name: "renamed" }, { tags: null });
    assert.deepEqual(customer.read(T.group, group.id).tagsAll, {});
  });

  it("sees a provider's default tags as what they are in AWS: tags", () => {
    const world = demoWorld();
    const tagged = actor(world, DATA, { defaultTags: { ManagedBy: "corpai" } });
    const { id } = tagged.make(T.vpc, { cidrBlock: "10.50.0.0/16", tags: { Name: "it" } });
    changeByHand(world, { name: id }, { "tags.Name": "other" });
    assert.deepEqual(tagged.read(T.vpc, id).tagsAll, { ManagedBy: "corpai", Name: "other" });
    changeByHand(world, { name: id }, { tags: {} });
    assert.deepEqual(tagged.read(T.vpc, id).tagsAll, {});
  });

  it("is refused where AWS would refuse it, or has no way to do it", () => {
    const { world, balancer, group } = connection();
    const change = (name: string, properties: Parameters<typeof changeByHand>[2]) => (): unknown =>
      changeByHand(world, { name }, properties);
    assert.throws(
      change(balancer.id, {
        subnets: ["subnet-0acedada00000000a", "subnet-0acedada00000000c", "subnet-00000000000000000"],
      }),
      /SubnetNotFound/,
    );
    assert.throws(change(balancer.id, { internal: false }), /no way to change internal of aws:lb\/loadBalancer/);
    assert.throws(change(group.id, { colour: "red" }), /takes no argument "colour"/);
    assert.throws(
      change("i-0acedada0c11c0001", { privateIp: "10.20.0.22" }),
      /has no rules for aws:ec2\/instance:Instance/,
    );
  });

  it("says so where it is not clear what is meant", () => {
    const world = demoWorld();
    assert.throws(
      () => changeByHand(world, { type: "Vpc" }, { tags: {} }),
      /2 objects fit .*\n {2}aws:ec2\/vpc:Vpc vpc-0acedada000000001 of 111122223333\n/,
    );
    assert.throws(() => deleteByHand(world, { name: "nothing" }), /no object fits/);
  });
});

describe("a deletion by hand", () => {
  it("takes away what programs made and what stood before alike", () => {
    const { world, endpoint } = connection();
    assert.equal(deleteByHand(world, { name: endpoint.id }).id, endpoint.id);
    assert.equal(world.get(T.endpoint, endpoint.id), undefined);
    deleteByHand(world, { type: "Role", name: ROLE });
    assert.equal(world.get("aws:iam/role:Role", ROLE, DATA), undefined);
  });

  it("is refused for what is in use", () => {
    const { world, balancer, service, targets, endpointGroup } = connection();
    const refusals: readonly (readonly [string, RegExp])[] = [
      [balancer.id, /ResourceInUse: Load balancer .* currently associated with another service/],
      [service.id, /ExistingVpcEndpointConnections/],
      [targets.id, /ResourceInUse: Target group/],
      [endpointGroup.id, /DependencyViolation/],
    ];
    for (const [name, message] of refusals) assert.throws(() => deleteByHand(world, { name }), message);
  });
});

describe("an answer by hand", () => {
  it("accepts a connection that waits, and rejects it again", () => {
    const { world, customer, endpoint } = connection({ accept: false });
    const state = (): unknown => customer.read(T.endpoint, endpoint.id).state;
    answerByHand(world, endpoint.id, "accept");
    world.advance(60);
    assert.equal(state(), "available");
    answerByHand(world, endpoint.id, "reject");
    assert.equal(state(), "rejected");
  });

  it("comes once: what is accepted, rejected or needs no acceptance is not accepted again", () => {
    const accepted = connection();
    assert.throws(() => answerByHand(accepted.world, accepted.endpoint.id, "accept"), /InvalidState/);
    const open = connection({ accept: false, service: { acceptanceRequired: false } });
    assert.throws(() => answerByHand(open.world, open.endpoint.id, "accept"), /InvalidState/);
    answerByHand(accepted.world, accepted.endpoint.id, "reject");
    assert.throws(
      () => answerByHand(accepted.world, accepted.endpoint.id, "accept"),
      /InvalidState: .* cannot be accepted in state rejected/,
    );
    assert.throws(() => answerByHand(accepted.world, "vpce-0", "accept"), /no object fits/);
  });
});
