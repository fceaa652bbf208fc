import { z } from "zod";
import { key, must, port, records, secretReference } from "../schema.ts";

const variable = z.union([
  // Of control characters, texts of several lines need only these.
  z
    .string()
    .refine((text) => !/(?![\n\r\t])\p{Cc}/u.test(text), must("text without control characters", "Remove them.")),
  z.strictObject({ connection: key, value: z.enum(["host", "port"], must('"host" or "port"', "Choose one.")) }),
  secretReference,
]);

const server = z.strictObject({
  /** By digest, so that what was reviewed is what runs. */
  image: z
    .string()
    .regex(
      /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)+@sha256:[0-9a-f]{64}$/,
      must("an image by digest: registry/name@sha256:…", "Resolve the tag to a digest."),
    ),
  /** Where the server listens, and answers `/live` and `/ready`. */
  port: port.default(8080),
  replicas: z.int().min(1, must("at least one", "Raise it.")).default(2),
  env: z
    .record(
      z.string().regex(/^[A-Z][A-Z0-9_]*$/, must("upper-case letters, digits and underscores", "Rename the variable.")),
      variable,
    )
    .default({}),
});

export const schema = z.strictObject({
  servers: records("server", server),
});

export type Config = z.infer<typeof schema>;
export type ServerConfig = Config["servers"][string];
