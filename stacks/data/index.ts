import type * as pulumi from "@pulumi/pulumi";
import type { StorePlace } from "../../components/data/place.ts";
import { PostgresStore } from "../../components/data/postgres-store.ts";
import { StoreKey } from "../../components/data/store-key.ts";
import { ValkeyStore } from "../../components/data/valkey-store.ts";
import { isReleased, protectionOf } from "../../model/environment-class.ts";
import { storeName } from "../../model/physical-name.ts";
import { changeProblems } from "../../model/store-check.ts";
import { programTags } from "../../model/tags.ts";
import { programContext, refuseAll } from "../context.ts";
import { lastOutput } from "../itself.ts";
import type { Outputs } from "../outputs.ts";
import { subnetIn } from "../placement.ts";
import { accountOf } from "../provider-settings.ts";
import { reader } from "../reader.ts";
import type { PostgresConfig, ValkeyConfig } from "./config.ts";

interface BuiltStore {
  readonly host: string;
  readonly port: number;
  /** The version that runs. */
  readonly version: string;
  /** Whether its class protects it, and nobody has lifted that. */
  readonly protected: boolean;
  readonly securityGroupId: string;
}

export interface BuiltPostgres extends BuiltStore {
  readonly engine: "postgres";
  readonly databaseName: string;
  /** `db-…`: what `rds-db:connect` names. */
  readonly resourceId: string;
  readonly storageGb: number;
  /** The secret that holds the master's password, and the key that encrypts it. */
  readonly masterSecretArn: string;
  readonly masterSecretKeyArn: string;
}

export interface BuiltValkey extends BuiltStore {
  readonly engine: "valkey";
  /** Of the replication group: what `elasticache:Connect` names beside the user. */
  readonly arn: string;
  readonly replicationGroupId: string;
  /** The group of users that may log in: each MCP server adds its own. */
  readonly userGroupId: string;
}

/** What MCP servers need to use the stores. */
export interface DataOutputs {
  readonly stores: Readonly<Record<string, BuiltPostgres | BuiltValkey>>;
}

export default async function data(): Promise<Outputs<DataOutputs>> {
  const { name, config, environment, aws } = programContext("data");
  const { today } = environment.facts;
  const standing = (await lastOutput("data", "stores")) ?? {};
  refuseAll(changeProblems(name, standing, config.stores));

  const network = reader("data", environment).program("network");
  const tags = programTags("data");
  // Of no use to anybody once every store may go.
  const released = Object.values(config.stores).every((store) => isReleased(store, today));
  const key = new StoreKey("stores", {
    account: accountOf(aws),
    region: aws.region,
    environment: environment.name,
    protection: protectionOf(environment.class, released),
    tags,
  });
  const place = {
    vpcId: network.output("vpcId"),
    azIds: environment.facts.network?.azIds ?? [],
    subnetIn: subnetIn(network.output("dataSubnets"), `network.${environment.name}`),
    workloadsSecurityGroupId: network.output("workloadsSecurityGroupId"),
    keyArn: key.arn,
    tags,
  };

  const stores = Object.entries(config.stores).map(([storeKey, store]) => {
    const protection = protectionOf(environment.class, isReleased(store, today));
    const own = { ...place, protection, identifier: storeName(environment.name, storeKey) };
    return [
      storeKey,
      store.engine === "postgres" ? postgres(storeKey, store, own) : valkey(storeKey, store, own),
    ] as const;
  });
  return { stores: Object.fromEntries(stores) };
}

type Own = StorePlace & { readonly identifier: string; readonly keyArn: pulumi.Output<string> };

function postgres(
  key: string,
  { version, instanceClass, storageGb, databaseName }: PostgresConfig,
  own: Own,
): Outputs<BuiltPostgres> {
  const store = new PostgresStore(key, { ...own, version, instanceClass, storageGb, databaseName });
  return {
    engine: "postgres",
    host: store.host,
    port: store.port,
    version: store.version,
    protected: own.protection.protect,
    databaseName,
    storageGb,
    resourceId: store.resourceId,
    masterSecretArn: store.masterSecretArn,
    masterSecretKeyArn: own.keyArn,
    securityGroupId: store.securityGroupId,
  };
}

function valkey(key: string, { version, nodeType }: ValkeyConfig, own: Own): Outputs<BuiltValkey> {
  const store = new ValkeyStore(key, { ...own, version, nodeType });
  return {
    engine: "valkey",
    host: store.host,
    port: store.port,
    version: store.version,
    protected: own.protection.protect,
    arn: store.arn,
    replicationGroupId: store.replicationGroupId,
    userGroupId: store.userGroupId,
    securityGroupId: store.securityGroupId,
  };
}
