/** Pods that use a database and a cache, and a Job that makes roles: everything right, for tests to take one thing away. */
import { ROLES_SQL, cacheUser, databaseUser, rolesSql } from "../../../model/database-roles.ts";
import { connectToCache, connectToDatabase, podTrustPolicy, readSecret } from "../../../model/pod-identity.ts";
import { type PolicyStatement, policyOf } from "../../../model/iam-documents.ts";
import { podsOf } from "../../../sandbox/kubernetes/pods.ts";
import type { Pod } from "../../../sandbox/kubernetes/pods.ts";
import { loadEstate } from "../../../sandbox/estate.ts";
import { record, records } from "../../../sandbox/values.ts";
import type { Properties } from "../../../sandbox/wire.ts";
import { World } from "../../../sandbox/world.ts";
import { K, SWITCH, admitNodes, giveNodes, startCluster, textOf } from "./cluster.ts";
import { T, consumer, tcp } from "./connection.ts";
import { S, cacheArguments, databaseArguments, keyOf } from "./stores.ts";
import { DATA, actor } from "./world.ts";
import type { Actor, Outputs } from "./world.ts";
import { join } from "node:path";

const ZONES = ["use1-az1", "use1-az2"];
const NAMESPACE = "mcp";
const IMAGES = {
  server: "registry/tools@sha256:1",
  cached: "registry/cached@sha256:1",
  psql: "registry/psql@sha256:1",
};
const USER = databaseUser("tools");
const CACHE_USER = cacheUser("test", "cached");

export interface StorePods {
  readonly world: World;
  readonly aws: Actor;
  readonly kubernetes: Actor;
  readonly database: Outputs;
  readonly cache: Outputs;
  readonly groups: { readonly workloads: string; readonly store: string; readonly endpoint: string };
  /** Makes the Job. @param more of its pod's template */
  runJob(name?: string, sql?: string): void;
  jobStatus(name?: string): Properties;
  pod(deployment: string): Pod;
}

/** The demo's estate, and images that use stores. */
function storeWorld(): World {
  const { facts, objects } = loadEstate(join(import.meta.dirname, "../../../sandbox/estates/demo.yaml"));
  const images = {
    [IMAGES.server]: { readyWhenReaches: [{ host: "DB_HOST", port: "DB_PORT", user: "DB_USER", database: "DB_NAME" }] },
    [IMAGES.cached]: { readyWhenReaches: [{ host: "CACHE_HOST", port: "CACHE_PORT", user: "CACHE_USER" }] },
    [IMAGES.psql]: {
      readyWhenReaches: [],
      runsSql: { host: "PGHOST", port: "PGPORT", database: "PGDATABASE", secret: "MASTER_SECRET_ARN", file: ROLES_SQL },
    },
  };
  return new World("stores", { ...facts, images }, objects);
}

export function storePods(): StorePods {
  const world = storeWorld();
  const aws = actor(world, DATA);
  const { vpc, subnets, workloads } = consumer(aws, ZONES);
  const ids = Object.values(subnets);
  const own = startCluster(aws, ids);
  const { kubernetes } = own;
  admitNodes(aws, own);
  giveNodes(own, ids, workloads.id, { networkPolicy: "DefaultDeny" });
  kubernetes.make(K.configMap, SWITCH);
  kubernetes.make(K.namespace, { metadata: { name: NAMESPACE } });

  const [store, endpoint] = ["store", "aws"].map((name) => aws.make(T.group, { name, vpcId: vpc.id }).id);
  if (store === undefined || endpoint === undefined) throw new Error("no group");
  for (const [group, port] of [
    [store, 5432],
    [store, 6379],
    [endpoint, 443],
  ] as const) {
    aws.make(T.egress, { securityGroupId: workloads.id, ...tcp(port, { referencedSecurityGroupId: group }) });
    aws.make(T.ingress, { securityGroupId: group, ...tcp(port, { referencedSecurityGroupId: workloads.id }) });
  }
  aws.make(T.endpoint, {
    vpcId: vpc.id,
    serviceName: "com.amazonaws.us-east-1.secretsmanager",
    vpcEndpointType: "Interface",
    privateDnsEnabled: true,
    subnetIds: ids,
    securityGroupIds: [endpoint],
  });
  aws.make(S.dbSubnets, { name: "data", subnetIds: ids });
  const database = aws.make(
    S.db,
    databaseArguments(aws, { vpcSecurityGroupIds: [store], masterUserSecretKmsKeyId: keyOf(aws) }),
  );
  aws.make(S.cacheSubnets, { name: "cache", subnetIds: ids });
  const cache = aws.make(S.cache, cacheArguments(aws, { securityGroupIds: [store] }));
  const user = aws.make(S.user, {
    userId: CACHE_USER,
    userName: CACHE_USER,
    engine: "valkey",
    accessString: "on ~* -@all +@read",
    authenticationMode: { type: "iam" },
  });
  aws.make(S.association, { userGroupId: "sessions", userId: CACHE_USER });

  const secret = textOf(records(database.masterUserSecrets)[0]?.secretArn);
  const key = textOf(records(database.masterUserSecrets)[0]?.kmsKeyId);
  const place = { region: "us-east-1", account: DATA };
  identify(aws, kubernetes, "tools", [connectToDatabase(place, textOf(database.resourceId), USER)]);
  identify(aws, kubernetes, "cached", [connectToCache(textOf(cache.arn), textOf(user.arn))]);
  identify(aws, kubernetes, "roles", readSecret(place, secret, key));
  policies(kubernetes);

  const env = {
    tools: { DB_HOST: textOf(database.address), DB_PORT: "5432", DB_NAME: "orders", DB_USER: USER },
    cached: { CACHE_HOST: textOf(cache.primaryEndpointAddress), CACHE_PORT: "6379", CACHE_USER },
  };
  kubernetes.make(K.deployment, deploymentOf("tools", IMAGES.server, env.tools));
  kubernetes.make(K.deployment, deploymentOf("cached", IMAGES.cached, env.cached));
  const jobEnv = { PGHOST: env.tools.DB_HOST, PGPORT: "5432", PGDATABASE: "orders", MASTER_SECRET_ARN: secret };

  return {
    world,
    aws,
    kubernetes,
    database,
    cache,
    groups: { workloads: workloads.id, store, endpoint },
    runJob(name = "roles-1", sql = rolesSql("orders", [USER])) {
      kubernetes.make(K.configMap, { metadata: { namespace: NAMESPACE, name }, data: { [ROLES_SQL]: sql } });
      kubernetes.make(K.job, jobOf(name, jobEnv));
    },
    jobStatus: (name = "roles-1") => kubernetes.read(K.job, `${NAMESPACE}/${name}`).status as Properties,
    pod(deployment) {
      const [first] = podsOf(world).filter((one) => one.deployment === deployment);
      if (!first) throw new Error(`no pod of ${deployment}`);
      return first;
    },
  };
}

/** A service account with a role of its own. */
function identify(aws: Actor, kubernetes: Actor, name: string, statements: readonly PolicyStatement[]): void {
  kubernetes.make(K.account, { metadata: { namespace: NAMESPACE, name } });
  const assumeRolePolicy = podTrustPolicy({ clusterName: "mcp", namespace: NAMESPACE, serviceAccount: name });
  const { arn } = aws.make(K.role, { name, assumeRolePolicy });
  aws.make("aws:iam/rolePolicy:RolePolicy", { name, role: name, policy: JSON.stringify(policyOf(statements)) });
  aws.make(K.identity, { clusterName: "mcp", namespace: NAMESPACE, serviceAccount: name, roleArn: arn ?? "" });
}

const ANYWHERE = [{ ipBlock: { cidr: "10.40.0.0/16" } }];

/** One policy for each thing that pods need, so that a test can take one away. */
function policies(kubernetes: Actor): void {
  const needs: Readonly<Record<string, Properties>> = {
    dns: { to: [{ ipBlock: { cidr: "172.20.0.10/32" } }], ports: [{ protocol: "UDP", port: 53 }] },
    agent: { to: [{ ipBlock: { cidr: "169.254.170.23/32" } }], ports: [{ port: 80 }] },
    aws: { to: ANYWHERE, ports: [{ port: 443 }] },
    stores: { to: ANYWHERE, ports: [{ port: 5432 }, { port: 6379 }] },
  };
  for (const [name, rule] of Object.entries(needs))
    kubernetes.make(K.networkPolicy, {
      metadata: { namespace: NAMESPACE, name },
      spec: { podSelector: {}, policyTypes: ["Egress"], egress: [rule] },
    });
}

const variables = (env: Readonly<Record<string, string>>): Properties[] =>
  Object.entries(env).map(([name, value]) => ({ name, value }));

function deploymentOf(name: string, image: string, env: Readonly<Record<string, string>>): Properties {
  const readinessProbe = { httpGet: { path: "/ready", port: 8080 } };
  const container = { name: "server", image, env: variables(env), readinessProbe };
  return {
    metadata: { namespace: NAMESPACE, name, annotations: { "pulumi.com/skipAwait": "true" } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { nodeSelector: { workload: "mcp" }, serviceAccountName: name, containers: [container] },
      },
    },
  };
}

export function jobOf(name: string, env: Readonly<Record<string, string>>): Properties {
  const container = {
    name: "roles",
    image: IMAGES.psql,
    env: variables(env),
    volumeMounts: [{ name: "roles", mountPath: "/roles" }],
  };
  return {
    metadata: { namespace: NAMESPACE, name, annotations: { "pulumi.com/replaceUnready": "true" } },
    spec: {
      backoffLimit: 4,
      activeDeadlineSeconds: 900,
      template: {
        metadata: { labels: { app: name } },
        spec: {
          nodeSelector: { workload: "mcp" },
          serviceAccountName: "roles",
          restartPolicy: "Never",
          volumes: [{ name: "roles", configMap: { name } }],
          containers: [container],
        },
      },
    },
  };
}

/** Pulumi's view of what a Job in the world was made with. */
export const inputsOf = ({ world }: StorePods, name: string): Properties =>
  record(world.all(K.job, ({ id }) => id === `${NAMESPACE}/${name}`)[0]?.inputs);
