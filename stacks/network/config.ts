import { z } from "zod";
import { AZ_SLOTS, VPC_PREFIXES, azSlot, parseCidr } from "../../model/cidr-plan.ts";
import { INTERFACE_ENDPOINT_QUOTA } from "../../model/environment-conflicts.ts";
import { MINIMUM_AZS } from "../../model/zones.ts";
import { azId, cidr, distinct, key, must } from "../schema.ts";

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
  /** Interface endpoints that AWS lets this VPC have: more than its default where AWS has raised the quota. */
  interfaceEndpointQuota: z
    .int()
    .min(1, must("a whole number from 1", "State AWS's quota."))
    .default(INTERFACE_ENDPOINT_QUOTA),
});

export type Config = z.infer<typeof schema>;
