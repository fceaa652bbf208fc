/** Databases and caches as those see them who connect: where they answer, and whom they let in. */
import { record, records, text, texts } from "../values.ts";
import type { World, WorldObject } from "../world.ts";
import { cacheAt } from "./elasticache.ts";
import { authenticationOf, usersOf } from "./elasticache-users.ts";
import { arn, interfacesOf } from "./network.ts";
import type { Interface } from "./network.ts";
import type { Actor } from "./policies.ts";
import { whyDenied } from "./policies.ts";
import { databaseAt } from "./rds.ts";
import { parameterOf } from "./rds-groups.ts";
import { whyUnreadable } from "./secrets-manager.ts";

/** What answers at a host and port. */
export interface Store {
  readonly id: string;
  readonly vpcId: string;
  /** The interface that its name stands for: the primary's. */
  readonly doors: readonly Interface[];
  /** Why it refuses a login by IAM; undefined where it lets it in. */
  readonly refuses: (login: Login) => string | undefined;
}

export interface Login {
  readonly user: string;
  /** Undefined where the store has none by name, as caches. */
  readonly database: string | undefined;
  /** Whose IAM permissions the caller has. */
  readonly as: Actor;
  /** Over TLS, as clients do unless they are told not to. */
  readonly tls?: boolean;
}

/** The database or cache that a host and port stand for. */
export function storeAt(world: World, host: string, port: number): Store | undefined {
  const [database, cache] = [databaseAt(world, host, port), cacheAt(world, host, port)];
  const found = database ?? cache;
  if (!found) return undefined;
  const refuses = database
    ? (login: Login) => whyDatabaseRefuses(world, database, login)
    : (login: Login) => whyCacheRefuses(world, found, login);
  const doors = interfacesOf(world, found.id).slice(0, 1);
  return { id: found.id, vpcId: text(found.computed._vpcId) ?? "", doors, refuses };
}

// ---- PostgreSQL

/** A database's roles by name, each with those that it is a member of. They live as long as it does, and no program sees them. */
export function rolesOf({ computed }: WorldObject): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(record(computed._roles)).map(([name, memberOf]) => [name, texts(memberOf)]));
}

/** Makes a role, or gives one that exists further memberships. `rds_iam` is what logins by IAM need. */
export function grantRole(world: World, database: WorldObject, name: string, memberOf: readonly string[]): void {
  const roles = rolesOf(database);
  const all = [...new Set([...(roles[name] ?? []), ...memberOf])];
  database.computed = { ...database.computed, _roles: { ...record(database.computed._roles), [name]: all } };
  world.changed(database);
}

/** What a server says before it asks who is there. */
function whyUnheard(world: World, database: WorldObject, { user, database: name = "", tls = true }: Omit<Login, "as">) {
  if (!tls && parameterOf(world, database, "rds.force_ssl") === "1")
    return `FATAL: no pg_hba.conf entry for host, user "${user}", database "${name}", no encryption`;
  return undefined;
}

const whyNoDatabase = ({ inputs }: WorldObject, name: string | undefined): string | undefined =>
  name === inputs.dbName || name === "postgres" ? undefined : `FATAL: database "${name ?? ""}" does not exist`;

/** Why a database refuses a login by IAM, in its own words and with the cause; undefined where it lets it in. */
export function whyDatabaseRefuses(world: World, database: WorldObject, login: Login): string | undefined {
  const unheard = whyUnheard(world, database, login);
  if (unheard !== undefined) return unheard;
  const { user, as } = login;
  const failed = (method: string, why: string): string =>
    `FATAL: ${method} authentication failed for user "${user}": ${why}`;
  const role = rolesOf(database)[user];
  // Who is no member of rds_iam is asked for a password; who is not there at all, likewise, so that nobody can find out.
  if (!role) return failed("password", "there is no such role");
  if (!role.includes("rds_iam")) return failed("password", "the role is no member of rds_iam");
  if (database.inputs.iamDatabaseAuthenticationEnabled !== true) return failed("PAM", "logins by IAM are off");
  const resource = arn("rds-db", database, `dbuser:${database.id}/${user}`);
  const why = whyDenied(world, as, { action: "rds-db:connect", arn: resource, keys: {} });
  if (why !== undefined) return failed("PAM", `role ${as.role} may not rds-db:connect on ${resource} ${why}`);
  return whyNoDatabase(database, login.database);
}

/** Why a role cannot log in as the master, whose password is in the secret that RDS manages; undefined where it can. */
export function whyMasterRefuses(world: World, database: WorldObject, login: Omit<Login, "user">): string | undefined {
  const user = text(database.inputs.username) ?? "";
  const secret = text(records(database.computed.masterUserSecrets)[0]?.secretArn);
  return (
    whyUnheard(world, database, { ...login, user }) ??
    whyUnreadable(world, secret ?? "", login.as) ??
    whyNoDatabase(database, login.database)
  );
}

// ---- Valkey

/** Why a cache refuses a login by IAM; undefined where it lets it in. Both the cache and the user have to be allowed. */
export function whyCacheRefuses(world: World, cache: WorldObject, { user, as, tls = true }: Login): string | undefined {
  if (!tls && cache.computed.transitEncryptionMode === "required")
    return "the connection is reset: the cache speaks TLS only";
  const wrong = (why: string): string => `WRONGPASS invalid username-password pair or user is disabled: ${why}`;
  const found = usersOf(world, cache).find(({ inputs }) => inputs.userName === user);
  if (!found) return wrong(`${user} is in no user group of ${cache.id}`);
  if (authenticationOf(found) !== "iam") return wrong(`${user} does not authenticate by IAM`);
  if (!/(^| )on( |$)/.test(text(found.inputs.accessString) ?? "")) return wrong(`${user} is off`);
  const denied = [text(cache.computed.arn) ?? "", text(found.computed.arn) ?? ""].flatMap((resource) => {
    const why = whyDenied(world, as, { action: "elasticache:Connect", arn: resource, keys: {} });
    return why === undefined ? [] : [`role ${as.role} may not elasticache:Connect on ${resource} ${why}`];
  });
  return denied[0] === undefined ? undefined : wrong(denied[0]);
}
