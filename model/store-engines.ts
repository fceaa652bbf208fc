/** What RDS and ElastiCache serve: dated data, each table with its source. AWS has the last word; these refuse early what it would refuse half-way. */

export interface PostgresMajor {
  /** ISO date of the last day in standard support; extended support costs more than a small database. */
  readonly supportEnds: string;
  /** The oldest minor version that new databases can have. */
  readonly oldestMinor: number;
}

/**
 * RDS for PostgreSQL, as of 2026-11-20.
 * https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
 */
export const POSTGRES_MAJORS: Readonly<Record<string, PostgresMajor>> = {
  "14": { supportEnds: "2027-02-28", oldestMinor: 18 },
  "15": { supportEnds: "2028-02-29", oldestMinor: 13 },
  "16": { supportEnds: "2029-02-28", oldestMinor: 9 },
  "17": { supportEnds: "2030-02-28", oldestMinor: 5 },
  "18": { supportEnds: "2031-02-28", oldestMinor: 1 },
};

/** ElastiCache for Valkey, as of 2026-11-20. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html */
export const VALKEY_VERSIONS = ["7.2", "8.0", "8.1", "8.2", "9.0", "9.1"] as const;

const BURSTABLE = ["micro", "small", "medium", "large", "xlarge", "2xlarge"] as const;
const SEVENTH = ["large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"] as const;
const EIGHTH = [...SEVENTH, "24xlarge", "48xlarge"] as const;

/**
 * The families that this project offers, all on Graviton, as of 2026-11-20.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
 */
export const INSTANCE_CLASSES: Readonly<Record<string, readonly string[]>> = {
  "db.t4g": BURSTABLE,
  "db.m7g": SEVENTH,
  "db.r7g": SEVENTH,
  "db.m8g": EIGHTH,
  "db.r8g": EIGHTH,
};

/** As above. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html */
export const NODE_TYPES: Readonly<Record<string, readonly string[]>> = {
  "cache.t4g": ["micro", "small", "medium"],
  "cache.m7g": SEVENTH,
  "cache.r7g": SEVENTH,
};

/** Of a gp3 volume, in GiB. https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html */
export const STORAGE_GB = { least: 20, most: 65_536 } as const;

export const POSTGRES_PORT = 5432;

/** The logs that RDS exports for PostgreSQL: what the database says, and what an upgrade of it says. */
export const POSTGRES_LOGS = ["postgresql", "upgrade"] as const;
export const VALKEY_PORT = 6379;

/** Whether a table of families and sizes has a class such as `db.t4g.micro`. */
export function offers(table: Readonly<Record<string, readonly string[]>>, name: string): boolean {
  const family = name.slice(0, name.lastIndexOf("."));
  return (Object.hasOwn(table, family) && table[family]?.includes(name.slice(family.length + 1))) ?? false;
}

/** A table of families and sizes in words. */
export const inWords = (table: Readonly<Record<string, readonly string[]>>): string =>
  Object.entries(table)
    .map(([family, sizes]) => `${family}.${sizes[0] ?? ""} to ${sizes.at(-1) ?? ""}`)
    .join(", ");

/** Numbers of `17` or `17.9`: a major version alone leaves the minor one to AWS. */
export function postgresVersion(version: string): { readonly major: string; readonly minor: number | undefined } {
  const [major = "", minor] = version.split(".");
  return { major, minor: minor === undefined ? undefined : Number(minor) };
}

/** Why a database cannot have a version, in the words that every problem has; undefined where it can. @param today ISO date */
export function postgresVersionFault(
  version: string,
  today: string,
): { readonly allowed: string; readonly wayOut: string } | undefined {
  const { major, minor } = postgresVersion(version);
  const supported = Object.entries(POSTGRES_MAJORS).filter(([, { supportEnds }]) => supportEnds >= today);
  const known = supported.find(([name]) => name === major)?.[1];
  if (!known)
    return {
      allowed: `PostgreSQL in RDS's standard support: ${supported.map(([name]) => name).join(", ")}`,
      wayOut: "Choose one of these, in quotes; a newer one is added in model/store-engines.ts.",
    };
  if (minor === undefined || minor >= known.oldestMinor) return undefined;
  return {
    allowed: `"${major}", or ${major}.${known.oldestMinor} and later`,
    wayOut: `RDS makes no databases of older minor versions any more. With "${major}" alone, AWS keeps the minor version current.`,
  };
}

/** Version numbers in order, as AWS counts them: 17 stands for whatever minor version it has. */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((one) => one.split(".").map(Number));
  const [major = 0, minor] = a ?? [];
  const [otherMajor = 0, otherMinor] = b ?? [];
  if (major !== otherMajor) return major < otherMajor;
  return minor !== undefined && otherMinor !== undefined && minor < otherMinor;
}
