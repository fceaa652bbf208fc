import { z } from "zod";
import { CROSS_ACCOUNT_ROLE } from "../../model/iam-documents.ts";
import { awsId, awsRegion, distinct, endpointServiceName, must } from "../schema.ts";

export const schema = z.strictObject({
  /** The existing role through which CorpAI acts in this account. */
  roleName: z
    .string()
    .regex(/^[\w+=,.@-]{1,64}$/, must("a role's name of at most 64 characters, without a path", "Copy it from IAM."))
    .default(CROSS_ACCOUNT_ROLE),
  /** Whether to attach, beside the document's policy, what infrastructure as code needs. Without it CorpAI creates endpoints by other means. */
  forPulumi: z.boolean().default(true),
  /** What the role may do beyond plain connections of one region, by a policy of its own. */
  reach: z
    .strictObject({
      /** Endpoints that answer to their services' own names. */
      privateNames: z.boolean().default(false),
      /** Other regions in which services may be. */
      serviceRegions: distinct("region", awsRegion).default([]),
    })
    .default({ privateNames: false, serviceRegions: [] }),
  /** Whether a third policy denies the role endpoints to other services than these, in other VPCs than this one, and without CorpAI's tag. */
  limits: z
    .strictObject({
      vpcId: awsId("vpc"),
      serviceNames: distinct("service", endpointServiceName).min(
        1,
        must("at least one service", "Name those that are registered."),
      ),
    })
    .optional(),
});

export type Config = z.infer<typeof schema>;
