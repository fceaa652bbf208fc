import { AgentTable } from "../../components/agentcore/agent-table.ts";
import { ConsumerKey } from "../../components/agentcore/consumer-key.ts";
import { IdentityPool } from "../../components/agentcore/identity-pool.ts";
import { ServerlessDatabase } from "../../components/agentcore/serverless-database.ts";
import type { Client } from "../../model/agentcore-clients.ts";
import { isReleased, protectionOf } from "../../model/environment-class.ts";
import { agentDataName } from "../../model/physical-name.ts";
import { programTags } from "../../model/tags.ts";
import { programContext } from "../context.ts";
import type { Outputs } from "../outputs.ts";
import { accountOf } from "../provider-settings.ts";
import { reader } from "../reader.ts";

/** A table as tools and agents need it. */
export interface BuiltTable {
  readonly name: string;
  readonly arn: string;
  readonly keyArn: string;
  /** Attributes of its key, partition first. */
  readonly key: readonly string[];
}

export interface BuiltDatabase {
  readonly clusterArn: string;
  readonly databaseName: string;
  /** The secret that holds the master's password, and the key that encrypts it. */
  readonly secretArn: string;
  readonly keyArn: string;
}

/** What agents and their tools stand on. */
export interface AgentcoreDataOutputs {
  /** Where runtimes and gateways read how to check a token. */
  readonly discoveryUrl: string;
  readonly tokenEndpoint: string;
  /** By what is called with its tokens. */
  readonly clientIds: Readonly<Record<Client, string>>;
  /** Secret. */
  readonly clientSecrets: Readonly<Record<Client, string>>;
  readonly database: BuiltDatabase;
  readonly tables: Readonly<Record<string, BuiltTable>>;
}

export default async function agentcoreData(): Promise<Outputs<AgentcoreDataOutputs>> {
  const { config, environment, aws } = programContext("agentcore-data");
  const protection = protectionOf(environment.class, isReleased(config, environment.facts.today));
  const place = { account: accountOf(aws), region: aws.region };
  const common = { protection, place, tags: programTags("agentcore-data") };
  const network = reader("agentcore-data", environment).program("agentcore-network");

  const identity = new IdentityPool("agents", {
    ...common,
    region: aws.region,
    domainPrefix: config.domainPrefix,
  });
  const databaseKey = new ConsumerKey("database", {
    ...common,
    description: `Database of ${environment.name}'s agents: storage, snapshots and its master's password`,
    consumers: { StoreDatabase: "rds", KeepItsPassword: "secretsmanager" },
  });
  const { databaseName, ...wanted } = config.database;
  const database = new ServerlessDatabase("database", {
    ...common,
    ...wanted,
    databaseName,
    identifier: agentDataName(environment.name, "agents"),
    subnetIds: network.output("subnets").apply((subnets) => Object.values(subnets).map(({ id }) => id)),
    securityGroupId: network.output("securityGroupIds").apply(({ AuroraSecurityGroup }) => AuroraSecurityGroup),
    keyArn: databaseKey.arn,
  });
  const tablesKey = new ConsumerKey("tables", {
    ...common,
    description: `Tables of ${environment.name}'s agents`,
    consumers: { StoreTables: "dynamodb" },
  });
  const tables = Object.entries(config.tables).map(([key, { partitionKey, sortKey }]) => {
    const table = new AgentTable(key, {
      ...common,
      partitionKey,
      sortKey,
      tableName: agentDataName(environment.name, key),
      keyArn: tablesKey.arn,
    });
    const attributes = [partitionKey, ...(sortKey === undefined ? [] : [sortKey])];
    return [key, { name: table.tableName, arn: table.arn, keyArn: tablesKey.arn, key: attributes }] as const;
  });

  return {
    discoveryUrl: identity.discoveryUrl,
    tokenEndpoint: identity.tokenEndpoint,
    clientIds: identity.clientIds,
    clientSecrets: identity.clientSecrets,
    database: {
      clusterArn: database.clusterArn,
      databaseName,
      secretArn: database.secretArn,
      keyArn: databaseKey.arn,
    },
    tables: Object.fromEntries(tables),
  };
}
