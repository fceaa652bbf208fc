import { mustBe } from "../frame/expectations.ts";
import { texts } from "../frame/options.ts";
import { securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { isProtected, PROTECTED } from "../reading/environments.ts";

export const elasticacheFailover = rule({
  name: "elasticache-failover",
  title: "Caches fail over",
  says: "A replication group of a protected environment fails over to another AZ by itself.",
  why: "A cache in one AZ goes with it, and so does whatever waits for it.",
  severity: "medium",
  set: "baseline",
  topics: ["data", "availability"],
  references: [...securityHub("ElastiCache.3"), ...nist("CP-10", "SC-36")],
  url: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html",
  fix: "Set automaticFailoverEnabled: true and multiAzEnabled: true.",
  options: { environments: texts(PROTECTED.says, PROTECTED.environments) },
  types: new Set(["aws:elasticache/replicationGroup:ReplicationGroup"]),

  *resource(group, { options: { environments } }) {
    if (!isProtected(group.stack, environments)) return;
    for (const path of ["automaticFailoverEnabled", "multiAzEnabled"])
      yield* mustBe(group, path, true, { absent: "and AWS then leaves it off" });
  },
});
