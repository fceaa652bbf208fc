// Proves RDS's rules for PostgreSQL as far as the sandbox has them, and who may log in. Nothing here runs SQL, and no change waits for a window.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, it } from "mocha";
import { interfacesOf } from "../../sandbox/aws/network.ts";
import { grantRole, rolesOf, storeAt, whyMasterRefuses } from "../../sandbox/aws/stores.ts";
import type { Login } from "../../sandbox/aws/stores.ts";
import { databaseAt } from "../../sandbox/aws/rds.ts";
import { catalog } from "../../sandbox/catalog.ts";
import { previewed } from "../../sandbox/resource.ts";
import type { Properties } from "../../sandbox/wire.ts";
import type { WorldObject } from "../../sandbox/world.ts";
import { textOf } from "./support/cluster.ts";
import { SUBNET_A, SUBNET_B } from "./support/connection.ts";
import { GROUP, S, databaseArguments, keyOf, roleWith } from "./support/stores.ts";
import { DATA, TOOLS, actor, demoWorld } from "./support/world.ts";
import type { Actor, Outputs } from "./support/world.ts";

const HOUR = 3600;

let aws: Actor;
beforeEach(() => {
  aws = actor(demoWorld(), DATA);
});
const create = (more: Properties = {}): Outputs => aws.make(S.db, databaseArguments(aws, more));
const change = ({ id }: Outputs, more: Properties): Outputs => aws.change(S.db, id, databaseArguments(aws, more));

describe("RDS subnet groups", () => {
  const group = (subnetIds: string[], name = "data") => aws.make(S.dbSubnets, { name, subnetIds });

  it("span two AZs of one VPC, of the account's own", () => {
    assert.equal(group([SUBNET_A, SUBNET_B]).vpcId, "vpc-0acedada000000001");
    assert.throws(
      () => group([SUBNET_A], "one"),
      /DBSubnetGroupDoesNotCoverEnoughAZs: The DB subnet group doesn't meet Availability Zone \(AZ\) coverage requirement. Current AZ coverage: us-east-1a. Add subnets to cover at least 2 AZs/,
    );
    assert.throws(() => group([SUBNET_A, "subnet-00000000000000000"], "none"), /InvalidSubnet/);
    assert.throws(() => group([SUBNET_A, SUBNET_B]), /DBSubnetGroupAlreadyExists/);
    assert.throws(() => group([SUBNET_A, SUBNET_B], "Data"), /only lowercase alphanumeric/);
    assert.throws(
      () => actor(aws.context.world, TOOLS).make(S.dbSubnets, { name: "foreign", subnetIds: [SUBNET_A, SUBNET_B] }),
      /InvalidSubnet/,
    );
  });

  it("grow in place, keep what is in use, and stay while a database does", () => {
    const { id } = create();
    const third = "subnet-0acedada00000000c";
    aws.change(S.dbSubnets, "data", { name: "data", subnetIds: [SUBNET_A, SUBNET_B, third] });
    assert.throws(
      () => aws.change(S.dbSubnets, "data", { name: "data", subnetIds: [SUBNET_B, third] }),
      /InvalidParameterValue: Some of the subnets to be deleted are currently in use: subnet-0acedada00000000a/,
    );
    assert.throws(() => aws.unmake(S.dbSubnets, "data"), /InvalidDBSubnetGroupStateFault/);
    aws.unmake(S.db, id);
    aws.unmake(S.dbSubnets, "data");
  });
});

describe("RDS parameter groups", () => {
  const group = (parameters: Properties[], family = "postgres17") =>
    aws.make(S.dbParameters, { name: "own", family, parameters });

  it("hold parameters of their family, static ones only for the next reboot", () => {
    assert.deepEqual(group([{ name: "rds.force_ssl", value: "1" }]).parameters, [
      { applyMethod: "immediate", name: "rds.force_ssl", value: "1" },
    ]);
    assert.throws(() => group([]), /DBParameterGroupAlreadyExists: Parameter group own already exists/);
    assert.throws(() => group([], "postgres9.6"), /ParameterGroupFamily postgres9.6 is not a valid/);
    aws.unmake(S.dbParameters, "own");
    assert.throws(() => group([{ name: "force_tls", value: "1" }]), /Could not find parameter with name: force_tls/);
    assert.throws(
      () => group([{ name: "max_connections", value: "100" }]),
      /InvalidParameterCombination: cannot use immediate apply method for static parameter/,
    );
    assert.ok(group([{ name: "max_connections", value: "100", applyMethod: "pending-reboot" }]));
  });

  it("are replaced with their family, and stay while a database uses them", () => {
    assert.deepEqual(
      aws.replacing(S.dbParameters, { name: "own", family: "postgres16" }, { name: "own", family: "postgres17" }),
      ["family"],
    );
    create();
    assert.throws(() => aws.unmake(S.dbParameters, "tls"), /InvalidDBParameterGroupState: .* are still members/);
  });
});

describe("an RDS instance", () => {
  it("has an address of its account's region, a resource id, and a master password in a secret that RDS keeps", () => {
    const db = create();
    assert.match(db.id, /^db-[0-9A-F]{26}$/);
    assert.equal(db.resourceId, db.id);
    assert.equal(db.arn, `arn:aws:rds:us-east-1:${DATA}:db:orders`);
    assert.match(textOf(db.address), /^orders\.[0-9a-z]{12}\.us-east-1\.rds\.amazonaws\.com$/);
    assert.equal(db.endpoint, `${textOf(db.address)}:5432`);
    assert.match(
      JSON.stringify(db.masterUserSecrets),
      /secret:rds!db-[0-9a-f-]{36}-[0-9a-f]{6}","secretStatus":"active"/,
    );
    assert.equal(aws.context.world.all(S.secret).length, 1);
    assert.throws(() => aws.unmake(S.secret, aws.context.world.all(S.secret)[0]?.id ?? ""), /InvalidRequestException/);
    aws.unmake(S.db, db.id);
    assert.equal(aws.context.world.all(S.secret).length, 0, "the secret goes with its database");
  });

  it("takes eight minutes, and an upgrade a quarter of an hour", () => {
    const { world } = aws.context;
    const db = create();
    assert.equal(world.clock, 480 + 2);
    change(db, { instanceClass: "db.t4g.small" });
    assert.equal(world.clock, 480 + 2 + 900);
  });

  it("is refused without the groups it names, with groups of another VPC, or under a name that is taken", () => {
    assert.throws(() => create({ dbSubnetGroupName: "none" }), /DBSubnetGroupNotFoundFault: DB subnet group 'none'/);
    assert.throws(() => create({ parameterGroupName: "none" }), /DBParameterGroupNotFound: DBParameterGroup not found/);
    const vpc = aws.make("aws:ec2/vpc:Vpc", { cidrBlock: "10.9.0.0/16" });
    const group = aws.make("aws:ec2/securityGroup:SecurityGroup", { name: "far", vpcId: vpc.id });
    assert.throws(
      () => create({ vpcSecurityGroupIds: [group.id] }),
      /InvalidParameterCombination: The DB instance and EC2 security group are in different VPCs/,
    );
    create();
    assert.throws(() => create(), /DBInstanceAlreadyExists: DB instance already exists/);
    assert.throws(() => create({ identifier: "Orders" }), /only lowercase alphanumeric/);
    assert.throws(() => create({ identifier: "a".repeat(64) }), /at most 63/);
  });

  it("is refused in versions, classes, sizes and under names that RDS does not serve", () => {
    const refusals: readonly (readonly [Properties, RegExp])[] = [
      [{ engineVersion: "13.7" }, /InvalidParameterCombination: Cannot find version 13.7 for postgres/],
      [{ engineVersion: "17.2" }, /Cannot find version 17.2 for postgres/],
      [
        { instanceClass: "db.m4.large" },
        /RDS does not support creating a DB instance with the following combination: DBInstanceClass=db.m4.large, Engine=postgres, EngineVersion=17.9/,
      ],
      [{ instanceClass: "db.t4g.16xlarge" }, /InvalidParameterValue: Invalid DB Instance class: db.t4g.16xlarge/],
      [{ instanceClass: "m7g.large" }, /Invalid DB Instance class: m7g.large/],
      [{ allocatedStorage: 10 }, /Invalid storage size for engine name postgres and storage type gp3: 10/],
      [{ username: "rdsadmin" }, /MasterUsername rdsadmin cannot be used as it is a reserved word/],
      [{ manageMasterUserPassword: false }, /MasterUserPassword must be provided and must not be blank/],
      [{ backupRetentionPeriod: 36 }, /Must be between 0 and 35/],
      [{ monitoringInterval: 60 }, /IAM role ARN value is invalid .* ENHANCED_MONITORING/],
      [{ engine: "mysql" }, /runs postgres only/],
      [{ enabledCloudwatchLogsExports: ["audit"] }, /exports postgresql, upgrade/],
      [{ engineVersion: "16" }, /tls with DBParameterGroupFamily postgres17 can't be used .* postgres16/],
    ];
    for (const [more, says] of refusals) assert.throws(() => create(more), says, JSON.stringify(more));
  });

  it("is encrypted only under a key that its caller may use", () => {
    const key = aws.make(S.key, {});
    assert.equal(create({ storageEncrypted: true, kmsKeyId: key.arn ?? "" }).kmsKeyId, key.arn);
    aws.unmake(S.key, key.id);
    assert.throws(
      () => create({ identifier: "two", storageEncrypted: true, kmsKeyId: key.arn ?? "" }),
      /KMSKeyNotAccessibleFault: The specified KMS key \[arn:aws:kms:.*\] does not exist, is not enabled or you do not have permissions/,
    );
    assert.throws(() => create({ identifier: "two", masterUserSecretKmsKeyId: key.arn ?? "" }), /KMSKeyNotAccessible/);
  });

  it("stands in one AZ, and with a standby in two, which a change adds and takes away", () => {
    const db = create();
    const zones = () => interfacesOf(aws.context.world, db.id).map(({ zoneId }) => zoneId);
    assert.deepEqual(zones(), ["use1-az1"]);
    change(db, { multiAz: true });
    assert.deepEqual(zones(), ["use1-az1", "use1-az2"]);
    change(db, { multiAz: false });
    assert.deepEqual(zones(), ["use1-az1"]);
    aws.unmake(S.db, db.id);
    assert.deepEqual(zones(), []);
  });

  it("holds its security group", () => {
    const group = aws.make("aws:ec2/securityGroup:SecurityGroup", { name: "store", vpcId: "vpc-0acedada000000001" });
    const db = create({ vpcSecurityGroupIds: [group.id] });
    assert.throws(() => aws.unmake("aws:ec2/securityGroup:SecurityGroup", group.id), /DependencyViolation/);
    change(db, { vpcSecurityGroupIds: [GROUP] });
    aws.unmake("aws:ec2/securityGroup:SecurityGroup", group.id);
  });
});

describe("a change of an RDS instance", () => {
  it("never replaces it for class, storage, version, standby, backups or protection; it does for names, engine and keys", () => {
    const before = databaseArguments(aws);
    const inPlace: readonly Properties[] = [
      { instanceClass: "db.m7g.large" },
      { allocatedStorage: 40 },
      { engineVersion: "18", parameterGroupName: "default.postgres18" },
      { multiAz: true },
      { backupRetentionPeriod: 35, deletionProtection: true },
    ];
    for (const more of inPlace) assert.deepEqual(aws.replacing(S.db, before, { ...before, ...more }), []);
    const replaced: readonly Properties[] = [
      { identifier: "other" },
      { dbName: "other" },
      { username: "other" },
      { kmsKeyId: "k" },
    ];
    for (const more of replaced)
      assert.deepEqual(aws.replacing(S.db, before, { ...before, ...more }), Object.keys(more));
  });

  it("keeps the minor version that runs while only the major one is given, and upgrades to the newest of the next", () => {
    const db = create({ engineVersion: "17.7" });
    assert.equal(db.engineVersionActual, "17.7");
    assert.equal(change(db, { engineVersion: "17" }).engineVersionActual, "17.7");
    const next = { engineVersion: "18", parameterGroupName: "default.postgres18" };
    assert.throws(
      () => change(db, next),
      /InvalidParameterCombination: The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version/,
    );
    const upgraded = change(db, { ...next, allowMajorVersionUpgrade: true });
    assert.deepEqual([upgraded.engineVersionActual, upgraded.parameterGroupName], ["18.3", "default.postgres18"]);
    assert.throws(
      () => change(db, { engineVersion: "17.9", allowMajorVersionUpgrade: true }),
      /Cannot upgrade postgres from 18.3 to 17.9/,
    );
  });

  it("shows a new version's minor number only afterwards", () => {
    const model = catalog.resources.get(S.db);
    assert.ok(model?.unknownOnUpdate);
    assert.deepEqual(model.unknownOnUpdate(["engineVersion"]), ["engineVersionActual"]);
    assert.deepEqual(model.unknownOnUpdate(["instanceClass"]), []);
    const shown = previewed(model, { identifier: "orders" });
    assert.equal(shown.address, undefined);
    for (const output of ["address", "resourceId", "masterUserSecrets", "engineVersionActual"])
      assert.ok(model.computed.includes(output), `${output} is unknown in the preview of a create`);
  });

  it("grows storage, but never shrinks it, and not twice within six hours", () => {
    const db = create();
    assert.equal(change(db, { allocatedStorage: 40 }).allocatedStorage, 40);
    assert.throws(() => change(db, { allocatedStorage: 80 }), /previous storage change is being optimized/);
    aws.context.world.advance(6 * HOUR);
    change(db, { allocatedStorage: 80 });
    assert.throws(
      () => change(db, { allocatedStorage: 20 }),
      /Requested storage size \(20\) cannot be less than the current storage size \(80\)/,
    );
  });

  it("does not move it to other subnets of its VPC", () => {
    const db = create();
    aws.make(S.dbSubnets, { name: "other", subnetIds: [SUBNET_A, SUBNET_B] });
    assert.throws(() => change(db, { dbSubnetGroupName: "other" }), /InvalidVPCNetworkStateFault: You cannot move/);
  });

  it("is not made by the sandbox at another time than now", () => {
    assert.throws(() => change(create(), { applyImmediately: false, multiAz: true }), /SandboxUnsupported/);
  });
});

describe("a deletion of an RDS instance", () => {
  it("is refused while it is protected", () => {
    const db = create({ deletionProtection: true });
    assert.throws(
      () => aws.unmake(S.db, db.id),
      /InvalidParameterCombination: Cannot delete protected DB Instance, please disable deletion protection and try again/,
    );
    change(db, { deletionProtection: false });
    aws.unmake(S.db, db.id);
  });

  it("leaves a last snapshot unless told not to, under a name that must be new", () => {
    const last = { skipFinalSnapshot: false, finalSnapshotIdentifier: "orders-last" };
    aws.unmake(S.db, create(last).id);
    assert.ok(aws.context.world.get("aws:rds/snapshot:Snapshot", "orders-last"));
    const again = create(last);
    assert.throws(() => aws.unmake(S.db, again.id), /DBSnapshotAlreadyExists: .*orders-last already exists/);
    const nameless = create({ identifier: "two", skipFinalSnapshot: false });
    assert.throws(
      () => aws.unmake(S.db, nameless.id),
      /final_snapshot_identifier is required when skip_final_snapshot/,
    );
  });
});

describe("a login to a database", () => {
  let db: Outputs;
  let database: WorldObject;
  beforeEach(() => {
    db = create();
    const found = databaseAt(aws.context.world, textOf(db.address), 5432);
    assert.ok(found);
    database = found;
  });
  const connect = (user: string, id = db.id): Properties => ({
    Action: "rds-db:connect",
    Resource: `arn:aws:rds-db:us-east-1:${DATA}:dbuser:${id}/${user}`,
  });
  const refusal = (login: Partial<Login> = {}): string | undefined =>
    storeAt(aws.context.world, textOf(db.address), 5432)?.refuses({
      user: "mcp",
      database: "orders",
      as: { account: DATA, role: "pod" },
      ...login,
    });

  it("finds its database by host and port only", () => {
    const { world } = aws.context;
    assert.equal(storeAt(world, textOf(db.address), 5432)?.id, db.id);
    assert.equal(storeAt(world, textOf(db.address), 5433), undefined);
    assert.equal(storeAt(world, "orders.example.com", 5432), undefined);
    assert.deepEqual(
      storeAt(world, textOf(db.address), 5432)?.doors.map(({ securityGroupIds }) => securityGroupIds),
      [[GROUP]],
    );
  });

  it("is let in by IAM as exactly the role that the policy names, once the database has it in rds_iam", () => {
    roleWith(aws, "pod", connect("mcp"), connect("other"));
    assert.match(refusal() ?? "", /^FATAL: password authentication failed for user "mcp": there is no such role/);
    grantRole(aws.context.world, database, "mcp", []);
    assert.match(refusal() ?? "", /FATAL: password .* no member of rds_iam/);
    grantRole(aws.context.world, database, "mcp", ["rds_iam"]);
    assert.equal(refusal(), undefined);
    grantRole(aws.context.world, database, "third", ["rds_iam"]);
    assert.match(
      refusal({ user: "third" }) ?? "",
      /^FATAL: PAM authentication failed for user "third": role pod may not rds-db:connect on arn:aws:rds-db:us-east-1:111122223333:dbuser:db-[0-9A-F]{26}\/third because no identity-based policy allows/,
    );
    assert.match(refusal({ database: "billing" }) ?? "", /FATAL: database "billing" does not exist/);
    assert.match(refusal({ as: { account: DATA, role: "stranger" } }) ?? "", /PAM authentication failed/);
  });

  it("is refused by IAM for another database, and where logins by IAM are off", () => {
    roleWith(aws, "pod", connect("mcp", "db-OTHER"));
    grantRole(aws.context.world, database, "mcp", ["rds_iam"]);
    assert.match(refusal() ?? "", /PAM authentication failed/);
    change(db, { iamDatabaseAuthenticationEnabled: false });
    assert.match(refusal() ?? "", /logins by IAM are off/);
  });

  it("without TLS is refused, unless the database was told to take it", () => {
    roleWith(aws, "pod", connect("mcp"));
    grantRole(aws.context.world, database, "mcp", ["rds_iam"]);
    assert.match(refusal({ tls: false }) ?? "", /FATAL: no pg_hba.conf entry .* no encryption/);
    aws.change(S.dbParameters, "tls", {
      name: "tls",
      family: "postgres17",
      parameters: [{ name: "rds.force_ssl", value: "0" }],
    });
    assert.equal(refusal({ tls: false }), undefined);
  });

  it("keeps its roles through a change, out of every program's sight, and loses them with the database", () => {
    grantRole(aws.context.world, database, "mcp", ["rds_iam"]);
    change(db, { instanceClass: "db.t4g.small" });
    assert.deepEqual(rolesOf(database), { master: ["rds_superuser"], mcp: ["rds_iam"] });
    assert.ok(!JSON.stringify(aws.read(S.db, db.id)).includes("rds_iam"));
    aws.unmake(S.db, db.id);
    const again = databaseAt(aws.context.world, textOf(create().address), 5432);
    assert.ok(again);
    assert.deepEqual(Object.keys(rolesOf(again)), ["master"]);
  });

  it("finds the same roles after a restart, and a deleted key still on its way out", () => {
    const folder = mkdtempSync(join(tmpdir(), "world-"));
    const file = join(folder, "demo.json");
    const before = actor(demoWorld(file), DATA);
    const kept = before.make(S.db, databaseArguments(before));
    const standing = databaseAt(before.context.world, textOf(kept.address), 5432);
    assert.ok(standing);
    grantRole(before.context.world, standing, "mcp", ["rds_iam"]);
    const { id } = before.make(S.key, { deletionWindowInDays: 7 });
    before.unmake(S.key, id);

    const again = demoWorld(file);
    const found = databaseAt(again, textOf(kept.address), 5432);
    assert.deepEqual(found && rolesOf(found).mcp, ["rds_iam"]);
    assert.deepEqual(
      again.lingering(S.key).map(({ object }) => object.id),
      [id],
    );
    rmSync(folder, { recursive: true });
  });

  it("as the master is for whoever may read its secret and use the secret's key", () => {
    const key = keyOf(aws);
    aws.unmake(S.db, db.id);
    db = create({ masterUserSecretKmsKeyId: key });
    const secret = aws.context.world.all(S.secret)[0]?.id ?? "";
    roleWith(aws, "reader", { Action: "secretsmanager:GetSecretValue", Resource: secret });
    roleWith(
      aws,
      "master",
      { Action: "secretsmanager:GetSecretValue", Resource: secret },
      { Action: "kms:Decrypt", Resource: key },
    );
    const found = databaseAt(aws.context.world, textOf(db.address), 5432);
    assert.ok(found);
    const refused = (role: string): string | undefined =>
      whyMasterRefuses(aws.context.world, found, { database: "orders", as: { account: DATA, role } });
    assert.match(refused("nobody") ?? "", /not authorized to perform: secretsmanager:GetSecretValue on resource/);
    assert.match(refused("reader") ?? "", /AccessDeniedException: Access to KMS is not allowed/);
    assert.equal(refused("master"), undefined);
  });
});

describe("Secrets Manager", () => {
  it("keeps a deleted secret's name for its recovery window", () => {
    const { id } = aws.make(S.secret, { name: "token", recoveryWindowInDays: 7 });
    assert.match(id, /^arn:aws:secretsmanager:us-east-1:111122223333:secret:token-[0-9a-f]{6}$/);
    assert.throws(() => aws.make(S.secret, { name: "token" }), /ResourceExistsException/);
    aws.unmake(S.secret, id);
    assert.throws(
      () => aws.make(S.secret, { name: "token" }),
      /InvalidRequestException: You can't create this secret because a secret with this name is already scheduled for deletion/,
    );
    aws.context.world.advance(7 * 24 * HOUR);
    const again = aws.make(S.secret, { name: "token", recoveryWindowInDays: 0 });
    assert.notEqual(again.id, id);
    aws.unmake(S.secret, again.id);
    assert.ok(aws.make(S.secret, { name: "token" }), "without a window the name is free at once");
  });

  it("refuses a window out of range, and a key that may not be used", () => {
    assert.throws(() => aws.make(S.secret, { recoveryWindowInDays: 3 }), /0 or in the range \(7 - 30\), got 3/);
    assert.throws(() => aws.make(S.secret, { kmsKeyId: "gone" }), /InvalidParameterException/);
  });
});
