/** What a container does whose image brings SQL to a database: it fetches the master's password, and runs a file of its volume there. */
import type { Actor } from "../aws/policies.ts";
import { databaseAt } from "../aws/rds.ts";
import { whyNoService } from "../aws/reach.ts";
import { whyUnreadable } from "../aws/secrets-manager.ts";
import { grantRole, rolesOf, storeAt, whyMasterRefuses } from "../aws/stores.ts";
import { record, records, text } from "../values.ts";
import type { World, WorldObject } from "../world.ts";
import { found, namespaceOf } from "./objects.ts";
import { identityOf } from "./pod-identity.ts";
import type { Container, Running } from "./pod-start.ts";
import { readScript } from "./sql.ts";
import { visit } from "./stores.ts";

interface Run {
  readonly world: World;
  readonly cluster: WorldObject;
  /** The Job. */
  readonly owner: WorldObject;
  readonly running: Running;
  readonly env: Container["env"];
  readonly sql: NonNullable<Container["image"]["runsSql"]>;
}

/** Why a pod's containers fail; undefined where all of them end well, after doing what their SQL says. */
export function runSql(world: World, cluster: WorldObject, owner: WorldObject, running: Running): string | undefined {
  for (const { image, env } of running.containers) {
    const why = image.runsSql && bring({ world, cluster, owner, running, env, sql: image.runsSql });
    if (why !== undefined) return why;
  }
  return undefined;
}

function bring(run: Run): string | undefined {
  const { world, cluster, running } = run;
  const as = identityOf(world, cluster, running);
  return typeof as === "string" ? `no IAM credentials: ${as}` : (whyNoPassword(run, as) ?? inDatabase(run, as));
}

/** The master's password is in a secret that only whoever may read it knows. */
function whyNoPassword({ world, cluster, running, env, sql }: Run, as: Actor): string | undefined {
  const resource = env[sql.secret] ?? "";
  const { region } = cluster;
  const call = { service: "secretsmanager", action: "secretsmanager:GetSecretValue", resource };
  const why = whyNoService(world, { ...running.source, account: as.account, region }, call);
  return why === undefined
    ? whyUnreadable(world, resource, as)
    : `secretsmanager.${region}.amazonaws.com cannot be called: ${why}`;
}

function inDatabase(run: Run, as: Actor): string | undefined {
  const { world, running, env, sql } = run;
  const [host, port] = [env[sql.host] ?? "", Number(env[sql.port])];
  const [database, store] = [databaseAt(world, host, port), storeAt(world, host, port)];
  if (!database || !store) return `could not translate host name "${host}" to address, or nothing answers on ${port}`;
  const { verdict, hops } = visit({ world, source: running.source, host, port, store });
  if (verdict !== "open") return `${host}:${port} cannot be reached: ${hops.at(-1)?.because}`;
  const managed = text(records(database.computed.masterUserSecrets)[0]?.secretArn);
  if (managed !== env[sql.secret])
    return `FATAL: password authentication failed for user "${text(database.inputs.username)}"`;
  return whyMasterRefuses(world, database, { as, database: env[sql.database] }) ?? execute(run, database);
}

function execute({ world, owner, sql }: Run, database: WorldObject): string | undefined {
  const script = fileOf(world, owner, sql.file);
  if (script === undefined) return `${sql.file}: No such file or directory`;
  try {
    const roles = readScript(script, Object.keys(rolesOf(database)));
    for (const [name, memberOf] of Object.entries(roles)) grantRole(world, database, name, memberOf);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A key of a ConfigMap that one of the Job's volumes holds. */
function fileOf(world: World, owner: WorldObject, file: string): string | undefined {
  const volumes = records(record(record(record(owner.inputs.spec).template).spec).volumes);
  const names = volumes.flatMap(({ configMap }) => text(record(configMap).name) ?? []);
  const data = names.map((name) =>
    record(found(world, "kubernetes:core/v1:ConfigMap", owner.account, namespaceOf(owner), name)?.inputs.data),
  );
  return data.map((one) => text(one[file])).find((one) => one !== undefined);
}
