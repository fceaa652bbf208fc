// Proves how the program `mcp-servers` wires what other stacks return to pods: each variable, permission and network policy leads back to the stack, and the
// thing in it, that it is of. Under Pulumi's mocks, from the demo's files; that it works as a whole is proved end to end.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { recorder, value } from "../components/support/recorder.ts";
import { schemaFaults, sent } from "../support/kubernetes-schema.ts";

const ROOT = join(import.meta.dirname, "../..");
const HOST = "vpce-0aaaaaaaaaaaaaaa1-abcdefgh.vpce-svc-0.us-east-1.vpce.amazonaws.com";
const subnets = (tier: string, third: number) =>
  [0, 1].map((az) => ({ id: `${tier}-${az}`, azId: `use1-az${az + 1}`, cidr: `10.40.${third + 2 * az}.0/23` }));
const connection = (port: number, endpointId: string) => ({
  port,
  endpointId,
  displayName: "",
  serviceName: "",
  azIds: [],
});

const STACKS = {
  "network.demo": {
    clientSubnets: subnets("client", 0),
    dataSubnets: subnets("data", 128),
    endpointSubnets: subnets("endpoint", 144),
    workloadsSecurityGroupId: "sg-workloads",
  },
  "cluster.demo": {
    clusterName: "corpai-demo",
    endpoint: "https://cluster",
    certificateAuthority: "Q0E=",
    clusterSecurityGroupId: "sg-cluster",
    nodeRoleName: "nodes",
  },
  "connections.demo": {
    connections: {
      clickhouse: connection(8443, "vpce-0aaaaaaaaaaaaaaa1"),
      github: connection(443, "vpce-0aaaaaaaaaaaaaaa2"),
    },
  },
  "data.demo": {
    stores: {
      memory: {
        engine: "postgres",
        host: "memory.rds.amazonaws.com",
        port: 5432,
        databaseName: "memory",
        resourceId: "db-MEMORY",
        masterSecretArn: "arn:aws:secretsmanager:us-east-1:111122223333:secret:rds!db-1",
        masterSecretKeyArn: "arn:aws:kms:us-east-1:111122223333:key/1",
      },
      sessions: {
        engine: "valkey",
        host: "sessions.cache.amazonaws.com",
        port: 6379,
        arn: "arn:aws:elasticache:us-east-1:111122223333:replicationgroup:corpai-demo-sessions",
        replicationGroupId: "corpai-demo-sessions",
        userGroupId: "corpai-demo-sessions-users",
      },
    },
  },
};

interface Built {
  readonly servers: Record<
    string,
    { env: Record<string, string>; waitingFor: string[]; stores: string[]; endpoint: unknown }
  >;
}

/** The servers' outputs, with the demo's configuration; GitHub's connection has no host yet. */
async function program(): Promise<Built> {
  const { config } = parse(readFileSync(join(ROOT, "environments/Pulumi.mcp-servers.demo.yaml"), "utf8")) as {
    config: Record<string, unknown>;
  };
  const secrets = Object.keys(config).filter((key) => key.endsWith("Secret"));
  const texts = Object.entries(config).map(([key, given]): [string, string] => [
    key,
    secrets.includes(key) ? "canary" : typeof given === "string" ? given : JSON.stringify(given),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(texts), secrets);
  process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(secrets);
  recorder.stacks = STACKS;
  recorder.lookups = {
    "aws:ec2/getVpcEndpoint:getVpcEndpoint": ({ id }) => ({
      id,
      dnsEntries: id === "vpce-0aaaaaaaaaaaaaaa1" ? [{ dnsName: HOST, hostedZoneId: "Z" }] : [],
    }),
  };
  const { default: mcpServers } = await import("../../stacks/mcp-servers/index.ts");
  const outputs = await recorder.build(() => mcpServers());
  return (await value(pulumi.output(outputs))) as unknown as Built;
}

describe("the program mcp-servers", () => {
  let built: Built;
  const saved = process.env.PULUMI_CONFIG_SECRET_KEYS;

  before(async () => {
    await recorder.install("mcp-servers.demo");
    built = await program();
  });
  after(async () => {
    pulumi.runtime.setAllConfig({}, []);
    recorder.lookups = {};
    recorder.stacks = {};
    if (saved === undefined) delete process.env.PULUMI_CONFIG_SECRET_KEYS;
    else process.env.PULUMI_CONFIG_SECRET_KEYS = saved;
    await recorder.install("network.demo");
  });

  const named = (type: string, name: string): Record<string, unknown> => {
    const [found, ...others] = recorder.of(type).filter((one) => one.name === name);
    assert.ok(found && others.length === 0, `one ${type} ${name}`);
    return found.inputs;
  };
  const statements = (name: string): unknown[] => {
    const { policy } = named("aws:iam/rolePolicy:RolePolicy", name);
    return (JSON.parse(String(policy)) as { Statement: { Action: unknown; Resource: unknown }[] }).Statement.map(
      ({ Action, Resource }) => [Action, Resource],
    );
  };
  const egress = (name: string): string[] => {
    const { spec } = named("kubernetes:networking.k8s.io/v1:NetworkPolicy", name) as {
      spec: { egress: { to: { ipBlock: { cidr: string } }[]; ports: { port: number; protocol: string }[] }[] };
    };
    return spec.egress.map(
      ({ to, ports }) =>
        `${to.map(({ ipBlock }) => ipBlock.cidr).join(" ")} ${ports.map(({ port, protocol }) => `${port}/${protocol}`).join(" ")}`,
    );
  };
  const ENDPOINTS = "10.40.144.0/23 10.40.146.0/23";
  const DATA = "10.40.128.0/23 10.40.130.0/23";
  const DNS = "172.20.0.10/32 53/UDP 53/TCP";
  const AGENT = "169.254.170.23/32 80/TCP";

  it("gives pods host and port of their connection: the host as AWS says it now, the port as the connection has it", () => {
    const { CLICKHOUSE_HOST, CLICKHOUSE_PORT, CLICKHOUSE_PASSWORD } = built.servers["clickhouse-mcp"]?.env ?? {};
    assert.deepEqual([CLICKHOUSE_HOST, CLICKHOUSE_PORT, CLICKHOUSE_PASSWORD], [HOST, "8443", "[secret]"]);
  });

  it("runs no pods while a connection has no host, and says which; others do not wait for it", () => {
    const replicas = (name: string): unknown =>
      (named("kubernetes:apps/v1:Deployment", name) as { spec: { replicas?: number } }).spec.replicas;
    assert.deepEqual([built.servers["github-mcp"]?.waitingFor, replicas("github-mcp")], [["github"], 0]);
    assert.deepEqual([replicas("clickhouse-mcp"), replicas("memory-mcp")], [2, undefined]);
  });

  it("gives pods host, port and database of their stores as `data` has them, and the user that they are there", () => {
    const { memory, sessions } = STACKS["data.demo"].stores;
    assert.deepEqual(built.servers["memory-mcp"]?.env, {
      MEMORY_HOST: memory.host,
      MEMORY_PORT: String(memory.port),
      MEMORY_DATABASE: memory.databaseName,
      MEMORY_USER: "mcp_memory_mcp",
      SESSIONS_HOST: sessions.host,
      SESSIONS_PORT: String(sessions.port),
      SESSIONS_USER: "mcp-demo-memory-mcp",
    });
    assert.deepEqual(built.servers["memory-mcp"].stores, ["memory", "sessions"]);
  });

  it("lets a server log in as exactly these users, and nobody else have anything of AWS", () => {
    assert.deepEqual(statements("memory-mcp"), [
      ["rds-db:connect", "arn:aws:rds-db:us-east-1:111122223333:dbuser:db-MEMORY/mcp_memory_mcp"],
      [
        "elasticache:Connect",
        [
          STACKS["data.demo"].stores.sessions.arn,
          "arn:aws:elasticache:us-east-1:111122223333:user:mcp-demo-memory-mcp",
        ],
      ],
    ]);
    assert.deepEqual(
      recorder
        .of("aws:eks/podIdentityAssociation:PodIdentityAssociation")
        .map(({ name }) => name)
        .sort(),
      ["memory-mcp", "memory-roles"],
    );
    const { userId, userGroupId } = named(
      "aws:elasticache/userGroupAssociation:UserGroupAssociation",
      "memory-mcp-cache-sessions",
    );
    assert.deepEqual([userId, userGroupId], ["mcp-demo-memory-mcp", "corpai-demo-sessions-users"]);
  });

  it("lets each server send to DNS and what it uses, on exactly those ports, and the Job to Secrets Manager too", () => {
    assert.deepEqual(egress("clickhouse-mcp"), [DNS, `${ENDPOINTS} 8443/TCP`]);
    assert.deepEqual(egress("github-mcp"), [DNS, `${ENDPOINTS} 443/TCP`]);
    assert.deepEqual(egress("memory-mcp"), [DNS, AGENT, `${DATA} 5432/TCP`, `${DATA} 6379/TCP`]);
    assert.deepEqual(egress("memory-roles"), [DNS, AGENT, `${ENDPOINTS} 443/TCP`, `${DATA} 5432/TCP`]);
  });

  it("lets nothing but its load balancer into a server that is exposed, and tells where that answers", () => {
    const ingress = (name: string): unknown =>
      (named("kubernetes:networking.k8s.io/v1:NetworkPolicy", name) as { spec: { ingress: unknown } }).spec.ingress;
    const from = ["10.40.144.0/23", "10.40.146.0/23"].map((cidr) => ({ ipBlock: { cidr } }));
    assert.deepEqual(ingress("memory-mcp"), [{ from, ports: [{ protocol: "TCP", port: 8080 }] }]);
    assert.deepEqual([ingress("clickhouse-mcp"), built.servers["clickhouse-mcp"]?.endpoint], [[], null]);
    assert.deepEqual(built.servers["memory-mcp"]?.endpoint, {
      host: "k8s-memory-mcp.elb.us-east-1.amazonaws.com",
      port: 8080,
    });
    const { spec } = named("kubernetes:core/v1:Service", "memory-mcp") as {
      spec: { loadBalancerSourceRanges: unknown };
    };
    assert.deepEqual(spec.loadBalancerSourceRanges, ["10.40.0.0/16"], "the VPC, where nobody said otherwise");
  });

  it("makes roles apart from the servers, where alone the master's secret can be read", () => {
    const { metadata } = named("kubernetes:batch/v1:Job", "memory-roles") as { metadata: { namespace: string } };
    assert.equal(metadata.namespace, "corpai-mcp-roles");
    assert.deepEqual(statements("memory-roles"), [
      ["secretsmanager:GetSecretValue", STACKS["data.demo"].stores.memory.masterSecretArn],
      ["kms:Decrypt", STACKS["data.demo"].stores.memory.masterSecretKeyArn],
    ]);
  });

  it("registers manifests that fit Kubernetes' own schemas, all of them", async () => {
    const manifests = recorder.resources.filter(({ type }) => type.startsWith("kubernetes:"));
    assert.ok(manifests.length > 20);
    const faults = await Promise.all(
      manifests.map(async ({ type, name, inputs }) =>
        (await schemaFaults(sent(inputs) as Record<string, unknown>)).map((fault) => `${type} ${name} ${fault}`),
      ),
    );
    assert.deepEqual(faults.flat(), []);
  });
});
