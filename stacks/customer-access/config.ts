import { z } from "zod";
import { CROSS_ACCOUNT_ROLE } from "../../model/iam-documents.ts";

export const schema = z.strictObject({
  /** The existing role through which CorpAI acts in this account. */
  roleName: z.string().min(1).max(64).default(CROSS_ACCOUNT_ROLE),
  /** Whether to attach, beside the document's policy, what infrastructure as code needs. Without it CorpAI creates endpoints by other means. */
  forPulumi: z.boolean().default(true),
});

export type Config = z.infer<typeof schema>;
