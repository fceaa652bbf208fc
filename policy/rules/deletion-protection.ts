import { expects, mustBe } from "../frame/expectations.ts";
import { texts } from "../frame/options.ts";
import { securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { isProtected, PROTECTED } from "../reading/environments.ts";
import { LOAD_BALANCER_TYPES } from "../reading/load-balancers.ts";
import { CLUSTER_TYPE } from "../reading/subnet-lists.ts";

const DATABASES = new Set(["aws:rds/instance:Instance", "aws:rds/cluster:Cluster"]);
const TABLES = new Set(["aws:dynamodb/table:Table"]);
const POOLS = new Set(["aws:cognito/userPool:UserPool"]);
const CLUSTERS = new Set([CLUSTER_TYPE]);

/** By type: what protects it, and with what value. */
const PROTECTIONS = [
  { types: LOAD_BALANCER_TYPES, path: "enableDeletionProtection", value: true },
  { types: DATABASES, path: "deletionProtection", value: true },
  { types: CLUSTERS, path: "deletionProtection", value: true },
  { types: TABLES, path: "deletionProtectionEnabled", value: true },
  { types: POOLS, path: "deletionProtection", value: "ACTIVE" },
] as const;

const LEFT_OFF = "and AWS then leaves it off";

export const deletionProtection = rule({
  name: "deletion-protection",
  title: "What customers depend on is not deleted by mistake",
  says: "Load balancers, databases, tables, user pools and clusters of a protected environment have deletion protection.",
  why: "A renamed resource is a deleted one; of an endpoint service's load balancer that is every customer's outage.",
  severity: "medium",
  set: "baseline",
  topics: ["availability", "data"],
  references: [...securityHub("ELB.6", "RDS.7", "RDS.8", "DynamoDB.6", "Cognito.6"), ...nist("CP-9", "SI-12")],
  url: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-load-balancer-attributes.html",
  fix: "Turn it on.",
  caution: "Turn it off in an update of its own before a replacement that is wanted.",
  options: { environments: texts(PROTECTED.says, PROTECTED.environments) },
  types: new Set(PROTECTIONS.flatMap(({ types }) => [...types])),
  remedies: PROTECTIONS.map(({ types, path, value }) => ({ types, set: { [path]: value } })),

  *resource(subject, { options: { environments } }) {
    if (!isProtected(subject.stack, environments)) return;
    for (const { types, path, value } of PROTECTIONS) {
      if (!types.has(subject.type)) continue;
      if (value === true) yield* mustBe(subject, path, true, { absent: LEFT_OFF });
      else
        yield* expects(subject.text(path), `"${path}"`, (found) => found === value, {
          absent: LEFT_OFF,
          wrong: `is not ${value}`,
        });
    }
  },
});
