import { z } from "zod";
import { must, pulumiOrganization, repository } from "../schema.ts";

export const schema = z
  .strictObject({
    /** Whose account this is. */
    side: z
      .enum(["corpai", "customer"], must('"corpai" or "customer"', "Say whose account this is."))
      .default("corpai"),
    /** The bucket of the environment's states. Its name is shared by all accounts of AWS. */
    stateBucket: z
      .string()
      .regex(
        /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|--x-s3)$)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
        must("3 to 63 lower-case letters, digits and hyphens, as S3 takes them", "Choose a name that nobody else has."),
      )
      .optional(),
    /** Whose workflows may act in this account, for this environment: it makes the roles. */
    repository: repository.optional(),
    /** Whose deployments may, besides. */
    organization: pulumiOrganization.optional(),
    /** Whether the account has the providers of these identities already: it can have one of each. */
    identityProviders: z.enum(["own", "existing"]).default("own"),
  })
  .refine(
    ({ stateBucket, repository: named }) => stateBucket !== undefined || named !== undefined,
    must("stateBucket, repository, or both", "Say what to make, or delete the file.", "neither"),
  )
  .refine(({ organization, repository: named }) => organization === undefined || named !== undefined, {
    error: must("a repository beside it", "Name the repository whose stacks are deployed."),
    path: ["organization"],
  });

export type Config = z.infer<typeof schema>;
