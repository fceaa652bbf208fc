import ipaddr from "ipaddr.js";

/**
 * How CorpAI's VPC is divided. Final from the start: a subnet's place follows from its tier and the number in its AZ's id, so that an AZ
 * added later never moves one that stands.
 *
 * For 10.40.0.0/16:
 * - 10.40.0.0/17    client CIDR: nodes and pods, one /20 per AZ; what customers open their load balancer's group for
 * - 10.40.128.0/20  data tier, one /23 per AZ
 * - 10.40.144.0/20  endpoint tier, one /23 per AZ
 * - 10.40.160.0/20  public tier (NAT gateways only), one /23 per AZ
 * - 10.40.192.0/18  cells of endpoints: eight blocks of /21, each with one /24 per AZ
 * - 10.40.176.0/20 stays free
 */
export interface CidrPlan {
  readonly vpcCidr: string;
  readonly clientCidr: string;
  /** By AZ id. */
  readonly subnets: Readonly<Record<string, Readonly<Record<Tier, string>>>>;
}

export const TIERS = ["client", "data", "endpoint", "public"] as const;
export type Tier = (typeof TIERS)[number];

/** AZ numbers that have a place in each tier: regions have at most six AZs today. */
export const AZ_SLOTS = 8;

/** Each tier's block as a fraction of the VPC: the block's prefix is `vpc + bits`, and it is the `index`-th block of that size. */
const TIER_BLOCKS: Readonly<Record<Tier, { readonly bits: number; readonly index: number }>> = {
  client: { bits: 1, index: 0 },
  data: { bits: 4, index: 8 },
  endpoint: { bits: 4, index: 9 },
  public: { bits: 4, index: 10 },
};
const SLOT_BITS = Math.log2(AZ_SLOTS);

/** Blocks for cells of endpoints, by numbers from 1. */
export const CELL_BLOCKS = 8;
const CELLS = { bits: 2, index: 3 } as const;
const CELL_BITS = Math.log2(CELL_BLOCKS);

/** Prefix lengths of a VPC that leave every subnet at least the /28 that AWS demands; /16 is AWS's largest VPC. */
export const VPC_PREFIXES = { widest: 16, narrowest: 28 - SLOT_BITS - TIER_BLOCKS.data.bits } as const;

/** Narrowest VPC in which the subnets of a cell are that large, too. */
export const NARROWEST_WITH_CELLS = 28 - SLOT_BITS - CELL_BITS - CELLS.bits;

const toNumber = (address: string): number =>
  ipaddr.IPv4.parse(address)
    .toByteArray()
    .reduce((sum, byte) => sum * 256 + byte, 0);
const toAddress = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");

/** Undefined where the text is no IPv4 CIDR in canonical form (host bits zero). */
export function parseCidr(
  text: string,
): { readonly first: number; readonly last: number; readonly prefix: number } | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/.test(text) || !ipaddr.IPv4.isValidCIDR(text)) return undefined;
  const [address = "", length = ""] = text.split("/");
  const prefix = Number(length);
  const size = 2 ** (32 - prefix);
  const first = toNumber(address);
  return first % size === 0 ? { first, last: first + size - 1, prefix } : undefined;
}

export function cidrContains(outer: string, inner: string): boolean {
  const a = parseCidr(outer);
  const b = parseCidr(inner);
  return a !== undefined && b !== undefined && a.first <= b.first && b.last <= a.last;
}

export function cidrsOverlap(one: string, other: string): boolean {
  const a = parseCidr(one);
  const b = parseCidr(other);
  return a !== undefined && b !== undefined && a.first <= b.last && b.first <= a.last;
}

/** The `index`-th block of `prefix` length that starts inside `cidr`. */
function block(cidr: string, bits: number, index: number): string {
  const parsed = parseCidr(cidr);
  if (!parsed) throw new RangeError(`${cidr} is no IPv4 CIDR`);
  const prefix = parsed.prefix + bits;
  return `${toAddress(parsed.first + index * 2 ** (32 - prefix))}/${prefix}`;
}

/** Addresses of a subnet that AWS gives away: it keeps the first four and the last. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
export function usableAddresses(cidr: string): number {
  const parsed = parseCidr(cidr);
  return parsed ? Math.max(0, parsed.last - parsed.first + 1 - 5) : 0;
}

/** The place of an AZ in every tier: the number in its id, counted from zero. */
export function azSlot(azId: string): number {
  return Number(/-az(\d+)$/.exec(azId)?.[1] ?? Number.NaN) - 1;
}

/**
 * @param vpcCidr canonical, between /16 and /21
 * @param azIds ids whose number is 1 to {@link AZ_SLOTS}
 */
export function planCidrs(vpcCidr: string, azIds: readonly string[]): CidrPlan {
  const tierBlock = (tier: Tier): string => block(vpcCidr, TIER_BLOCKS[tier].bits, TIER_BLOCKS[tier].index);
  const subnetsOf = (azId: string): Record<Tier, string> => ({
    client: block(tierBlock("client"), SLOT_BITS, azSlot(azId)),
    data: block(tierBlock("data"), SLOT_BITS, azSlot(azId)),
    endpoint: block(tierBlock("endpoint"), SLOT_BITS, azSlot(azId)),
    public: block(tierBlock("public"), SLOT_BITS, azSlot(azId)),
  });
  return {
    vpcCidr,
    clientCidr: tierBlock("client"),
    subnets: Object.fromEntries(azIds.map((azId) => [azId, subnetsOf(azId)])),
  };
}

/**
 * The endpoint subnets of a cell, by AZ id: as final as the tiers are.
 *
 * @param vpcCidr canonical, between /16 and {@link NARROWEST_WITH_CELLS}
 * @param number of its block, from 1 to {@link CELL_BLOCKS}
 */
export function planCell(vpcCidr: string, number: number, azIds: readonly string[]): Readonly<Record<string, string>> {
  const own = block(block(vpcCidr, CELLS.bits, CELLS.index), CELL_BITS, number - 1);
  return Object.fromEntries(azIds.map((azId) => [azId, block(own, SLOT_BITS, azSlot(azId))]));
}
