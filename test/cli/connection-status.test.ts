import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { type ConnectionStatus, connectionStatuses } from "../../cli/connection-status.ts";
import type { Drift, LiveState, LiveWorkload } from "../../cli/live-state.ts";
import { type Environment, loadEnvironment } from "../../stacks/environment.ts";

const NAME = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0";
const HOST = "vpce-0123456789abcdef0-a1b2c3d4.vpce-svc-0123456789abcdef0.us-east-1.vpce.amazonaws.com";
const ZONAL = "vpce-0123456789abcdef0-a1b2c3d4-us-east-1a.vpce-svc-0123456789abcdef0.us-east-1.vpce.amazonaws.com";
const NOTHING: LiveState = {
  endpoints: {},
  privateConnections: {},
  recorded: {},
  workloads: {},
  roleJobs: {},
  drift: [],
  records: undefined,
  unreadable: [],
};
const RUNNING: LiveWorkload = {
  replicas: 2,
  readyReplicas: 2,
  env: { CLICKHOUSE_HOST: HOST, CLICKHOUSE_PASSWORD: "[secret]" },
  message: "",
};

function built(state: string, workload: LiveWorkload = RUNNING): LiveState {
  return {
    endpoints: {
      clickhouse: {
        id: "vpce-0123456789abcdef0",
        urn: "urn:it",
        stack: "connections.demo",
        state,
        serviceName: NAME,
        dnsEntries: state === "pendingAcceptance" ? [] : [{ dnsName: ZONAL }, { dnsName: HOST }],
        privateDnsEnabled: false,
      },
    },
    privateConnections: {},
    recorded: { clickhouse: { port: 8443, serviceName: NAME, azIds: ["use1-az1", "use1-az2"] } },
    workloads: { "clickhouse-mcp": workload },
    roleJobs: {},
    drift: [],
    records: undefined,
    unreadable: [],
  };
}

describe("the status of a connection", () => {
  let demo: Environment;
  before(() => {
    demo = loadEnvironment("demo");
  });
  const clickhouse = (live: LiveState): ConnectionStatus => {
    const status = connectionStatuses(demo, live).find(({ key }) => key === "clickhouse");
    assert.ok(status);
    return status;
  };

  it("is there for every registration before anything is brought up, with what the files know", () => {
    const statuses = connectionStatuses(demo, NOTHING);
    assert.deepEqual(
      statuses.map(({ key }) => key),
      ["clickhouse", "github"],
    );
    assert.deepEqual(statuses[0], {
      key: "clickhouse",
      displayName: "ClickHouse Production",
      serviceName: null,
      port: 8443,
      state: null,
      host: null,
      endpointId: null,
      azIds: ["use1-az1", "use1-az2", "use1-az4"],
      usedBy: [{ workload: "clickhouse-mcp", env: {}, ready: null }],
      next: { who: "corpai", action: "bring the endpoint up: npx corpai up demo" },
    });
  });

  it("is complete where all is well: the regional host, never a zonal one, and nobody has to do anything", () => {
    assert.deepEqual(clickhouse(built("available")), {
      key: "clickhouse",
      displayName: "ClickHouse Production",
      serviceName: NAME,
      port: 8443,
      state: "available",
      host: HOST,
      endpointId: "vpce-0123456789abcdef0",
      azIds: ["use1-az1", "use1-az2"],
      usedBy: [{ workload: "clickhouse-mcp", env: RUNNING.env, ready: true }],
      next: null,
    });
  });

  it("asks its owner for a review that is overdue, where nothing else is to be done", () => {
    const reviewed: Environment = {
      ...demo,
      stacks: demo.stacks.map((stack) =>
        "registrations" in stack.config
          ? {
              ...stack,
              config: {
                ...stack.config,
                registrations: Object.fromEntries(
                  Object.entries(stack.config.registrations).map(([key, one]) => [
                    key,
                    { ...one, owner: "data platform", ticket: "NET-42", review: "2020-01-31" },
                  ]),
                ),
              },
            }
          : stack,
      ),
    };
    const nextWhile = (state: string): ConnectionStatus["next"] | undefined =>
      connectionStatuses(reviewed, built(state)).find(({ key }) => key === "clickhouse")?.next;
    assert.deepEqual(nextWhile("available"), {
      who: "corpai",
      action:
        "data platform was to review clickhouse by 2020-01-31 (asked for in NET-42): remove it, or set a later review in environments/Pulumi.connections.demo.yaml",
    });
    assert.equal(nextWhile("pendingAcceptance")?.who, "customer");
  });

  it("waits for the customer, in the document's word, while nobody has accepted", () => {
    const { state, host, next, usedBy } = clickhouse(
      built("pendingAcceptance", { replicas: 0, readyReplicas: 0, env: {}, message: "" }),
    );
    assert.deepEqual([state, host, next?.who, usedBy[0]?.ready], ["pending_acceptance", null, "customer", false]);
  });

  const STEPS: readonly (readonly [string, "customer" | "corpai", RegExp])[] = [
    ["pendingAcceptance", "customer", /accept the connection request of clickhouse/],
    ["pending", "corpai", /wait: AWS is still setting the endpoint up/],
    ["rejected", "customer", /npx corpai reconnect demo clickhouse/],
    ["expired", "corpai", /expired unanswered: .* npx corpai reconnect demo clickhouse/],
    ["failed", "corpai", /read its error in the VPC console, then npx corpai up demo/],
    ["deleting", "corpai", /wait: AWS is deleting the endpoint/],
  ];
  for (const [state, who, says] of STEPS)
    it(`says whose turn it is, and what they do, where AWS has it as ${state}`, () => {
      const { next } = clickhouse(built(state));
      assert.equal(next?.who, who);
      assert.match(next.action, says);
    });

  it("is CorpAI's to act on where the connection is available and a pod that uses it is not ready", () => {
    assert.match(
      clickhouse(built("available", { ...RUNNING, readyReplicas: 1 })).next?.action ?? "",
      /find out why clickhouse-mcp is not ready/,
    );
    assert.match(
      clickhouse(built("available", { ...RUNNING, replicas: 0, readyReplicas: 0 })).next?.action ?? "",
      /start clickhouse-mcp.*npx corpai up demo/,
    );
    assert.match(clickhouse({ ...built("available"), workloads: {} }).next?.action ?? "", /bring clickhouse-mcp up/);
    assert.match(
      clickhouse({ ...built("available"), workloads: undefined, unreadable: ["no route"] }).next?.action ?? "",
      /Kubernetes API cannot be/,
    );
  });

  it("tells an endpoint that was deleted behind Pulumi's back, which a plain update would not make again", () => {
    assert.match(
      clickhouse({ ...built("available"), endpoints: {} }).next?.action ?? "",
      /deleted outside of Pulumi: npx corpai refresh demo/,
    );
  });

  const drift = (of: Partial<Drift> & Pick<Drift, "stack" | "program" | "owner">): Drift => ({
    urn: "urn:it",
    type: "aws:lb/targetGroup:TargetGroup",
    name: "clickhouse-nlb",
    parent: undefined,
    what: "changed",
    properties: [{ property: "healthCheck.port", was: "traffic-port", is: "8123" }],
    ...of,
  });
  const services = drift({ stack: "customer-services.demo.data", program: "customer-services", owner: "clickhouse" });

  it("tells what somebody has changed outside of Pulumi, how, whose it is, and what puts it right", () => {
    assert.deepEqual(clickhouse({ ...built("available"), drift: [services] }).next, {
      who: "customer",
      action:
        "clickhouse-nlb (TargetGroup): healthCheck.port: traffic-port -> 8123, outside of Pulumi: npx corpai refresh demo --only customer-services.demo.data, then npx corpai up demo",
    });
    const scaled = drift({ stack: "mcp-servers.demo", program: "mcp-servers", owner: "clickhouse-mcp" });
    const both = clickhouse({ ...built("available"), drift: [scaled, services] }).next;
    assert.equal(both?.who, "corpai");
    assert.match(both.action, /--only mcp-servers\.demo,customer-services\.demo\.data, then/);
  });

  it("is not troubled by what was changed for another connection, but by what all of them stand on", () => {
    const next = (one: Drift): string | undefined => clickhouse({ ...built("available"), drift: [one] }).next?.who;
    const of = (stack: string, program: Drift["program"], owner: string): Drift => drift({ stack, program, owner });
    assert.equal(next(of("customer-services.demo.tools", "customer-services", "github")), undefined);
    assert.equal(next(of("connections.demo", "connections", "github")), undefined);
    assert.equal(next(of("customer-acceptance.demo.tools", "customer-acceptance", "github-github")), undefined);
    assert.equal(next(of("mcp-servers.demo", "mcp-servers", "github-mcp")), undefined);
    assert.equal(next(of("connections.demo", "connections", "clickhouse")), "corpai");
    assert.equal(next(of("customer-acceptance.demo.data", "customer-acceptance", "clickhouse-clickhouse")), "customer");
    assert.equal(next(of("mcp-servers.demo", "mcp-servers", "mcp")), "corpai");
    assert.equal(next(of("network.demo", "network", "corpai")), "corpai");
  });

  it("of a rejected connection is that it has to be asked anew, by the exact command", () => {
    const { next } = clickhouse({ ...built("rejected"), drift: [services] });
    assert.equal(next?.who, "customer");
    assert.match(next.action, /: npx corpai reconnect demo clickhouse$/);
  });
});

describe("the status of a connection that another one succeeds", () => {
  const NEXT_ID = "vpce-0fedcba9876543210";
  const NEXT_HOST = HOST.replace("vpce-0123456789abcdef0", NEXT_ID);
  let swapping: Environment;
  before(() => {
    const demo = loadEnvironment("demo");
    const stacks = demo.stacks.map((stack) =>
      "registrations" in stack.config
        ? {
            ...stack,
            config: {
              ...stack.config,
              registrations: {
                ...stack.config.registrations,
                next: { ...stack.config.registrations.clickhouse, succeeds: "clickhouse" },
              },
            },
          }
        : stack,
    ) as Environment["stacks"];
    const connections = demo.facts.connections.map((one) => ({
      ...one,
      registrations: { ...one.registrations, next: { ...one.registrations.clickhouse, succeeds: "clickhouse" } },
    })) as Environment["facts"]["connections"];
    swapping = { ...demo, stacks, facts: { ...demo.facts, connections } };
  });

  /** @param host what the pods hold */
  function statuses(nextState: string, host: string): (readonly [string, readonly string[], string | undefined])[] {
    const old = built("available", { ...RUNNING, env: { CLICKHOUSE_HOST: host, CLICKHOUSE_PORT: "8443" } });
    const { clickhouse } = old.endpoints;
    assert.ok(clickhouse);
    const next = { ...clickhouse, id: NEXT_ID, state: nextState, dnsEntries: [{ dnsName: NEXT_HOST }] };
    return connectionStatuses(swapping, { ...old, endpoints: { clickhouse, next } })
      .filter(({ key }) => key !== "github")
      .map(({ key, usedBy, next: step }) => [key, usedBy.map(({ workload }) => workload), step?.action]);
  }

  it("asks nothing of it as long as the other one waits for its own yes", () => {
    const [old, next] = statuses("pendingAcceptance", HOST);
    assert.deepEqual(old, ["clickhouse", ["clickhouse-mcp"], undefined]);
    assert.match(next?.[2] ?? "", /accept the connection request of next/);
  });

  it("has the pods go over once the other one is available", () => {
    const [old, next] = statuses("available", HOST);
    assert.match(old?.[2] ?? "", /let clickhouse-mcp go over to next: npx corpai up demo --only mcp-servers/);
    assert.deepEqual(next, ["next", [], undefined]);
  });

  it("has it removed once no pod has its host any more", () => {
    const [old, next] = statuses("available", NEXT_HOST);
    assert.match(old?.[2] ?? "", /nobody uses clickhouse any more: name next where servers name clickhouse, remove/);
    assert.deepEqual(next, ["next", ["clickhouse-mcp"], undefined]);
  });
});
