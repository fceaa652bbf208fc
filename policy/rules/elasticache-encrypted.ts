import { mustBe } from "../frame/expectations.ts";
import { securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

export const elasticacheEncrypted = rule({
  name: "elasticache-encrypted",
  title: "Caches are encrypted at rest and on the way",
  says: "A replication group encrypts what it stores and what it sends.",
  why: "Sessions and tokens of every customer go through it.",
  severity: "high",
  set: "baseline",
  topics: ["data", "encryption"],
  references: [...securityHub("ElastiCache.4", "ElastiCache.5"), ...nist("SC-8", "SC-28")],
  url: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/encryption.html",
  fix: "Set atRestEncryptionEnabled: true and transitEncryptionEnabled: true.",
  types: new Set(["aws:elasticache/replicationGroup:ReplicationGroup"]),

  *resource(group) {
    for (const path of ["atRestEncryptionEnabled", "transitEncryptionEnabled"])
      yield* mustBe(group, path, true, { absent: "and whether it is on then depends on the engine" });
  },
});
