// Proves how names are split, built and refused. What AWS itself accepts is not proved here.
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  KEY,
  LOAD_BALANCER_NAME_LIMIT,
  furtherTargetGroup,
  portNameProblem,
  serviceKeyProblem,
  serviceNames,
  storeName,
  storeNameProblem,
} from "../../model/physical-name.ts";
import { parseServiceName, regionalHost } from "../../model/service-name.ts";
import { formatStackName, parseStackName } from "../../model/stack-name.ts";

const known = {
  programs: { network: { instances: false }, connections: { instances: true } },
  environments: ["demo", "prod"],
};

describe("a stack's name", () => {
  it("is program and environment, and the instance where there is one", () => {
    assert.deepEqual(parseStackName("network.demo", known), {
      program: "network",
      environment: "demo",
      instance: undefined,
    });
    assert.deepEqual(parseStackName("connections.prod.eu", known), {
      program: "connections",
      environment: "prod",
      instance: "eu",
    });
    assert.equal(formatStackName(parseStackName("connections.prod.eu", known)), "connections.prod.eu");
  });

  const refused: [name: string, says: RegExp][] = [
    ["netwrok.demo", /there is no program "netwrok".*the programs are: connections, network/],
    ["network.test", /there is no environment "test".*The environments are: demo, prod/],
    ["network.demo.eu", /program network has no instances.*Use network\.demo/],
    ["network", /<program>\.<environment>/],
    ["connections.demo.a.b", /<program>\.<environment>/],
    ["connections.demo.E U", /no instance name/],
    ["constructor.demo", /there is no program "constructor"/],
    ["__proto__.demo", /there is no program/],
  ];
  for (const [name, says] of refused) {
    it(`"${name}" is refused with what is known and the way out`, () => {
      assert.throws(() => parseStackName(name, known), says);
    });
  }
});

describe("the document's physical names", () => {
  it("are those of the document for its own example", () => {
    assert.deepEqual(serviceNames("clickhouse"), {
      securityGroup: "corpai-clickhouse-nlb-sg",
      targetGroup: "corpai-clickhouse-tg",
      loadBalancer: "corpai-clickhouse-nlb",
      endpointService: "corpai-clickhouse-endpoint-svc",
    });
  });

  it("fit for a key of 21 characters and no longer one, since AWS's limit for a load balancer is 32", () => {
    assert.equal(serviceKeyProblem("services", "a".repeat(21)), undefined);
    assert.match(serviceKeyProblem("services", "a".repeat(22))?.given ?? "", /33 characters/);
  });
});

describe("physical names", () => {
  const keys = fc.stringMatching(/^[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4}){0,3}$/).filter((text) => KEY.test(text));
  const balancing = (service: string, ports: readonly string[]): string[] => {
    const { loadBalancer, targetGroup } = serviceNames(service);
    return [loadBalancer, targetGroup, ...ports.map((port) => furtherTargetGroup(service, port))];
  };
  const fits = (service: string, ports: readonly string[]): boolean =>
    serviceKeyProblem("s", service) === undefined && ports.every((port) => !portNameProblem("p", service, port));

  it("are ones that AWS takes for load balancers and target groups, for every key that is not refused", () => {
    fc.assert(
      fc.property(keys, fc.uniqueArray(keys, { maxLength: 3 }), (service, ports) => {
        fc.pre(fits(service, ports));
        for (const name of balancing(service, ports)) {
          assert.match(name, /^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$/);
          assert.doesNotMatch(name, /^internal-/);
        }
      }),
    );
  });

  it("are refused exactly where one is longer than AWS's 32 characters", () => {
    fc.assert(
      fc.property(keys, keys, (service, port) => {
        const { loadBalancer } = serviceNames(service);
        assert.equal(serviceKeyProblem("s", service) === undefined, loadBalancer.length <= LOAD_BALANCER_NAME_LIMIT);
        const further = furtherTargetGroup(service, port);
        assert.equal(portNameProblem("p", service, port) === undefined, further.length <= LOAD_BALANCER_NAME_LIMIT);
      }),
    );
  });

  it("depend on the key alone and differ for keys that differ, so that no other registration ever renames one", () => {
    fc.assert(
      fc.property(keys, keys, (one, other) => {
        assert.deepEqual(serviceNames(one), serviceNames(one));
        if (one === other) return;
        const [own, others] = [Object.values(serviceNames(one)), Object.values(serviceNames(other))];
        assert.deepEqual(
          own.filter((name) => others.includes(name)),
          [],
        );
      }),
    );
  });

  it("of stores are lower case and within the engine's limit for every key that is not refused, and differ by environment", () => {
    fc.assert(
      fc.property(keys, keys, keys, fc.constantFrom("postgres", "valkey"), (key, environment, other, engine) => {
        fc.pre(storeNameProblem("s", environment, key, engine) === undefined);
        const name = storeName(environment, key);
        assert.match(name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
        assert.ok(name.length <= (engine === "postgres" ? 63 : 40));
        if (
          other !== environment &&
          !`${other}-`.startsWith(`${environment}-`) &&
          !`${environment}-`.startsWith(`${other}-`)
        )
          assert.notEqual(name, storeName(other, key));
      }),
    );
  });
});

describe("an endpoint service's name", () => {
  it("tells region and service id", () => {
    assert.deepEqual(parseServiceName("com.amazonaws.vpce.us-gov-west-1.vpce-svc-0123456789abcdef0"), {
      region: "us-gov-west-1",
      serviceId: "vpce-svc-0123456789abcdef0",
    });
  });

  for (const text of [
    "",
    "vpce-svc-0123456789abcdef0",
    "com.amazonaws.us-east-1.s3",
    "com.amazonaws.vpce.us-east-1.vpce-svc-xyz",
    " com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0",
  ]) {
    it(`"${text}" is none`, () => assert.equal(parseServiceName(text), undefined));
  }
});

describe("an endpoint's host", () => {
  const regional = "vpce-0123456789abcdef0-a1b2c3d4.vpce-svc-0fedcba9876543210.us-east-1.vpce.amazonaws.com";
  const zonal = "vpce-0123456789abcdef0-a1b2c3d4-us-east-1a.vpce-svc-0fedcba9876543210.us-east-1.vpce.amazonaws.com";

  it("is the regional name wherever it stands, because AWS promises no order", () => {
    assert.equal(regionalHost([{ dnsName: zonal }, { dnsName: regional }]), regional);
    assert.equal(regionalHost([{ dnsName: regional }, { dnsName: zonal }]), regional);
  });

  it("is unknown while there are no entries or only zonal ones, rather than a name that answers from one AZ", () => {
    assert.equal(regionalHost([]), undefined);
    assert.equal(regionalHost([{ dnsName: zonal }]), undefined);
  });
});
