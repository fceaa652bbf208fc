import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Protection } from "../../model/environment-class.ts";
import type { Tags } from "../../model/tags.ts";
import { lastSnapshot } from "../data/place.ts";

export interface ServerlessDatabaseArgs {
  /** What AWS calls it. */
  readonly identifier: string;
  /** `17`, whose minor versions AWS keeps current, or `17.6`. */
  readonly version: string;
  readonly databaseName: string;
  /** Aurora capacity units, in halves. */
  readonly minCapacity: number;
  readonly maxCapacity: number;
  /** In two AZs or more, as AWS wants it. */
  readonly subnetIds: pulumi.Input<readonly string[]>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly keyArn: pulumi.Input<string>;
  readonly protection: Protection;
  readonly tags: Tags;
}

const MASTER = "corpai_master";
const ENGINE = "aurora-postgresql";

/**
 * Aurora Serverless v2 for PostgreSQL, reached by the Data API: SQL comes over an endpoint of AWS's, under IAM, and not by a packet to the database.
 *
 * Creates a subnet group, the cluster, encrypted, its master's password kept and rotated by RDS in Secrets Manager, and its instances: a second one in
 * another AZ where the environment's class has standbys.
 */
export class ServerlessDatabase extends pulumi.ComponentResource {
  readonly clusterArn: pulumi.Output<string>;
  readonly secretArn: pulumi.Output<string>;

  constructor(name: string, args: ServerlessDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:ServerlessDatabase", name, {}, opts);

    const cluster = this.#createCluster(name, args);
    const instances = this.#createInstances(name, cluster, args);

    // Without an instance there is nobody whom the Data API could ask.
    this.clusterArn = pulumi.all([cluster.arn, instances.map(({ id }) => id)]).apply(([arn]) => arn);
    this.secretArn = cluster.masterUserSecrets.apply(([secret]) => secret?.secretArn ?? "");
    this.registerOutputs({ clusterArn: this.clusterArn, secretArn: this.secretArn });
  }

  #createCluster(name: string, args: ServerlessDatabaseArgs): aws.rds.Cluster {
    const { identifier, protection, keyArn, tags } = args;
    const subnets = new aws.rds.SubnetGroup(
      name,
      {
        description: "CorpAI agents",
        subnetIds: pulumi.output(args.subnetIds).apply((ids) => [...ids]),
        tags: { ...tags },
      },
      { parent: this },
    );
    return new aws.rds.Cluster(
      name,
      {
        clusterIdentifier: identifier,
        engine: ENGINE,
        engineMode: "provisioned",
        engineVersion: args.version,
        databaseName: args.databaseName,
        serverlessv2ScalingConfiguration: { minCapacity: args.minCapacity, maxCapacity: args.maxCapacity },
        enableHttpEndpoint: true,
        masterUsername: MASTER,
        manageMasterUserPassword: true,
        masterUserSecretKmsKeyId: keyArn,
        iamDatabaseAuthenticationEnabled: true,
        storageEncrypted: true,
        kmsKeyId: keyArn,
        dbSubnetGroupName: subnets.name,
        vpcSecurityGroupIds: [args.securityGroupId],
        backupRetentionPeriod: protection.backupDays,
        copyTagsToSnapshot: true,
        deletionProtection: protection.protect,
        // As for other databases: an update that is over is done.
        applyImmediately: true,
        ...(protection.finalSnapshot
          ? { finalSnapshotIdentifier: lastSnapshot(identifier, subnets.name) }
          : { skipFinalSnapshot: true }),
        tags: { ...tags, Name: identifier },
      },
      { parent: this, protect: protection.protect },
    );
  }

  #createInstances(
    name: string,
    cluster: aws.rds.Cluster,
    { identifier, protection, tags }: ServerlessDatabaseArgs,
  ): aws.rds.ClusterInstance[] {
    const members = protection.multiAz ? ["first", "second"] : ["first"];
    return members.map(
      (member) =>
        new aws.rds.ClusterInstance(
          `${name}-${member}`,
          {
            identifier: `${identifier}-${member}`,
            clusterIdentifier: cluster.id,
            engine: ENGINE,
            instanceClass: "db.serverless",
            publiclyAccessible: false,
            applyImmediately: true,
            copyTagsToSnapshot: true,
            tags: { ...tags, Name: `${identifier}-${member}` },
          },
          { parent: this, protect: protection.protect },
        ),
    );
  }
}
