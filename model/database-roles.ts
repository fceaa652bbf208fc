import { createHash } from "node:crypto";

/** The role that a server logs in as: keys have no underscores, so no two servers share one. PostgreSQL allows 63 characters, keys are shorter. */
export const databaseUser = (server: string): string => `mcp_${server.replaceAll("-", "_")}`;

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/**
 * SQL for `psql` that gives each role its login by IAM, its way into the database, and a schema to itself. It may run any number of times.
 *
 * The master is never made a member of these roles: `rds_iam` is inherited through membership, and would end the master's own login by password.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html
 *
 * @param roles in any order, each once
 */
export function rolesSql(databaseName: string, roles: readonly string[]): string {
  const database = identifier(databaseName);
  return [
    `REVOKE CONNECT, TEMPORARY ON DATABASE ${database} FROM PUBLIC;`,
    ...roles.toSorted().flatMap((role) => roleSql(database, role)),
    "",
  ].join("\n");
}

/** PostgreSQL has no CREATE ROLE IF NOT EXISTS: psql runs what the query answers, which is nothing where the role is there. */
function roleSql(database: string, name: string): string[] {
  const role = identifier(name);
  return [
    `SELECT ${literal(`CREATE ROLE ${role} LOGIN`)} WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = ${literal(name)}) \\gexec`,
    `ALTER ROLE ${role} LOGIN;`,
    `GRANT rds_iam TO ${role};`,
    `GRANT CONNECT ON DATABASE ${database} TO ${role};`,
    `CREATE SCHEMA IF NOT EXISTS ${role};`,
    `GRANT USAGE, CREATE ON SCHEMA ${role} TO ${role};`,
    `ALTER ROLE ${role} IN DATABASE ${database} SET search_path TO ${role};`,
  ];
}

/** Where the Job finds its files, and where its image keeps AWS's certificates of RDS. */
export const ROLES_FOLDER = "/roles";
const CERTIFICATES = "/etc/ssl/rds/global-bundle.pem";
export const ROLES_SQL = "roles.sql";
export const ROLES_SCRIPT = "run.sh";

/** What the Job runs, by an image with `sh`, `aws`, `jq` and `psql`: the master's password lives in this process alone. */
export const rolesScript = `set -eu
secret="$(aws secretsmanager get-secret-value --secret-id "$MASTER_SECRET_ARN" --query SecretString --output text)"
PGUSER="$(printf '%s' "$secret" | jq --raw-output --exit-status .username)"
PGPASSWORD="$(printf '%s' "$secret" | jq --raw-output --exit-status .password)"
export PGUSER PGPASSWORD PGSSLMODE=verify-full PGSSLROOTCERT=${CERTIFICATES}
exec psql --no-psqlrc --set=ON_ERROR_STOP=1 --single-transaction --file=${ROLES_FOLDER}/${ROLES_SQL}
`;

/** Ten hex digits that change with any part of some content. */
export const contentHash = (...content: readonly string[]): string =>
  createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 10);

/** Longest id of a user. https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateUser.html */
const CACHE_USER_LIMIT = 40;

/** The user that a server is in every cache of an environment: unique in the account's region, and its own name, as IAM authentication wants. */
export function cacheUser(environment: string, server: string): string {
  const name = `mcp-${environment}-${server}`;
  if (name.length <= CACHE_USER_LIMIT) return name;
  return `${name.slice(0, CACHE_USER_LIMIT - 11).replace(/-+$/, "")}-${contentHash(name)}`;
}

/** What a server may do in a cache: data under its own prefix, nothing that looks at others or at the cache itself. */
export const cacheAccess = (server: string): string =>
  `on ~${server}:* &${server}:* -@all +@read +@write +@pubsub +@transaction +@connection -@dangerous`;
