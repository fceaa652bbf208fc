// Proves what is said of load balancers and endpoint services that stand already before anything is registered: which property differs and what to write,
// or why they cannot serve; and that a service behind one that stays the customer's own passes packets. That taking over changes nothing: end-to-end/adoption.
import assert from "node:assert/strict";
import { after, describe, it } from "mocha";
import type { Properties } from "../../sandbox/wire.ts";
import customerServices from "../../stacks/customer-services/index.ts";
import { type Offer, T, offer } from "../sandbox/support/connection.ts";
import { type Actor, DATA, actor, demoWorld } from "../sandbox/support/world.ts";
import { restore, runProgram } from "./support/program.ts";

const STACK = "customer-services.demo.data";
const TAGS = { corpai: "privatelink" };
const PRINCIPAL = "arn:aws:iam::111122223333:role/corpai-cross-account-access";
const SUBNETS = [
  { id: "subnet-0acedada00000000a", azId: "use1-az1" },
  { id: "subnet-0acedada00000000b", azId: "use1-az2" },
];

interface Changes {
  readonly balancer?: Properties;
  readonly targets?: Properties;
  readonly listener?: Properties;
  readonly service?: Properties;
}

/** What the file's ClickHouse describes, under names of the customer's. */
function standing(own: Actor, { balancer, targets, listener, service }: Changes = {}): Offer {
  return offer(own, {
    balancer: {
      name: "acme-warehouse",
      tags: TAGS,
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "on",
      ...balancer,
    },
    targets: {
      name: "acme-warehouse-8443",
      tags: TAGS,
      healthCheck: { enabled: true, protocol: "HTTPS", path: "/ping" },
      ...targets,
    },
    listener: { tags: TAGS, ...listener },
    service: { allowedPrincipals: [PRINCIPAL], tags: TAGS, ...service },
  });
}

type Service = Record<string, unknown>;

async function adopted(own: Actor, { balancer, service }: Offer, settings: Service = {}, last?: object) {
  return runProgram(STACK, {
    as: own,
    program: customerServices,
    ...(last ? { upstream: { [STACK]: { services: { clickhouse: last } } } } : {}),
    change(config) {
      const services = config["corpai:services"] as Record<string, Service>;
      Object.assign(services.clickhouse ?? {}, {
        openTargetSecurityGroup: false,
        subnets: SUBNETS,
        adopt: { loadBalancerArn: balancer.id, endpointServiceId: service.id },
        ...settings,
      });
    },
  });
}

after(restore);

describe("what is taken over", () => {
  const differences: readonly [string, Changes, RegExp][] = [
    [
      "principals",
      { service: { allowedPrincipals: [PRINCIPAL, "arn:aws:iam::999900001111:root"] } },
      /clickhouse\.principals: given .*; allowed: .*999900001111:root.*, as vpce-svc-\w+ has it: .* Write principals: \["arn:/,
    ],
    [
      "acceptance",
      { service: { acceptanceRequired: false } },
      /acceptanceRequired: given true; allowed: false, as vpce-svc-\w+ has it.* Write acceptanceRequired: false/,
    ],
    [
      "health check",
      { targets: { healthCheck: { enabled: true, protocol: "HTTP", path: "/health", port: "8123" } } },
      /healthCheck\.protocol: given "HTTPS"; allowed: "HTTP", as acme-warehouse-8443 has it/,
    ],
    [
      "health check's port",
      { targets: { healthCheck: { enabled: true, protocol: "HTTPS", path: "/ping", port: "8123" } } },
      /Write healthCheck\.port: 8123/,
    ],
    ["proxy protocol", { targets: { proxyProtocolV2: true } }, /proxyProtocol: given false; allowed: true/],
    [
      "idle timeout",
      { listener: { tcpIdleTimeoutSeconds: 900 } },
      /idleTimeoutSeconds: given 350; allowed: 900, as listener 8443 has it/,
    ],
    [
      "inbound rules",
      { balancer: { enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: "off" } },
      /Write inboundRulesOnPrivateLink: "off"/,
    ],
    ["protection", { balancer: { enableDeletionProtection: true } }, /Write deletionProtection: true/],
    [
      "subnets",
      { balancer: { subnets: [...SUBNETS.map(({ id }) => id), "subnet-0acedada00000000c"] } },
      /clickhouse\.subnets: given .*; allowed: .*00000000c.* List these under subnets/,
    ],
    [
      "owner's yes",
      { balancer: { tags: {} } },
      /adopt: given acme-warehouse, which has no tag .* Tag it corpai=privatelink/,
    ],
    ["owner's yes to the service", { service: { tags: {} } }, /adopt: given vpce-svc-\w+, which has no tag/],
  ];
  for (const [what, changes, says] of differences)
    it(`has the file's ${what}, or the file is told what to say`, async () => {
      const own = actor(demoWorld(), DATA);
      const { refusal, resources } = await adopted(own, standing(own, changes));
      assert.match(refusal ?? "it went through", says);
      assert.deepEqual(resources, []);
    });

  it("is imported under its own names, with its own tags, and without a rule in anybody's group", async () => {
    const own = actor(demoWorld(), DATA);
    const { refusal, resources } = await adopted(own, standing(own));
    assert.equal(refusal, undefined);
    const names = resources.flatMap(({ inputs: { name } }) => (name === undefined ? [] : [name]));
    assert.deepEqual(names.toSorted(), ["acme-warehouse", "acme-warehouse-8443"]);
    assert.deepEqual(
      resources.filter(({ type }) => /[sS]ecurityGroup/.test(type)),
      [],
    );
  });

  it("cannot face the internet, stand elsewhere, balance within one AZ, or end TLS", async () => {
    const cases: readonly [Changes, RegExp][] = [
      [
        { balancer: { enableCrossZoneLoadBalancing: false } },
        /whose cross-zone load balancing is off; .*modify-load-balancer-attributes/,
      ],
      [{ balancer: { securityGroups: [] } }, /given acme-warehouse, which was created without a security group/],
      [
        { listener: { protocol: "TLS", certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/1" } },
        /whose listener on 8443 is of protocol TLS; .*loadBalancerArn of the service, in place of adopt/,
      ],
      [{ listener: { port: 9443 } }, /port: given 8443, on which the load balancer does not listen/],
    ];
    for (const [changes, says] of cases) {
      const own = actor(demoWorld(), DATA);
      assert.match((await adopted(own, standing(own, changes))).refusal ?? "it went through", says);
    }
  });

  it("is named as long as the service stands, and no other is", async () => {
    const own = actor(demoWorld(), DATA);
    const there = standing(own);
    const last = { loadBalancerArn: there.balancer.id, serviceId: there.service.id };
    assert.match(
      (await adopted(own, there, { adopt: undefined }, last)).refusal ?? "",
      /clickhouse\.adopt: given nothing, while arn:.*acme-warehouse.* Put the key back/,
    );
    const other = { ...last, loadBalancerArn: last.loadBalancerArn.replace("acme-warehouse", "other") };
    assert.match((await adopted(own, there, {}, other)).refusal ?? "", /while arn:.*\/other\/.* serves it/);
    assert.equal(
      (await adopted(own, there, { idleTimeoutSeconds: 900 }, last)).refusal,
      undefined,
      "once taken over, it is changed in place",
    );
  });

  it("needs no room in its subnets", async () => {
    const own = actor(demoWorld(), DATA);
    const narrow = own.make(T.subnet, {
      vpcId: "vpc-0acedada000000001",
      cidrBlock: "10.20.9.0/28",
      availabilityZoneId: "use1-az6",
    }).id;
    const there = standing(own, { balancer: { subnets: ["subnet-0acedada00000000a", narrow] } });
    for (let index = 0; index < 3; index += 1)
      own.make(T.balancer, { internal: true, loadBalancerType: "network", subnets: [narrow], name: `other-${index}` });
    const subnets = [
      { id: "subnet-0acedada00000000a", azId: "use1-az1" },
      { id: narrow, azId: "use1-az6" },
    ];
    assert.equal((await adopted(own, there, { subnets })).refusal, undefined);
  });

  it("opens nobody's group", async () => {
    const own = actor(demoWorld(), DATA);
    assert.match(
      (await adopted(own, standing(own), { openTargetSecurityGroup: true })).refusal ?? "",
      /openTargetSecurityGroup: given true; allowed: false/,
    );
  });
});

describe("a load balancer that stays the customer's own", () => {
  const behind = (own: Actor, { balancer }: Offer, settings: Service = {}) =>
    runProgram(STACK, {
      as: own,
      program: customerServices,
      change(config) {
        config["corpai:services"] = {
          clickhouse: { port: 8443, loadBalancerArn: balancer.id, subnets: SUBNETS, ...settings },
        };
      },
    });

  it("gets an endpoint service in front of it, and nothing else", async () => {
    const own = actor(demoWorld(), DATA);
    const there = standing(own);
    own.unmake(T.service, there.service.id);
    const { refusal, resources } = await behind(own, there);
    assert.equal(refusal, undefined);
    const made = resources.filter(({ type }) => type.startsWith("aws:"));
    assert.deepEqual(
      made.map(({ type, inputs }) => [type, inputs.networkLoadBalancerArns]),
      [[T.service, [there.balancer.id]]],
    );
  });

  it("listens on every port, in the AZs of the file, and is one of this VPC", async () => {
    const own = actor(demoWorld(), DATA);
    const there = standing(own);
    const text = (await behind(own, there, { ports: { native: { port: 9440 } }, subnets: undefined })).refusal ?? "";
    assert.match(text, /ports\.native\.port: given 9440, on which acme-warehouse does not listen/);
    assert.match(text, /clickhouse\.subnets: given .*; allowed: .*, as acme-warehouse has it/);
    const nobody = { ...there, balancer: { ...there.balancer, id: there.balancer.id.replace("acme", "nobody") } };
    assert.match(
      (await behind(own, nobody)).refusal ?? "",
      /loadBalancerArn: given arn:.*nobody.*; allowed: a load balancer of this account/,
    );
  });
});
