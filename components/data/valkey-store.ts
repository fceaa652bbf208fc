import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { VALKEY_PORT } from "../../model/store-engines.ts";
import { MINIMUM_AZS } from "../../model/zones.ts";
import { type StorePlace, lastSnapshot } from "./place.ts";
import { StoreSecurityGroup } from "./store-security-group.ts";

export interface ValkeyStoreArgs extends StorePlace {
  /** What AWS calls it, and its group of users. */
  readonly identifier: string;
  /** `8.2`. */
  readonly version: string;
  readonly nodeType: string;
}

/**
 * One cache of ElastiCache for Valkey: a primary and a replica in two AZs, with automatic failover.
 *
 * Creates a subnet group over the data tier, a security group, a group of users without any, and the replication group: encrypted at rest and in transit,
 * open to nobody but the users that are added to that group. Valkey's own user `default` is off as long as no such user is in it.
 */
export class ValkeyStore extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  /** Of the replication group: what `elasticache:Connect` names beside the user. */
  readonly arn: pulumi.Output<string>;
  readonly replicationGroupId: pulumi.Output<string>;
  readonly userGroupId: pulumi.Output<string>;
  /** The version that runs. */
  readonly version: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: ValkeyStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:data:ValkeyStore", name, { azIds: args.azIds }, opts);

    const group = new StoreSecurityGroup(name, { ...args, port: VALKEY_PORT }, { parent: this });
    const users = this.#createUserGroup(name, args);
    const cache = this.#createReplicationGroup(name, args, group, users);

    this.host = cache.primaryEndpointAddress;
    this.port = cache.port.apply((port) => port ?? VALKEY_PORT);
    this.arn = cache.arn;
    this.replicationGroupId = cache.replicationGroupId;
    this.userGroupId = users.userGroupId;
    this.version = cache.engineVersionActual;
    this.securityGroupId = group.securityGroupId;
    this.registerOutputs({
      azIds: args.azIds,
      host: this.host,
      port: this.port,
      arn: this.arn,
      replicationGroupId: this.replicationGroupId,
      userGroupId: this.userGroupId,
      version: this.version,
      securityGroupId: this.securityGroupId,
    });
  }

  /** Its members are added one by one by who uses the cache; a refresh shows them here, and they are not ours to remove. */
  #createUserGroup(name: string, { identifier, tags }: ValkeyStoreArgs): aws.elasticache.UserGroup {
    return new aws.elasticache.UserGroup(
      name,
      { engine: "valkey", userGroupId: identifier, tags: { ...tags } },
      { parent: this, ignoreChanges: ["userIds"] },
    );
  }

  #createReplicationGroup(
    name: string,
    args: ValkeyStoreArgs,
    group: StoreSecurityGroup,
    users: aws.elasticache.UserGroup,
  ): aws.elasticache.ReplicationGroup {
    const { protection } = args;
    const subnets = new aws.elasticache.SubnetGroup(
      name,
      { description: "CorpAI store", subnetIds: args.azIds.map(args.subnetIn), tags: { ...args.tags } },
      { parent: this },
    );
    return new aws.elasticache.ReplicationGroup(
      name,
      {
        replicationGroupId: args.identifier,
        description: `CorpAI store ${name}`,
        engine: "valkey",
        engineVersion: args.version,
        nodeType: args.nodeType,
        numCacheClusters: MINIMUM_AZS,
        automaticFailoverEnabled: true,
        multiAzEnabled: true,
        subnetGroupName: subnets.name,
        securityGroupIds: [group.securityGroupId],
        port: VALKEY_PORT,
        transitEncryptionEnabled: true,
        transitEncryptionMode: "required",
        atRestEncryptionEnabled: true,
        kmsKeyId: args.keyArn,
        userGroupIds: [users.userGroupId],
        // As for databases: an update that is over is done.
        applyImmediately: true,
        autoMinorVersionUpgrade: true,
        snapshotRetentionLimit: protection.backupDays,
        snapshotWindow: "02:00-03:00",
        maintenanceWindow: "sun:03:30-sun:04:30",
        ...(protection.finalSnapshot ? { finalSnapshotIdentifier: lastSnapshot(args.identifier, subnets.name) } : {}),
        tags: { ...args.tags, Name: args.identifier },
      },
      { parent: this, protect: protection.protect },
    );
  }
}
