import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { storeLogGroup } from "../../model/physical-name.ts";
import { POSTGRES_LOGS, POSTGRES_PORT, postgresVersion } from "../../model/store-engines.ts";
import type { StorePlace } from "./place.ts";
import { lastSnapshot } from "./place.ts";
import { MonitoringRole } from "./monitoring-role.ts";
import { StoreSecurityGroup } from "./store-security-group.ts";

export interface PostgresStoreArgs extends StorePlace {
  /** What AWS calls it. */
  readonly identifier: string;
  /** `17`, whose minor versions AWS keeps current, or `17.9`. */
  readonly version: string;
  readonly instanceClass: string;
  /** GiB of gp3. */
  readonly storageGb: number;
  readonly databaseName: string;
}

/** RDS's own master: the only one with a password, which only RDS and Secrets Manager know. */
const MASTER = "corpai_master";

/**
 * One database of RDS for PostgreSQL.
 *
 * Creates a subnet group over the data tier, a security group, a parameter group that refuses connections without TLS, the groups of its logs, and the
 * instance: encrypted, with IAM logins, its master password kept and rotated by RDS in Secrets Manager. Protection follows the environment's class.
 * Does not: roles inside the database, which belong to who uses them.
 */
export class PostgresStore extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  /** `db-…`: what `rds-db:connect` names. */
  readonly resourceId: pulumi.Output<string>;
  /** The version that runs. */
  readonly version: pulumi.Output<string>;
  readonly masterSecretArn: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: PostgresStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:data:PostgresStore", name, { azIds: args.azIds }, opts);

    const group = new StoreSecurityGroup(name, { ...args, port: POSTGRES_PORT }, { parent: this });
    const parameters = this.#createParameters(name, args);
    const logs = this.#createLogGroups(name, args);
    const instance = this.#createInstance(name, args, group, parameters, logs);

    this.host = instance.address;
    this.port = instance.port;
    this.resourceId = instance.resourceId;
    this.version = instance.engineVersionActual;
    this.masterSecretArn = instance.masterUserSecrets.apply(([secret]) => secret?.secretArn ?? "");
    this.securityGroupId = group.securityGroupId;
    this.registerOutputs({
      azIds: args.azIds,
      host: this.host,
      port: this.port,
      resourceId: this.resourceId,
      version: this.version,
      masterSecretArn: this.masterSecretArn,
      securityGroupId: this.securityGroupId,
    });
  }

  /** A family per major version: an upgrade makes a new group beside the old one, and the instance moves over. */
  #createParameters(name: string, { version, tags }: PostgresStoreArgs): aws.rds.ParameterGroup {
    return new aws.rds.ParameterGroup(
      name,
      {
        family: `postgres${postgresVersion(version).major}`,
        description: "CorpAI store: TLS only",
        parameters: [{ name: "rds.force_ssl", value: "1" }],
        tags: { ...tags },
      },
      { parent: this },
    );
  }

  /** RDS would make these itself, unencrypted and kept for ever. */
  #createLogGroups(
    name: string,
    { identifier, keyArn, protection, tags }: PostgresStoreArgs,
  ): aws.cloudwatch.LogGroup[] {
    return POSTGRES_LOGS.map(
      (log) =>
        new aws.cloudwatch.LogGroup(
          `${name}-${log}`,
          {
            name: storeLogGroup(identifier, log),
            retentionInDays: protection.logDays,
            kmsKeyId: keyArn,
            tags: { ...tags },
          },
          { parent: this },
        ),
    );
  }

  #createInstance(
    name: string,
    args: PostgresStoreArgs,
    group: StoreSecurityGroup,
    parameters: aws.rds.ParameterGroup,
    logs: readonly aws.cloudwatch.LogGroup[],
  ): aws.rds.Instance {
    const { protection, keyArn } = args;
    const subnets = new aws.rds.SubnetGroup(
      name,
      { description: "CorpAI store", subnetIds: args.azIds.map(args.subnetIn), tags: { ...args.tags } },
      { parent: this },
    );
    return new aws.rds.Instance(
      name,
      {
        identifier: args.identifier,
        engine: "postgres",
        engineVersion: args.version,
        // The file says which version is meant, and the check before it refuses every way back.
        allowMajorVersionUpgrade: true,
        autoMinorVersionUpgrade: postgresVersion(args.version).minor === undefined,
        instanceClass: args.instanceClass,
        storageType: "gp3",
        allocatedStorage: args.storageGb,
        storageEncrypted: true,
        kmsKeyId: keyArn,
        dbName: args.databaseName,
        username: MASTER,
        manageMasterUserPassword: true,
        masterUserSecretKmsKeyId: keyArn,
        iamDatabaseAuthenticationEnabled: true,
        dbSubnetGroupName: subnets.name,
        vpcSecurityGroupIds: [group.securityGroupId],
        publiclyAccessible: false,
        port: POSTGRES_PORT,
        parameterGroupName: parameters.name,
        multiAz: protection.multiAz,
        // What an update says that it has done is done; the windows are for AWS's own upkeep.
        applyImmediately: true,
        backupRetentionPeriod: protection.backupDays,
        backupWindow: "02:00-03:00",
        maintenanceWindow: "sun:03:30-sun:04:30",
        copyTagsToSnapshot: true,
        deletionProtection: protection.protect,
        deleteAutomatedBackups: !protection.finalSnapshot,
        skipFinalSnapshot: !protection.finalSnapshot,
        finalSnapshotIdentifier: lastSnapshot(args.identifier, subnets.name),
        enabledCloudwatchLogsExports: [...POSTGRES_LOGS],
        performanceInsightsEnabled: true,
        performanceInsightsKmsKeyId: keyArn,
        performanceInsightsRetentionPeriod: 7,
        ...this.#monitoring(name, args),
        tags: { ...args.tags, Name: args.identifier },
      },
      { parent: this, protect: protection.protect, dependsOn: [...logs] },
    );
  }

  #monitoring(
    name: string,
    { protection, tags }: PostgresStoreArgs,
  ): Pick<aws.rds.InstanceArgs, "monitoringInterval" | "monitoringRoleArn"> {
    if (protection.monitoringSeconds === 0) return {};
    const role = new MonitoringRole(`${name}-monitoring`, { tags }, { parent: this });
    return { monitoringInterval: protection.monitoringSeconds, monitoringRoleArn: role.arn };
  }
}
