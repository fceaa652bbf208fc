/** The SQL that a Job brings to a database, as far as the sandbox understands it: roles, and those that they are members of. */

/** By role: what it is a member of after the script, apart from what it was before. */
export type Memberships = Readonly<Record<string, readonly string[]>>;

const QUOTED = '"((?:[^"]|"")+)"';
const LITERAL = "'((?:[^']|'')*)'";
const unquoted = (text = ""): string => text.replaceAll('""', '"');
const unescaped = (text = ""): string => text.replaceAll("''", "'");
const line = (pattern: string): RegExp => new RegExp(`^${pattern}$`, "s");

/** psql runs what the query answers: nothing where the role is there. */
const CREATE = line(
  `SELECT 'CREATE ROLE ${QUOTED} LOGIN' WHERE NOT EXISTS \\(SELECT FROM pg_catalog\\.pg_roles WHERE rolname = ${LITERAL}\\) \\\\gexec`,
);
const MEMBER = line(`GRANT ([a-z_]+) TO ${QUOTED};`);
/** Statements about a role that change nothing here; the last group names it. */
const ABOUT_ROLE = [
  line(`ALTER ROLE ${QUOTED} LOGIN;`),
  line(`GRANT CONNECT ON DATABASE ${QUOTED} TO ${QUOTED};`),
  line(`GRANT USAGE, CREATE ON SCHEMA ${QUOTED} TO ${QUOTED};`),
  line(`ALTER ROLE ${QUOTED} IN DATABASE "(?:[^"]|"")+" SET search_path TO "(?:[^"]|"")+";`),
];
const ABOUT_NONE = [
  line(`REVOKE CONNECT, TEMPORARY ON DATABASE ${QUOTED} FROM PUBLIC;`),
  line(`CREATE SCHEMA IF NOT EXISTS ${QUOTED};`),
];

/**
 * One statement a line, each in the one form that the programs write.
 *
 * @param existing roles that are there before
 * @throws {Error} in PostgreSQL's words, at the first that is none of those above or names a role that is not there: nothing passes without being understood
 */
export function readScript(sql: string, existing: readonly string[]): Memberships {
  const roles = new Map<string, string[]>();
  const known = (name: string): string[] => {
    if (!roles.has(name) && !existing.includes(name)) throw new Error(`ERROR: role "${name}" does not exist`);
    return roles.get(name) ?? [];
  };
  for (const statement of sql.split("\n").filter((text) => text !== "")) {
    const [, created, looked] = CREATE.exec(statement) ?? [];
    const [, group, member] = MEMBER.exec(statement) ?? [];
    const about = ABOUT_ROLE.map((pattern) => pattern.exec(statement)).find((found) => found !== null);
    if (created !== undefined) {
      const name = unquoted(unescaped(created));
      if (name !== unescaped(looked)) throw new Error(`it looks for "${unescaped(looked)}" and creates "${name}"`);
      roles.set(name, roles.get(name) ?? []);
    } else if (group !== undefined) {
      const name = unquoted(member);
      roles.set(name, [...known(name), group]);
    } else if (about) known(unquoted(about.at(-1)));
    else if (!ABOUT_NONE.some((pattern) => pattern.test(statement)))
      throw new Error(`ERROR: syntax error at or near: ${statement}`);
  }
  return Object.fromEntries(roles);
}
