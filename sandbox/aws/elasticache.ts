/** ElastiCache for Valkey: caches without shards, on subnets of their own. Their users are in elasticache-users.ts. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { flag, given, integer, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { CACHE, USER_GROUP } from "./elasticache-users.ts";
import { keyForGrants } from "./kms.ts";
import { SECURITY_GROUP, arn, attach, detach, interfacesOf, owned, regroup } from "./network.ts";
import { keepSnapshot } from "./snapshots.ts";
import { SUBNET_GROUP_ARGUMENTS, combination, invalid, placeName, subnetsOf, vpcOf, zoneIdOf } from "./store-places.ts";

export { CACHE } from "./elasticache-users.ts";
const SUBNET_GROUP = "aws:elasticache/subnetGroup:SubnetGroup";

/** Served in November 2026, each with its newest patch. */
const VERSIONS: Readonly<Record<string, string>> = {
  "7.2": "7.2.6",
  "8.0": "8.0.1",
  "8.1": "8.1.0",
  "8.2": "8.2.0",
  "9.0": "9.0.0",
  "9.1": "9.1.0",
};
const SIZES = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge";
const FAMILIES: Readonly<Record<string, string>> = {
  t3: "micro small medium",
  t4g: "micro small medium",
  ...Object.fromEntries("m5 m6g m7g r5 r6g r7g".split(" ").map((family) => [family, SIZES])),
};

// ---- subnets

const cachesOn = (world: World, { id, account }: WorldObject): WorldObject[] =>
  world.all(CACHE, (one) => one.account === account && one.inputs.subnetGroupName === id);

const subnetGroup: ResourceModel = {
  type: SUBNET_GROUP,
  arguments: SUBNET_GROUP_ARGUMENTS,
  autoname: { property: "name", limit: 255 },
  computed: ["arn", "vpcId", "region"],
  create(inputs, context) {
    const { world, caller } = context;
    const name = given(text(inputs.name), "name");
    if (world.get(SUBNET_GROUP, name, caller.account))
      throw new Refusal("CacheSubnetGroupAlreadyExists", `Cache subnet group ${name} already exists.`);
    return {
      id: name,
      computed: {
        arn: arn("elasticache", caller, `subnetgroup:${name}`),
        vpcId: vpcOf(subnetsOf(inputs, context)),
        region: caller.region,
      },
    };
  },
  update(object, inputs, context) {
    if (vpcOf(subnetsOf(inputs, context)) !== object.computed.vpcId)
      throw invalid("The new subnets are not in the group's VPC.");
    const kept = texts(inputs.subnetIds);
    const held = cachesOn(context.world, object)
      .flatMap(({ id }) => interfacesOf(context.world, id))
      .find(({ subnetId }) => !kept.includes(subnetId));
    if (held) throw new Refusal("SubnetInUse", `The subnet ID ${held.subnetId} is in use.`);
    return {};
  },
  remove(object, { world }) {
    const [user] = cachesOn(world, object);
    if (user)
      throw new Refusal("CacheSubnetGroupInUse", `Cache subnet group ${object.id} is currently in use by ${user.id}.`);
  },
  seconds: { create: 2, delete: 2 },
  calls: {
    arn: "elasticache:subnetgroup:{name}",
    create: [["elasticache:CreateCacheSubnetGroup", "self"]],
    read: [
      ["elasticache:DescribeCacheSubnetGroups", "self"],
      ["elasticache:ListTagsForResource", "self"],
    ],
    update: each(["subnetIds", "description"], ["elasticache:ModifyCacheSubnetGroup", "self"]),
    delete: [["elasticache:DeleteCacheSubnetGroup", "self"]],
  },
};

// ---- caches

const number = (version: string): number => {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major * 100 + minor;
};

function judgeNodeType(name: string): void {
  const [, family = "", size = ""] = /^cache\.([a-z0-9]+)\.([a-z0-9]+)$/.exec(name) ?? [];
  if (!FAMILIES[family]?.split(" ").includes(size)) throw invalid(`Invalid cache node type: ${name}`);
}

/** Of the engine's own groups only: each major version has one. */
function parameterGroupFor(inputs: Properties, version: string): string {
  const own = `default.valkey${version.split(".")[0] ?? ""}`;
  const wanted = text(inputs.parameterGroupName) ?? own;
  if (!wanted.startsWith("default.valkey"))
    throw new Refusal("CacheParameterGroupNotFound", `CacheParameterGroup ${wanted} not found.`);
  if (wanted !== own)
    throw combination(
      `Expected a parameter group of family ${own.slice("default.".length)} but found one of family ${wanted.slice("default.".length)}`,
    );
  return wanted;
}

/** All that a create and a change have in common. */
function judged(inputs: Properties, context: Context): Properties {
  const { world, caller } = context;
  const wanted = text(inputs.engineVersion) ?? "8.2";
  const version = VERSIONS[wanted];
  if (version === undefined)
    throw invalid(
      `Specific version selection is not allowed for '${wanted}', please use one of ${Object.keys(VERSIONS).join(", ")}.`,
    );
  judgeNodeType(text(inputs.nodeType) ?? "");
  const groups = texts(inputs.userGroupIds);
  const missing = groups.find((id) => !world.get(USER_GROUP, id, caller.account));
  if (missing !== undefined) throw new Refusal("UserGroupNotFound", `User Group ${missing} not found.`);
  if (groups.length > 0 && !flag(inputs.transitEncryptionEnabled))
    throw combination(
      "User group based access control requires encryption-in-transit to be enabled on the replication group.",
    );
  if (groups.length > 1) throw invalid("At most one user group can be associated with a replication group.");
  return {
    engineVersionActual: version,
    engineVersion: wanted,
    parameterGroupName: parameterGroupFor(inputs, version),
  };
}

/** Nodes spread over the group's AZs: `<id>-001` is the first primary. */
function stand(id: string, inputs: Properties, group: WorldObject, context: Context): string[] {
  const { world } = context;
  const nodes = Array.from(
    { length: integer(inputs.numCacheClusters) ?? 1 },
    (_none, index) => `${id}-${String(index + 1).padStart(3, "0")}`,
  );
  const subnets = subnetsOf(group.inputs, context);
  const standing = interfacesOf(world, id).map(({ description }) => description);
  const securityGroupIds = texts(inputs.securityGroupIds);
  nodes.forEach((node, index) => {
    const description = `ElastiCache ${node}`;
    const subnet = subnets[index % subnets.length];
    if (subnet && !standing.includes(description))
      attach(context, { owner: id, subnet, securityGroupIds, description });
  });
  detach(world, id, ({ description }) => !nodes.includes(description.replace("ElastiCache ", "")));
  regroup(world, id, securityGroupIds);
  return nodes;
}

function judgeZones(inputs: Properties, subnets: readonly WorldObject[]): void {
  if (flag(inputs.multiAzEnabled) && new Set(subnets.map(zoneIdOf)).size < 2)
    throw combination("Multi-AZ requires a cache subnet group with subnets in at least 2 Availability Zones.");
}

/** `us-east-1` → `use1`, as host names of caches have it. */
const regionCode = (region: string): string =>
  region.replace(/^([a-z]+)-([a-z]+)-(\d)$/, (_all, land: string, side: string, digit: string) => {
    const parts = side.match(/north|south|east|west|central/g) ?? [];
    return `${land}${parts.map((part) => part.charAt(0)).join("")}${digit}`;
  });

const FIXED = ["atRestEncryptionEnabled", "kmsKeyId", "port", "replicationGroupId", "subnetGroupName", "networkType"];
const TUNABLE =
  "autoMinorVersionUpgrade automaticFailoverEnabled description engine engineVersion ipDiscovery maintenanceWindow multiAzEnabled nodeType numCacheClusters parameterGroupName snapshotRetentionLimit snapshotWindow transitEncryptionEnabled transitEncryptionMode";

const replicationGroup: ResourceModel = {
  type: CACHE,
  arguments: {
    ...Object.fromEntries(FIXED.map((name) => [name, { replace: true }])),
    ...Object.fromEntries(TUNABLE.split(" ").map((name) => [name, {}])),
    replicationGroupId: { required: true, replace: true },
    description: { required: true },
    applyImmediately: {},
    automaticFailoverEnabled: { default: false },
    multiAzEnabled: { default: false },
    finalSnapshotIdentifier: {},
    securityGroupIds: { set: true },
    userGroupIds: { set: true },
    tags: {},
  },
  computed: [
    ..."arn clusterEnabled clusterMode configurationEndpointAddress engineVersionActual memberClusters".split(" "),
    ..."nodeGroupConfigurations numNodeGroups primaryEndpointAddress readerEndpointAddress region".split(" "),
    ..."replicasPerNodeGroup dataTieringEnabled".split(" "),
    ..."applyImmediately atRestEncryptionEnabled autoMinorVersionUpgrade engine engineVersion ipDiscovery".split(" "),
    ..."maintenanceWindow networkType nodeType numCacheClusters parameterGroupName securityGroupIds snapshotWindow".split(
      " ",
    ),
    ..."subnetGroupName transitEncryptionEnabled transitEncryptionMode".split(" "),
  ],
  replaces: (olds, news) => {
    const [before, after] = [text(olds.engineVersion), text(news.engineVersion)];
    return before !== undefined && after !== undefined && number(after) < number(before) ? ["engineVersion"] : [];
  },
  unknownOnUpdate: (changed) => [
    ...(changed.includes("numCacheClusters") ? ["memberClusters"] : []),
    ...(changed.includes("engineVersion") ? ["engineVersionActual"] : []),
  ],
  deleteBeforeReplace: true,
  check(inputs) {
    const failures: CheckFailure[] = [];
    const id = text(inputs.replicationGroupId);
    if (id !== undefined && !/^[a-zA-Z](?!.*--)[0-9a-zA-Z-]{0,38}[0-9a-zA-Z]$/.test(id))
      failures.push([
        "replicationGroupId",
        `must contain from 1 to 40 alphanumeric characters or hyphens, begin with a letter, and have no two hyphens in a row or one at the end: ${id}`,
      ]);
    if (text(inputs.engine) !== undefined && inputs.engine !== "valkey")
      failures.push(["engine", `the sandbox's ElastiCache runs valkey only, not ${text(inputs.engine) ?? ""}`]);
    if (flag(inputs.multiAzEnabled) && inputs.automaticFailoverEnabled === false)
      failures.push(["multiAzEnabled", "automatic_failover_enabled must be true if multi_az_enabled is true"]);
    const nodes = integer(inputs.numCacheClusters);
    if (flag(inputs.automaticFailoverEnabled) && nodes !== undefined && nodes < 2)
      failures.push([
        "numCacheClusters",
        `"num_cache_clusters": must be at least 2 if automatic_failover_enabled is true`,
      ]);
    return failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    const id = given(text(inputs.replicationGroupId), "replicationGroupId").toLowerCase();
    if (world.get(CACHE, id, caller.account))
      throw new Refusal("ReplicationGroupAlreadyExists", `Replication group with id ${id} already exists.`);
    if (inputs.engine === undefined)
      throw new Refusal("SandboxUnsupported", "without an engine it would be redis; the sandbox runs valkey only");
    const judgement = judged(inputs, context);
    const name = text(inputs.subnetGroupName) ?? "default";
    const group = world.get(SUBNET_GROUP, name, caller.account);
    if (!group) throw new Refusal("CacheSubnetGroupNotFoundFault", `CacheSubnetGroup ${name} not found.`);
    judgeZones(inputs, subnetsOf(group.inputs, context));
    judgeSecurityGroups(inputs, group, context);
    const key = text(inputs.kmsKeyId);
    if (key !== undefined && !keyForGrants(context, key, "elasticache"))
      throw invalid(`The customer master key ${key} does not exist, is not enabled or may not be used.`);
    const nodes = stand(id, inputs, group, context);
    const tls = flag(inputs.transitEncryptionEnabled);
    const domain = `${placeName("elasticache", caller, 6)}.${regionCode(caller.region)}.cache.amazonaws.com`;
    const host = (kind: string): string =>
      tls ? `${kind}.${id}.${domain}` : `${id}${kind === "master" ? "" : "-ro"}.${domain}`;
    return {
      id,
      computed: {
        ...judgement,
        arn: arn("elasticache", caller, `replicationgroup:${id}`),
        primaryEndpointAddress: host("master"),
        readerEndpointAddress: host("replica"),
        port: integer(inputs.port) ?? 6379,
        memberClusters: nodes,
        numCacheClusters: nodes.length,
        numNodeGroups: 1,
        replicasPerNodeGroup: nodes.length - 1,
        clusterEnabled: false,
        clusterMode: "disabled",
        configurationEndpointAddress: "",
        nodeGroupConfigurations: [],
        dataTieringEnabled: false,
        applyImmediately: flag(inputs.applyImmediately),
        // On by itself for Valkey.
        atRestEncryptionEnabled: inputs.atRestEncryptionEnabled ?? true,
        autoMinorVersionUpgrade: inputs.autoMinorVersionUpgrade ?? true,
        ipDiscovery: "ipv4",
        networkType: "ipv4",
        maintenanceWindow: text(inputs.maintenanceWindow)?.toLowerCase() ?? "tue:07:00-tue:08:00",
        snapshotWindow: inputs.snapshotWindow ?? "05:00-06:00",
        transitEncryptionEnabled: tls,
        transitEncryptionMode: inputs.transitEncryptionMode ?? (tls ? "required" : ""),
        region: caller.region,
        _vpcId: group.computed.vpcId ?? "",
      },
    };
  },
  update(object, inputs, context) {
    if (!flag(inputs.applyImmediately))
      throw new Refusal("SandboxUnsupported", "the sandbox has no maintenance windows: changes need applyImmediately");
    if (flag(object.inputs.transitEncryptionEnabled) !== flag(inputs.transitEncryptionEnabled))
      throw combination("Transit encryption mode must be set to preferred before transit encryption is changed.");
    const judgement = judged(inputs, context);
    const group = given(
      context.world.get(SUBNET_GROUP, text(object.inputs.subnetGroupName) ?? "", object.account),
      "subnet group of a cache",
    );
    judgeZones(inputs, subnetsOf(group.inputs, context));
    judgeSecurityGroups(inputs, group, context);
    const nodes = stand(object.id, inputs, group, context);
    return {
      ...judgement,
      memberClusters: nodes,
      numCacheClusters: nodes.length,
      replicasPerNodeGroup: nodes.length - 1,
    };
  },
  remove(object, context) {
    const last = text(object.inputs.finalSnapshotIdentifier);
    if (last !== undefined) keepSnapshot("elasticache", last, object, context);
    detach(context.world, object.id);
  },
  seconds: {
    create: 600,
    delete: 360,
    update: (changed) => (changed.includes("tags") && changed.length === 1 ? 0 : 600),
  },
  calls: {
    arn: "elasticache:replicationgroup:{replicationGroupId}",
    create: [["elasticache:CreateReplicationGroup", "self", "subnetGroupName", "userGroupIds"]],
    within: {
      kmsKeyId: [
        ["kms:DescribeKey", "kmsKeyId"],
        ["kms:CreateGrant", "kmsKeyId"],
      ],
    },
    read: [
      ["elasticache:DescribeReplicationGroups", "self"],
      ["elasticache:DescribeCacheClusters"],
      ["elasticache:ListTagsForResource", "self"],
    ],
    update: {
      ...each([...TUNABLE.split(" "), "securityGroupIds"], ["elasticache:ModifyReplicationGroup", "self"]),
      userGroupIds: [["elasticache:ModifyReplicationGroup", "self", "userGroupIds"]],
      numCacheClusters: [
        ["elasticache:IncreaseReplicaCount", "self"],
        ["elasticache:DecreaseReplicaCount", "self"],
      ],
      ...each(["applyImmediately", "finalSnapshotIdentifier"]),
    },
    delete: [
      ["elasticache:DeleteReplicationGroup", "self"],
      ["elasticache:DescribeReplicationGroups", "self"],
    ],
  },
};

function judgeSecurityGroups(inputs: Properties, group: WorldObject, context: Context): void {
  for (const id of texts(inputs.securityGroupIds)) {
    const missing = `Some security groups are not available to this account: ${id}`;
    if (owned(context, SECURITY_GROUP, id, "InvalidParameterValue", missing).computed.vpcId !== group.computed.vpcId)
      throw combination(`Security group ${id} is in another VPC than the cache subnet group ${group.id}.`);
  }
}

/** The cache whose primary answers at a host and port. */
export const cacheAt = (world: World, host: string, port: number): WorldObject | undefined =>
  world.all(CACHE, ({ computed }) => computed.primaryEndpointAddress === host && computed.port === port)[0];

export const elastiCacheModels: readonly ResourceModel[] = [subnetGroup, replicationGroup];
