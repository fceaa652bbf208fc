// Proves, through the real engine, how a server of the demo lives with its stores and its load balancer: each variable leads back to the resource that made it, its
// role is made by a Job that a changed set of roles makes anew and a failed one too, its pods send and receive what they may and nothing else, and nothing of it
// stays behind. The sandbox says what AWS would do; AWS itself is not asked.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { dnsEntries } from "../../sandbox/aws/privatelink.ts";
import { rolesOf } from "../../sandbox/aws/stores.ts";
import { whyUnreachable } from "../../sandbox/kubernetes/exposure.ts";
import { podsOf } from "../../sandbox/kubernetes/pods.ts";
import { integer } from "../../sandbox/values.ts";
import type { WorldObject } from "../../sandbox/world.ts";
import { textOf } from "../sandbox/support/cluster.ts";
import { schemaFaults, sent } from "../support/kubernetes-schema.ts";
import { DEMO_STACKS, Scratch } from "./support/scratch.ts";

const T = {
  endpoint: "aws:ec2/vpcEndpoint:VpcEndpoint",
  database: "aws:rds/instance:Instance",
  cache: "aws:elasticache/replicationGroup:ReplicationGroup",
  cacheUser: "aws:elasticache/user:User",
  balancer: "aws:lb/loadBalancer:LoadBalancer",
  job: "kubernetes:batch/v1:Job",
  policy: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  configMap: "kubernetes:core/v1:ConfigMap",
} as const;
const STACK = "mcp-servers.demo";
const LEVELS = Map.groupBy(DEMO_STACKS, (stack) => {
  if (stack === STACK) return 3;
  if (stack.startsWith("customer-acceptance.")) return 2;
  return stack === "network.demo" || stack.startsWith("customer-") ? 0 : 1;
});
const CONFIG = "environments/Pulumi.mcp-servers.demo.yaml";

interface Servers {
  readonly servers: Record<string, { readonly endpoint: { readonly host: string; readonly port: number } | null }>;
}
interface Steps {
  readonly steps: readonly { readonly op: string; readonly urn: string }[];
}

describe("the demo's server with stores", function () {
  this.timeout(400_000);
  let scratch: Scratch;
  before(async () => {
    scratch = await Scratch.create();
    await scratch.initialize();
    // Each level needs the ones before it.
    for (const [, level] of [...LEVELS].sort(([a], [b]) => a - b))
      await Promise.all(level.map((stack) => scratch.up(stack)));
  });
  after(() => scratch.remove());

  const one = (type: string, matches: (object: WorldObject) => boolean = () => true): WorldObject => {
    const [object, ...others] = scratch.world.all(type, matches);
    assert.ok(object && others.length === 0, `one ${type}`);
    return object;
  };
  const isReady = (): boolean[] => scratch.pods("memory-mcp").map(({ ready }) => ready);
  const mustSucceed = async (...args: string[]): Promise<string> => {
    const { code, text } = await scratch.pulumi(...args, "--stack", STACK);
    assert.equal(code, 0, text);
    return text;
  };

  it("is ready: it logs in to its database and its cache by IAM, as itself", () => {
    assert.deepEqual(isReady(), [true, true], JSON.stringify(scratch.pods("memory-mcp")));
    const walks = podsOf(scratch.world)
      .filter(({ deployment }) => deployment === "memory-mcp")
      .flatMap((pod) => pod.walks);
    assert.deepEqual(new Set(walks.map(({ hops }) => hops.at(-1)?.hop)), new Set(["login"]));
  });

  it("has variables, as all pods have, that each lead back to the resource that made them", () => {
    const endpointOf = (name: string): string[] => {
      const found = one(T.endpoint, ({ inputs }) => JSON.stringify(inputs.tags ?? {}).includes(name));
      return dnsEntries(scratch.world, found).map(({ dnsName }) => dnsName);
    };
    const [database, cache] = [one(T.database), one(T.cache)];
    const isHostOf = (name: string) => (host: string) =>
      endpointOf(name).includes(host) && !/-us-east-1[a-d]\./.test(host);
    const made: Readonly<Record<string, Readonly<Record<string, string | ((value: string) => boolean)>>>> = {
      "clickhouse-mcp": {
        CLICKHOUSE_HOST: isHostOf("ClickHouse Production"),
        CLICKHOUSE_PORT: "8443",
        CLICKHOUSE_PASSWORD: "[secret]",
      },
      "github-mcp": { GITHUB_HOST: isHostOf("GitHub Enterprise"), GITHUB_PORT: "443", GITHUB_TOKEN: "[secret]" },
      "memory-mcp": {
        MEMORY_HOST: textOf(database.computed.address),
        MEMORY_PORT: `${integer(database.computed.port)}`,
        MEMORY_DATABASE: textOf(database.inputs.dbName),
        MEMORY_USER: (user) => Object.keys(rolesOf(database)).includes(user),
        SESSIONS_HOST: textOf(cache.computed.primaryEndpointAddress),
        SESSIONS_PORT: `${integer(cache.computed.port ?? cache.inputs.port)}`,
        SESSIONS_USER: textOf(one(T.cacheUser).inputs.userName),
      },
    };
    const pods = podsOf(scratch.world);
    assert.equal(pods.length, 6);
    for (const { deployment, env, name } of pods) {
      const origins = made[deployment] ?? {};
      assert.deepEqual(Object.keys(env).sort(), Object.keys(origins).sort(), name);
      for (const [variable, origin] of Object.entries(origins)) {
        const value = env[variable] ?? "";
        if (typeof origin === "string") assert.equal(value, origin, variable);
        else assert.ok(origin(value), `${variable}=${value}`);
      }
    }
  });

  it("has a role of its own in the database, next to the master's, which no server uses", () => {
    assert.deepEqual(rolesOf(one(T.database)), {
      [textOf(one(T.database).inputs.username)]: ["rds_superuser"],
      mcp_memory_mcp: ["rds_iam"],
    });
  });

  it("is reached from the VPC by an internal load balancer in all AZs, tagged as ours, whose host and port are outputs", async () => {
    const { servers } = await scratch.outputs<Servers>(STACK);
    const { endpoint } = servers["memory-mcp"] ?? {};
    const balancer = one(T.balancer, ({ computed }) => computed.dnsName === endpoint?.host);
    assert.deepEqual([balancer.inputs.internal, (balancer.inputs.subnets as string[]).length], [true, 3]);
    assert.equal((balancer.inputs.tags as Record<string, string>).ManagedBy, "corpai-terraform");
    const why = (ip: string): string | undefined =>
      whyUnreachable(scratch.world, ip, endpoint?.host ?? "", endpoint?.port ?? 0);
    assert.equal(why("10.40.3.7"), undefined);
    assert.match(why("10.20.0.7") ?? "", /admits no 8080\/tcp from 10\.20\.0\.7/);
  });

  it("sends where its policy says and nowhere else, because both switches are set", () => {
    const policy = one(T.policy, ({ id }) => id === "corpai-mcp/memory-mcp");
    scratch.world.remove(policy);
    assert.match(scratch.pods("memory-mcp")[0]?.reason ?? "", /default-deny of corpai-mcp let no 53\/udp out/);
    const switchMap = one(T.configMap, ({ id }) => id === "kube-system/amazon-vpc-cni");
    scratch.world.remove(switchMap);
    assert.deepEqual(isReady(), [true, true], "without the switch, what no policy admits passes all the same");
    scratch.world.put(switchMap);
    scratch.world.put(policy);
    assert.deepEqual(isReady(), [true, true]);
  });

  it("changes nothing when it is brought up again, its finished Job included", async () => {
    await mustSucceed("preview", "--refresh", "--expect-no-changes");
  });

  it("has manifests that fit Kubernetes' own schemas, as all that the demo registers", async () => {
    const { code, text } = await scratch.pulumi("stack", "export", "--stack", STACK);
    assert.equal(code, 0, text);
    const { deployment } = JSON.parse(text) as {
      deployment: { resources: { type: string; urn: string; inputs?: Record<string, unknown> }[] };
    };
    const manifests = deployment.resources.filter(({ type }) => type.startsWith("kubernetes:"));
    assert.ok(manifests.length > 20);
    for (const { urn, inputs = {} } of manifests) {
      const own = Object.fromEntries(Object.entries(inputs).filter(([key]) => !key.startsWith("__")));
      // What is encrypted in the state is text in the cluster.
      if (urn.includes("core/v1:Secret::")) own.stringData = { value: "" };
      assert.deepEqual(await schemaFaults(sent(own) as Record<string, unknown>), [], urn);
    }
  });

  it("makes a new Job, and nothing else anew, when another server uses the database", async () => {
    const undo = scratch.edit(CONFIG, (text) =>
      text.replace("GITHUB_HOST:", "NOTES_USER: {store: memory, value: user}\n        GITHUB_HOST:"),
    );
    const steps = (JSON.parse(await mustSucceed("preview", "--json")) as Steps).steps.filter(
      ({ op }) => op !== "same" && op !== "read",
    );
    const named = steps.map(({ op, urn }) => `${op} ${urn.split("$").at(-1)?.replace("::", " ") ?? ""}`).sort();
    undo();
    assert.deepEqual(named, [
      "create aws:eks/podIdentityAssociation:PodIdentityAssociation github-mcp",
      "create aws:iam/role:Role github-mcp",
      "create aws:iam/rolePolicy:RolePolicy github-mcp",
      "create corpai:mcp:PodIdentity github-mcp",
      "replace kubernetes:batch/v1:Job memory-roles",
      "replace kubernetes:core/v1:ConfigMap memory-roles",
      "update kubernetes:apps/v1:Deployment github-mcp",
      "update kubernetes:networking.k8s.io/v1:NetworkPolicy github-mcp",
    ]);
  });

  it("has its role made anew by the next update where the Job has failed", async () => {
    const [job, database] = [one(T.job), one(T.database)];
    job.computed = { ...job.computed, _outcome: "BackoffLimitExceeded", _why: "the database was away" };
    database.computed = { ...database.computed, _roles: {} };
    assert.match(scratch.pods("memory-mcp")[0]?.reason ?? "", /blocked at login: .*there is no such role/);
    await mustSucceed("up", "--yes", "--skip-preview");
    assert.deepEqual(isReady(), [true, true], JSON.stringify(scratch.pods("memory-mcp")));
  });

  it("leaves nothing behind in AWS when the servers go, not even what EKS made for them", async () => {
    await mustSucceed("destroy", "--yes", "--skip-preview");
    const left = scratch.world.objects.filter(({ inputs }) => JSON.stringify(inputs).includes("k8s-corpaimc"));
    assert.deepEqual(
      left.map(({ type, id }) => `${type} ${id}`),
      [],
    );
  });
});
