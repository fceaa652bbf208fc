// Proves what the program customer-services makes of the customer's existing estate: packets pass where they are to pass, in the sandbox's own packet
// path, and nowhere else. Does not prove what an update changes of what stands: end-to-end/customer-side.test.ts does.
import assert from "node:assert/strict";
import { after, describe, it } from "mocha";
import { messagesOf } from "../../sandbox/aws/sns.ts";
import { walk } from "../../sandbox/path.ts";
import type { HostFacts, World } from "../../sandbox/world.ts";
import customerServices from "../../stacks/customer-services/index.ts";
import {
  ACME_VPC,
  CLICKHOUSE_GROUP,
  INSTANCES,
  SUBNET_A,
  SUBNET_B,
  SUBNET_C,
  T,
  consumer,
  tcp,
} from "../sandbox/support/connection.ts";
import { type Actor, DATA, actor, demoWorld, estateWorld } from "../sandbox/support/world.ts";
import { deploy } from "./support/deployed.ts";
import { restore, runProgram } from "./support/program.ts";

const STACK = "customer-services.demo.data";
const ROUTES = {
  table: "aws:ec2/routeTable:RouteTable",
  association: "aws:ec2/routeTableAssociation:RouteTableAssociation",
  route: "aws:ec2/route:Route",
};

type Services = Record<string, Record<string, unknown>>;
const servicesOf = (config: Record<string, unknown>): Services => config["corpai:services"] as Services;

const deployed = (as: Actor, change: (services: Services, config: Record<string, unknown>) => void) =>
  deploy(STACK, { as, program: customerServices, change: (config) => change(servicesOf(config), config) });
const refusedWith = async (as: Actor, change: (services: Services, config: Record<string, unknown>) => void) => {
  const { refusal, resources } = await runProgram(STACK, {
    as,
    program: customerServices,
    change: (config) => change(servicesOf(config), config),
  });
  assert.deepEqual(resources, [], "nothing was registered");
  return refusal ?? "it went through";
};

/** Whether a client of CorpAI's gets to a port of the service, and if not, where it ends. */
function reach(
  as: Actor,
  service: { readonly serviceId: unknown; readonly serviceName: unknown },
  ports: readonly number[],
  verifiedName?: string,
): string[] {
  const { world } = as.context;
  const own = consumer(as);
  // The consumer has those of ClickHouse's first port.
  for (const port of ports.filter((one) => one !== 8443)) {
    as.make(
      T.egress,
      {
        securityGroupId: own.workloads.id,
        ...tcp(port, { referencedSecurityGroupId: own.endpointGroup.id }),
        description: `p${port}`,
      },
      `e${port}`,
    );
    as.make(
      T.ingress,
      {
        securityGroupId: own.endpointGroup.id,
        ...tcp(port, { referencedSecurityGroupId: own.workloads.id }),
        description: `p${port}`,
      },
      `i${port}`,
    );
  }
  const endpoint = as.make(T.endpoint, {
    vpcId: own.vpc.id,
    serviceName: String(service.serviceName),
    vpcEndpointType: "Interface",
    subnetIds: [own.subnets["use1-az1"] ?? "", own.subnets["use1-az2"] ?? ""],
    securityGroupIds: [own.endpointGroup.id],
  });
  as.make(T.accepter, { vpcEndpointId: endpoint.id, vpcEndpointServiceId: String(service.serviceId) });
  world.advance(600);
  const entries = as.read(T.endpoint, endpoint.id).dnsEntries as { dnsName: string }[];
  const host =
    entries.map(({ dnsName }) => dnsName).find((name) => /^vpce-[0-9a-f]{17}-[0-9a-z]{8}\./.test(name)) ?? "";
  const source = {
    vpcId: own.vpc.id,
    subnetId: own.subnets["use1-az4"] ?? "",
    ip: "10.40.2.50",
    securityGroupIds: [own.workloads.id],
  };
  return ports.map((port) => {
    const { verdict, blockedAt, hops } = walk(
      world,
      source,
      host,
      port,
      verifiedName === undefined ? undefined : { name: verifiedName },
    );
    return verdict === "open" ? "open" : `${blockedAt}: ${hops.at(-1)?.because}`;
  });
}

function listen(world: World, id: string, listens: HostFacts["listens"]): void {
  const hosts = world.facts.hosts as Record<string, HostFacts>;
  const host = hosts[id];
  assert.ok(host, id);
  hosts[id] = { ...host, listens };
}
const instancesListen = (world: World, listens: HostFacts["listens"]): void =>
  INSTANCES.forEach((id) => listen(world, id, listens));

after(restore);

describe("a service with several ports", () => {
  const nine = { port: 8443, protocol: "HTTPS" as const, paths: { "/ping": 200 } };

  it("is reached on each of them, and on no other", async () => {
    const own = actor(demoWorld(), DATA);
    instancesListen(own.context.world, [nine, { port: 9440, protocol: "TCP" }, { port: 9009, protocol: "TCP" }]);
    const { outputs } = await deployed(own, ({ clickhouse }) => {
      Object.assign(clickhouse ?? {}, { ports: { native: { port: 9440 }, raw: { port: 9000, targetPort: 9009 } } });
    });
    const service = (outputs.services as unknown as Services).clickhouse ?? {};
    assert.deepEqual(service.ports, { native: 9440, raw: 9000 });
    const [first, native, raw, other] = reach(own, service as never, [8443, 9440, 9000, 9009]);
    assert.deepEqual([first, native, raw], ["open", "open", "open"]);
    assert.match(other ?? "", /^load-balancer-group: /);
  });

  it("has the health of all checked on one of them without a rule that AWS would refuse as a duplicate", async () => {
    const own = actor(demoWorld(), DATA);
    instancesListen(own.context.world, [
      { port: 8443, protocol: "TCP" },
      { port: 9440, protocol: "TCP" },
      { port: 8123, protocol: "HTTP", paths: { "/ping": 200 } },
    ]);
    const { outputs } = await deployed(own, ({ clickhouse }) => {
      Object.assign(clickhouse ?? {}, {
        ports: { native: { port: 9440 } },
        healthCheck: { protocol: "HTTP", path: "/ping", port: 8123 },
      });
    });
    assert.deepEqual(reach(own, (outputs.services as unknown as Services).clickhouse as never, [8443, 9440]), [
      "open",
      "open",
    ]);
  });

  it("refuses two listeners on one port, and names that AWS has no room for", async () => {
    const text = await refusedWith(actor(demoWorld(), DATA), ({ clickhouse }) => {
      Object.assign(clickhouse ?? {}, {
        ports: { again: { port: 8443 }, "a-name-that-is-rather-long": { port: 9440 } },
      });
    });
    assert.match(
      text,
      /services\.clickhouse\.ports\.again\.port: given 8443, on which the load balancer of clickhouse listens for clickhouse already/,
    );
    assert.match(
      text,
      /ports\.a-name-that-is-rather-long: given "a-name-that-is-rather-long", which makes the target group's name .* at most 32/,
    );
  });
});

describe("a service behind the load balancer of another", () => {
  const shared = (services: Services): void => {
    services.keeper = {
      loadBalancerOf: "clickhouse",
      port: 9181,
      targets: { type: "instance", instanceIds: [INSTANCES[0]] },
      targetSecurityGroupId: CLICKHOUSE_GROUP,
      openTargetSecurityGroup: true,
    };
  };

  it("has its own port, targets and health, and one endpoint service with it", async () => {
    const own = actor(demoWorld(), DATA);
    instancesListen(own.context.world, [
      { port: 8443, protocol: "HTTPS", paths: { "/ping": 200 } },
      { port: 9181, protocol: "TCP" },
    ]);
    const { outputs } = await deployed(own, shared);
    const services = outputs.services as unknown as Services;
    assert.equal(own.context.world.all(T.balancer).filter(({ estate }) => !estate).length, 1);
    assert.equal(services.keeper?.serviceName, services.clickhouse?.serviceName);
    assert.equal(services.keeper?.port, 9181);
    assert.deepEqual(reach(own, services.keeper as never, [9181, 8443]), ["open", "open"]);
  });

  it("needs one that has a load balancer", async () => {
    for (const named of ["keeper", "nobody"]) {
      const text = await refusedWith(actor(demoWorld(), DATA), (services) => {
        shared(services);
        Object.assign(services.keeper ?? {}, { loadBalancerOf: named });
      });
      assert.match(
        text,
        /services\.keeper\.loadBalancerOf: given "\w+"; allowed: a service with a load balancer of its own: clickhouse/,
      );
    }
  });
});

describe("targets behind an application load balancer", () => {
  const ALB_GROUP = "sg-0acedada0a1b00001";
  interface Balancer {
    readonly internal?: boolean;
    readonly port?: number;
    readonly certificateNames?: string[];
    /** What the web tier answers on its health path. */
    readonly web?: number;
  }
  /** Two tiers behind one load balancer, told apart by the Host header; the web tier answers for all other hosts. */
  const estate = ({ internal = true, port = 443, certificateNames = ["*.acme.example"], web = 200 }: Balancer = {}) => {
    const zones = {
      "us-east-1a": "use1-az1",
      "us-east-1b": "use1-az2",
      "us-east-1c": "use1-az4",
      "us-east-1d": "use1-az6",
    };
    const tier = (subnet: string, number: number, status: number) => ({
      subnet,
      securityGroups: [CLICKHOUSE_GROUP],
      listens: [{ port: number, protocol: "HTTP" as const, paths: { "/health": status } }],
    });
    return estateWorld({
      region: "us-east-1",
      accounts: {
        [DATA]: {
          zones,
          vpcs: {
            [ACME_VPC]: {
              cidr: "10.20.0.0/16",
              subnets: {
                [SUBNET_A]: { cidr: "10.20.0.0/24", zone: "us-east-1a" },
                [SUBNET_B]: { cidr: "10.20.1.0/24", zone: "us-east-1b" },
                [SUBNET_C]: { cidr: "10.20.2.0/24", zone: "us-east-1c" },
              },
              securityGroups: {
                [ALB_GROUP]: { name: "web", description: "Web", egress: [{ protocol: "-1", cidr: "10.20.0.0/16" }] },
                [CLICKHOUSE_GROUP]: {
                  name: "tiers",
                  description: "What is behind it",
                  ingress: [{ protocol: "tcp", fromPort: 8080, toPort: 8081, group: ALB_GROUP }],
                },
              },
              hosts: { "10.20.0.41": tier(SUBNET_A, 8080, web), "10.20.1.41": tier(SUBNET_B, 8081, 200) },
              applicationLoadBalancers: {
                web: {
                  number: "50dc6c495c0c9188",
                  internal,
                  nodes: { [SUBNET_A]: "10.20.0.31", [SUBNET_B]: "10.20.1.31" },
                  securityGroups: [ALB_GROUP],
                  port,
                  certificateNames,
                  defaultBackend: "web",
                  backends: {
                    web: { hosts: ["web.acme.example"], port: 8080, healthPath: "/health", addresses: ["10.20.0.41"] },
                    api: { hosts: ["api.acme.example"], port: 8081, healthPath: "/health", addresses: ["10.20.1.41"] },
                  },
                },
              },
            },
          },
        },
      },
    });
  };
  const arnOf = (world: World): string => world.all(T.balancer, ({ estate: before }) => before)[0]?.id ?? "";
  const behind =
    (world: World, settings: object = {}) =>
    (services: Services) => {
      services.clickhouse = {
        port: 443,
        targets: { type: "alb", loadBalancerArn: arnOf(world) },
        healthCheck: { protocol: "HTTPS", path: "/health" },
        targetSecurityGroupId: ALB_GROUP,
        openTargetSecurityGroup: true,
        ...settings,
      };
    };

  const reached = async (own: Actor, host?: string): Promise<string[]> => {
    const { outputs } = await deployed(own, behind(own.context.world));
    return reach(own, (outputs.services as unknown as Services).clickhouse as never, [443], host);
  };

  it("are reached through it", async () => {
    assert.deepEqual(await reached(actor(estate(), DATA)), ["open"]);
  });

  for (const [host, says] of [
    ["web.acme.example", /^open$/],
    ["api.acme.example", /^open$/],
    ["api.other.example", /^target: the certificate .* is for \*\.acme\.example, not for api\.other\.example/],
  ] as const)
    it(`are told apart by the host that a client asks for: ${host}`, async () => {
      assert.match((await reached(actor(estate(), DATA), host))[0] ?? "", says);
    });

  it("are healthy for the network load balancer only as long as the default of the other one is", async () => {
    assert.match(
      (await reached(actor(estate({ web: 500 }), DATA)))[0] ?? "",
      /^target-health: .* answers 503 to GET \/health on 443/,
    );
  });

  it("are refused where AWS would take no such target, in words of ours before anything is created", async () => {
    const cases: [object, RegExp][] = [
      [{ healthCheck: { protocol: "TCP" } }, /healthCheck\.protocol: given "TCP"; allowed: "HTTP" or "HTTPS"/],
      [{ proxyProtocol: true }, /proxyProtocol: given true; allowed: false/],
      [
        { targetSecurityGroupId: CLICKHOUSE_GROUP },
        /targetSecurityGroupId: given sg-0acedada0c11c0005; allowed: a group of web: sg-0acedada0a1b00001/,
      ],
    ];
    for (const [settings, says] of cases) {
      const own = actor(estate(), DATA);
      assert.match(await refusedWith(own, behind(own.context.world, settings)), says);
    }
    const open = actor(estate({ internal: false }), DATA);
    assert.match(
      await refusedWith(open, behind(open.context.world)),
      /given web, which faces the internet; allowed: an internal/,
    );
  });

  it("need a listener on the port, or AWS refuses", async () => {
    const own = actor(estate({ port: 80 }), DATA);
    await assert.rejects(deployed(own, behind(own.context.world)), /InvalidTarget: .* has no listener on port 443/);
  });
});

describe("subnets of the customer", () => {
  const TAGGED = { Tier: "private" };
  const tagged = (own: Actor, cidrBlock: string, availabilityZoneId: string) =>
    own.make(T.subnet, { vpcId: ACME_VPC, cidrBlock, availabilityZoneId, tags: TAGGED }, `t-${availabilityZoneId}`).id;
  const openToInternet = (own: Actor, subnetId: string): string => {
    const gateway = own.make(T.gateway, { vpcId: ACME_VPC });
    const table = own.make(ROUTES.table, { vpcId: ACME_VPC });
    own.make(ROUTES.association, { subnetId, routeTableId: table.id });
    own.make(ROUTES.route, { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: gateway.id });
    return table.id;
  };

  it("found by tag are printed with their AZ ids, ready for the file, and nothing is built before they are in it", async () => {
    const own = actor(demoWorld(), DATA);
    const one = tagged(own, "10.20.10.0/24", "use1-az1");
    const two = tagged(own, "10.20.11.0/24", "use1-az4");
    const text = await refusedWith(own, (_services, config) => (config["corpai:subnets"] = { tags: TAGGED }));
    assert.ok(text.includes(`which ${one} in use1-az1, ${two} in use1-az4 carry`), text);
    assert.ok(
      text.includes(`Put this into the file: subnets: [{id: ${one}, azId: use1-az1}, {id: ${two}, azId: use1-az4}].`),
      text,
    );
  });

  it("found by tag leave out those with a route to the internet, and say which and why", async () => {
    const own = actor(demoWorld(), DATA);
    const one = tagged(own, "10.20.10.0/24", "use1-az1");
    const two = tagged(own, "10.20.11.0/24", "use1-az4");
    const table = openToInternet(own, two);
    const text = await refusedWith(own, (_services, config) => (config["corpai:subnets"] = { tags: TAGGED }));
    assert.ok(text.includes(`${one} in use1-az1, ${two} in use1-az4 (public: ${table} routes 0.0.0.0/0 to igw-`), text);
    assert.match(text, /Tag private subnets in at least 2 AZs/);
  });

  it("found by nothing say so", async () => {
    const text = await refusedWith(
      actor(demoWorld(), DATA),
      (_services, config) => (config["corpai:subnets"] = { tags: { Tier: "none" } }),
    );
    assert.match(text, /which no subnet of the VPC carries/);
  });

  it("named by id are refused with a route to the internet, their own table's or the main one's", async () => {
    const own = actor(demoWorld(), DATA);
    openToInternet(own, SUBNET_B);
    assert.match(
      await refusedWith(own, () => undefined),
      /corpai:subnets: given subnet-0acedada00000000b, a public subnet: rtb-\w+ routes 0\.0\.0\.0\/0 to igw-\w+; allowed: private subnets/,
    );
    const other = actor(demoWorld(), DATA);
    const gateway = other.make(T.gateway, { vpcId: ACME_VPC });
    const main = other.context.world.all(
      "aws:ec2/routeTable:RouteTable",
      ({ computed, inputs }) => computed._main === true && inputs.vpcId === ACME_VPC,
    )[0];
    other.make(ROUTES.route, {
      routeTableId: main?.id ?? "",
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: gateway.id,
    });
    const text = await refusedWith(other, () => undefined);
    for (const subnet of [SUBNET_A, SUBNET_B, SUBNET_C]) assert.ok(text.includes(`${subnet}, a public subnet`), text);
  });
});

describe("settings of a load balancer", () => {
  it("are what the file says: proxy protocol, idle timeout, protection from deletion", async () => {
    const own = actor(demoWorld(), DATA);
    const { made } = await deployed(own, ({ clickhouse }) => {
      Object.assign(clickhouse ?? {}, { proxyProtocol: true, idleTimeoutSeconds: 3600, deletionProtection: true });
    });
    assert.equal(made(T.targets, "clickhouse-nlb").proxyProtocolV2, true);
    assert.equal(made(T.listener, "clickhouse-nlb").tcpIdleTimeoutSeconds, 3600);
    assert.equal(made(T.balancer, "clickhouse-nlb").enableDeletionProtection, true);
  });

  it("refuse an idle timeout that AWS has not, and say what PrivateLink does", async () => {
    const text = await refusedWith(actor(demoWorld(), DATA), ({ clickhouse }) =>
      Object.assign(clickhouse ?? {}, { idleTimeoutSeconds: 30 }),
    );
    assert.match(
      text,
      /idleTimeoutSeconds: given 30; allowed: a whole number of seconds from 60 to 6000\. PrivateLink itself forgets a connection after 350/,
    );
  });

  it("let PrivateLink tell of every connection that comes, is accepted, rejected or goes", async () => {
    const own = actor(demoWorld(), DATA);
    const { made, outputs } = await deployed(
      own,
      (_services, config) => (config["corpai:notifications"] = { emails: ["network@acme.example"] }),
    );
    const service = (outputs.services as unknown as Services).clickhouse ?? {};
    const { vpc, subnets, endpointGroup } = consumer(own);
    const endpoint = own.make(T.endpoint, {
      vpcId: vpc.id,
      serviceName: String(service.serviceName),
      vpcEndpointType: "Interface",
      subnetIds: [subnets["use1-az1"] ?? ""],
      securityGroupIds: [endpointGroup.id],
    });
    own.make(T.accepter, { vpcEndpointId: endpoint.id, vpcEndpointServiceId: String(service.serviceId) });
    own.unmake(T.accepter, `${String(service.serviceId)}_${endpoint.id}`);
    own.unmake(T.endpoint, endpoint.id);
    const topic = own.context.world.get("aws:sns/topic:Topic", made("aws:sns/topic:Topic", "connections").id);
    assert.ok(topic);
    assert.deepEqual(
      messagesOf(topic).map(({ event, endpointId }) => [event, endpointId]),
      ["Connect", "Accept", "Reject", "Delete"].map((event) => [event, endpoint.id]),
    );
  });

  it("keep a service in the file as long as AWS would refuse to delete its load balancer", async () => {
    const own = actor(demoWorld(), DATA);
    await deployed(own, ({ clickhouse }) => Object.assign(clickhouse ?? {}, { deletionProtection: true }));
    const { refusal } = await runProgram(STACK, {
      as: own,
      program: customerServices,
      upstream: { [STACK]: { services: { clickhouse: {} } } },
      change(config) {
        const services = servicesOf(config);
        config["corpai:services"] = { other: { ...services.clickhouse } };
      },
    });
    assert.match(
      refusal ?? "",
      /corpai:services\.clickhouse: given nothing, while corpai-clickhouse-nlb stands and is protected from deletion; .* release: \{ reason, until \}/,
    );
  });
});
