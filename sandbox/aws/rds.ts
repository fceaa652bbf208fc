/** RDS for PostgreSQL: instances, from the request to the last snapshot. Who may log in to them is judged in database-logins.ts. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { flag, given, integer, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { roleByArn, trusts } from "./iam.ts";
import { keyForGrants } from "./kms.ts";
import { SECURITY_GROUP, arn, attach, detach, inPlace, interfacesOf, owned, regroup } from "./network.ts";
import { INSTANCE, PARAMETER_GROUP, SUBNET_GROUP, ownedGroup } from "./rds-groups.ts";
import { SECRET, managedSecret } from "./secrets-manager.ts";
import { keepSnapshot } from "./snapshots.ts";
import { combination, invalid, placeName, subnetsOf } from "./store-places.ts";

export { INSTANCE } from "./rds-groups.ts";

/** Minor versions that RDS makes databases of in November 2026, newest last. */
const VERSIONS: Readonly<Record<string, readonly number[]>> = {
  "14": [18, 19, 20, 21, 22],
  "15": [13, 14, 15, 16, 17],
  "16": [9, 10, 11, 12, 13],
  "17": [5, 6, 7, 8, 9],
  "18": [1, 2, 3],
};

const BURSTABLE = "micro small medium large xlarge 2xlarge";
const SIZES = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge";
/** Families that run PostgreSQL, each with its sizes. */
const FAMILIES: Readonly<Record<string, string>> = {
  t3: BURSTABLE,
  t4g: BURSTABLE,
  ...Object.fromEntries("m5 m6g m6i m7g m7i r5 r6g r6i r7g r7i x2g".split(" ").map((family) => [family, SIZES])),
  ...Object.fromEntries("m8g r8g".split(" ").map((family) => [family, `${SIZES} 48xlarge`])),
};
/** Families that RDS still knows, but makes no current PostgreSQL on. */
const PAST = ["t2", "m3", "m4", "r3", "r4"];

const STORAGE: Readonly<Record<string, readonly [number, number]>> = {
  gp2: [20, 65_536],
  gp3: [20, 65_536],
  io1: [100, 65_536],
  io2: [100, 65_536],
};
/** For as long after a change of storage, RDS takes no other. */
const STORAGE_REST = 6 * 3600;
const RESERVED_USERS = ["rdsadmin", "admin", "postgres_admin", "public", "rds_superuser"];
const LOGS = ["postgresql", "upgrade", "iam-db-auth-error"];

// ---- versions and classes

/** The version that a request leads to: a major version alone stands for its newest, or for what runs already. */
function versionFor(wanted: string, running?: string): string {
  const [major = "", minor] = wanted.split(".");
  const minors = VERSIONS[major] ?? [];
  if (minor === undefined && running?.startsWith(`${major}.`)) return running;
  if (wanted === running) return wanted;
  const chosen = minor === undefined ? minors.at(-1) : minors.find((one) => String(one) === minor);
  if (chosen === undefined) throw combination(`Cannot find version ${wanted} for postgres`);
  return `${major}.${chosen}`;
}

const numbers = (version: string): readonly [number, number] => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return [major, minor];
};

function judgeUpgrade(from: string, to: string, inputs: Properties): void {
  const [[oldMajor, oldMinor], [major, minor]] = [numbers(from), numbers(to)];
  if (major < oldMajor || (major === oldMajor && minor < oldMinor))
    throw combination(`Cannot upgrade postgres from ${from} to ${to}`);
  if (major > oldMajor && !flag(inputs.allowMajorVersionUpgrade))
    throw combination("The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version.");
}

function judgeClass(name: string, version: string): void {
  const [, family = "", size = ""] = /^db\.([a-z0-9]+)\.([a-z0-9]+)$/.exec(name) ?? [];
  if (FAMILIES[family]?.split(" ").includes(size)) return;
  if (!PAST.includes(family)) throw invalid(`Invalid DB Instance class: ${name}`);
  throw combination(
    `RDS does not support creating a DB instance with the following combination: DBInstanceClass=${name}, Engine=postgres, EngineVersion=${version}, LicenseModel=postgresql-license. For supported combinations of instance class and database engine version, see the documentation.`,
  );
}

// ---- what a request names

function parameterGroupFor(inputs: Properties, version: string, context: Context): string {
  const family = `postgres${version.split(".")[0] ?? ""}`;
  const name = text(inputs.parameterGroupName) ?? `default.${family}`;
  const has = name.startsWith("default.")
    ? name.slice("default.".length)
    : text(ownedGroup(PARAMETER_GROUP, name, context).inputs.family);
  if (has !== family)
    throw combination(
      `The parameter group ${name} with DBParameterGroupFamily ${has ?? ""} can't be used for this instance. Use a parameter group with DBParameterGroupFamily ${family}.`,
    );
  return name;
}

export function judgeGroups(inputs: Properties, vpcId: string, context: Context): void {
  for (const id of texts(inputs.vpcSecurityGroupIds)) {
    const missing = `The security group '${id}' does not exist`;
    const group = owned(context, SECURITY_GROUP, id, "InvalidParameterValue", missing);
    if (group.computed.vpcId !== vpcId)
      throw combination(
        `The DB instance and EC2 security group are in different VPCs. The DB instance is in ${vpcId} and the EC2 security group is in ${text(group.computed.vpcId) ?? ""}`,
      );
  }
}

export function keyArn(reference: string | undefined, context: Context): string {
  // RDS's own key of the account, which everybody may use.
  if (reference === undefined) return arn("kms", context.caller, "alias/aws/rds");
  const key = keyForGrants(context, reference, "rds");
  if (!key)
    throw new Refusal(
      "KMSKeyNotAccessibleFault",
      `The specified KMS key [${reference}] does not exist, is not enabled or you do not have permissions to access it.`,
    );
  return text(key.computed.arn) ?? "";
}

function judgeMonitoring(inputs: Properties, { world }: Context): void {
  if ((integer(inputs.monitoringInterval) ?? 0) === 0) return;
  const role = roleByArn(world, text(inputs.monitoringRoleArn) ?? "");
  if (!role || !trusts(role, "monitoring.rds.amazonaws.com"))
    throw invalid(
      "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING",
    );
}

function judgeStorage(inputs: Properties): void {
  const type = text(inputs.storageType) ?? "gp2";
  const size = integer(inputs.allocatedStorage) ?? 0;
  const [least, most] = STORAGE[type] ?? [Infinity, 0];
  if (size < least || size > most)
    throw invalid(`Invalid storage size for engine name postgres and storage type ${type}: ${size}`);
}

/** All that a create and a change have in common. */
function judged(inputs: Properties, version: string, context: Context): { readonly parameterGroupName: string } {
  judgeClass(text(inputs.instanceClass) ?? "", version);
  judgeStorage(inputs);
  judgeMonitoring(inputs, context);
  if (flag(inputs.performanceInsightsEnabled)) keyArn(text(inputs.performanceInsightsKmsKeyId), context);
  const days = integer(inputs.backupRetentionPeriod) ?? 0;
  if (days > 35) throw invalid(`Invalid backup retention period: ${days}. Must be between 0 and 35.`);
  return { parameterGroupName: parameterGroupFor(inputs, version, context) };
}

// ---- the instance

const REPLACING = ["identifier", "engine", "dbName", "username", "kmsKeyId", "storageEncrypted"];
const TUNABLE =
  "allocatedStorage allowMajorVersionUpgrade autoMinorVersionUpgrade backupRetentionPeriod backupWindow copyTagsToSnapshot databaseInsightsMode dbSubnetGroupName deleteAutomatedBackups deletionProtection engineVersion iamDatabaseAuthenticationEnabled instanceClass maintenanceWindow manageMasterUserPassword masterUserSecretKmsKeyId monitoringInterval monitoringRoleArn multiAz parameterGroupName performanceInsightsEnabled performanceInsightsKmsKeyId performanceInsightsRetentionPeriod port publiclyAccessible storageType";

/** Standby or not: an interface in the first AZ, and a second one in the next. */
function stand(object: { readonly id: string }, inputs: Properties, group: WorldObject, context: Context): void {
  const wanted = flag(inputs.multiAz) ? 2 : 1;
  const standing = interfacesOf(context.world, object.id);
  const subnets = subnetsOf(group.inputs, context);
  for (const subnet of subnets.slice(standing.length, wanted))
    attach(context, {
      owner: object.id,
      subnet,
      securityGroupIds: texts(inputs.vpcSecurityGroupIds),
      description: "RDSNetworkInterface",
    });
  const extra = new Set(standing.slice(wanted).map(({ id }) => id));
  detach(context.world, object.id, ({ id }) => extra.has(id));
  regroup(context.world, object.id, texts(inputs.vpcSecurityGroupIds));
}

const isNamed = (context: Context, identifier: string) => (one: WorldObject) =>
  inPlace(context)(one) && one.inputs.identifier === identifier;

/** What follows from the arguments, at a create and at every change. */
function outputs(inputs: Properties, version: string, judgement: { readonly parameterGroupName: string }): Properties {
  return {
    engineVersion: inputs.engineVersion ?? version,
    engineVersionActual: version,
    allocatedStorage: inputs.allocatedStorage ?? 0,
    multiAz: flag(inputs.multiAz),
    storageType: inputs.storageType ?? "gp2",
    iops: inputs.storageType === "gp3" ? 3000 : 0,
    storageThroughput: inputs.storageType === "gp3" ? 125 : 0,
    backupRetentionPeriod: inputs.backupRetentionPeriod ?? 0,
    monitoringRoleArn: inputs.monitoringRoleArn ?? "",
    ...judgement,
  };
}

const instance: ResourceModel = {
  type: INSTANCE,
  arguments: {
    ...Object.fromEntries(REPLACING.map((name) => [name, { replace: true }])),
    ...Object.fromEntries(TUNABLE.split(" ").map((name) => [name, {}])),
    instanceClass: { required: true },
    applyImmediately: {},
    autoMinorVersionUpgrade: { default: true },
    copyTagsToSnapshot: { default: false },
    deleteAutomatedBackups: { default: true },
    enabledCloudwatchLogsExports: { set: true },
    finalSnapshotIdentifier: {},
    monitoringInterval: { default: 0 },
    performanceInsightsEnabled: { default: false },
    publiclyAccessible: { default: false },
    skipFinalSnapshot: { default: false },
    vpcSecurityGroupIds: { set: true },
    tags: {},
  },
  autoname: { property: "identifier", limit: 63 },
  computed: [
    ..."address arn availabilityZone caCertIdentifier endpoint engineLifecycleSupport engineVersionActual hostedZoneId".split(
      " ",
    ),
    ..."identifierPrefix iops latestRestorableTime licenseModel masterUserSecrets networkType optionGroupName region".split(
      " ",
    ),
    ..."replicas resourceId status storageThroughput".split(" "),
    ..."allocatedStorage backupRetentionPeriod backupWindow dbSubnetGroupName engineVersion kmsKeyId maintenanceWindow".split(
      " ",
    ),
    ..."monitoringRoleArn multiAz parameterGroupName port storageType vpcSecurityGroupIds".split(" "),
  ],
  unknownOnUpdate: (changed) => (changed.includes("engineVersion") ? ["engineVersionActual"] : []),
  check(inputs) {
    const failures: CheckFailure[] = [];
    const identifier = text(inputs.identifier);
    if (identifier !== undefined && !/^[a-z](?!.*--)[0-9a-z-]{0,61}[0-9a-z]$/.test(identifier))
      failures.push([
        "identifier",
        `only lowercase alphanumeric characters and hyphens allowed in "identifier", at most 63, beginning with a letter, without two hyphens in a row or one at the end: ${identifier}`,
      ]);
    const last = text(inputs.finalSnapshotIdentifier);
    if (last !== undefined && !/^[A-Za-z](?!.*--)[0-9A-Za-z-]*[0-9A-Za-z]$/.test(last))
      failures.push([
        "finalSnapshotIdentifier",
        `must begin with a letter, and have only alphanumerics and single hyphens: ${last}`,
      ]);
    const foreign = texts(inputs.enabledCloudwatchLogsExports).find((log) => !LOGS.includes(log));
    if (foreign !== undefined)
      failures.push([
        "enabledCloudwatchLogsExports",
        `the sandbox's PostgreSQL exports ${LOGS.join(", ")}, not ${foreign}`,
      ]);
    if (inputs.engine !== UNKNOWN && inputs.engine !== "postgres")
      failures.push(["engine", `the sandbox's RDS runs postgres only, not ${String(inputs.engine)}`]);
    return failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    const identifier = given(text(inputs.identifier), "identifier");
    if (world.all(INSTANCE, isNamed(context, identifier)).length > 0)
      throw new Refusal("DBInstanceAlreadyExists", "DB instance already exists");
    const version = versionFor(text(inputs.engineVersion) ?? "17");
    const judgement = judged(inputs, version, context);
    const username = text(inputs.username) ?? "";
    if (RESERVED_USERS.includes(username))
      throw invalid(`MasterUsername ${username} cannot be used as it is a reserved word used by the engine`);
    // The sandbox keeps no passwords, so databases have only those that RDS itself knows.
    if (!flag(inputs.manageMasterUserPassword))
      throw invalid("The parameter MasterUserPassword must be provided and must not be blank.");
    const group = ownedGroup(SUBNET_GROUP, text(inputs.dbSubnetGroupName) ?? "default", context);
    judgeGroups(inputs, text(group.computed.vpcId) ?? "", context);
    const storageKey = flag(inputs.storageEncrypted) ? keyArn(text(inputs.kmsKeyId), context) : "";
    const secretKey = keyArn(text(inputs.masterUserSecretKmsKeyId), context);

    const resourceId = `db-${world.hex(26).toUpperCase()}`;
    const uuid = world.hex(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    const secret = managedSecret(context, `rds!db-${uuid}`, "rds", secretKey);
    const port = integer(inputs.port) ?? 5432;
    const address = `${identifier}.${placeName("rds", caller, 12)}.${caller.region}.rds.amazonaws.com`;
    stand({ id: resourceId }, inputs, group, context);
    return {
      id: resourceId,
      computed: {
        ...outputs(inputs, version, judgement),
        arn: arn("rds", caller, `db:${identifier}`),
        resourceId,
        address,
        port,
        endpoint: `${address}:${port}`,
        hostedZoneId: `Z${placeName("zone", caller, 12).toUpperCase()}`,
        kmsKeyId: storageKey,
        masterUserSecrets: [{ secretArn: secret.id, secretStatus: "active", kmsKeyId: secretKey }],
        dbSubnetGroupName: group.id,
        vpcSecurityGroupIds: texts(inputs.vpcSecurityGroupIds),
        availabilityZone: subnetsOf(group.inputs, context)[0]?.computed.availabilityZone ?? "",
        backupWindow: inputs.backupWindow ?? "03:21-03:51",
        maintenanceWindow: text(inputs.maintenanceWindow)?.toLowerCase() ?? "mon:05:08-mon:05:38",
        caCertIdentifier: "rds-ca-rsa2048-g1",
        engineLifecycleSupport: "open-source-rds-extended-support",
        identifierPrefix: "",
        latestRestorableTime: "",
        licenseModel: "postgresql-license",
        networkType: "IPV4",
        optionGroupName: `default:postgres-${version.split(".")[0] ?? ""}`,
        region: caller.region,
        replicas: [],
        status: "available",
        // PostgreSQL's roles by name, each with those that it is a member of.
        _roles: { [username]: ["rds_superuser"] },
        _vpcId: group.computed.vpcId ?? "",
      },
    };
  },
  update(object, inputs, context) {
    const running = text(object.computed.engineVersionActual) ?? "";
    if (!flag(inputs.applyImmediately))
      throw new Refusal("SandboxUnsupported", "the sandbox has no maintenance windows: changes need applyImmediately");
    const version = versionFor(text(inputs.engineVersion) ?? running, running);
    judgeUpgrade(running, version, inputs);
    const judgement = judged(inputs, version, context);
    if (text(inputs.dbSubnetGroupName) !== undefined && inputs.dbSubnetGroupName !== object.computed.dbSubnetGroupName)
      throw new Refusal(
        "InvalidVPCNetworkStateFault",
        `You cannot move DB instance ${text(object.inputs.identifier) ?? ""} to subnet group ${text(inputs.dbSubnetGroupName) ?? ""}. The specified DB subnet group and DB instance are in the same VPC. Choose a DB subnet group in different VPC than the specified DB instance and try again.`,
      );
    const group = ownedGroup(SUBNET_GROUP, text(object.computed.dbSubnetGroupName) ?? "", context);
    judgeGroups(inputs, text(group.computed.vpcId) ?? "", context);
    const grown = storageAfter(object, inputs, context);
    stand(object, inputs, group, context);
    return { ...outputs(inputs, version, judgement), vpcSecurityGroupIds: texts(inputs.vpcSecurityGroupIds), ...grown };
  },
  remove(object, context) {
    const { world } = context;
    if (flag(object.inputs.deletionProtection))
      throw combination("Cannot delete protected DB Instance, please disable deletion protection and try again.");
    lastSnapshotOf(object, context);
    detach(world, object.id);
    dropMasterSecret(object, world);
  },
  seconds: {
    create: 480,
    delete: 300,
    update: (changed) =>
      changed.some((name) => ["engineVersion", "instanceClass", "multiAz"].includes(name)) ? 900 : 60,
  },
  calls: {
    arn: "rds:db:{identifier}",
    create: [["rds:CreateDBInstance", "self", "dbSubnetGroupName", "parameterGroupName"]],
    within: {
      kmsKeyId: [
        ["kms:DescribeKey", "kmsKeyId"],
        ["kms:CreateGrant", "kmsKeyId"],
      ],
      manageMasterUserPassword: [["secretsmanager:CreateSecret"], ["secretsmanager:TagResource"]],
      monitoringRoleArn: [["iam:PassRole", "monitoringRoleArn"]],
    },
    read: [
      ["rds:DescribeDBInstances", "self"],
      ["rds:ListTagsForResource", "self"],
    ],
    update: {
      ...each(
        [...TUNABLE.split(" "), "enabledCloudwatchLogsExports", "vpcSecurityGroupIds"],
        ["rds:ModifyDBInstance", "self"],
      ),
      ...each(["applyImmediately", "finalSnapshotIdentifier", "skipFinalSnapshot"]),
    },
    delete: [
      ["rds:DeleteDBInstance", "self"],
      ["rds:DescribeDBInstances", "self"],
    ],
  },
};

/** The secret that RDS manages goes with what its password was for. */
export const dropMasterSecret = ({ computed }: WorldObject, world: World): void =>
  world
    .all(SECRET, ({ id }) => JSON.stringify(computed.masterUserSecrets).includes(id))
    .forEach((secret) => world.remove(secret));

/** What stays of a database or cluster that goes, unless its program wants nothing to. */
export function lastSnapshotOf(object: WorldObject, context: Context): void {
  const { skipFinalSnapshot, finalSnapshotIdentifier } = object.inputs;
  const last = text(finalSnapshotIdentifier);
  if (flag(skipFinalSnapshot)) return;
  // The provider's own words: it does not ask RDS.
  if (last === undefined)
    throw new Refusal("", "final_snapshot_identifier is required when skip_final_snapshot is false");
  keepSnapshot("rds", last, object, context);
}

function storageAfter(object: WorldObject, inputs: Properties, { world }: Context): Properties {
  const [before, after] = [integer(object.computed.allocatedStorage) ?? 0, integer(inputs.allocatedStorage) ?? 0];
  if (after === before && inputs.storageType === object.inputs.storageType) return {};
  if (after < before)
    throw combination(`Requested storage size (${after}) cannot be less than the current storage size (${before})`);
  const since = integer(object.computed._storageChangedAt);
  if (since !== undefined && world.clock < since + STORAGE_REST)
    throw combination(
      "You can't currently modify the storage of this DB instance because the previous storage change is being optimized.",
    );
  return { _storageChangedAt: world.clock };
}

/** The database that answers at a host and port. */
export const databaseAt = (world: World, host: string, port: number): WorldObject | undefined =>
  world.all(INSTANCE, ({ computed }) => computed.address === host && computed.port === port)[0];

export const rdsModels: readonly ResourceModel[] = [instance];
