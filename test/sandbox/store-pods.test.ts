// Proves that a pod with a store is ready only if its packets reach the store and its login by IAM is let in: each fact taken away by itself makes it unready
// for that reason, in words that tell which; and that the Job makes the roles that its SQL says, or fails visibly. The SQL is the one that the programs write.
import assert from "node:assert/strict";
import { rolesOf } from "../../sandbox/aws/stores.ts";
import { databaseUser, rolesSql } from "../../model/database-roles.ts";
import { catalog } from "../../sandbox/catalog.ts";
import type { Properties } from "../../sandbox/wire.ts";
import type { WorldObject } from "../../sandbox/world.ts";
import { K, textOf } from "./support/cluster.ts";
import { T } from "./support/connection.ts";
import { inputsOf, storePods } from "./support/store-pods.ts";
import type { StorePods } from "./support/store-pods.ts";
import { S } from "./support/stores.ts";

let built: StorePods;
beforeEach(() => {
  built = storePods();
});

/** Takes one object out of the world, behind everybody's back. */
function take(type: string, matches: (object: WorldObject) => boolean): void {
  const [object, ...others] = built.world.all(type, matches);
  assert.ok(object && others.length === 0, `one ${type}`);
  built.world.remove(object);
}
const policy = (name: string) => () => take(K.networkPolicy, ({ id }) => id === `mcp/${name}`);
const association = (serviceAccount: string) => () =>
  take(K.identity, ({ inputs }) => inputs.serviceAccount === serviceAccount);
const rule = (type: string, group: "workloads" | "store" | "endpoint", port: number) => () =>
  take(type, ({ inputs }) => inputs.securityGroupId === built.groups[group] && inputs.fromPort === port);
const rolePolicy = (role: string) => () => take("aws:iam/rolePolicy:RolePolicy", ({ inputs }) => inputs.role === role);

/** Changes an object in the world. */
function spoil(type: string, matches: (object: WorldObject) => boolean, more: Properties): void {
  const [object] = built.world.all(type, matches);
  assert.ok(object);
  object.inputs = { ...object.inputs, ...more };
}
const trust = (role: string, Action: string[]) => () =>
  spoil(K.role, ({ id }) => id === role, {
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "pods.eks.amazonaws.com" }, Action }],
    }),
  });
const database = (): WorldObject => {
  const found = built.world.get(S.db, built.database.id);
  assert.ok(found);
  return found;
};

describe("a pod with a database", () => {
  const ready = (): boolean => built.pod("tools").ready;
  const reason = (): string => built.pod("tools").reason;

  it("is not ready before the Job has made its role, and ready from then on", () => {
    assert.match(
      reason(),
      /blocked at login: FATAL: password authentication failed for user "mcp_tools": there is no such role/,
    );
    built.runJob();
    assert.equal(ready(), true, reason());
    assert.deepEqual(
      built.pod("tools").walks[0]?.hops.map(({ hop }) => hop),
      ["dns", "network-policy", "source-group", "store-group", "login"],
    );
  });

  const facts: readonly (readonly [string, () => void, RegExp])[] = [
    ["the policy that admits DNS", policy("dns"), /blocked at dns: it cannot ask for names/],
    ["the policy that admits the store's port", policy("stores"), /blocked at network-policy: .*let no 5432\/tcp out/],
    [
      "the policy that admits the agent",
      policy("agent"),
      /blocked at login: no IAM credentials: the Pod Identity agent cannot be reached/,
    ],
    [
      "the pods' way out",
      () => rule(T.egress, "workloads", 5432)(),
      /blocked at source-group: .* lets .* out to no 5432\/tcp/,
    ],
    ["the store's way in", () => rule(T.ingress, "store", 5432)(), /blocked at store-group: .* admits no 5432\/tcp/],
    [
      "the association",
      association("tools"),
      /no IAM credentials: service account mcp\/tools has no Pod Identity association/,
    ],
    [
      "EKS's right to tag sessions",
      trust("tools", ["sts:AssumeRole"]),
      /does not let pods\.eks\.amazonaws\.com sts:TagSession/,
    ],
    ["EKS's trust", trust("tools", []), /does not let pods\.eks\.amazonaws\.com sts:AssumeRole/],
    [
      "the agent's own way to EKS",
      () => {
        const { vpcId = "" } = built.world.all(T.endpoint)[0]?.inputs ?? {};
        const { id } = built.aws.make(T.group, { name: "shut", vpcId });
        const serviceName = "com.amazonaws.us-east-1.eks-auth";
        const [subnet] = built.world.all(T.subnet, ({ inputs }) => inputs.vpcId === vpcId);
        built.aws.make(T.endpoint, {
          vpcId,
          serviceName,
          vpcEndpointType: "Interface",
          privateDnsEnabled: true,
          subnetIds: [subnet?.id ?? ""],
          securityGroupIds: [id],
        });
      },
      /the Pod Identity agent gets no credentials: .* admits no 443\/tcp/,
    ],
    [
      "the permission to log in",
      rolePolicy("tools"),
      /role tools may not rds-db:connect on .*\/mcp_tools because no identity-based policy allows/,
    ],
    [
      "the database's logins by IAM",
      () => spoil(S.db, () => true, { iamDatabaseAuthenticationEnabled: false }),
      /logins by IAM are off/,
    ],
    [
      "rds_iam of its role",
      () => {
        const found = database();
        found.computed = { ...found.computed, _roles: { mcp_tools: [] } };
      },
      /the role is no member of rds_iam/,
    ],
  ];
  for (const [name, takeAway, expected] of facts) {
    it(`is not ready without ${name}`, () => {
      built.runJob();
      assert.equal(ready(), true, reason());
      takeAway();
      assert.equal(ready(), false);
      assert.match(reason(), expected);
    });
  }

  it("is not let in as another server's role, for its permission is for exactly its own", () => {
    built.runJob("roles-1", rolesSql("orders", [databaseUser("tools"), databaseUser("other")]));
    const object = built.world.all(K.deployment, ({ id }) => id === "mcp/tools")[0];
    assert.ok(object);
    object.inputs = JSON.parse(JSON.stringify(object.inputs).replaceAll('"mcp_tools"', '"mcp_other"')) as Properties;
    assert.match(reason(), /role tools may not rds-db:connect on .*\/mcp_other/);
  });
});

describe("a pod with a cache", () => {
  const facts: readonly (readonly [string, () => void, RegExp])[] = [
    [
      "its place in the cache's group of users",
      () => built.aws.unmake(S.association, built.world.all(S.association)[0]?.id ?? ""),
      /mcp-test-cached is in no user group of sessions/,
    ],
    ["the permission to connect", rolePolicy("cached"), /role cached may not elasticache:Connect/],
    ["the store's way in", () => rule(T.ingress, "store", 6379)(), /blocked at store-group/],
    ["the association", association("cached"), /no Pod Identity association/],
  ];
  for (const [name, takeAway, expected] of facts) {
    it(`is ready, and not without ${name}`, () => {
      assert.equal(built.pod("cached").ready, true, built.pod("cached").reason);
      takeAway();
      assert.equal(built.pod("cached").ready, false);
      assert.match(built.pod("cached").reason, expected);
    });
  }
});

describe("the Job that makes roles", () => {
  /** Besides the master's own. */
  const roles = (): Readonly<Record<string, readonly string[]>> => {
    const { master, ...others } = rolesOf(database());
    assert.deepEqual(master, ["rds_superuser"], "the master is never a member of a role that logs in by IAM");
    return others;
  };
  const failed = (): { reason: string; message: string } => {
    const [condition] = built.jobStatus().conditions as { reason: string; message: string; type: string }[];
    assert.equal(condition?.type, "Failed");
    return condition;
  };

  it("makes exactly those that its text says, each with rds_iam and nothing more, and may run again", () => {
    const names = ["mcp_a", "mcp_b"];
    built.runJob("roles-1", rolesSql("orders", names));
    assert.deepEqual(roles(), { mcp_a: ["rds_iam"], mcp_b: ["rds_iam"] });
    assert.deepEqual(built.jobStatus().succeeded, 1);
    built.runJob("roles-2", rolesSql("orders", [...names, "mcp_c"]));
    assert.deepEqual(roles(), { mcp_a: ["rds_iam"], mcp_b: ["rds_iam"], mcp_c: ["rds_iam"] });
  });

  it("quotes names, so that none of them can say anything else", () => {
    const name = `x"; DROP ROLE "master'`;
    built.runJob("roles-1", rolesSql("orders", [name]));
    assert.deepEqual(Object.keys(roles()), [name]);
  });

  const facts: readonly (readonly [string, () => void, RegExp])[] = [
    [
      "its identity",
      association("roles"),
      /no IAM credentials: service account mcp\/roles has no Pod Identity association/,
    ],
    ["a way to the agent", policy("agent"), /the Pod Identity agent cannot be reached/],
    [
      "a way to Secrets Manager in its policy",
      policy("aws"),
      /secretsmanager\.us-east-1\.amazonaws\.com cannot be called: .*let no 443\/tcp out/,
    ],
    ["Secrets Manager's endpoint", () => take(T.endpoint, () => true), /no endpoint for secretsmanager in vpc-/],
    ["the endpoint's way in", () => rule(T.ingress, "endpoint", 443)(), /admits no 443\/tcp/],
    [
      "the endpoint's own policy",
      () => {
        const [endpoint] = built.world.all(T.endpoint);
        assert.ok(endpoint);
        const other = { Effect: "Allow", Principal: "*", Action: "secretsmanager:ListSecrets", Resource: "*" };
        const document = JSON.stringify({ Version: "2012-10-17", Statement: [other] });
        endpoint.computed = { ...endpoint.computed, policy: document };
      },
      /the policy of vpce-.* does not allow secretsmanager:GetSecretValue/,
    ],
    ["the right to the secret", rolePolicy("roles"), /not authorized to perform: secretsmanager:GetSecretValue/],
    ["a way to the database", policy("stores"), /5432 cannot be reached: .*let no 5432\/tcp out/],
  ];
  for (const [name, takeAway, expected] of facts) {
    it(`fails for good without ${name}, makes nothing, and says why`, () => {
      takeAway();
      assert.throws(() => built.runJob(), expected);
      const { reason, message } = failed();
      assert.equal(reason, "BackoffLimitExceeded");
      assert.match(message, expected);
      assert.deepEqual(roles(), {});
    });
  }

  it("fails on SQL that the sandbox does not know, instead of letting it pass", () => {
    assert.throws(
      () => built.runJob("roles-1", "DROP DATABASE orders;"),
      /ERROR: syntax error at or near: DROP DATABASE/,
    );
    assert.throws(() => built.runJob("roles-2", 'GRANT rds_iam TO "mcp_nobody";'), /role "mcp_nobody" does not exist/);
  });

  it("ends at its deadline where its pod never starts", () => {
    take(K.account, ({ id }) => id === "mcp/roles");
    assert.throws(() => built.runJob(), /serviceaccount "roles" not found/);
    assert.equal(failed().reason, "DeadlineExceeded");
  });

  it("stays as it has ended; the provider makes a failed one anew, one that has completed never", () => {
    const model = catalog.resources.get(K.job);
    const standing = (name: string): WorldObject => {
      const found = built.world.all(K.job, ({ id }) => id === `mcp/${name}`)[0];
      assert.ok(found);
      return found;
    };
    const isUnready = (name: string): boolean => model?.unready?.(standing(name), inputsOf(built, name)) === true;
    built.runJob();
    assert.equal(isUnready("roles-1"), false);
    policy("stores")();
    assert.throws(() => built.runJob("roles-2"), /cannot be reached/);
    assert.equal(isUnready("roles-2"), true);
    assert.equal(textOf((built.jobStatus("roles-1").conditions as Properties[])[0]?.type), "Complete");
  });

  it("is replaced where its template changes, which the API server never changes in place", () => {
    built.runJob();
    const before = inputsOf(built, "roles-1");
    const after = JSON.parse(
      JSON.stringify(before).replace("registry/psql@sha256:1", "registry/psql@sha256:2"),
    ) as Properties;
    assert.deepEqual(built.kubernetes.replacing(K.job, before, after), ["spec"]);
    assert.throws(
      () => built.kubernetes.make(K.job, { ...before, spec: { ...(before.spec as Properties), parallelism: 2 } }),
      /one pod only/,
    );
  });
});
