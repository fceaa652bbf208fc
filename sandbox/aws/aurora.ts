/** Aurora Serverless v2 for PostgreSQL: a cluster, its instances, and the Data API that reaches it without any packet in the VPC. */
import type { CheckFailure, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { flag, given, integer, record, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { arn, attach, detach, inPlace } from "./network.ts";
import type { Actor } from "./policies.ts";
import { whyDenied } from "./policies.ts";
import { dropMasterSecret, judgeGroups, keyArn, lastSnapshotOf } from "./rds.ts";
import { CLUSTER, CLUSTER_INSTANCE, SUBNET_GROUP, ownedGroup } from "./rds-groups.ts";
import { managedSecret, whyUnreadable } from "./secrets-manager.ts";
import { combination, invalid, placeName, subnetsOf } from "./store-places.ts";

const ENGINE = "aurora-postgresql";
/** Versions with Serverless v2 and Data API in November 2026, newest last. */
const VERSIONS: Readonly<Record<string, readonly number[]>> = { "15": [12, 13, 14], "16": [8, 9, 10], "17": [4, 5, 6] };
/** Capacity units: half of one at a time, and none at all where it may pause. */
const MOST_CAPACITY = 256;

function versionFor(wanted: string, running?: string): string {
  const [major = "", minor] = wanted.split(".");
  if (minor === undefined && running?.startsWith(`${major}.`)) return running;
  const minors = VERSIONS[major] ?? [];
  const chosen = minor === undefined ? minors.at(-1) : minors.find((one) => String(one) === minor);
  if (chosen === undefined) throw combination(`Cannot find version ${wanted} for ${ENGINE}`);
  return `${major}.${chosen}`;
}

function judgeCapacity(inputs: Properties): void {
  const scaling = record(inputs.serverlessv2ScalingConfiguration);
  const [least, most] = [Number(scaling.minCapacity), Number(scaling.maxCapacity)];
  const isStep = (one: number): boolean => one >= 0 && one <= MOST_CAPACITY && Number.isInteger(one * 2);
  if (!isStep(least) || !isStep(most) || most < 1)
    throw invalid(
      `Serverless v2 capacity ${least} to ${most} isn't valid: the minimum is 0 to ${MOST_CAPACITY}, the maximum 1 to ${MOST_CAPACITY}, in steps of 0.5.`,
    );
  if (least > most) throw combination("The minimum capacity of Serverless v2 must not be more than its maximum.");
}

const membersOf = (world: World, cluster: WorldObject): WorldObject[] =>
  world.all(
    CLUSTER_INSTANCE,
    ({ account, region, inputs }) =>
      account === cluster.account && region === cluster.region && inputs.clusterIdentifier === cluster.id,
  );

const TUNABLE =
  "allowMajorVersionUpgrade applyImmediately backupRetentionPeriod copyTagsToSnapshot deletionProtection enabledCloudwatchLogsExports enableHttpEndpoint engineVersion finalSnapshotIdentifier iamDatabaseAuthenticationEnabled manageMasterUserPassword masterUserSecretKmsKeyId preferredBackupWindow preferredMaintenanceWindow serverlessv2ScalingConfiguration skipFinalSnapshot vpcSecurityGroupIds";

const cluster: ResourceModel = {
  type: CLUSTER,
  arguments: {
    ...Object.fromEntries(TUNABLE.split(" ").map((name) => [name, {}])),
    ...Object.fromEntries(
      "clusterIdentifier databaseName dbSubnetGroupName kmsKeyId masterUsername storageEncrypted"
        .split(" ")
        .map((name) => [name, { replace: true } as const]),
    ),
    engine: { required: true, replace: true },
    engineMode: { default: "provisioned", replace: true },
    enabledCloudwatchLogsExports: { set: true },
    vpcSecurityGroupIds: { set: true },
    skipFinalSnapshot: { default: false },
    tags: {},
  },
  autoname: { property: "clusterIdentifier", limit: 63 },
  computed: [
    ..."allocatedStorage arn availabilityZones caCertificateValidTill clusterIdentifierPrefix clusterMembers".split(
      " ",
    ),
    ..."clusterResourceId dbClusterParameterGroupName endpoint engineVersionActual hostedZoneId iamRoles".split(" "),
    ..."masterUserSecrets networkType port readerEndpoint region".split(" "),
    ..."backupRetentionPeriod dbSubnetGroupName engineVersion kmsKeyId preferredBackupWindow".split(" "),
    ..."preferredMaintenanceWindow vpcSecurityGroupIds".split(" "),
  ],
  unknownOnUpdate: (changed) => (changed.includes("engineVersion") ? ["engineVersionActual"] : []),
  check(inputs) {
    const failures: CheckFailure[] = [];
    if (inputs.engine !== UNKNOWN && inputs.engine !== ENGINE)
      failures.push(["engine", `the sandbox's clusters run ${ENGINE} only, not ${String(inputs.engine)}`]);
    const identifier = text(inputs.clusterIdentifier);
    if (identifier !== undefined && !/^[a-z](?!.*--)[0-9a-z-]{0,61}[0-9a-z]$/.test(identifier))
      failures.push([
        "clusterIdentifier",
        `only lowercase alphanumeric characters and single hyphens allowed: ${identifier}`,
      ]);
    return failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    const identifier = given(text(inputs.clusterIdentifier), "identifier");
    if (world.all(CLUSTER, (one) => inPlace(context)(one) && one.id === identifier).length > 0)
      throw new Refusal("DBClusterAlreadyExistsFault", "DB Cluster already exists");
    const version = versionFor(text(inputs.engineVersion) ?? "17");
    judgeCapacity(inputs);
    if (!flag(inputs.manageMasterUserPassword))
      throw invalid("The parameter MasterUserPassword must be provided and must not be blank.");
    const group = ownedGroup(SUBNET_GROUP, text(inputs.dbSubnetGroupName) ?? "default", context);
    judgeGroups(inputs, text(group.computed.vpcId) ?? "", context);
    const storageKey = flag(inputs.storageEncrypted) ? keyArn(text(inputs.kmsKeyId), context) : "";
    const secretKey = keyArn(text(inputs.masterUserSecretKmsKeyId), context);
    const resourceId = `cluster-${world.hex(26).toUpperCase()}`;
    const secret = managedSecret(context, `rds!${resourceId.toLowerCase()}`, "rds", secretKey);
    const place = `${placeName("rds", caller, 12)}.${caller.region}.rds.amazonaws.com`;
    return {
      id: identifier,
      computed: {
        allocatedStorage: 1,
        arn: arn("rds", caller, `cluster:${identifier}`),
        availabilityZones: subnetsOf(group.inputs, context).map(({ computed }) => computed.availabilityZone ?? ""),
        caCertificateValidTill: "",
        clusterIdentifierPrefix: "",
        clusterMembers: [],
        clusterResourceId: resourceId,
        dbClusterParameterGroupName: `default.${ENGINE}${version.split(".")[0] ?? ""}`,
        dbSubnetGroupName: group.id,
        endpoint: `${identifier}.cluster-${place}`,
        readerEndpoint: `${identifier}.cluster-ro-${place}`,
        engineVersion: inputs.engineVersion ?? version,
        engineVersionActual: version,
        hostedZoneId: `Z${placeName("zone", caller, 12).toUpperCase()}`,
        iamRoles: [],
        kmsKeyId: storageKey,
        masterUserSecrets: [{ secretArn: secret.id, secretStatus: "active", kmsKeyId: secretKey }],
        networkType: "IPV4",
        port: 5432,
        preferredBackupWindow: inputs.preferredBackupWindow ?? "03:21-03:51",
        preferredMaintenanceWindow: inputs.preferredMaintenanceWindow ?? "mon:05:08-mon:05:38",
        backupRetentionPeriod: inputs.backupRetentionPeriod ?? 1,
        vpcSecurityGroupIds: texts(inputs.vpcSecurityGroupIds),
        region: caller.region,
      },
    };
  },
  update(object, inputs) {
    const running = text(object.computed.engineVersionActual) ?? "";
    const version = versionFor(text(inputs.engineVersion) ?? running, running);
    judgeCapacity(inputs);
    return {
      engineVersion: inputs.engineVersion ?? version,
      engineVersionActual: version,
      backupRetentionPeriod: inputs.backupRetentionPeriod ?? 1,
      vpcSecurityGroupIds: texts(inputs.vpcSecurityGroupIds),
    };
  },
  read: (object, { world }) => ({ clusterMembers: membersOf(world, object).map(({ id }) => id) }),
  remove(object, context) {
    const { world } = context;
    if (flag(object.inputs.deletionProtection))
      throw combination("Cannot delete protected Cluster, please disable deletion protection and try again.");
    if (membersOf(world, object).length > 0)
      throw new Refusal(
        "InvalidDBClusterStateFault",
        "Cluster cannot be deleted, it still contains DB instances in non-deleting state.",
      );
    lastSnapshotOf(object, context);
    dropMasterSecret(object, world);
  },
  seconds: { create: 90, delete: 60, update: () => 60 },
  calls: {
    arn: "rds:cluster:{clusterIdentifier}",
    create: [["rds:CreateDBCluster", "self", "dbSubnetGroupName"]],
    within: {
      kmsKeyId: [
        ["kms:DescribeKey", "kmsKeyId"],
        ["kms:CreateGrant", "kmsKeyId"],
      ],
      manageMasterUserPassword: [["secretsmanager:CreateSecret"], ["secretsmanager:TagResource"]],
    },
    read: [
      ["rds:DescribeDBClusters", "self"],
      ["rds:ListTagsForResource", "self"],
    ],
    update: each(TUNABLE.split(" "), ["rds:ModifyDBCluster", "self"]),
    delete: [["rds:DeleteDBCluster", "self"]],
  },
};

const INSTANCE_TUNABLE =
  "applyImmediately autoMinorVersionUpgrade copyTagsToSnapshot instanceClass monitoringInterval monitoringRoleArn performanceInsightsEnabled performanceInsightsKmsKeyId promotionTier publiclyAccessible";

const clusterInstance: ResourceModel = {
  type: CLUSTER_INSTANCE,
  arguments: {
    ...Object.fromEntries(INSTANCE_TUNABLE.split(" ").map((name) => [name, {}])),
    identifier: { replace: true },
    clusterIdentifier: { required: true, replace: true },
    engine: { required: true, replace: true },
    instanceClass: { required: true },
    autoMinorVersionUpgrade: { default: true },
    copyTagsToSnapshot: { default: false },
    monitoringInterval: { default: 0 },
    promotionTier: { default: 0 },
    tags: {},
  },
  autoname: { property: "identifier", limit: 63 },
  computed: [
    ..."arn availabilityZone caCertIdentifier dbParameterGroupName dbSubnetGroupName dbiResourceId endpoint".split(" "),
    ..."engineVersion engineVersionActual identifierPrefix kmsKeyId networkType port region storageEncrypted writer".split(
      " ",
    ),
    "publiclyAccessible",
  ],
  create(inputs, context) {
    const { world, caller } = context;
    const identifier = given(text(inputs.identifier), "identifier");
    const owner = world.get(CLUSTER, text(inputs.clusterIdentifier) ?? "", caller.account);
    if (!owner)
      throw new Refusal("DBClusterNotFoundFault", `DBCluster ${text(inputs.clusterIdentifier) ?? ""} not found.`);
    if (inputs.instanceClass !== "db.serverless")
      throw invalid(
        `Invalid DB Instance class: ${text(inputs.instanceClass) ?? ""} (the sandbox's Aurora is Serverless v2 only)`,
      );
    if (world.all(CLUSTER_INSTANCE, (one) => inPlace(context)(one) && one.id === identifier).length > 0)
      throw new Refusal("DBInstanceAlreadyExists", "DB instance already exists");
    const group = ownedGroup(SUBNET_GROUP, text(owner.computed.dbSubnetGroupName) ?? "", context);
    const subnets = subnetsOf(group.inputs, context);
    // The next member stands in the next AZ.
    const members = membersOf(world, owner);
    const subnet = given(subnets[members.length % subnets.length], "subnet of a group");
    const id = identifier;
    attach(context, {
      owner: id,
      subnet,
      securityGroupIds: texts(owner.computed.vpcSecurityGroupIds),
      description: "RDSNetworkInterface",
    });
    return {
      id,
      computed: {
        arn: arn("rds", caller, `db:${identifier}`),
        availabilityZone: subnet.computed.availabilityZone ?? "",
        caCertIdentifier: "rds-ca-rsa2048-g1",
        dbParameterGroupName: `default.${ENGINE}`,
        dbSubnetGroupName: group.id,
        dbiResourceId: `db-${world.hex(26).toUpperCase()}`,
        endpoint: `${identifier}.${placeName("rds", caller, 12)}.${caller.region}.rds.amazonaws.com`,
        engineVersion: owner.computed.engineVersion ?? "",
        engineVersionActual: owner.computed.engineVersionActual ?? "",
        identifierPrefix: "",
        kmsKeyId: owner.computed.kmsKeyId ?? "",
        networkType: "IPV4",
        port: integer(owner.computed.port) ?? 5432,
        publiclyAccessible: flag(inputs.publiclyAccessible),
        storageEncrypted: flag(owner.inputs.storageEncrypted),
        writer: members.length === 0,
        region: caller.region,
      },
    };
  },
  update: () => ({}),
  remove: ({ id }, { world }) => detach(world, id),
  seconds: { create: 420, delete: 240 },
  calls: {
    arn: "rds:db:{identifier}",
    create: [["rds:CreateDBInstance", "self"]],
    read: [
      ["rds:DescribeDBInstances", "self"],
      ["rds:ListTagsForResource", "self"],
    ],
    update: each(INSTANCE_TUNABLE.split(" "), ["rds:ModifyDBInstance", "self"]),
    delete: [["rds:DeleteDBInstance", "self"]],
  },
};

/** Why a role cannot run SQL through the Data API; undefined where it can. The secret is read in the role's name. */
export function whyNoStatement(world: World, clusterArn: string, secretArn: string, role: Actor): string | undefined {
  const found = world.all(CLUSTER, ({ computed }) => computed.arn === clusterArn)[0];
  if (!found) return `BadRequestException: HttpEndpoint is not enabled for resource ${clusterArn}`;
  const why = whyDenied(world, role, { action: "rds-data:ExecuteStatement", arn: clusterArn, keys: {} });
  if (why !== undefined)
    return `AccessDeniedException: role ${role.role} is not authorized to perform: rds-data:ExecuteStatement on resource: ${clusterArn} ${why}`;
  if (!flag(found.inputs.enableHttpEndpoint))
    return `BadRequestException: HttpEndpoint is not enabled for resource ${clusterArn}`;
  if (membersOf(world, found).length === 0) return "DatabaseUnavailableException: the cluster has no instance";
  return whyUnreadable(world, secretArn, role);
}

export const auroraModels: readonly ResourceModel[] = [cluster, clusterInstance];
