// Proves what the stores ask of RDS, ElastiCache and KMS, by class of environment. What Pulumi itself protects is proved end to end.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { PostgresStore } from "../../components/data/postgres-store.ts";
import { StoreKey } from "../../components/data/store-key.ts";
import { ValkeyStore } from "../../components/data/valkey-store.ts";
import { type EnvironmentClass, protectionOf } from "../../model/environment-class.ts";
import { recorder, value } from "./support/recorder.ts";

const place = (environmentClass: EnvironmentClass, released = false) => ({
  vpcId: "vpc",
  azIds: ["use1-az1", "use1-az2"],
  subnetIn: (azId: string) => `data-${azId}`,
  workloadsSecurityGroupId: "sg-workloads",
  keyArn: "key-arn",
  protection: protectionOf(environmentClass, released),
  tags: { ManagedBy: "corpai-terraform" },
});
const postgres = (environmentClass: EnvironmentClass = "prod", more: { version?: string; released?: boolean } = {}) =>
  new PostgresStore("memory", {
    ...place(environmentClass, more.released),
    identifier: "corpai-prod-memory",
    version: more.version ?? "17",
    instanceClass: "db.r8g.large",
    storageGb: 100,
    databaseName: "memory",
  });
const valkey = (environmentClass: EnvironmentClass = "prod") =>
  new ValkeyStore("sessions", {
    ...place(environmentClass),
    identifier: "corpai-prod-sessions",
    version: "8.2",
    nodeType: "cache.r7g.large",
  });

const INSTANCE = "aws:rds/instance:Instance";
const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

describe("a PostgreSQL store", () => {
  it("is encrypted under the stores' key, its master's password kept by RDS, with logins by IAM and without a public address", async () => {
    await recorder.build(() => postgres());
    const { inputs } = recorder.only(INSTANCE);
    const wanted = {
      storageEncrypted: true,
      kmsKeyId: "key-arn",
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: "key-arn",
      performanceInsightsKmsKeyId: "key-arn",
      iamDatabaseAuthenticationEnabled: true,
      publiclyAccessible: false,
      storageType: "gp3",
      allocatedStorage: 100,
      identifier: "corpai-prod-memory",
      dbName: "memory",
    };
    for (const [name, is] of Object.entries(wanted)) assert.deepEqual(inputs[name], is, name);
    assert.equal(inputs.password, undefined);
  });

  it("refuses connections without TLS, by a parameter group of its major version's family", async () => {
    await recorder.build(() => postgres("prod", { version: "16.13" }));
    const { family, parameters } = recorder.only("aws:rds/parameterGroup:ParameterGroup").inputs;
    assert.equal(family, "postgres16");
    assert.deepEqual(parameters, [{ name: "rds.force_ssl", value: "1" }]);
  });

  it("is reached by the workloads' group on exactly its port, and reaches nobody", async () => {
    const store = await recorder.build(() => postgres());
    const rule = { ipProtocol: "tcp", fromPort: 5432, toPort: 5432 };
    const [{ inputs: into }, { inputs: outOf }] = [recorder.only(INGRESS), recorder.only(EGRESS)];
    const { description: _in, ...ingress } = into;
    const { description: _out, ...egress } = outOf;
    assert.deepEqual(ingress, {
      ...rule,
      securityGroupId: "memory-id",
      referencedSecurityGroupId: "sg-workloads",
    });
    assert.deepEqual(egress, { ...rule, securityGroupId: "sg-workloads", referencedSecurityGroupId: "memory-id" });
    assert.equal(await value(store.securityGroupId), "memory-id");
    assert.deepEqual(recorder.only(INSTANCE).inputs.vpcSecurityGroupIds, ["memory-id"]);
  });

  it("stands on one data subnet in each AZ, and its component says so, for the policy pack", async () => {
    await recorder.build(() => postgres());
    assert.deepEqual(recorder.only("aws:rds/subnetGroup:SubnetGroup").inputs.subnetIds, [
      "data-use1-az1",
      "data-use1-az2",
    ]);
    assert.deepEqual(recorder.only("corpai:data:PostgresStore").inputs.azIds, ["use1-az1", "use1-az2"]);
  });

  it("leaves minor versions to AWS where only the major one is given, and keeps an exact one", async () => {
    for (const [version, automatic] of [
      ["17", true],
      ["17.9", false],
    ] as const) {
      await recorder.build(() => postgres("prod", { version }));
      const { engineVersion, autoMinorVersionUpgrade } = recorder.only(INSTANCE).inputs;
      assert.deepEqual([engineVersion, autoMinorVersionUpgrade], [version, automatic]);
    }
  });

  it("logs into groups that are there before it, encrypted, and not for ever", async () => {
    await recorder.build(() => postgres());
    assert.deepEqual(
      recorder
        .of("aws:cloudwatch/logGroup:LogGroup")
        .map(({ inputs }) => [inputs.name, inputs.retentionInDays, inputs.kmsKeyId]),
      [
        ["/aws/rds/instance/corpai-prod-memory/postgresql", 365, "key-arn"],
        ["/aws/rds/instance/corpai-prod-memory/upgrade", 365, "key-arn"],
      ],
    );
    assert.deepEqual(recorder.only(INSTANCE).inputs.enabledCloudwatchLogsExports, ["postgresql", "upgrade"]);
  });

  it("is kept as its environment's class says", async () => {
    const kept = async (environmentClass: EnvironmentClass, released = false): Promise<unknown[]> => {
      await recorder.build(() => postgres(environmentClass, { released }));
      const { inputs } = recorder.only(INSTANCE);
      return [
        inputs.multiAz,
        inputs.backupRetentionPeriod,
        inputs.deletionProtection,
        inputs.skipFinalSnapshot,
        inputs.deleteAutomatedBackups,
        inputs.monitoringInterval,
        recorder.of("aws:iam/role:Role").length,
      ];
    };
    assert.deepEqual(await kept("demo"), [false, 1, false, true, true, undefined, 0]);
    assert.deepEqual(await kept("dev"), [false, 7, false, true, true, undefined, 0]);
    assert.deepEqual(await kept("staging"), [true, 7, true, false, false, 60, 1]);
    assert.deepEqual(await kept("prod"), [true, 35, true, false, false, 60, 1]);
    assert.deepEqual(
      await kept("prod", true),
      [true, 35, false, false, false, 60, 1],
      "a release lifts protection only",
    );
  });

  it("leaves a last snapshot whose name is another one each time the store is made", async () => {
    await recorder.build(() => postgres());
    assert.equal(recorder.only(INSTANCE).inputs.finalSnapshotIdentifier, "corpai-prod-memory-last-a1b2c3d");
  });
});

describe("a Valkey store", () => {
  it("has a primary and a replica in two AZs with failover, encrypted at rest and in transit", async () => {
    await recorder.build(() => valkey("demo"));
    const { inputs } = recorder.only(CACHE);
    const wanted = {
      engine: "valkey",
      engineVersion: "8.2",
      numCacheClusters: 2,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      atRestEncryptionEnabled: true,
      kmsKeyId: "key-arn",
      replicationGroupId: "corpai-prod-sessions",
      userGroupIds: ["corpai-prod-sessions"],
      snapshotRetentionLimit: 1,
      finalSnapshotIdentifier: undefined,
      authToken: undefined,
    };
    for (const [name, is] of Object.entries(wanted)) assert.deepEqual(inputs[name], is, name);
  });

  it("lets nobody in by itself: its group of users is Valkey's, and empty", async () => {
    await recorder.build(() => valkey());
    const { engine, userIds } = recorder.only("aws:elasticache/userGroup:UserGroup").inputs;
    assert.deepEqual([engine, userIds], ["valkey", undefined]);
    assert.deepEqual(recorder.of("aws:elasticache/user:User"), []);
  });

  it("is reached on its own port only", async () => {
    await recorder.build(() => valkey());
    for (const type of [INGRESS, EGRESS]) {
      const { fromPort, toPort } = recorder.only(type).inputs;
      assert.deepEqual([fromPort, toPort], [6379, 6379]);
    }
  });

  it("leaves a last snapshot where its class wants one", async () => {
    await recorder.build(() => valkey("staging"));
    assert.equal(recorder.only(CACHE).inputs.finalSnapshotIdentifier, "corpai-prod-sessions-last-a1b2c3d");
  });
});

describe("the stores' key", () => {
  it("rotates, goes slowly, and may be used by the log service for this environment's stores only", async () => {
    await recorder.build(
      () =>
        new StoreKey("stores", {
          account: "111122223333",
          region: "us-east-1",
          environment: "prod",
          protection: protectionOf("prod"),
          tags: {},
        }),
    );
    const { enableKeyRotation, deletionWindowInDays, policy } = recorder.only("aws:kms/key:Key").inputs;
    assert.deepEqual([enableKeyRotation, deletionWindowInDays], [true, 30]);
    const { Statement } = JSON.parse(String(policy)) as {
      Statement: { Principal: Record<string, string>; Condition?: unknown }[];
    };
    assert.deepEqual(
      Statement.map(({ Principal, Condition }) => [Principal, Condition]),
      [
        [{ AWS: "arn:aws:iam::111122223333:root" }, undefined],
        [
          { Service: "logs.us-east-1.amazonaws.com" },
          {
            ArnLike: {
              "kms:EncryptionContext:aws:logs:arn":
                "arn:aws:logs:us-east-1:111122223333:log-group:/aws/rds/instance/corpai-prod-*/*",
            },
          },
        ],
      ],
    );
  });
});
