// Proves what files ask of VPC Lattice's quotas, and what is said where they leave no room. What stands, and what AWS allows, is looked up by the program.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ipv6Contains, isIpv6Cidr } from "../../model/ipv6.ts";
import { parsePortRange } from "../../model/lattice-limits.ts";
import {
  type Built,
  type Measured,
  type Wanted,
  demandsOf,
  quotaProblems,
  quotaSteps,
} from "../../model/lattice-quotas.ts";
import type { GatewayFacts } from "../../model/private-connection-facts.ts";

const gateway: GatewayFacts = {
  vpc: "acme",
  securityGroupIds: [],
  addressType: "ipv4",
  addressesPerInterface: 16,
  dnsResolution: "public",
};
const resource = { gateway: "own", host: "10.0.0.1", ports: ["443"] };
const wanted: Wanted = {
  vpcs: { acme: "network", other: "network" },
  gateways: { own: gateway },
  resources: { a: { ...resource, group: "all" }, b: { ...resource, group: "all" }, c: resource },
  serviceNetworks: { hub: { resources: ["a", "c"] } },
  privateConnections: {
    managed: { mode: "service-managed", ...gateway, host: "10.0.0.1", ports: ["443"] },
    own: { mode: "self-managed", by: { resource: "a" } },
  },
};
const nothing: Built = { privateConnections: [], resources: [] };
const counts = (built = nothing): Record<string, readonly [number, number]> =>
  Object.fromEntries(demandsOf(wanted, built).map(({ quota, wanted: all, coming }) => [quota, [all, coming]]));

describe("what a file asks of VPC Lattice's quotas", () => {
  it("is a gateway for each service-managed connection and each of its own, a configuration for each resource and group", () =>
    assert.deepEqual(counts(), {
      latticeGatewaysPerVpc: [2, 2],
      latticeConfigurationsPerRegion: [4, 4],
      latticeNetworksPerRegion: [1, 1],
      latticeChildrenPerGroup: [2, 2],
      latticeResourcesPerNetwork: [2, 2],
    }));

  it("leaves out what the last update built: a gateway stands with its first resource, a group with its first child", () => {
    const built = counts({ privateConnections: ["managed"], resources: ["a"] });
    assert.deepEqual(
      [built.latticeGatewaysPerVpc, built.latticeConfigurationsPerRegion],
      [
        [2, 0],
        [4, 2],
      ],
    );
  });

  const measured = (changes: Partial<Measured>): Measured => ({
    quota: "latticeConfigurationsPerRegion",
    property: "corpai:resources",
    wanted: 4,
    coming: 2,
    allowed: 10,
    standing: 8,
    ...changes,
  });

  it("is refused where others leave no room, and not where nothing is to come", () => {
    assert.deepEqual(quotaProblems("p.dev", [measured({})]), []);
    assert.deepEqual(quotaProblems("p.dev", [measured({ coming: 0, standing: 11 })]), []);
    const [problem] = quotaProblems("p.dev", [measured({ standing: 9 })]);
    assert.deepEqual(
      [problem?.given, problem?.allowed],
      [
        "2 more, while at least 9 stand",
        'at most 10 in this account, AWS\'s quota "Resource configurations per AWS Region" (vpc-lattice L-5FF8F9B9)',
      ],
    );
  });

  it("counts against a VPC only gateways of which the file says so, and has people count where others may stand there, too", () => {
    const others = measured({ quota: "latticeGatewaysPerVpc", wanted: 2, coming: 2, standing: 9 });
    assert.deepEqual(quotaProblems("p.dev", [others]), []);
    assert.match(quotaSteps([others]).join(), /2 resource gateways are to come, 9 stand in this region/);
    assert.deepEqual(quotaSteps([{ ...others, standing: 8 }]), []);
    assert.equal(quotaProblems("p.dev", [{ ...others, allowed: 1 }]).length, 1);
  });
});

describe("port ranges", () => {
  it("go upwards, within what TCP has, and are no range where they are one port", () => {
    assert.deepEqual(parsePortRange("443"), { from: 443, to: 443 });
    assert.deepEqual(parsePortRange("8000-8100"), { from: 8000, to: 8100 });
    for (const wrong of ["443-443", "8100-8000", "0", "65536", "1-", "a", ""])
      assert.equal(parsePortRange(wrong), undefined, wrong);
  });
});

describe("IPv6 networks", () => {
  it("are canonical, and hold what is in them", () => {
    assert.deepEqual(["2001:db8::/32", "2001:db8::1/32", "10.0.0.0/8", "::/129"].map(isIpv6Cidr), [
      true,
      false,
      false,
      false,
    ]);
    assert.deepEqual(
      [
        ipv6Contains("2001:db8::/32", "2001:db8:1::/48"),
        ipv6Contains("2001:db8:1::/48", "2001:db8::/32"),
        ipv6Contains("::/0", "10.0.0.0/8"),
      ],
      [true, false, false],
    );
  });
});
