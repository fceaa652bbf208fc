import { z } from "zod";
import { image, runtimeName } from "../agentcore-values.ts";
import { distinct, key, must, permission, records, textForPeople } from "../schema.ts";

const tool = z.strictObject({
  /** What it is for: the model chooses tools by it. */
  description: textForPeople({ min: 10, max: 400 }),
  /** A table of agentcore-data: the tool looks it up by its key. */
  table: key,
});

const gateway = z.strictObject({
  /** What AWS calls it. Unique in the account's region. */
  name: z
    .string()
    .regex(
      /^(?=.{1,40}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
      must("up to 40 lower-case letters, digits and single hyphens, starting with a letter", "Rename the gateway."),
    ),
  tools: records("tool", tool),
});

const mcp = z.strictObject({
  name: runtimeName,
  image,
  /** Tables of agentcore-data that its code reads. */
  tables: distinct("table", key).default([]),
  /** Permission to stand in its home subnet only, as the document has it. */
  singleAz: permission.optional(),
});

export const schema = z.strictObject({
  /** Repositories for the images of runtimes, by key. */
  repositories: distinct("repository", key).min(
    1,
    must("at least one repository", "Name the repositories that your images are pushed into."),
  ),
  gateway,
  /** Without it there are repositories to push into and no runtime yet. */
  mcp: mcp.optional(),
});

export type Config = z.infer<typeof schema>;
