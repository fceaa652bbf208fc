// Proves that servers of one tenant reach that tenant's connections and no others, by the sandbox's packets, for every pair; and that files which would have a
// server's packets dropped are refused. That pods carry their tenant's group: components and the last test here.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { describeProblem } from "../../model/problem.ts";
import type { EnvironmentFacts } from "../../model/environment-facts.ts";
import { tenantProblems } from "../../model/tenant-check.ts";
import { walk } from "../../sandbox/path.ts";
import type { HostFacts } from "../../sandbox/world.ts";
import connections from "../../stacks/connections/index.ts";
import customerServices from "../../stacks/customer-services/index.ts";
import { loadEnvironment } from "../../stacks/environment.ts";
import { CLICKHOUSE_GROUP, INSTANCES, T } from "../sandbox/support/connection.ts";
import { type Actor, DATA, actor, demoWorld } from "../sandbox/support/world.ts";
import { recorder } from "../components/support/recorder.ts";
import { nodes, server } from "../components/support/mcp.ts";
import { deploy } from "./support/deployed.ts";
import { restore } from "./support/program.ts";

const TENANTS = ["risk", "research", "retail"] as const;
/** One connection for each tenant, one for two of them, and one for all. */
const USERS: Readonly<Record<string, readonly string[]>> = {
  risk: ["risk"],
  research: ["research"],
  retail: ["retail"],
  pair: ["risk", "retail"],
  everybody: [],
};
const KEYS = Object.keys(USERS);
const portOf = (key: string): number => 9000 + KEYS.indexOf(key);

after(restore);

describe("tenants", () => {
  let own: Actor;
  let vpcId: string;
  let subnetId: string;
  const groups: Record<string, string> = {};
  const hosts: Record<string, string> = {};

  before(async () => {
    own = actor(demoWorld(), DATA);
    listenOnAll(own);
    const customer = await deploy("customer-services.demo.data", {
      as: own,
      program: customerServices,
      change: (config) =>
        (config["corpai:services"] = Object.fromEntries(KEYS.map((key) => [key, serviceOn(portOf(key))]))),
    });
    const vpc = own.make(T.vpc, { cidrBlock: "10.40.0.0/16", enableDnsHostnames: true });
    const subnets = ["use1-az1", "use1-az2", "use1-az4"].map((azId, index) => ({
      azId,
      cidr: `10.40.${144 + index}.0/24`,
      id: own.make(T.subnet, { vpcId: vpc.id, cidrBlock: `10.40.${144 + index}.0/24`, availabilityZoneId: azId }).id,
    }));
    vpcId = vpc.id;
    subnetId = subnets[0]?.id ?? "";
    for (const name of ["workloads", ...TENANTS]) groups[name] = own.make(T.group, { name, vpcId: vpc.id }, name).id;
    own.make(T.egress, { securityGroupId: groups.workloads ?? "", ipProtocol: "-1", cidrIpv4: "10.40.0.0/16" });
    const built = await deploy("connections.demo", {
      as: own,
      program: connections,
      upstream: {
        "customer-services.demo.data": customer.outputs,
        "network.demo": {
          vpcId: vpc.id,
          endpointSubnets: subnets,
          workloadsSecurityGroupId: groups.workloads,
          tenantSecurityGroupIds: Object.fromEntries(TENANTS.map((tenant) => [tenant, groups[tenant]])),
        },
      },
      change: (config) =>
        (config["corpai:registrations"] = Object.fromEntries(
          KEYS.map((key) => [key, { displayName: key, service: literal(customer.outputs, key), tenants: USERS[key] }]),
        )),
    });
    for (const key of KEYS) {
      const endpoint = built.made(T.endpoint, key);
      const service = own.context.world.all(
        T.service,
        ({ computed }) => computed.serviceName === endpoint.serviceName,
      )[0];
      own.make(T.accepter, { vpcEndpointId: endpoint.id, vpcEndpointServiceId: service?.id ?? "" });
      own.context.world.advance(600);
      const entries = own.read(T.endpoint, endpoint.id).dnsEntries as { dnsName: string }[];
      hosts[key] =
        entries.map(({ dnsName }) => dnsName).find((name) => /^vpce-[0-9a-f]{17}-[0-9a-z]{8}\./.test(name)) ?? "";
    }
  });

  const way = (tenant: string | undefined, key: string) =>
    walk(
      own.context.world,
      {
        vpcId,
        subnetId,
        ip: "10.40.2.50",
        securityGroupIds: [groups.workloads ?? "", ...(tenant === undefined ? [] : [groups[tenant] ?? ""])],
      },
      hosts[key] ?? "",
      portOf(key),
    );

  for (const tenant of [...TENANTS, undefined])
    for (const key of KEYS) {
      const users = USERS[key] ?? [];
      const may = users.length === 0 || (tenant !== undefined && users.includes(tenant));
      it(`a server of ${tenant ?? "no tenant"} ${may ? "reaches" : "does not reach"} the connection of ${users.join(" and ") || "all"}`, () => {
        const { verdict, blockedAt, hops } = way(tenant, key);
        if (may) return assert.equal(verdict, "open", JSON.stringify(hops.at(-1)));
        assert.equal(blockedAt, "endpoint-group");
      });
    }

  it("do not admit each other on a further port either, since each rule names one port and one tenant", () => {
    for (const { inputs } of own.context.world.all(
      T.ingress,
      ({ inputs: one }) => one.referencedSecurityGroupId === groups.risk,
    ))
      assert.equal(inputs.fromPort, inputs.toPort);
  });

  const problems = (change: (facts: EnvironmentFacts) => EnvironmentFacts): string[] =>
    tenantProblems(change(loadEnvironment("demo", { secretsToCome: true }).facts)).map(describeProblem);
  const withTenants = (
    facts: EnvironmentFacts,
    registered: readonly string[],
    tenant: string | undefined,
  ): EnvironmentFacts => {
    const { network, mcpServers } = facts;
    assert.ok(network && mcpServers);
    const servers = Object.entries(mcpServers.servers).map(([key, one]) => [
      key,
      key === "clickhouse-mcp" ? { ...one, tenant } : one,
    ]);
    return {
      ...facts,
      network: { ...network, tenants: ["risk", "retail"] },
      connections: facts.connections.map((stack) => ({
        ...stack,
        registrations: Object.fromEntries(
          Object.entries(stack.registrations).map(([key, one]) => [
            key,
            key === "clickhouse" ? { ...one, tenants: registered } : one,
          ]),
        ),
      })),
      mcpServers: { ...mcpServers, servers: Object.fromEntries(servers) as typeof mcpServers.servers },
    };
  };

  it("are sound where a server uses its own tenant's connections and those of all", () => {
    assert.deepEqual(
      problems((facts) => facts),
      [],
    );
    assert.deepEqual(
      problems((facts) => withTenants(facts, ["risk"], "risk")),
      [],
    );
    assert.deepEqual(
      problems((facts) => withTenants(facts, [], "risk")),
      [],
    );
  });

  it("are refused in the files where packets would be dropped, or a name is nobody's", () => {
    const drops = problems((facts) => withTenants(facts, ["risk"], "retail"));
    assert.match(
      drops.join("\n"),
      /servers\.clickhouse-mcp\.env\.CLICKHOUSE_HOST\.connection: given "clickhouse", which admits tenant risk only, for a server of tenant retail/,
    );
    assert.match(problems((facts) => withTenants(facts, ["risk"], undefined)).join("\n"), /for a server of no tenant/);
    assert.match(
      problems((facts) => withTenants(facts, ["nobody"], "nobody")).join("\n"),
      /registrations\.clickhouse\.tenants: given "nobody"; allowed: a tenant of network\.demo: risk, retail/,
    );
  });

  it("have nodes of their own, whose pods alone carry their group, and on which their servers alone run", async () => {
    await restore();
    await recorder.build(() => [
      nodes("mcp-risk", { tenant: { key: "risk", securityGroupId: "sg-risk" } }),
      server("risk-mcp", { tenant: "risk" }),
    ]);
    const spec = (kind: string) =>
      recorder.resources.find(({ type }) => type.endsWith(kind))?.inputs.spec as Record<string, unknown>;
    assert.deepEqual(spec(":NodeClass").podSecurityGroupSelectorTerms, [{ id: "sg-workloads" }, { id: "sg-risk" }]);
    const pod = (spec(":Deployment").template as { spec: Record<string, unknown> }).spec;
    assert.deepEqual(pod.nodeSelector, { "corpai.io/workloads": "mcp-risk" });
    const pool = (spec(":NodePool").template as { spec: { taints: unknown } }).spec;
    assert.deepEqual(pool.taints, [{ key: "corpai.io/workloads", value: "mcp-risk", effect: "NoSchedule" }]);
  });
});

function listenOnAll({ context: { world } }: Actor): void {
  const facts = world.facts.hosts as Record<string, HostFacts>;
  for (const id of INSTANCES) {
    const host = facts[id];
    assert.ok(host);
    facts[id] = { ...host, listens: KEYS.map((key) => ({ port: portOf(key), protocol: "TCP" as const })) };
  }
}

const serviceOn = (port: number): object => ({
  port,
  targets: { type: "instance", instanceIds: [...INSTANCES] },
  targetSecurityGroupId: CLICKHOUSE_GROUP,
  openTargetSecurityGroup: true,
});

function literal(outputs: Readonly<Record<string, unknown>>, key: string): object {
  const services = outputs.services as Readonly<
    Record<string, { readonly serviceName: string; readonly port: number }>
  >;
  return { serviceName: services[key]?.serviceName, port: services[key]?.port };
}
