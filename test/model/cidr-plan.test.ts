// Proves that the division of the VPC holds for every VPC size and every set of AZs, and never moves a subnet that stands.
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  AZ_SLOTS,
  TIERS,
  VPC_PREFIXES,
  cidrContains,
  cidrsOverlap,
  parseCidr,
  planCidrs,
} from "../../model/cidr-plan.ts";

const azIds = fc.uniqueArray(
  fc.integer({ min: 1, max: AZ_SLOTS }).map((number) => `use1-az${number}`),
  { minLength: 1 },
);
const vpcs = fc
  .tuple(fc.integer({ min: VPC_PREFIXES.widest, max: VPC_PREFIXES.narrowest }), fc.integer({ min: 0, max: 255 }))
  .map(([prefix, second]) => `10.${second}.0.0/${prefix}`);

describe("the CIDR plan", () => {
  it("is the published one for a /16, so that customers' rules stay right", () => {
    assert.deepEqual(planCidrs("10.40.0.0/16", ["use1-az1", "use1-az4"]), {
      vpcCidr: "10.40.0.0/16",
      clientCidr: "10.40.0.0/17",
      subnets: {
        "use1-az1": {
          client: "10.40.0.0/20",
          data: "10.40.128.0/23",
          endpoint: "10.40.144.0/23",
          public: "10.40.160.0/23",
        },
        "use1-az4": {
          client: "10.40.48.0/20",
          data: "10.40.134.0/23",
          endpoint: "10.40.150.0/23",
          public: "10.40.166.0/23",
        },
      },
    });
  });

  it("never overlaps, stays inside the VPC, keeps AWS's /28, and has clients and nothing else inside the client CIDR", () => {
    fc.assert(
      fc.property(vpcs, azIds, (vpc, ids) => {
        const plan = planCidrs(vpc, ids);
        const all = ids.flatMap((azId) => TIERS.map((tier) => ({ tier, cidr: plan.subnets[azId]?.[tier] ?? "" })));
        for (const { tier, cidr } of all) {
          assert.ok(cidrContains(vpc, cidr), `${cidr} in ${vpc}`);
          assert.ok((parseCidr(cidr)?.prefix ?? 99) <= 28, `${cidr} is at least a /28`);
          assert.equal(
            cidrContains(plan.clientCidr, cidr),
            tier === "client",
            `${tier} ${cidr} against ${plan.clientCidr}`,
          );
        }
        all.forEach((a, i) =>
          all.slice(0, i).forEach((b) => assert.ok(!cidrsOverlap(a.cidr, b.cidr), `${a.cidr} and ${b.cidr}`)),
        );
      }),
    );
  });

  it("leaves every subnet where it is when an AZ is added, anywhere in the list", () => {
    fc.assert(
      fc.property(vpcs, azIds, fc.integer({ min: 1, max: AZ_SLOTS }), (vpc, ids, added) => {
        const before = planCidrs(vpc, ids).subnets;
        const after = planCidrs(vpc, [`use1-az${added}`, ...ids]).subnets;
        for (const azId of ids) assert.deepEqual(after[azId], before[azId]);
      }),
    );
  });
});

describe("a CIDR", () => {
  for (const text of [
    "10.0.0.1/16",
    "10.0.0.0",
    "10.0.0.0/33",
    "300.0.0.0/8",
    "10.0.0.0/8 ",
    "::/0",
    "10.0/16",
    "010.0.0.0/8/1",
  ]) {
    it(`"${text}" is refused`, () => assert.equal(parseCidr(text), undefined));
  }
});
