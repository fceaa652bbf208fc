// Proves how names are split, built and refused. What AWS itself accepts is not proved here.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { serviceKeyProblem, serviceNames } from "../../model/physical-name.ts";
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
