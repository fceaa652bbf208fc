import { z } from "zod";
import { must } from "../schema.ts";

export const schema = z.strictObject({
  /** The bucket of the environment's states. Its name is shared by all accounts of AWS. */
  stateBucket: z
    .string()
    .regex(
      /^(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|--x-s3)$)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
      must("3 to 63 lower-case letters, digits and hyphens, as S3 takes them", "Choose a name that nobody else has."),
    ),
});

export type Config = z.infer<typeof schema>;
