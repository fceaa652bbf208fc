// Proves what a destroy is said to end, what of it stays, and what keeps it from being begun. That it is so in AWS is the sandbox's to show, and AWS's.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type Standing, fateOf, holdingsOf, protectionProblems } from "../../model/holdings.ts";
import { describeProblems } from "../../model/problem.ts";
import type { Properties } from "../../model/resource-record.ts";

const T = {
  database: "aws:rds/instance:Instance",
  cache: "aws:elasticache/replicationGroup:ReplicationGroup",
  cluster: "aws:eks/cluster:Cluster",
  key: "aws:kms/key:Key",
  logs: "aws:cloudwatch/logGroup:LogGroup",
  secret: "aws:secretsmanager/secret:Secret",
  balancer: "aws:lb/loadBalancer:LoadBalancer",
} as const;

const standing = (
  stack: string,
  type: string,
  name: string,
  inputs: Properties = {},
  pulumi: Partial<Pick<Standing, "protect" | "retainOnDelete">> = {},
): Standing => ({
  stack,
  type,
  name,
  urn: `urn:pulumi:${stack}::corpai::${type}::${name}`,
  inputs,
  protect: false,
  retainOnDelete: false,
  ...pulumi,
});
const fates = (...all: readonly Standing[]): string[] =>
  holdingsOf(all).map((holding) => `${holding.resource}: ${fateOf(holding)}`);
const obstacles = (...all: readonly Standing[]): string => describeProblems(protectionProblems(holdingsOf(all)));

describe("what a destroy would end", () => {
  it("leaves out what can be made again, unless somebody protects it", () => {
    assert.deepEqual(holdingsOf([standing("network.prod", "aws:ec2/vpc:Vpc", "corpai")]), []);
    assert.deepEqual(fates(standing("network.prod", "aws:ec2/vpc:Vpc", "corpai", {}, { protect: true })), [
      "corpai: PROTECTED by Pulumi; nothing of it stays",
    ]);
  });

  it("says of a load balancer that was taken over that it stays, whatever AWS protects", () => {
    const balancer = standing(
      "customer-services.prod.acme",
      T.balancer,
      "clickhouse-nlb",
      { enableDeletionProtection: true },
      { retainOnDelete: true },
    );
    assert.deepEqual(fates(balancer), ["clickhouse-nlb: stays: itself, in AWS, of which no stack knows any more"]);
    assert.deepEqual(protectionProblems(holdingsOf([balancer])), []);
  });

  it("says of a database which snapshot stays, and for how long its backups do", () => {
    const kept = {
      deletionProtection: true,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: "corpai-prod-memory-last-1234567",
      deleteAutomatedBackups: false,
      backupRetentionPeriod: 35,
    };
    assert.deepEqual(
      fates(
        standing("data.prod", T.database, "memory", kept, { protect: true }),
        standing("data.dev", T.database, "memory", { skipFinalSnapshot: true, deleteAutomatedBackups: true }),
      ),
      [
        "memory: PROTECTED by Pulumi and AWS; stays: a last snapshot, corpai-prod-memory-last-1234567; automatic backups, for 35 days",
        "memory: nothing of it stays",
      ],
    );
  });

  it("says the same of caches, keys, secrets and logs", () =>
    assert.deepEqual(
      fates(
        standing("data.prod", T.cache, "sessions", { finalSnapshotIdentifier: "last" }),
        standing("data.dev", T.cache, "sessions"),
        standing("data.prod", T.key, "stores", { deletionWindowInDays: 30 }, { retainOnDelete: true }),
        standing("cluster.prod", T.key, "secrets", { deletionWindowInDays: 7 }),
        standing("data.prod", T.secret, "one"),
        standing("data.prod", T.secret, "other", { recoveryWindowInDays: 0 }),
        standing("network.prod", T.logs, "flow", { skipDestroy: true }),
        standing("network.dev", T.logs, "flow"),
      ),
      [
        "sessions: stays: a last snapshot, last",
        "sessions: nothing of it stays",
        "stores: stays: itself, in AWS, of which no stack knows any more",
        "secrets: stays: the key, out of use, which can be brought back for 7 days",
        "one: stays: the secret, out of use, which can be brought back for 30 days",
        "other: nothing of it stays",
        "flow: stays: itself, in AWS, of which no stack knows any more",
        "flow: nothing of it stays",
      ],
    ));
});

describe("what keeps an environment from being destroyed", () => {
  it("is nothing where nothing is protected", () =>
    assert.deepEqual(protectionProblems(holdingsOf([standing("data.dev", T.database, "memory")])), []));

  it("is named with its stack and the way out: a release in the file that protects it", () => {
    const protection = { deletionProtection: true };
    assert.match(
      obstacles(standing("data.prod", T.database, "memory", protection, { protect: true })),
      /^data\.prod: memory \(Instance\): given a destroy, from which Pulumi and AWS protect it; allowed: .* give corpai:stores\.memory release: \{ reason, until \}, and bring data\.prod up/,
    );
    assert.match(
      obstacles(standing("data.prod", T.key, "stores", {}, { protect: true })),
      /Pulumi protects it.*once every store may/,
    );
    assert.match(obstacles(standing("cluster.prod", T.cluster, "mcp", protection)), /AWS protects it.*corpai:release/);
    assert.match(
      obstacles(standing("customer-services.prod", T.balancer, "a-nlb", { enableDeletionProtection: true })),
      /AWS protects it.*corpai:services\.a release.*exemption/,
    );
  });

  it("is what somebody has protected by hand, too, by whichever switch of AWS's", () => {
    const switches: readonly Properties[] = [
      { enableDeletionProtection: true },
      { deletionProtectionEnabled: true },
      { deletionProtection: "ACTIVE" },
    ];
    for (const inputs of switches)
      assert.match(
        obstacles(standing("x.prod", T.balancer, "nlb", inputs)),
        /pulumi state unprotect --yes --stack x\.prod 'urn:pulumi:[^']+::nlb'; for AWS/,
      );
    assert.deepEqual(holdingsOf([standing("x.prod", T.balancer, "nlb", { deletionProtection: "INACTIVE" })]), []);
  });
});
