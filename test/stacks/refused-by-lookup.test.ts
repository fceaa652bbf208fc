// Proves that a program looks at AWS before its first resource, and that what AWS would refuse half-way is an error of ours then: nothing is registered.
// The programs run in this process on Pulumi's mocks; their look-ups are the sandbox's. That the same errors end a real `pulumi up` is shown end to end.
import assert from "node:assert/strict";
import { after, describe, it } from "mocha";
import { connectivityPolicy } from "../../model/iam-documents.ts";
import connections from "../../stacks/connections/index.ts";
import customerAccess from "../../stacks/customer-access/index.ts";
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
  endpointArguments,
  offer,
} from "../sandbox/support/connection.ts";
import { ROLE, attach, crossAccount, powerful } from "../sandbox/support/roles.ts";
import { DATA, actor, demoWorld } from "../sandbox/support/world.ts";
import type { Actor, Outputs } from "../sandbox/support/world.ts";
import { type Outcome, restore, runProgram } from "./support/program.ts";

const OURS = { corpai: "privatelink" };
const administrator = (): Actor => actor(demoWorld(), DATA);

/** Ended by an error of ours before anything was registered. */
function refused({ refusal, resources }: Outcome, says: RegExp): string {
  assert.match(refusal ?? "it went through", says);
  assert.match(refusal ?? "", /; allowed: |AWS could not be asked/, "it says what is allowed");
  assert.deepEqual(
    resources.map(({ type, name }) => `${type} ${name}`),
    [],
    "nothing was registered",
  );
  return refusal ?? "";
}

function wentThrough({ refusal, resources }: Outcome): void {
  assert.equal(refusal, undefined);
  assert.ok(resources.length > 0);
}

after(restore);

describe("customer-services", () => {
  interface Clickhouse {
    privateDns?: object;
    port: number;
    targets: Record<string, unknown>;
    targetSecurityGroupId: string;
    healthCheck?: Record<string, unknown>;
    subnets?: { id: string; azId: string }[];
  }
  const run = (
    as: Actor,
    change: (clickhouse: Clickhouse, config: Record<string, unknown>) => void = () => undefined,
    built: Record<string, unknown> = {},
  ) =>
    runProgram("customer-services.demo.data", {
      as,
      program: customerServices,
      upstream: { "customer-services.demo.data": { services: built } },
      change(config) {
        change((config["corpai:services"] as { clickhouse: Clickhouse }).clickhouse, config);
      },
    });
  /** The service as a former update built it. */
  const standing = (own: Actor, balancer: object = {}, targets: object = {}) => {
    const offered = offer(own, {
      balancer: { subnets: [SUBNET_A, SUBNET_B, SUBNET_C], tags: OURS, ...balancer },
      targets: { tags: OURS, ...targets },
    });
    own.change(T.group, offered.group.id, {
      name: "corpai-clickhouse-nlb-sg",
      vpcId: ACME_VPC,
      description: "Security group for clickhouse NLB PrivateLink",
      tags: OURS,
    });
    return offered;
  };

  it("goes through where nothing stands, and where its own do", async () => {
    const own = administrator();
    wentThrough(await run(own));
    standing(own);
    wentThrough(await run(own));
  });

  it("takes what its last update put out for its own, whatever somebody has done to tags and instances since", async () => {
    const own = administrator();
    standing(own, { tags: {} }, { tags: {} });
    const instance = own.context.world.get("aws:ec2/instance:Instance", INSTANCES[0]);
    assert.ok(instance);
    instance.computed = { ...instance.computed, instanceState: "stopped" };
    wentThrough(await run(own, undefined, { clickhouse: {} }));
  });

  describe("refuses a name that somebody else has", () => {
    const names: readonly (readonly [what: string, make: (own: Actor) => Outputs])[] = [
      [
        "load balancer",
        (own) =>
          own.make(T.balancer, {
            name: "corpai-clickhouse-nlb",
            internal: true,
            loadBalancerType: "network",
            subnets: [SUBNET_A],
          }),
      ],
      [
        "target group",
        (own) => own.make(T.targets, { name: "corpai-clickhouse-tg", port: 1, protocol: "TCP", vpcId: ACME_VPC }),
      ],
      ["security group", (own) => own.make(T.group, { name: "corpai-clickhouse-nlb-sg", vpcId: ACME_VPC })],
    ];
    for (const [what, make] of names) {
      it(`for its ${what}`, async () => {
        const own = administrator();
        const { id } = make(own);
        const text = refused(await run(own), /corpai:services\.clickhouse: given a key whose/);
        assert.ok(text.includes(`a key whose ${what} is called corpai-clickhouse-`) && text.includes(id), text);
      });
    }
  });

  it("refuses a hosted zone of another domain, or of another account, for a service's own name", async () => {
    const named = (own: Actor) =>
      run(own, (clickhouse) => {
        clickhouse.privateDns = { name: "clickhouse.acme.example", hostedZoneId: "Z0ACMEEXAMPLE" };
      });
    refused(
      await named(administrator()),
      /services\.clickhouse\.privateDns\.hostedZoneId: given Z0ACMEEXAMPLE, which this account does not have; allowed: a public hosted zone/,
    );
    const own = administrator();
    const give = (name: string): void =>
      own.context.world.put({
        type: "aws:route53/zone:Zone",
        id: "Z0ACMEEXAMPLE",
        account: DATA,
        region: "us-east-1",
        inputs: { name },
        computed: {},
        readyAt: 0,
        estate: true,
      });
    give("other.example");
    refused(await named(own), /given Z0ACMEEXAMPLE, the zone of other\.example; allowed/);
    give("acme.example");
    wentThrough(await named(own));
  });

  it("refuses a subnet too full for another load balancer, counting the new ones only", async () => {
    /** Eleven addresses, of which eight must be free; some are taken. */
    const narrow = (own: Actor) =>
      own.make(T.subnet, { vpcId: ACME_VPC, cidrBlock: "10.20.9.0/28", availabilityZoneId: "use1-az6" }).id;
    const take = (own: Actor, subnet: string, count: number) => {
      const balancer = { internal: true, loadBalancerType: "network", subnets: [subnet] };
      for (let index = 0; index < count; index += 1) own.make(T.balancer, { ...balancer, name: `other-${index}` });
    };
    const runIn = (own: Actor, subnet: string) =>
      run(own, (clickhouse) => {
        clickhouse.subnets = [
          { id: SUBNET_A, azId: "use1-az1" },
          { id: subnet, azId: "use1-az6" },
        ];
      });
    const [first, second, third] = [administrator(), administrator(), administrator()];
    const roomy = narrow(first);
    take(first, roomy, 3);
    wentThrough(await runIn(first, roomy));
    const full = narrow(second);
    take(second, full, 4);
    refused(
      await runIn(second, full),
      /corpai:services\.clickhouse\.subnets: given subnet-\w+, which has 7 free addresses; allowed: subnets with at least 8/,
    );
    const own = narrow(third);
    standing(third, { subnets: [SUBNET_A, own] });
    take(third, own, 3);
    wentThrough(await runIn(third, own));
  });

  it("refuses to take a subnet from a load balancer that endpoints use", async () => {
    const own = administrator();
    standing(own);
    refused(
      await run(own, (_clickhouse, config) => {
        config["corpai:subnets"] = [
          { id: SUBNET_A, azId: "use1-az1" },
          { id: SUBNET_B, azId: "use1-az2" },
        ];
      }),
      /corpai:subnets: given subnets without subnet-0acedada00000000c, in which corpai-clickhouse-nlb stands; allowed: lists that keep/,
    );
  });

  it("refuses a load balancer that was born without a security group", async () => {
    const own = administrator();
    standing(own, { securityGroups: [] });
    refused(await run(own), /given corpai-clickhouse-nlb, which was created without a security group/);
  });

  it("refuses another type of targets for a target group in use", async () => {
    const own = administrator();
    standing(own);
    refused(
      await run(own, (clickhouse) => (clickhouse.targets = { type: "ip", addresses: ["10.20.0.21"] })),
      /services\.clickhouse\.targets\.type: given "ip"; allowed: "instance", the type that corpai-clickhouse-tg was created with/,
    );
  });

  it("refuses another VPC for what stands in one", async () => {
    const own = administrator();
    const { vpc, subnets } = consumer(own, ["use1-az1"]);
    own.make(T.balancer, {
      name: "corpai-clickhouse-nlb",
      internal: true,
      loadBalancerType: "network",
      subnets: Object.values(subnets),
      tags: OURS,
    });
    const text = refused(
      await run(own),
      /corpai:vpcId: given vpc-0acedada000000001, while corpai-clickhouse-nlb stands/,
    );
    assert.ok(text.includes(`stands in ${vpc.id}`), text);
  });

  it("refuses a security group of another VPC", async () => {
    const own = administrator();
    const { endpointGroup } = consumer(own, []);
    const text = refused(
      await run(own, (clickhouse) => (clickhouse.targetSecurityGroupId = endpointGroup.id)),
      /services\.clickhouse\.targetSecurityGroupId: given sg-\w+, which is in vpc-/,
    );
    assert.ok(!text.includes(CLICKHOUSE_GROUP));
  });

  it("refuses an instance that does not run", async () => {
    const own = administrator();
    const instance = own.context.world.get("aws:ec2/instance:Instance", INSTANCES[0]);
    assert.ok(instance);
    instance.computed = { ...instance.computed, instanceState: "stopped" };
    refused(await run(own), /targets\.instanceIds: given i-0acedada0c11c0001, which is stopped; allowed: running/);
  });

  it("refuses a public address as a target", async () => {
    const addresses = ["10.20.0.21", "172.20.5.9", "100.64.0.1", "203.0.113.7"];
    const text = refused(
      await run(administrator(), (clickhouse) => (clickhouse.targets = { type: "ip", addresses })),
      /targets\.addresses: given 203\.0\.113\.7; allowed: addresses of the VPC \(10\.20\.0\.0\/16\) or of 10\.0\.0\.0\/8/,
    );
    assert.ok(!text.includes("172.20.5.9"), "one beyond the VPC is fine");
  });

  it("refuses more targets beyond the VPC than its load balancer's group has rules for", async () => {
    const beyond = (count: number) => Array.from({ length: count }, (_none, index) => `172.20.5.${index}`);
    const runWith = (addresses: string[], port: number) =>
      run(administrator(), (clickhouse) => {
        clickhouse.targets = { type: "ip", addresses };
        clickhouse.healthCheck = { protocol: "TCP", port };
      });
    wentThrough(await runWith([...beyond(29), "10.20.0.21"], 8123));
    refused(
      await runWith(beyond(30), 8123),
      /given 30 addresses beyond the VPC, which make 62 egress rules; allowed: at most 60/,
    );
    wentThrough(await runWith(beyond(59), 8443));
  });
});

describe("customer-access", () => {
  const run = (as: Actor, policyArns: readonly string[] = []) =>
    runProgram("customer-access.demo.data", {
      as,
      program: customerAccess,
      upstream: { "customer-access.demo.data": { policyArns } },
    });
  const policy = (own: Actor, name: string, tags: Record<string, string> = {}) =>
    own.make("aws:iam/policy:Policy", { name, policy: JSON.stringify(connectivityPolicy), tags });

  it("refuses policies that somebody has made by hand, as the onboarding document says, and takes its own for its own", async () => {
    const own = administrator();
    wentThrough(await run(own));
    const { id } = policy(own, "CorpAIPrivateServiceConnectivity");
    wentThrough(await run(own, [id]));
    refused(
      await run(own),
      /aws:allowedAccountIds: given an account with a policy CorpAIPrivateServiceConnectivity already, which has no tag/,
    );
    const other = administrator();
    policy(other, "CorpAIPrivateServiceConnectivity", OURS);
    wentThrough(await run(other));
  });
});

describe("connections", () => {
  interface Stage {
    readonly own: Actor;
    readonly network: Record<string, unknown>;
    readonly service: Outputs;
    readonly placed: ReturnType<typeof consumer>;
  }
  /** A service of Acme's, and CorpAI's network as its stack put it out. */
  function stage({ narrow = false } = {}): Stage {
    const own = administrator();
    const { service } = offer(own);
    const placed = consumer(own, narrow ? [] : ["use1-az1", "use1-az2"]);
    const subnets = narrow
      ? Object.fromEntries(
          ["use1-az1", "use1-az2"].map((availabilityZoneId, index) => [
            availabilityZoneId,
            own.make(T.subnet, { vpcId: placed.vpc.id, cidrBlock: `10.40.8.${index * 16}/28`, availabilityZoneId }).id,
          ]),
        )
      : placed.subnets;
    const endpointSubnets = Object.entries(subnets).map(([azId, id]) => ({ azId, id, cidr: "" }));
    const network = { vpcId: placed.vpc.id, endpointSubnets, workloadsSecurityGroupId: placed.workloads.id };
    return { own, network, service, placed: { ...placed, subnets } };
  }
  const run = ({ own, network, service }: Stage, as: Actor = own, count = 1, preview = false) =>
    runProgram("connections.demo", {
      as,
      preview,
      program: connections,
      upstream: { "network.demo": network },
      change(config) {
        const registration = { service: { serviceName: service.serviceName, port: 8443 } };
        config["corpai:registrations"] = Object.fromEntries(
          Array.from({ length: count }, (_none, n) => [`c${n}`, { displayName: `Service ${n}`, ...registration }]),
        );
      },
    });
  const build = ({ own, placed, service }: Stage, count: number, name = "Other") => {
    for (let index = 0; index < count; index += 1)
      own.make(T.endpoint, { ...endpointArguments(placed, service), tags: { Name: `${name} ${index}` } });
  };

  it("refuses endpoints beyond AWS's quota for the VPC, with those that others have there, but not its own", async () => {
    const full = stage();
    build(full, 49);
    wentThrough(await run(full));
    refused(
      await run(full, full.own, 2),
      /corpai:registrations: given 2 new connections, while at least 49 interface endpoints stand in vpc-\w+; allowed: at most 50, AWS's quota "Interface VPC endpoints per VPC" \(vpc L-29B6F2EB\).*quotas\.111122223333\.interfaceEndpointsPerVpc/,
    );
    const own = stage();
    build(own, 50, "Service");
    wentThrough(await run(own, own.own, 2));
  });

  it("refuses a connection for which an endpoint subnet has no address left", async () => {
    const narrow = stage({ narrow: true });
    build(narrow, 10);
    wentThrough(await run(narrow));
    refused(
      await run(narrow, narrow.own, 2),
      /given 2 new connections in use1-az1, where subnet-\w+ has 1 free addresses; allowed: one free address.*\n.*use1-az2/,
    );
  });

  it("refuses a service that AWS does not show to this principal", async () => {
    const one = stage();
    const service = { ...one.service, serviceName: "com.amazonaws.vpce.us-east-1.vpce-svc-00000000000000000" };
    refused(
      await run({ ...one, service }),
      /registrations\.c0\.service: given com\.\S+, which AWS does not show to this account; allowed: an endpoint service that admits/,
    );
  });

  it("refuses AZs in which the service is not", async () => {
    const one = stage();
    const balancer = { name: "elsewhere", internal: true, loadBalancerType: "network", subnets: [SUBNET_C] };
    const { id } = one.own.make(T.balancer, balancer);
    const service = one.own.make(T.service, { acceptanceRequired: true, networkLoadBalancerArns: [id] });
    refused(
      await run({ ...one, service }),
      /the service is in use1-az4; in common: use1-az4; allowed: at least 2 AZ ids in common/,
    );
  });

  it("refuses a role without permission in AWS's words and with the way out, before anything is created", async () => {
    const one = stage();
    const world = one.own.context.world;
    const text = refused(
      await run(one, crossAccount(world)),
      /AWS could not be asked: UnauthorizedOperation: .*ec2:Describe/,
    );
    assert.match(text, /Nothing has been created\. Allow it to .* customer-access gives CorpAI's role all/);
    attach(one.own, "document", JSON.stringify(connectivityPolicy));
    refused(await run(one, crossAccount(world)), new RegExp(`${ROLE}/\\S+ is not authorized to perform: ec2:Describe`));
    wentThrough(await run(one, powerful(world, DATA, "deployer")));
  });

  it("lets a preview pass where the role may not look yet: customer-access may come before it in the same run", async () => {
    const one = stage();
    wentThrough(await run(one, crossAccount(one.own.context.world), 1, true));
  });
});
