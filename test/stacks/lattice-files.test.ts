// Proves what is refused of private connections before anything is created: by the files alone, and by what the program looks up. It starts from the demo's
// files and breaks one thing at a time. That AWS would refuse the same, or fail at it, is shown in the sandbox's own tests.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "mocha";
import { describeProblem } from "../../model/problem.ts";
import { formatStackName } from "../../model/stack-name.ts";
import {
  ENVIRONMENTS_FOLDER,
  type StackSource,
  judgeEnvironment,
  stackNamed,
  stacksOf,
} from "../../stacks/environment.ts";
import privateConnections from "../../stacks/private-connections/index.ts";
import { readStackFile } from "../../stacks/stack-file.ts";
import { L } from "../sandbox/support/lattice.ts";
import { DATA, type Actor, actor, demoWorld } from "../sandbox/support/world.ts";
import { restore, runProgram } from "./support/program.ts";

const STACK = "private-connections.demo";
const CERTIFICATE = readFileSync(join(import.meta.dirname, "../fixtures/acme.example.pem"), "utf8");

type Fields = Record<string, unknown>;
/** The parts of the file that tests change. */
interface Parts {
  readonly vpcs: Record<string, { vpcId: string; subnets: { id: string; azId: string }[] }>;
  readonly observability: Fields;
  readonly connections: Record<string, unknown>;
  readonly resources: Record<string, Fields>;
  readonly gateways: Record<string, Fields>;
  readonly integrations: Record<string, Fields>;
}

function problemsAfter(change: (parts: Parts, file: Fields) => void, without: readonly string[] = []): string[] {
  const names = stacksOf("demo")
    .map(formatStackName)
    .filter((name) => !without.includes(name));
  const sources = names.map((name): StackSource => {
    const raw: Fields = { ...readStackFile(join(ENVIRONMENTS_FOLDER, `Pulumi.${name}.yaml`)).raw };
    if (name === STACK) change(partsOf(raw), raw);
    return { stack: stackNamed(name), raw, problems: [] };
  });
  return judgeEnvironment(sources, { today: "2026-11-21", class: "demo", branch: "main" }).problems.map(
    describeProblem,
  );
}

function partsOf(raw: Fields): Parts {
  for (const key of ["vpcs", "privateConnections", "resources", "gateways", "integrations"])
    raw[`corpai:${key}`] = structuredClone(raw[`corpai:${key}`]);
  const connections = raw["corpai:privateConnections"] as Record<string, Fields>;
  return {
    vpcs: raw["corpai:vpcs"] as Parts["vpcs"],
    observability: connections.observability ?? assert.fail("no such connection"),
    connections,
    resources: raw["corpai:resources"] as Parts["resources"],
    gateways: raw["corpai:gateways"] as Parts["gateways"],
    integrations: raw["corpai:integrations"] as Parts["integrations"],
  };
}

function refused(change: (parts: Parts, file: Fields) => void, says: RegExp): void {
  const problems = problemsAfter(change);
  assert.equal(problems.length, 1, problems.join("\n"));
  assert.match(problems[0] ?? "", says);
  assert.match(problems[0] ?? "", /^private-connections\.demo: (corpai|aws):.*; allowed: /);
}

const of = (record: Record<string, Fields>, key: string): Fields => record[key] ?? assert.fail(key);

describe("files of private connections", () => {
  it("are sound in the demo", () =>
    assert.deepEqual(
      problemsAfter(() => undefined),
      [],
    ));

  it("have one subnet per AZ", () =>
    refused(
      ({ vpcs }) => vpcs.acme?.subnets.push({ id: "subnet-0acedada00000000c", azId: "use1-az1" }),
      /vpcs\.acme\.subnets.*one subnet per AZ/,
    ));

  it("have five groups at most, the program's own among them", () =>
    refused(({ observability }) => {
      observability.securityGroupIds = ["1", "2", "3", "4", "5"].map((digit) => `sg-0000000000000000${digit}`);
    }, /securityGroupIds.*at most 4, since AWS allows 5 groups/));

  it("have port ranges, and those the right way round", () => {
    refused(
      ({ observability }) => (observability.ports = ["8100-8000"]),
      /ports\.0: given "8100-8000".*the lower port first/,
    );
    refused(
      ({ observability }) => (observability.ports = []),
      /at least one port range: without any, AWS lets all ports/,
    );
    refused(({ observability }) => (observability.ports = ["0"]), /ports\.0: given "0"/);
  });

  it("name hosts and no URLs", () =>
    refused(
      ({ observability }) => (observability.host = "https://grafana.acme.example/x"),
      /host: given "https:.*without https:\/\/ and without a path/,
    ));

  it("resolve a private name in its VPC only", () => {
    const named = (parts: Parts, dnsResolution: string): void => {
      Object.assign(parts.observability, { host: "grafana.acme.internal", dnsResolution });
    };
    refused(
      (parts) => named(parts, "public"),
      /host: given grafana\.acme\.internal, which no public resolver knows.*in-vpc/,
    );
    assert.deepEqual(
      problemsAfter((parts) => named(parts, "in-vpc")),
      [],
    );
    refused(({ observability }) => (observability.host = "grafana"), /no public resolver knows/);
  });

  it("have endpoints that their connection's certificate covers, and on ports that it lets through", () => {
    assert.deepEqual(
      problemsAfter(({ observability }) => (observability.certificate = CERTIFICATE)),
      [],
    );
    refused(({ observability, integrations }) => {
      observability.certificate = CERTIFICATE;
      of(integrations, "grafana").endpoint = "https://grafana.internal.corp";
    }, /integrations\.grafana\.endpoint: given https:\/\/grafana\.internal\.corp; allowed: a host that the certificate of observability covers: DNS:\*\.acme\.example/);
    refused(
      ({ integrations }) => (of(integrations, "grafana").endpoint = "https://grafana.acme.example:8443"),
      /endpoint.*a port that observability lets through: 443/,
    );
    refused(({ observability }) => (observability.certificate = "MII…"), /certificate.*X\.509 certificate as PEM/);
    refused(
      ({ integrations }) => (of(integrations, "grafana").endpoint = "grafana.acme.example"),
      /endpoint.*a URL such as/,
    );
  });

  it("name resource configurations of their own region, by an ARN or by an id of their own account", () => {
    const by = (value: Fields) => (parts: Parts) => {
      parts.connections.tools = { mode: "self-managed", by: value };
    };
    const arn = "arn:aws:vpc-lattice:us-east-1:444455556666:resourceconfiguration/rcfg-0123456789abcdef0";
    assert.deepEqual(problemsAfter(by({ resourceConfigurationArn: arn })), []);
    assert.deepEqual(problemsAfter(by({ resourceConfigurationId: "rcfg-0123456789abcdef0" })), []);
    refused(
      by({ resourceConfigurationArn: arn.replace("us-east-1", "eu-west-1") }),
      /a resource configuration of us-east-1/,
    );
    refused(by({ resourceConfigurationArn: "rcfg-0123456789abcdef0" }), /the ARN of a resource configuration/);
  });

  it("have names that AWS takes", () =>
    refused(
      ({ connections, observability }) => (connections["a".repeat(23)] = observability),
      /privateConnections\.a+.*at most 22 characters: AWS allows 30/,
    ));

  it("name nothing that is not there", () => {
    refused(
      ({ observability }) => (observability.vpc = "other"),
      /vpc: given other; allowed: a key of this file: acme, corpai/,
    );
    refused(({ resources }) => (of(resources, "memory").gateway = "other"), /resources\.memory\.gateway: given other/);
    refused(
      ({ integrations }) => (of(integrations, "grafana").connection = "other"),
      /integrations\.grafana\.connection: given other/,
    );
    refused(
      ({ integrations }) => (of(integrations, "grafana").spaces = ["other"]),
      /integrations\.grafana\.spaces: given other/,
    );
    refused(
      ({ resources }) => (of(resources, "memory").host = { server: "github-mcp" }),
      /resources\.memory\.host\.server: given github-mcp; allowed: an MCP server of this environment that has a load balancer: memory-mcp/,
    );
    assert.match(problemsAfter(() => undefined, ["network.demo"]).join("\n"), /corpai:vpcs\.corpai: given network/);
  });

  it("say where requests may go, and by which rule", () => {
    refused(
      ({ observability }) => delete observability.target,
      /target: given nothing; allowed: \{ securityGroupId \}/,
    );
    refused(
      ({ observability }) => Object.assign(observability, { addressType: "ipv6", target: { cidrs: ["10.20.0.0/16"] } }),
      /target\.cidrs.*a gateway of addressType ipv6 sends no IPv4/,
    );
  });

  it("take no Grafana that has no service accounts, and no token in clear", () => {
    refused(
      ({ integrations }) => (of(integrations, "grafana").version = "9.0"),
      /version: given "9\.0"; allowed: Grafana 9\.1 or later/,
    );
    refused(
      (_parts, file) => (file["corpai:grafanaTokenSecret"] = "glsa_1"),
      /grafanaTokenSecret: given a value in clear/,
    );
    refused(({ integrations }) => (of(integrations, "grafana").token = "glsa_1"), /integrations\.grafana\.token/);
  });

  it("tag by whose stack it is", () => {
    refused((_parts, file) => (file["corpai:side"] = "customer"), /aws:defaultTags.*none here/);
  });
});

describe("private-connections, before its first resource", () => {
  after(restore);
  const upstream = {
    "network.demo": {
      vpcId: "vpc-0c0a9a10000000001",
      endpointSubnets: ["use1-az1", "use1-az2", "use1-az4"].map((azId, index) => ({
        azId,
        id: `subnet-0c0a9a1000000000${index}`,
        cidr: `10.40.${144 + 2 * index}.0/23`,
      })),
    },
    "mcp-servers.demo": {
      servers: { "memory-mcp": { endpoint: { host: "k8s-memory.elb.us-east-1.amazonaws.com", port: 8080 } } },
    },
  };
  const run = (as: Actor, change: (parts: Parts) => void = () => undefined) =>
    runProgram(STACK, { as, program: privateConnections, upstream, change: (config) => change(partsOf(config)) });
  async function lookedUp(change: (parts: Parts) => void, says: RegExp, as = actor(demoWorld(), DATA)): Promise<void> {
    const { refusal, resources } = await run(as, change);
    assert.match(refusal ?? "it went through", says);
    assert.deepEqual(resources, [], "nothing was registered");
  }

  it("finds everything where the files say", async () => {
    const { refusal, resources } = await run(actor(demoWorld(), DATA));
    assert.equal(refusal, undefined);
    const types = resources.map(({ type }) => type);
    for (const type of [L.connection, L.service, L.association, L.space, L.gateway, L.configuration])
      assert.ok(types.includes(type), type);
  });

  it("refuses subnets of another VPC, or in another AZ than they are", async () => {
    await lookedUp(
      ({ vpcs }) => (vpcs.acme = { vpcId: "vpc-0ace7001500000001", subnets: vpcs.acme?.subnets ?? [] }),
      /corpai:vpcs\.acme: given vpc-0ace7001500000001; allowed: a VPC of this account/,
    );
    const as = actor(demoWorld(), DATA);
    const other = as.make("aws:ec2/vpc:Vpc", { cidrBlock: "10.99.0.0/16" });
    await lookedUp(
      ({ vpcs }) => (vpcs.acme = { vpcId: other.id, subnets: vpcs.acme?.subnets ?? [] }),
      /subnets: given subnet-0acedada00000000a, which is in vpc-0acedada000000001/,
      as,
    );
    await lookedUp(
      ({ vpcs }) => (vpcs.acme?.subnets ?? []).forEach((subnet, index) => (subnet.azId = `use1-az${4 + 2 * index}`)),
      /its real AZ, use1-az1/,
    );
  });

  it("refuses groups of another VPC", () =>
    lookedUp(
      ({ observability }) => (observability.target = { securityGroupId: "sg-0ace7001591700001" }),
      /privateConnections\.observability: given sg-0ace7001591700001/,
    ));

  it("refuses a subnet without 16 free addresses for each gateway", async () => {
    const as = actor(demoWorld(), DATA);
    const small = as.make("aws:ec2/subnet:Subnet", {
      vpcId: "vpc-0acedada000000001",
      cidrBlock: "10.20.9.0/28",
      availabilityZone: "us-east-1a",
    });
    await lookedUp(
      ({ vpcs }) => (vpcs.acme?.subnets ?? []).splice(0, 2, { id: small.id, azId: "use1-az1" }),
      /which has 11 free addresses; allowed: subnets with at least 16/,
      as,
    );
  });
});
