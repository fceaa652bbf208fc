import * as pulumi from "@pulumi/pulumi";
import { CacheUser } from "../../components/mcp/cache-user.ts";
import { DatabaseRoles } from "../../components/mcp/database-roles.ts";
import type { Permissions } from "../../components/mcp/mcp-server.ts";
import { cacheAccess, cacheUser, databaseUser } from "../../model/database-roles.ts";
import type { PolicyStatement } from "../../model/iam-documents.ts";
import { connectToCache, connectToDatabase } from "../../model/pod-identity.ts";
import type { Stores } from "../../model/store-check.ts";
import type { Tags } from "../../model/tags.ts";
import type { NetworkOutputs } from "../network/index.ts";
import type { Upstream } from "../reader.ts";
import type { Config } from "./config.ts";
import type { StoreReader } from "./stores.ts";
import { rolesEgress } from "./traffic.ts";
import { storesOf } from "./uses.ts";

export interface StoreAccessArgs {
  readonly stores: StoreReader;
  /** What the files say of each store. */
  readonly engines: Stores;
  readonly environment: string;
  readonly place: { readonly region: string; readonly account: string };
  readonly clusterName: pulumi.Input<string>;
  readonly tags: Tags;
}

/** Users by database: each server's own. */
type UsersByStore = Readonly<Record<string, readonly string[]>>;

/** How servers get into the stores that they use: as whom, by which permission, and who lets them in. */
export class StoreAccess {
  readonly #args: StoreAccessArgs;

  constructor(args: StoreAccessArgs) {
    this.#args = args;
  }

  #isCache(store: string): boolean {
    return this.#args.engines[store]?.engine === "valkey";
  }

  /** What a variable holds of a store. */
  valueOf(server: string, store: string, value: "host" | "port" | "database" | "user"): pulumi.Input<string> {
    const { stores, environment } = this.#args;
    if (value === "user") return this.#isCache(store) ? cacheUser(environment, server) : databaseUser(server);
    if (value === "database") return stores.postgres(store).databaseName;
    return stores.any(store).apply((built) => String(built[value]));
  }

  /** Exactly the logins that a server needs; undefined where it uses no store. Makes its user in the caches that it uses. */
  permissionsOf(server: string, used: readonly string[]): Permissions | undefined {
    if (used.length === 0) return undefined;
    const { clusterName } = this.#args;
    const caches = used.filter((store) => this.#isCache(store));
    const databases = used.filter((store) => !this.#isCache(store));
    const statements = [...this.#databaseStatements(server, databases), ...this.#cacheStatements(server, caches)];
    return { clusterName, statements: pulumi.all(statements).apply(numbered) };
  }

  #databaseStatements(server: string, databases: readonly string[]): pulumi.Output<PolicyStatement>[] {
    const { stores, place } = this.#args;
    return databases.map((store) =>
      stores.postgres(store).apply(({ resourceId }) => connectToDatabase(place, resourceId, databaseUser(server))),
    );
  }

  #cacheStatements(server: string, caches: readonly string[]): pulumi.Output<PolicyStatement>[] {
    if (caches.length === 0) return [];
    const { stores, environment, tags } = this.#args;
    const user = new CacheUser(`${server}-cache`, {
      userId: cacheUser(environment, server),
      access: cacheAccess(server),
      userGroupIds: Object.fromEntries(caches.map((store) => [store, stores.valkey(store).userGroupId])),
      tags,
    });
    return caches.map((store) =>
      pulumi.all([stores.valkey(store).arn, user.userArn]).apply(([cache, own]) => connectToCache(cache, own)),
    );
  }

  /** The roles that databases need. */
  databaseUsers(servers: Config["servers"]): UsersByStore {
    const users = new Map<string, string[]>();
    for (const [key, server] of Object.entries(servers))
      for (const store of storesOf(server).filter((one) => !this.#isCache(one)))
        users.set(store, [...(users.get(store) ?? []), databaseUser(key)]);
    return Object.fromEntries(users);
  }

  createRoles(users: UsersByStore, { image, namespace, network, onCluster, after }: RolesSetting): void {
    const { stores, place, clusterName, tags } = this.#args;
    for (const [store, roles] of Object.entries(users)) {
      const database = stores.postgres(store);
      new DatabaseRoles(
        `${store}-roles`,
        {
          clusterName,
          region: place.region,
          namespace,
          image,
          database,
          users: roles,
          egress: rolesEgress(database.port, network),
          tags,
        },
        { ...onCluster, dependsOn: [...after] },
      );
    }
  }
}

/** Where the Jobs run that make roles. */
export interface RolesSetting {
  readonly image: string;
  readonly namespace: pulumi.Input<string>;
  readonly network: Upstream<NetworkOutputs>;
  readonly onCluster: pulumi.ComponentResourceOptions;
  /** Without which no pod runs. */
  readonly after: readonly pulumi.Resource[];
}

/** Statement ids are unique in a policy. */
const numbered = (statements: readonly PolicyStatement[]): PolicyStatement[] =>
  statements.map((statement, index) => ({ ...statement, Sid: `${statement.Sid}${index + 1}` }));
