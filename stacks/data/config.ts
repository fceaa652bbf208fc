import { z } from "zod";
import {
  INSTANCE_CLASSES,
  NODE_TYPES,
  POSTGRES_MAJORS,
  STORAGE_GB,
  VALKEY_VERSIONS,
  inWords,
  offers,
} from "../../model/store-engines.ts";
import { databaseName, must, permission, records } from "../schema.ts";

const oneOf = (table: Parameters<typeof offers>[0]) =>
  z
    .string()
    .refine(
      (name) => offers(table, name),
      must(inWords(table), "Choose one of these; others are added in model/store-engines.ts."),
    );

const storage = must(
  `whole GiB from ${STORAGE_GB.least} to ${STORAGE_GB.most}`,
  "Give what a gp3 volume can have; it can grow later, but never shrink.",
);

/** Permission to remove the store: its protection is lifted until that day. */
const release = permission.optional();

const postgres = z.strictObject({
  engine: z.literal("postgres"),
  /** A major version, whose minor versions AWS keeps current, or an exact one. In quotes. */
  version: z
    .string()
    .regex(
      /^\d+(\.\d+)?$/,
      must(
        `a version in quotes such as "${Object.keys(POSTGRES_MAJORS).at(-1) ?? ""}", or an exact one`,
        "Write the version in quotes.",
      ),
    ),
  instanceClass: oneOf(INSTANCE_CLASSES),
  storageGb: z.int(storage).min(STORAGE_GB.least, storage).max(STORAGE_GB.most, storage),
  databaseName,
  release,
});

const valkey = z.strictObject({
  engine: z.literal("valkey"),
  version: z.enum(
    VALKEY_VERSIONS,
    must(
      VALKEY_VERSIONS.map((version) => `"${version}"`).join(", "),
      "Choose a version that ElastiCache serves; write it in quotes.",
    ),
  ),
  nodeType: oneOf(NODE_TYPES),
  release,
});

export const schema = z.strictObject({
  stores: records(
    "store",
    z.discriminatedUnion("engine", [postgres, valkey], must('"postgres" or "valkey"', "Choose an engine.")),
  ),
});

export type Config = z.infer<typeof schema>;
export type PostgresConfig = z.infer<typeof postgres>;
export type ValkeyConfig = z.infer<typeof valkey>;
