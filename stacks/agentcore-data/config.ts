import { z } from "zod";
import { DOMAIN_PREFIX, RESERVED_WORDS } from "../../model/agentcore-clients.ts";
import { databaseName, must, permission, records } from "../schema.ts";

/** Most capacity units of Aurora Serverless v2. https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.how-it-works.html */
const MOST_CAPACITY = 256;

const capacity = (least: number) => {
  const rule = must(
    `from ${least} to ${MOST_CAPACITY} capacity units, in halves`,
    "Give what Aurora Serverless v2 can have.",
  );
  return z
    .number(rule)
    .refine((units) => units >= least && units <= MOST_CAPACITY && Number.isInteger(units * 2), rule);
};

const database = z
  .strictObject({
    /** A major version, whose minor versions AWS keeps current, or an exact one. In quotes. */
    version: z
      .string(must('a version in quotes such as "17"', "Write the version in quotes."))
      .regex(/^\d+(\.\d+)?$/, must('a version such as "17", or an exact one', "Write the version in quotes.")),
    databaseName,
    minCapacity: capacity(0.5),
    maxCapacity: capacity(1),
  })
  .refine(
    ({ minCapacity, maxCapacity }) => minCapacity <= maxCapacity,
    must("a minCapacity of no more than maxCapacity", "Exchange the two."),
  );

const attribute = z
  .string()
  .regex(
    /^[a-zA-Z][a-zA-Z0-9_]{0,63}$/,
    must("up to 64 letters, digits and underscores, starting with a letter", "Rename the attribute."),
  );

const table = z
  .strictObject({
    /** Attributes of the key, which are texts. */
    partitionKey: attribute,
    sortKey: attribute.optional(),
  })
  .refine(
    ({ partitionKey, sortKey }) => partitionKey !== sortKey,
    must("two different attributes", "Leave sortKey out, or rename it."),
  );

export const schema = z.strictObject({
  /** What the host name of Cognito's token endpoint begins with. Unique in the region, whoever's account it is. */
  domainPrefix: z
    .string(must("a prefix such as acme-agents", "Choose one that nobody else in the region has."))
    .regex(
      DOMAIN_PREFIX,
      must("up to 63 lower-case letters, digits and hyphens, with none at the ends", "Rename the prefix."),
    )
    .refine(
      (prefix) => !RESERVED_WORDS.some((word) => prefix.includes(word)),
      must(`a prefix without the words ${RESERVED_WORDS.join(", ")}`, "Rename the prefix: Cognito refuses these."),
    ),
  database,
  tables: records("table", table),
  /** Permission to remove what holds data: protection is lifted until that day. */
  release: permission.optional(),
});

export type Config = z.infer<typeof schema>;
