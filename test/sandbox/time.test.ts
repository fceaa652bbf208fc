// Proves how the sandbox accounts time: what waits for what, what runs side by side, and which chain decided how long AWS would have taken.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { attach, leaveBehind } from "../../sandbox/aws/network.ts";
import { type Run, Time, type Timeline } from "../../sandbox/time.ts";
import type { World, WorldObject } from "../../sandbox/world.ts";
import { T, connection, consumer, endpointArguments, offer } from "./support/connection.ts";
import { DATA, TOOLS, actor, demoWorld } from "./support/world.ts";

const kinds = ({ chain }: Timeline): string[] =>
  chain.map(({ operation, type }) => `${operation} ${type.split(":").at(-1) ?? ""}`);
const VPC = { cidrBlock: "10.50.0.0/16" };

describe("virtual time", () => {
  it("lets nothing of a later run be ready before that run began", () => {
    const world = demoWorld();
    world.advance(8 * 3600);
    const { id } = actor(world, DATA).make(T.vpc, VPC);
    assert.equal(world.get(T.vpc, id)?.readyAt, 8 * 3600 + 12);
  });

  it("lets a program that begins after another's end wait for all of it, whatever the two have to do with each other", () => {
    const world = demoWorld();
    const first = actor(world, DATA);
    offer(first);
    world.time.end(first.context.caller.run);
    const { id } = actor(world, TOOLS).make(T.vpc, VPC);
    assert.equal(world.get(T.vpc, id)?.readyAt, 3 + 150 + 10 + 12);
  });

  it("lets programs that run side by side not wait for each other, whichever call comes first", () => {
    const world = demoWorld();
    const first = actor(world, DATA);
    const second = actor(world, TOOLS);
    offer(first);
    const { id } = second.make(T.vpc, VPC);
    assert.equal(world.get(T.vpc, id)?.readyAt, 12);
    assert.equal(world.clock, 163, "the clock shows the latest of all");
  });

  it("takes a program for ended when its provider is configured anew: a killed engine says no farewell", () => {
    const world = demoWorld();
    offer(actor(world, DATA));
    const { id } = actor(world, DATA).make(T.vpc, VPC);
    assert.equal(world.get(T.vpc, id)?.readyAt, 163 + 12);
  });

  it("deletes side by side, each after what named it", () => {
    const { customer, endpoint, vpc, subnets, world } = connection({ accept: false });
    const other = customer.make(T.endpoint, {
      vpcId: vpc.id,
      serviceName: "com.amazonaws.us-east-1.sts",
      vpcEndpointType: "Interface",
      subnetIds: [subnets["use1-az1"] ?? ""],
    });
    const before = world.clock;
    for (const { id } of [endpoint, other]) customer.unmake(T.endpoint, id);
    assert.equal(world.clock, before + 60, "two endpoints take no longer than one");
    customer.unmake(T.subnet, subnets["use1-az1"] ?? "");
    const { chain } = world.time.timeline(0);
    assert.equal(chain.at(-1)?.readyAt, before + 60);
  });

  it("tries again to delete until what is in the way has gone, whatever is done meanwhile", () => {
    const { customer, endpoint, subnets, world } = connection({ accept: false });
    const subnetId = subnets["use1-az1"] ?? "";
    const subnet = world.get(T.subnet, subnetId);
    assert.ok(subnet);
    customer.unmake(T.endpoint, endpoint.id);
    attach(customer.context, { owner: "a cluster", subnet, securityGroupIds: [], description: "Amazon EKS" });
    const deleted = world.clock;
    leaveBehind(world, "a cluster", 300);
    world.advance(100);
    customer.unmake(T.subnet, subnetId);
    assert.equal(world.clock, deleted + 300);
  });
});

describe("stacks whose order is told", () => {
  const began = (world: World, stack: string): number => {
    const run = world.time.begin(`urn of ${stack}`, stack);
    world.time.end(run);
    return run.startedAt;
  };
  /** A program of one VPC, twelve seconds. */
  const program = (world: World, stack: string): void => {
    const run = world.time.begin(`urn of ${stack}`, stack);
    actor(world, DATA, { run }).make(T.vpc, VPC);
    world.time.end(run);
  };

  it("wait for exactly those before them, whichever is over first in the sandbox", () => {
    const world = demoWorld();
    world.advance(100);
    world.time.tell({ network: [], services: [], cluster: ["network"], connections: ["network", "services"] });
    program(world, "network");
    const slow = world.time.begin("urn of services", "services");
    offer(actor(world, DATA, { run: slow }));
    world.time.end(slow);
    assert.equal(began(world, "cluster"), 112, "services is over, but cluster has nothing to do with it");
    assert.equal(began(world, "connections"), 100 + 163);
    assert.equal(began(world, "another"), 100 + 163, "of which nothing was told");
  });

  it("wait through one in which nothing changed", () => {
    const world = demoWorld();
    world.time.tell({ network: [], cluster: ["network"], servers: ["cluster"] });
    program(world, "network");
    assert.equal(began(world, "servers"), 12);
  });

  it("are told for one time only: what comes after begins after all of it", () => {
    const world = demoWorld();
    world.time.tell({ network: [], cluster: ["network"] });
    program(world, "network");
    const { since, seconds, chain } = world.time.finish();
    assert.deepEqual([since, seconds, chain.map(({ stack }) => stack)], [0, 12, ["network"]]);
    world.advance(1000);
    assert.equal(began(world, "cluster"), 1012);
  });

  it("have a chain that leads through those before them", () => {
    const world = demoWorld();
    world.time.tell({ network: [], aside: [], cluster: ["network"] });
    for (const stack of ["network", "aside", "cluster"]) program(world, stack);
    const { chain, seconds, fastest } = world.time.finish();
    assert.deepEqual(
      chain.map(({ stack, waitedFor }) => [stack, waitedFor]),
      [
        ["network", "program"],
        ["cluster", "program"],
      ],
    );
    assert.deepEqual([seconds, fastest], [24, 12]);
  });
});

describe("the timeline of a run", () => {
  it("names the chain that decided it, from the first to the last: each began when the one before was ready", () => {
    const { world, endpoint, balancer } = connection();
    const timeline = world.time.timeline(0);
    assert.deepEqual(kinds(timeline), [
      "create SecurityGroup",
      "create LoadBalancer",
      "create VpcEndpointService",
      "create VpcEndpoint",
      "create VpcEndpointConnectionAccepter",
    ]);
    assert.equal(timeline.seconds, 3 + 150 + 10 + 60 + 30);
    assert.deepEqual(
      timeline.chain.map(({ startedAt, readyAt }) => [startedAt, readyAt]),
      [
        [0, 3],
        [3, 153],
        [153, 163],
        [163, 223],
        [223, 253],
      ],
    );
    assert.deepEqual(
      [timeline.chain[1]?.id, timeline.chain[3]?.id, timeline.chain[3]?.stack],
      [balancer.id, endpoint.id, "it.test"],
    );
    assert.equal(timeline.fastest, timeline.seconds, "nothing waited for another program");
  });

  it("says what waited only for another program to end, and how fast it could have been", () => {
    const world = demoWorld();
    const first = actor(world, DATA);
    offer(first);
    world.time.end(first.context.caller.run);
    actor(world, TOOLS).make(T.vpc, VPC);
    const timeline = world.time.timeline(0);
    assert.deepEqual(kinds(timeline), [
      "create SecurityGroup",
      "create LoadBalancer",
      "create VpcEndpointService",
      "create Vpc",
    ]);
    assert.equal(timeline.chain.at(-1)?.waitedFor, "program");
    assert.deepEqual([timeline.seconds, timeline.fastest], [175, 163]);
  });

  it("does not lose a wait for another program behind something that took no time", () => {
    const time = new Time(0);
    const done = (name: string, run: Run, seconds: number, ...after: WorldObject[]): WorldObject => {
      const object = {
        type: "T",
        id: name,
        account: "",
        region: "",
        inputs: {},
        computed: {},
        readyAt: 0,
        estate: false,
      };
      object.readyAt = time.step({ operation: "create", object, name, names: new Set(), after, seconds }, run);
      return object;
    };
    const first = time.begin("urn of first", "first");
    done("vpc", first, 12);
    time.end(first);
    const second = time.begin("urn of second", "second");
    done("gateway", second, 105, done("address", second, 0));
    assert.deepEqual(
      time.timeline(0).chain.map(({ name, waitedFor }) => [name, waitedFor]),
      [
        ["vpc", "program"],
        ["gateway", "program"],
      ],
    );
  });

  it("leaves out what was done before", () => {
    const world = demoWorld();
    const first = actor(world, DATA);
    const { service } = offer(first);
    world.time.end(first.context.caller.run);
    world.advance(0);
    const since = world.clock;
    const second = actor(world, DATA);
    second.make(T.endpoint, endpointArguments(consumer(second), service));
    const timeline = world.time.timeline(since);
    assert.deepEqual(kinds(timeline), ["create Vpc", "create SecurityGroup", "create VpcEndpoint"]);
    assert.equal(timeline.seconds, 12 + 3 + 60);
    assert.deepEqual(
      world.time.timeline(),
      timeline,
      "unless asked otherwise, it is the last run that changed anything",
    );
  });

  it("is empty before anything was done", () => {
    assert.deepEqual(demoWorld().time.timeline(), { since: 0, seconds: 0, chain: [], fastest: 0 });
  });
});
