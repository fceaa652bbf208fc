// Proves that the division of the VPC holds for every VPC size and every set of AZs, and never moves a subnet that stands.
import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  AZ_SLOTS,
  CELL_BLOCKS,
  NARROWEST_WITH_CELLS,
  TIERS,
  VPC_PREFIXES,
  cidrContains,
  cidrsOverlap,
  parseCidr,
  planCell,
  planCidrs,
  usableAddresses,
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

describe("the subnets of cells", () => {
  const large = fc
    .tuple(fc.integer({ min: VPC_PREFIXES.widest, max: NARROWEST_WITH_CELLS }), fc.integer({ min: 0, max: 255 }))
    .map(([prefix, second]) => `10.${second}.0.0/${prefix}`);
  const blocks = fc.uniqueArray(fc.integer({ min: 1, max: CELL_BLOCKS }), { minLength: 1 });

  it("are those that the page on configuration promises for a /16", () => {
    assert.deepEqual(planCell("10.40.0.0/16", 1, ["use1-az1", "use1-az4"]), {
      "use1-az1": "10.40.192.0/24",
      "use1-az4": "10.40.195.0/24",
    });
    assert.deepEqual(planCell("10.40.0.0/16", 8, ["use1-az8"]), { "use1-az8": "10.40.255.0/24" });
    assert.equal(usableAddresses("10.40.192.0/24"), 251);
    assert.equal(usableAddresses("10.40.144.0/23"), 507);
  });

  it("overlap neither each other nor any tier, stay inside the VPC and outside of the client CIDR, and have AWS's /28", () => {
    fc.assert(
      fc.property(large, azIds, blocks, (vpc, ids, numbers) => {
        const plan = planCidrs(vpc, ids);
        const tiers = ids.flatMap((azId) => TIERS.map((tier) => plan.subnets[azId]?.[tier] ?? ""));
        const cells = numbers.flatMap((number) => Object.values(planCell(vpc, number, ids)));
        const all = [...tiers, ...cells];
        for (const cidr of cells) {
          assert.ok(cidrContains(vpc, cidr) && !cidrsOverlap(plan.clientCidr, cidr), `${cidr} in ${vpc}`);
          assert.ok((parseCidr(cidr)?.prefix ?? 99) <= 28, cidr);
        }
        all.forEach((a, i) => all.slice(0, i).forEach((b) => assert.ok(!cidrsOverlap(a, b), `${a} and ${b}`)));
      }),
    );
  });

  it("stay where they are whatever other cells and AZs come and go: a cell's block is its own", () => {
    fc.assert(
      fc.property(large, azIds, azIds, fc.integer({ min: 1, max: CELL_BLOCKS }), (vpc, ids, others, number) => {
        const [before, after] = [planCell(vpc, number, ids), planCell(vpc, number, [...others, ...ids])];
        for (const azId of ids) assert.equal(after[azId], before[azId]);
      }),
    );
  });
});

describe("the arithmetic of CIDRs", () => {
  const octets = fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 0, max: 255 })));
  const bitsOf = (numbers: readonly number[]): string =>
    numbers.map((number) => number.toString(2).padStart(8, "0")).join("");
  /** A CIDR in canonical form, and the bits that it fixes: another way to say the same, which shares nothing with the model. */
  const cidrs = fc.tuple(octets, fc.integer({ min: 0, max: 32 })).map(([numbers, prefix]) => {
    const fixed = bitsOf(numbers).slice(0, prefix);
    const address = fixed.padEnd(32, "0").match(/.{8}/g) ?? [];
    return { text: `${address.map((byte) => parseInt(byte, 2)).join(".")}/${prefix}`, fixed };
  });

  it("takes every canonical block for what it is, with as many addresses as its prefix leaves", () => {
    fc.assert(
      fc.property(cidrs, ({ text, fixed }) => {
        const parsed = parseCidr(text) ?? assert.fail(text);
        assert.equal(parsed.prefix, fixed.length);
        assert.equal(parsed.last - parsed.first + 1, 2 ** (32 - fixed.length));
        assert.equal(parsed.first, parseInt(fixed.padEnd(32, "0"), 2));
      }),
    );
  });

  it("refuses a block with any bit set behind its prefix, since AWS would silently mean another one", () => {
    fc.assert(
      fc.property(octets, fc.integer({ min: 0, max: 31 }), (numbers, prefix) => {
        fc.pre(bitsOf(numbers).slice(prefix).includes("1"));
        assert.equal(parseCidr(`${numbers.join(".")}/${prefix}`), undefined);
      }),
    );
  });

  it("finds one block in another exactly where the outer one's bits begin the inner one's, and an overlap exactly where one is in the other", () => {
    fc.assert(
      fc.property(cidrs, cidrs, fc.boolean(), (one, drawn, related) => {
        const other = related ? within(one, drawn) : drawn;
        assert.equal(
          cidrContains(one.text, other.text),
          other.fixed.startsWith(one.fixed),
          `${one.text} ${other.text}`,
        );
        const nested = other.fixed.startsWith(one.fixed) || one.fixed.startsWith(other.fixed);
        assert.equal(cidrsOverlap(one.text, other.text), nested);
        assert.equal(cidrsOverlap(other.text, one.text), nested, "whichever comes first");
      }),
    );
  });

  /** Drawn freely, two blocks hardly ever meet. */
  function within(outer: { readonly fixed: string }, drawn: { readonly fixed: string }) {
    const fixed = (outer.fixed + drawn.fixed).slice(0, 32);
    const address = fixed.padEnd(32, "0").match(/.{8}/g) ?? [];
    return { text: `${address.map((byte) => parseInt(byte, 2)).join(".")}/${fixed.length}`, fixed };
  }

  it("says of nothing that is no CIDR that it holds or overlaps anything", () => {
    fc.assert(
      fc.property(fc.string(), cidrs, (text, { text: cidr }) => {
        fc.pre(parseCidr(text) === undefined);
        assert.deepEqual(
          [cidrContains(cidr, text), cidrContains(text, cidr), cidrsOverlap(text, cidr), cidrsOverlap(cidr, text)],
          [false, false, false, false],
        );
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
