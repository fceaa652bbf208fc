import { z } from "zod";
import { MODEL, PROFILE } from "../../model/inference.ts";
import { image, runtimeName } from "../agentcore-values.ts";
import { must, permission } from "../schema.ts";

const foundationModel = z.strictObject({
  modelId: z
    .string()
    .regex(
      MODEL,
      must(
        "a model's id such as anthropic.claude-sonnet-4-5-20250929-v1:0",
        "An id that begins with a geography is that of an inference profile: name it by inferenceProfile.",
      ),
    ),
});

const profile = z.strictObject({
  inferenceProfile: z
    .string()
    .regex(
      PROFILE,
      must(
        "an inference profile such as us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "Name a model of this region by modelId.",
      ),
    ),
});

export const schema = z.strictObject({
  name: runtimeName,
  image,
  /** A model of this region, or an inference profile, which may leave to the regions that agentcore-network allows. */
  model: z.union([foundationModel, profile]),
  /** Further variables of the agent's code; no secrets. */
  variables: z
    .record(
      z.string().regex(/^[A-Z][A-Z0-9_]*$/, must("upper-case letters, digits and underscores", "Rename the variable.")),
      z.string(must("a text", "Write the value in quotes.")),
    )
    .default({}),
  /** The agent's own endpoint, beside the one that every runtime has. It follows the newest version. */
  endpoint: z
    .string()
    .regex(
      /^(?!DEFAULT$)[a-zA-Z][a-zA-Z0-9_]{0,47}$/,
      must("up to 48 letters, digits and underscores, and not DEFAULT", "Rename the endpoint."),
    )
    .default("live"),
  /** Permission to stand in its home subnet only, as the document has it. */
  singleAz: permission.optional(),
});

export type Config = z.infer<typeof schema>;
