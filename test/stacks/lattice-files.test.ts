// Proves what is refused of private connections before anything is created: by the files alone, and by what the program looks up. It starts from the demo's
// files and breaks one thing at a time. That AWS would refuse the same, or fail at it, is shown in the sandbox's own tests.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
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
import { L, gatewayGroup, latticeWorld, ownResource } from "../sandbox/support/lattice.ts";
import { DATA, TOOLS, type Actor, actor, demoWorld } from "../sandbox/support/world.ts";
import { restore, runProgram } from "./support/program.ts";

const STACK = "private-connections.demo";
const CERTIFICATE = readFileSync(join(import.meta.dirname, "../fixtures/acme.example.pem"), "utf8");

type Fields = Record<string, unknown>;

/** As AWS DevOps Agent makes it with an account's first agent space. */
const agentRole = {
  type: "aws:iam/role:Role",
  id: "AWSServiceRoleForAIDevOps",
  region: "us-east-1",
  inputs: { name: "AWSServiceRoleForAIDevOps", path: "/aws-service-role/aidevops.amazonaws.com/" },
  computed: {},
  readyAt: 0,
  estate: true,
};
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

  it("stand in AZs in which VPC Lattice has gateways", () =>
    refused(
      ({ vpcs }) => vpcs.acme?.subnets.push({ id: "subnet-0acedada00000000d", azId: "use1-az3" }),
      /vpcs\.acme: given use1-az3; allowed: AZs in which VPC Lattice has gateways/,
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
    refused(({ observability }) => (observability.ports = ["443-443"]), /ports\.0: given "443-443"/);
    refused(({ observability }) => {
      observability.ports = Array.from({ length: 12 }, (_none, index) => String(443 + 2 * index));
    }, /at most 11 port ranges/);
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

  it("have hosts and networks of the families that their gateway speaks", () => {
    refused(
      ({ observability }) => (observability.target = { cidrs: ["10.20.0.0/16", "2001:db8::/32"] }),
      /target\.cidrs: given 2001:db8::\/32; allowed: IPv4, since a gateway of addressType ipv4 sends no IPv6/,
    );
    refused(
      ({ observability }) => (observability.host = "2001:db8::1"),
      /observability\.host: given 2001:db8::1; allowed: IPv4/,
    );
    refused(({ observability }) => (observability.target = { cidrs: ["2001:db8::1/32"] }), /a CIDR whose host bits/);
    const both = { addressType: "dual-stack", target: { cidrs: ["10.20.0.0/16", "2001:db8::/32"] } };
    assert.deepEqual(
      problemsAfter(({ observability }) => Object.assign(observability, both)),
      [],
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

  it("admit others by a share or by a policy, not by both", () => {
    const admit = ["444455556666", "arn:aws:iam::444455556666:role/agents"];
    assert.deepEqual(
      problemsAfter(({ resources }) => (of(resources, "memory").admit = admit)),
      [],
    );
    refused(
      ({ resources }) => Object.assign(of(resources, "memory"), { admit, shareWith: ["444455556666"] }),
      /resources\.memory: given .*; allowed: shareWith or admit, since a share writes the same policy/,
    );
    refused(({ resources }) => (of(resources, "memory").admit = ["*"]), /admit\.0: given "\*"; allowed: an account id/);
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
  type Change = (parts: Parts, config: Fields) => void;
  const run = (as: Actor, change: Change = () => undefined) =>
    runProgram(STACK, {
      as,
      program: privateConnections,
      upstream,
      change: (config) => change(partsOf(config), config),
    });
  async function lookedUp(change: Change, says: RegExp, as = actor(demoWorld(), DATA)): Promise<void> {
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

  it("refuses what quotas of VPC Lattice leave no room for, with what stands counted in", async () => {
    const as = actor(latticeWorld({ quotas: { "L-5FF8F9B9": 1 } }), DATA);
    ownResource(as, gatewayGroup(as), { tags: { Name: "others" } });
    await lookedUp(
      () => undefined,
      /corpai:resources: given 1 more, while at least 1 stand; allowed: at most 1 in this account, AWS's quota "Resource configurations per AWS Region" \(vpc-lattice L-5FF8F9B9\)/,
      as,
    );
    await lookedUp(
      ({ observability, connections }) => (connections.second = observability),
      /corpai:vpcs\.acme: given 2 in this file; allowed: at most 1 in this account, AWS's quota "Resource gateways per VPC"/,
      actor(latticeWorld({ quotas: { "L-0DCA4434": 1 } }), DATA),
    );
  });

  it("refuses service-managed connections where AWS DevOps Agent has no role and no new agent space brings it", async () => {
    const standing = (_parts: Parts, config: Fields): void => {
      config["corpai:agentSpaces"] = { operations: { id: "12345678-aaaa-bbbb-cccc-1234567890ab" } };
    };
    await lookedUp(
      standing,
      /given service-managed ones, in an account that has no role AWSServiceRoleForAIDevOps; .*aws iam create-service-linked-role/,
    );
    const as = actor(demoWorld(), DATA);
    as.make(L.space, { name: "standing" });
    assert.equal((await run(as, standing)).refusal, undefined);
  });

  it("refuses what an organization's policies deny, to the service's own role and to whoever runs the program", async () => {
    const denied = latticeWorld({ deniedActions: ["vpc-lattice:*"] });
    denied.put({ ...agentRole, account: DATA });
    await lookedUp(
      () => undefined,
      /corpai:gateways: given arn:aws:iam::111122223333:user\/sandbox, to which a policy denies vpc-lattice:CreateResourceGateway.*\n.*corpai:privateConnections: given the service-linked role, to which a policy denies/,
      actor(denied, DATA),
    );
  });

  it("refuses another account's resource until its share is accepted, and takes one whose share it is to accept", async () => {
    const world = demoWorld();
    const owner = actor(world, TOOLS);
    const group = owner.make(L.group, { vpcId: "vpc-0ace7001500000001", name: "gateway" });
    const gateway = owner.make(L.gateway, {
      vpcId: "vpc-0ace7001500000001",
      subnetIds: ["subnet-0ace7001500000002"],
      securityGroupIds: [group.id],
    });
    const { arn } = owner.make(L.configuration, {
      resourceGatewayIdentifier: gateway.id,
      portRanges: ["443"],
      resourceConfigurationDefinition: { ipResource: { ipAddress: "10.30.2.10" } },
    });
    const share = owner.make(L.share, { allowExternalPrincipals: true }).id;
    owner.make(L.shared, { resourceShareArn: share, resourceArn: arn ?? "" });
    owner.make(L.principal, { resourceShareArn: share, principal: DATA });

    const as = actor(world, DATA);
    const by =
      (more: Fields = {}): Change =>
      ({ connections }) => {
        connections.github = { mode: "self-managed", by: { resourceConfigurationArn: arn, ...more } };
      };
    await lookedUp(
      by(),
      /privateConnections\.github\.by: given arn:\S+ which is not there, not shared, or whose share nobody has accepted; .*acceptShareArn/,
      as,
    );
    assert.equal((await run(as, by({ acceptShareArn: share }))).refusal, undefined);
    as.make(L.accepter, { shareArn: share });
    assert.equal((await run(as, by())).refusal, undefined);
  });

  it("refuses an id that this account has no resource configuration of", () =>
    lookedUp(({ connections }) => {
      const by = { resourceConfigurationId: "rcfg-0123456789abcdef0" };
      connections.github = { mode: "self-managed", by };
    }, /privateConnections\.github\.by: given arn:aws:vpc-lattice:us-east-1:111122223333:\S+rcfg-0123456789abcdef0, which is not there/));

  it("names as steps what these credentials may not ask", async () => {
    const as = actor(demoWorld(), DATA);
    const forbidden = ["aws:iam/getRole:getRole", "aws:iam/getPrincipalPolicySimulation:getPrincipalPolicySimulation"];
    const asking: Actor = {
      ...as,
      look(token, args) {
        if (!forbidden.includes(token)) return as.look(token, args);
        throw new Error("AccessDenied: User: sandbox is not authorized to perform this");
      },
    };
    const told: string[] = [];
    const { warn } = pulumi.log;
    const log = pulumi.log as { warn: (text: string) => Promise<void> };
    log.warn = (text) => Promise.resolve(void told.push(text));
    try {
      assert.equal((await run(asking)).refusal, undefined);
    } finally {
      log.warn = warn;
    }
    assert.match(
      told.join("\n"),
      /see in IAM that role AWSServiceRoleForAIDevOps exists.*\nsee that no service control policy/,
    );
  });

  it("refuses a subnet of the network's endpoint tier that is full as well", async () => {
    const as = actor(demoWorld(), DATA);
    const vpc = as.make("aws:ec2/vpc:Vpc", { cidrBlock: "10.99.0.0/16" });
    const full = as.make("aws:ec2/subnet:Subnet", {
      vpcId: vpc.id,
      cidrBlock: "10.99.9.0/28",
      availabilityZone: "us-east-1a",
    });
    const subnets = [{ azId: "use1-az1", id: full.id, cidr: "10.99.9.0/28" }];
    const { refusal } = await runProgram(STACK, {
      as,
      program: privateConnections,
      upstream: { ...upstream, "network.demo": { ...upstream["network.demo"], endpointSubnets: subnets } },
    });
    assert.match(refusal ?? "", /corpai:vpcs\.corpai: given subnet-\w+, which has 11 free addresses/);
  });

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
