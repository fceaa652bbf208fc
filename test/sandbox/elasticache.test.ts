// Proves ElastiCache's rules for Valkey as far as the sandbox has them, and who may log in. No command reaches a cache here.
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import { interfacesOf } from "../../sandbox/aws/network.ts";
import { storeAt } from "../../sandbox/aws/stores.ts";
import type { Login } from "../../sandbox/aws/stores.ts";
import { catalog } from "../../sandbox/catalog.ts";
import type { Properties } from "../../sandbox/wire.ts";
import { textOf } from "./support/cluster.ts";
import { SUBNET_A, SUBNET_B } from "./support/connection.ts";
import { S, cacheArguments, keyOf, roleWith } from "./support/stores.ts";
import { DATA, actor, demoWorld } from "./support/world.ts";
import type { Actor, Outputs } from "./support/world.ts";

let aws: Actor;
beforeEach(() => {
  aws = actor(demoWorld(), DATA);
});
const create = (more: Properties = {}): Outputs => aws.make(S.cache, cacheArguments(aws, more));
const change = ({ id }: Outputs, more: Properties): Outputs => aws.change(S.cache, id, cacheArguments(aws, more));
const iamUser = (userId: string, more: Properties = {}): Outputs =>
  aws.make(S.user, {
    userId,
    userName: userId,
    engine: "valkey",
    accessString: "on ~* +@all",
    authenticationMode: { type: "iam" },
    ...more,
  });

describe("a cache", () => {
  it("has hosts of its region's code, a node per AZ, and TLS in its name", () => {
    const cache = create();
    assert.match(textOf(cache.primaryEndpointAddress), /^master\.sessions\.[0-9a-z]{6}\.use1\.cache\.amazonaws\.com$/);
    assert.match(textOf(cache.readerEndpointAddress), /^replica\.sessions\./);
    assert.deepEqual(
      [cache.id, cache.arn, cache.port, cache.engineVersionActual, cache.parameterGroupName],
      ["sessions", `arn:aws:elasticache:us-east-1:${DATA}:replicationgroup:sessions`, 6379, "8.2.0", "default.valkey8"],
    );
    assert.deepEqual(
      interfacesOf(aws.context.world, "sessions").map(({ zoneId }) => zoneId),
      ["use1-az1", "use1-az2"],
    );
    assert.equal(aws.context.world.clock, 30 + 600, "ten minutes after its group of users");
  });

  it("is refused by the provider before any call where its arguments do not fit together", () => {
    assert.throws(
      () => create({ automaticFailoverEnabled: false }),
      /automatic_failover_enabled must be true if multi_az/,
    );
    assert.throws(() => create({ numCacheClusters: 1 }), /"num_cache_clusters": must be at least 2/);
    assert.throws(() => create({ replicationGroupId: "a".repeat(41) }), /from 1 to 40 alphanumeric/);
    assert.throws(() => create({ engine: "redis" }), /runs valkey only/);
  });

  it("is refused in versions, node types and groups that ElastiCache does not serve", () => {
    const refusals: readonly (readonly [Properties, RegExp])[] = [
      [{ engineVersion: "7.1" }, /InvalidParameterValue: .*'7.1'/],
      [{ nodeType: "cache.m4.large" }, /InvalidParameterValue: Invalid cache node type: cache.m4.large/],
      [{ nodeType: "cache.t4g.xlarge" }, /Invalid cache node type/],
      [{ subnetGroupName: "none" }, /CacheSubnetGroupNotFoundFault/],
      [{ userGroupIds: ["none"] }, /UserGroupNotFound: User Group none not found/],
      [
        { parameterGroupName: "default.valkey7" },
        /InvalidParameterCombination: Expected a parameter group of family valkey8 but found one of family valkey7/,
      ],
      [{ parameterGroupName: "own" }, /CacheParameterGroupNotFound: CacheParameterGroup own not found/],
      [{ transitEncryptionEnabled: false }, /requires encryption-in-transit/],
      [{ kmsKeyId: "gone" }, /The customer master key gone does not exist/],
      [{ securityGroupIds: ["sg-00000000000000000"] }, /InvalidParameterValue: Some security groups are not available/],
    ];
    for (const [more, says] of refusals) assert.throws(() => create(more), says, JSON.stringify(more));
    aws.make(S.cacheSubnets, { name: "one", subnetIds: [SUBNET_A] });
    assert.throws(() => create({ subnetGroupName: "one" }), /Multi-AZ requires .* at least 2 Availability Zones/);
    create({ kmsKeyId: keyOf(aws) });
    assert.throws(() => create(), /ReplicationGroupAlreadyExists/);
  });

  it("changes in place, but for what it is called, where it stands, its key, and an older version", () => {
    const before = cacheArguments(aws);
    const inPlace: readonly Properties[] = [
      { nodeType: "cache.m7g.large" },
      { engineVersion: "9.1" },
      { snapshotRetentionLimit: 35 },
      { numCacheClusters: 3 },
    ];
    for (const more of inPlace) assert.deepEqual(aws.replacing(S.cache, before, { ...before, ...more }), []);
    const replaced: readonly Properties[] = [
      { replicationGroupId: "other" },
      { subnetGroupName: "other" },
      { kmsKeyId: "k" },
      { engineVersion: "8.0" },
    ];
    for (const more of replaced)
      assert.deepEqual(aws.replacing(S.cache, before, { ...before, ...more }), Object.keys(more));
    assert.equal(aws.deletesFirst(S.cache, before, { ...before, engineVersion: "8.0" }), true, "its name is taken");
  });

  it("moves to the next version's own parameters, and to a node more or less", () => {
    const cache = create();
    const upgraded = change(cache, { engineVersion: "9.0" });
    assert.deepEqual([upgraded.engineVersionActual, upgraded.parameterGroupName], ["9.0.0", "default.valkey9"]);
    assert.deepEqual(change(cache, { engineVersion: "9.0", numCacheClusters: 3 }).memberClusters, [
      "sessions-001",
      "sessions-002",
      "sessions-003",
    ]);
    assert.equal(interfacesOf(aws.context.world, cache.id).length, 3);
    change(cache, { engineVersion: "9.0" });
    assert.equal(interfacesOf(aws.context.world, cache.id).length, 2);
    const { unknownOnUpdate } = catalog.resources.get(S.cache) ?? {};
    assert.ok(unknownOnUpdate);
    assert.deepEqual(unknownOnUpdate(["numCacheClusters"]), ["memberClusters"]);
    assert.deepEqual(unknownOnUpdate(["nodeType"]), []);
  });

  it("holds its subnets and its users' group, and leaves a snapshot where one is asked for", () => {
    const cache = create({ finalSnapshotIdentifier: "sessions-last" });
    assert.throws(() => aws.unmake(S.cacheSubnets, "cache"), /CacheSubnetGroupInUse/);
    assert.throws(
      () => aws.make(S.cacheSubnets, { name: "cache", subnetIds: [SUBNET_A] }),
      /CacheSubnetGroupAlreadyExists: Cache subnet group cache already exists/,
    );
    assert.throws(() => aws.unmake(S.userGroup, "sessions"), /InvalidUserGroupState/);
    assert.throws(
      () => aws.change(S.cacheSubnets, "cache", { name: "cache", subnetIds: [SUBNET_B] }),
      /SubnetInUse: The subnet ID subnet-0acedada00000000a is in use/,
    );
    aws.unmake(S.cache, cache.id);
    assert.ok(aws.context.world.get("aws:elasticache/snapshot:Snapshot", "sessions-last"));
    aws.unmake(S.cacheSubnets, "cache");
    aws.unmake(S.userGroup, "sessions");
    const again = create({ finalSnapshotIdentifier: "sessions-last" });
    assert.throws(() => aws.unmake(S.cache, again.id), /SnapshotAlreadyExistsFault/);
  });
});

describe("a cache's users", () => {
  it("prove who they are: by IAM under one name for id and user, never without anything on Valkey", () => {
    assert.equal(iamUser("mcp").arn, `arn:aws:elasticache:us-east-1:${DATA}:user:mcp`);
    assert.throws(() => iamUser("mcp"), /UserAlreadyExists/);
    assert.throws(
      () => iamUser("two", { userName: "default" }),
      /InvalidParameterCombination: User Id and User name must be same for authentication type: iam/,
    );
    assert.throws(() => iamUser("three", { authenticationMode: null }), /Input Authentication type is required/);
    assert.throws(
      () => iamUser("four", { authenticationMode: null, noPasswordRequired: true }),
      /No password is not a supported authentication type for engine: valkey/,
    );
    assert.throws(() => iamUser("five", { accessString: "on nopass ~* +@all" }), /must not set passwords/);
    assert.throws(() => iamUser("Six"), /user id must begin/);
  });

  it("form groups: of Valkey without anybody, of Redis with a user default, each name once", () => {
    aws.make(S.userGroup, { userGroupId: "valkey", engine: "valkey" });
    assert.throws(() => aws.make(S.userGroup, { userGroupId: "redis", engine: "redis" }), /DefaultUserRequired/);
    assert.throws(() => aws.make(S.userGroup, { userGroupId: "valkey", engine: "valkey" }), /UserGroupAlreadyExists/);
    const named = { userName: "same", authenticationMode: null, passwords: ["a-long-password-of-16"] };
    for (const userId of ["one", "two"]) iamUser(userId, named);
    assert.throws(
      () => aws.make(S.userGroup, { userGroupId: "twice", engine: "valkey", userIds: ["one", "two"] }),
      /DuplicateUserName: User group cannot have users with the same user name/,
    );
    const open = { authenticationMode: null, noPasswordRequired: true, engine: "redis", userName: "default" };
    iamUser("quiet", { ...open, accessString: "off -@all" });
    aws.make(S.userGroup, { userGroupId: "redis", engine: "redis", userIds: ["quiet"] });
    assert.throws(
      () => aws.make(S.association, { userGroupId: "valkey", userId: "quiet" }),
      /can only contain users that authenticate: quiet does not/,
    );
  });

  it("join one by one, which a refresh shows in the group, and leave with their association or themselves", () => {
    aws.make(S.userGroup, { userGroupId: "sessions", engine: "valkey" });
    iamUser("one");
    iamUser("two");
    const { id } = aws.make(S.association, { userGroupId: "sessions", userId: "one" });
    assert.equal(id, "sessions,one");
    aws.make(S.association, { userGroupId: "sessions", userId: "two" });
    assert.throws(() => aws.make(S.association, { userGroupId: "sessions", userId: "two" }), /already a member/);
    assert.throws(() => aws.make(S.association, { userGroupId: "sessions", userId: "none" }), /UserNotFound/);
    assert.deepEqual(aws.read(S.userGroup, "sessions").userIds, ["one", "two"]);
    aws.unmake(S.association, id);
    assert.deepEqual(aws.read(S.userGroup, "sessions").userIds, ["two"]);
    aws.unmake(S.user, "two");
    assert.deepEqual(aws.read(S.userGroup, "sessions").userIds, []);
  });

  it("stay members where only something else of their group changes", () => {
    aws.make(S.userGroup, { userGroupId: "sessions", engine: "valkey" });
    iamUser("one");
    aws.make(S.association, { userGroupId: "sessions", userId: "one" });
    aws.change(S.userGroup, "sessions", {
      userGroupId: "sessions",
      engine: "valkey",
      userIds: ["one"],
      tags: { a: "b" },
    });
    assert.throws(() => aws.make(S.association, { userGroupId: "sessions", userId: "one" }), /already a member/);
  });
});

describe("a login to a cache", () => {
  const connect = (...resources: string[]): Properties => ({
    Action: "elasticache:Connect",
    Resource: resources.map((one) => `arn:aws:elasticache:us-east-1:${DATA}:${one}`),
  });
  const refusal = (cache: Outputs, login: Partial<Login> = {}): string | undefined =>
    storeAt(aws.context.world, textOf(cache.primaryEndpointAddress), 6379)?.refuses({
      user: "mcp",
      database: undefined,
      as: { account: DATA, role: "pod" },
      ...login,
    });

  it("needs a user of the cache's group, and IAM's permission for both the cache and the user", () => {
    const cache = create();
    roleWith(aws, "pod", connect("replicationgroup:sessions", "user:mcp"));
    roleWith(aws, "half", connect("replicationgroup:sessions"));
    iamUser("mcp");
    assert.match(refusal(cache) ?? "", /^WRONGPASS .*: mcp is in no user group of sessions/);
    aws.make(S.association, { userGroupId: "sessions", userId: "mcp" });
    assert.equal(refusal(cache), undefined);
    assert.match(
      refusal(cache, { as: { account: DATA, role: "half" } }) ?? "",
      /role half may not elasticache:Connect on arn:aws:elasticache:us-east-1:111122223333:user:mcp/,
    );
    assert.match(refusal(cache, { user: "default" }) ?? "", /WRONGPASS/);
    assert.match(refusal(cache, { tls: false }) ?? "", /speaks TLS only/);
    assert.equal(storeAt(aws.context.world, textOf(cache.readerEndpointAddress), 6379), undefined);
  });

  it("is refused to a user who is off, or who has a password instead", () => {
    const cache = create();
    roleWith(aws, "pod", connect("*"));
    iamUser("off", { accessString: "off ~* +@all" });
    iamUser("words", { authenticationMode: null, passwords: ["a-long-password-of-16"] });
    for (const userId of ["off", "words"]) aws.make(S.association, { userGroupId: "sessions", userId });
    assert.match(refusal(cache, { user: "off" }) ?? "", /off is off/);
    assert.match(refusal(cache, { user: "words" }) ?? "", /does not authenticate by IAM/);
  });
});
