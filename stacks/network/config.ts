import { z } from "zod";
import { AZ_SLOTS, CELL_BLOCKS, VPC_PREFIXES, azSlot, parseCidr } from "../../model/cidr-plan.ts";
import type { CellFacts } from "../../model/environment-facts.ts";
import { MINIMUM_AZS } from "../../model/zones.ts";
import { azId, cidr, distinct, key, must } from "../schema.ts";

const blockNumber = must(`a whole number from 1 to ${CELL_BLOCKS}`, "Choose one that no other cell has.");

const endpointCell = z.strictObject({
  /** Which of the VPC's blocks for cells it has: final, since its subnets' addresses follow from it. */
  block: z.int(blockNumber).min(1, blockNumber).max(CELL_BLOCKS, blockNumber),
  /** AZs of the network that it spans; all without. */
  azIds: z
    .array(azId)
    .min(MINIMUM_AZS, must(`at least ${MINIMUM_AZS} AZ ids`, "Add an AZ."))
    .refine((ids) => new Set(ids).size === ids.length, must("each AZ id once", "Remove the duplicate."))
    .optional(),
});

export const schema = z.strictObject({
  /** CorpAI's VPC. Its division into subnets follows from it (model/cidr-plan.ts), so it cannot change later. */
  vpcCidr: cidr.refine(
    (text) => {
      const prefix = parseCidr(text)?.prefix ?? 0;
      return prefix >= VPC_PREFIXES.widest && prefix <= VPC_PREFIXES.narrowest;
    },
    must(
      `a VPC from /${VPC_PREFIXES.widest} to /${VPC_PREFIXES.narrowest}`,
      "AWS allows no larger VPC than /16, and subnets of less than 16 addresses are refused.",
    ),
  ),
  /** In the order in which they were added: append, never insert, since @pulumi/awsx numbers its subnets in this order. */
  azIds: z
    .array(azId.refine((id) => azSlot(id) < AZ_SLOTS, must(`AZ numbers from 1 to ${AZ_SLOTS}`, "Choose another AZ.")))
    .min(MINIMUM_AZS, must(`at least ${MINIMUM_AZS} AZ ids`, "Add an AZ."))
    .refine((ids) => new Set(ids).size === ids.length, must("each AZ id once", "Remove the duplicate."))
    .refine(
      (ids) => new Set(ids.map((id) => id.replace(/-az\d$/, ""))).size <= 1,
      must("AZ ids of one region", "Keep those of aws:region: an AZ's number decides where its subnets are."),
    ),
  /** How nodes reach the internet, public image registries included: not at all, by one NAT gateway, or by one in each AZ. */
  natGateways: z
    .enum(["none", "single", "per-az"], must('"none", "single" or "per-az"', "Choose one."))
    .default("single"),
  /**
   * Which interface endpoints to AWS's services there are: those without which something would not work, or all that keep nodes off the internet. Without
   * NAT gateways both mean the same.
   */
  awsEndpoints: z.enum(["needed", "all"], must('"needed" or "all"', "Choose one.")).default("needed"),
  /** Groups of MCP servers that are to reach nothing but their own connections. */
  tenants: distinct("tenant", key).default([]),
  /** Further endpoint subnets, for stacks of connections that name them by `cell`. */
  endpointCells: z.record(key, endpointCell).default({}),
});

export type Config = z.infer<typeof schema>;

/** Cells with their AZs: those of the network where they name none. */
export const cellsOf = ({ endpointCells, azIds }: Config): Readonly<Record<string, CellFacts>> =>
  Object.fromEntries(
    Object.entries(endpointCells).map(([cell, { block, azIds: own = azIds }]) => [cell, { block, azIds: own }]),
  );
