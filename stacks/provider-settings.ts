import { z } from "zod";
import { accountId, must } from "./schema.ts";

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/** The `aws:` settings of a stack's file. Every stack is one account and one region, by the default provider. */
export const providerSettings = z.strictObject({
  region: z
    .string(must("an AWS region such as us-east-1", "Set aws:region."))
    .regex(REGION, must("an AWS region such as us-east-1", "Correct aws:region.")),
  /** Credentials of any other account are refused by the provider itself. */
  allowedAccountIds: z
    .array(
      accountId,
      must(
        "a list with the stack's account id",
        "Set aws:allowedAccountIds, so that wrong credentials can change nothing.",
      ),
    )
    .length(1, must("exactly one account id", "One stack is one account: split the stack.")),
  assumeRoles: z
    .array(
      z.strictObject({
        roleArn: z
          .string()
          .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, must("a role's ARN", "Copy it from IAM.")),
        externalId: z
          .string()
          .regex(/^[\w+=,.@:/-]{2,1224}$/, must("2 to 1224 letters, digits and any of _+=,.@:/-", "Correct it."))
          .optional(),
        sessionName: z
          .string()
          .regex(/^[\w+=,.@-]{2,64}$/, must("2 to 64 letters, digits and any of _+=,.@-", "Correct it."))
          .optional(),
      }),
    )
    .max(1)
    .optional(),
  defaultTags: z.strictObject({ tags: z.record(z.string(), z.string()) }).optional(),
});

export type ProviderSettings = z.infer<typeof providerSettings>;

/** The account in which a stack's resources stand. */
export function accountOf(settings: ProviderSettings): string {
  return settings.allowedAccountIds[0] ?? "";
}
