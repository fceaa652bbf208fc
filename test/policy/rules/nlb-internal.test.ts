/**
 * Proves what the rule says of a load balancer's inputs, absent and unknown ones included. That the engine acts on it is proven in
 * engine.test.ts.
 */
import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { nlbInternal } from "../../../policy/rules/nlb-internal.ts";
import { LOAD_BALANCER_TYPES } from "../../../policy/reading/load-balancers.ts";
import { FakeStack, type Report, type Values } from "../support/stack.ts";
import { UNKNOWN } from "../support/unknown.ts";

const COMPLIANT: Values = { loadBalancerType: "network", internal: true, subnets: ["subnet-1", "subnet-2"] };

function judge(inputs: Values, type = "aws:lb/loadBalancer:LoadBalancer"): Promise<readonly Report[]> {
  return new FakeStack("customer-services.demo", [{ type, name: "clickhouse-nlb", inputs }]).judgedBy(nlbInternal);
}

function without(values: Values, key: string): Values {
  return Object.fromEntries(Object.entries(values).filter(([each]) => each !== key));
}

describe("nlb-internal", () => {
  it("says nothing of an internal network load balancer", async () => {
    assert.deepEqual(await judge(COMPLIANT), []);
  });

  it("refuses one that is not internal, since anybody could reach the private service", async () => {
    assert.deepEqual(await judge({ ...COMPLIANT, internal: false }), [
      {
        name: "clickhouse-nlb",
        level: "mandatory",
        message: 'clickhouse-nlb: "internal" is not true, so it is internet-facing. Set internal: true.',
      },
    ]);
  });

  it("refuses one that does not say, since AWS's default is internet-facing", async () => {
    assert.deepEqual(await judge(without(COMPLIANT, "internal")), [
      {
        name: "clickhouse-nlb",
        level: "mandatory",
        message: 'clickhouse-nlb: "internal" is not set, and AWS then makes it internet-facing. Set internal: true.',
      },
    ]);
  });

  it('says that it cannot decide while "internal" is unknown, rather than pass it', async () => {
    assert.deepEqual(await judge({ ...COMPLIANT, internal: UNKNOWN }), [
      {
        name: "clickhouse-nlb",
        level: "advisory",
        message:
          'clickhouse-nlb: undecided, checked at update: "internal" is not known yet. Give it as a plain value: internal: true.',
      },
    ]);
  });

  it("says that it cannot decide while the type is unknown, unless it is internal in any case", async () => {
    const undecided = {
      name: "clickhouse-nlb",
      level: "advisory",
      message:
        'clickhouse-nlb: undecided, checked at update: "loadBalancerType" is not known yet, and "internal" is not true. Set internal: true.',
    };
    const ofUnknownType = { ...COMPLIANT, loadBalancerType: UNKNOWN };
    assert.deepEqual(await judge(ofUnknownType), []);
    assert.deepEqual(await judge({ ...ofUnknownType, internal: false }), [undecided]);
    assert.deepEqual(await judge({ ...ofUnknownType, internal: UNKNOWN }), [undecided]);
    assert.deepEqual(await judge(without(ofUnknownType, "internal")), [undecided]);
  });

  it("leaves load balancers of other types alone, and AWS's default is one of those", async () => {
    for (const loadBalancerType of ["application", "gateway"])
      assert.deepEqual(await judge({ loadBalancerType, internal: false }), []);
    assert.deepEqual(await judge({ internal: false }), []);
  });

  it("leaves other resources alone, whatever their properties are called", async () => {
    assert.deepEqual(
      await judge({ loadBalancerType: "network", internal: false }, "aws:elb/loadBalancer:LoadBalancer"),
      [],
    );
  });

  it("knows a load balancer by every name that the SDKs have given it", async () => {
    assert.deepEqual(
      [...LOAD_BALANCER_TYPES].filter((type) =>
        [aws.lb.LoadBalancer, aws.alb.LoadBalancer].some((each) => each.isInstance({ __pulumiType: type })),
      ),
      ["aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"],
      "today's SDK still has both",
    );
    for (const type of LOAD_BALANCER_TYPES)
      assert.equal((await judge({ ...COMPLIANT, internal: false }, type)).length, 1, type);
  });
});
