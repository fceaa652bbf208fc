// Proves what the isolated network consists of, counted as the document counts, and that bad input is one clear error before anything is registered. The
// program runs in this process on Pulumi's mocks; its look-ups are the sandbox's. That AWS takes what it makes is shown in test/stacks/agentcore-flows.test.ts.
import assert from "node:assert/strict";
import { after, describe, it } from "mocha";
import { AGENTCORE_ENDPOINTS, AGENTCORE_GATEWAY_ENDPOINTS } from "../../model/agentcore-endpoints.ts";
import { type Charged, endpointTraffic, monthlyCost } from "../../model/cost.ts";
import agentcoreNetwork from "../../stacks/agentcore-network/index.ts";
import { DATA, actor, demoWorld } from "../sandbox/support/world.ts";
import { World } from "../../sandbox/world.ts";
import { type Outcome, restore, runProgram } from "./support/program.ts";

const STACK = "agentcore-network.demo";
type Config = Record<string, unknown>;
interface Subnet {
  azId?: string;
  cidr?: string;
}

const run = (
  change: (config: Config, subnets: Record<string, Subnet>) => void = () => undefined,
  world = demoWorld(),
) =>
  runProgram(STACK, {
    as: actor(world, DATA),
    program: agentcoreNetwork,
    change: (config) => change(config, config["corpai:subnets"] as Record<string, Subnet>),
  });

async function built(change?: Parameters<typeof run>[0]): Promise<Outcome["resources"]> {
  const { refusal, resources } = await run(change);
  assert.equal(refusal, undefined);
  return resources;
}

const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const twoSubnets = (_config: Config, subnets: Record<string, Subnet>): void => {
  delete subnets.mcp;
};
const cost = (resources: Outcome["resources"]) => monthlyCost(resources as readonly Charged[], "us-east-1");

after(restore);

describe("agentcore-network", () => {
  it("has the document's twelve interface endpoints in every subnet, and its two gateways", async () => {
    const endpoints = (await built()).filter(({ type }) => type === ENDPOINT);
    const of = (kind: string) => endpoints.filter(({ inputs }) => inputs.vpcEndpointType === kind);
    assert.deepEqual(
      of("Interface")
        .map(({ inputs }) => inputs.serviceName)
        .sort(),
      AGENTCORE_ENDPOINTS.map(({ service }) => `com.amazonaws.us-east-1.${service}`).sort(),
    );
    assert.deepEqual(
      of("Gateway").map(({ inputs }) => inputs.serviceName),
      AGENTCORE_GATEWAY_ENDPOINTS.map(({ service }) => `com.amazonaws.us-east-1.${service}`),
    );
    const interfaces = of("Interface").flatMap(({ inputs }) => inputs.subnetIds as string[]);
    assert.deepEqual([of("Interface").length, of("Gateway").length, interfaces.length], [12, 2, 36]);
    assert.ok(of("Interface").every(({ inputs }) => inputs.privateDnsEnabled === true));
  });

  it("costs what the document reckons, and a third less of that with two subnets, which is one value", async () => {
    const [three, two] = [await built(), await built(twoSubnets)];
    const endpoints = (resources: Outcome["resources"]) =>
      cost(resources.filter(({ type }) => type === ENDPOINT))?.total ?? 0;
    assert.equal(endpoints(three).toFixed(2), "259.20");
    assert.equal((endpoints(three) - endpoints(two)).toFixed(2), "86.40");
    assert.equal(endpointTraffic(1, "us-east-1"), 0.01);
    const interfaces = two
      .filter(({ type, inputs }) => type === ENDPOINT && inputs.vpcEndpointType === "Interface")
      .flatMap(({ inputs }) => inputs.subnetIds as string[]);
    assert.equal(interfaces.length, 24);
  });

  it("stands where the document puts it, with one route table, and without anything that leads out", async () => {
    const resources = await built();
    const of = (type: string) => resources.filter((resource) => resource.type === type);
    assert.deepEqual(
      of("aws:ec2/subnet:Subnet").map(({ inputs }) => [inputs.availabilityZoneId, inputs.cidrBlock]),
      [
        ["use1-az1", "10.0.3.0/24"],
        ["use1-az2", "10.0.4.0/24"],
        ["use1-az4", "10.0.1.0/24"],
      ],
    );
    const [vpc] = of("aws:ec2/vpc:Vpc");
    assert.deepEqual(
      [vpc?.inputs.cidrBlock, vpc?.inputs.enableDnsSupport, vpc?.inputs.enableDnsHostnames],
      ["10.0.0.0/16", true, true],
    );
    assert.equal(of("aws:ec2/routeTable:RouteTable").length, 1);
    assert.equal(of("aws:ec2/routeTableAssociation:RouteTableAssociation").length, 3);
    const ways = /internetGateway|natGateway|:Eip|ec2\/route:|transitGateway|vpcPeering/i;
    assert.deepEqual(
      resources.filter(({ type }) => ways.test(type)),
      [],
    );
  });

  it("has the document's groups and rules, those to S3, and none that it left out on purpose", async () => {
    const resources = await built();
    const name = (id: unknown): string => String(id).replace(/^agentcore-(.*)-id$/, "$1");
    const rules = resources
      .filter(({ type }) => /SecurityGroup(In|E)gressRule$/.test(type))
      .map(({ type, inputs }) => {
        assert.deepEqual([inputs.ipProtocol, inputs.fromPort, inputs.toPort], ["tcp", 443, 443]);
        const peer = [inputs.cidrIpv4, inputs.prefixListId, inputs.referencedSecurityGroupId].find(Boolean);
        return `${name(inputs.securityGroupId)} ${type.includes("Ingress") ? "from" : "to"} ${name(peer)}`;
      });
    assert.deepEqual(rules.sort(), [
      "AgentRuntimeSecurityGroup to VPCEndpointSecurityGroup",
      "AgentRuntimeSecurityGroup to pl-s3",
      "GatewayLambdaSecurityGroup to VPCEndpointSecurityGroup",
      "GatewayLambdaSecurityGroup to pl-dynamodb",
      "MCPRuntimeSecurityGroup to VPCEndpointSecurityGroup",
      "MCPRuntimeSecurityGroup to pl-dynamodb",
      "MCPRuntimeSecurityGroup to pl-s3",
      "VPCEndpointSecurityGroup from 10.0.0.0/16",
    ]);
  });

  it("logs all flows, where the document looks for them, and every name that is asked for", async () => {
    const resources = await built();
    const groups = resources
      .filter(({ type }) => type === "aws:cloudwatch/logGroup:LogGroup")
      .map(({ inputs }) => inputs.name);
    assert.deepEqual(groups.sort(), ["/aws/vpc/flow-logs", "/corpai/demo/agentcore-dns-queries"]);
    assert.deepEqual(
      resources.filter(({ type }) => type === "aws:ec2/flowLog:FlowLog").map(({ inputs }) => inputs.trafficType),
      ["ALL"],
    );
    assert.equal(resources.filter(({ type }) => /ResolverQueryLogConfigAssociation$/.test(type)).length, 1);
  });

  it("lets endpoint policies name actions, and this account's resources, except the one bucket that is AWS's own and its models", async () => {
    interface Statement {
      readonly Sid: string;
      readonly Principal: unknown;
      readonly Action: string[];
      readonly Resource: string | string[];
      readonly Condition?: Record<string, Record<string, string>>;
    }
    const policies = (await built()).flatMap(({ type, inputs }) =>
      type === ENDPOINT && typeof inputs.policy === "string" ? [inputs.policy] : [],
    );
    // AWS takes no policy for the Data API's endpoint.
    assert.equal(policies.length, 13);
    for (const { Sid, Principal, Action, Resource, Condition } of policies.flatMap(
      (policy) => (JSON.parse(policy) as { Statement: Statement[] }).Statement,
    )) {
      assert.equal(Principal, "*", Sid);
      assert.ok(
        Action.every((action) => !action.includes("*")),
        Sid,
      );
      const equals = Condition?.StringEquals ?? {};
      assert.equal(
        equals["aws:ResourceAccount"],
        ["ReadImageLayers", "AskModels"].includes(Sid) ? undefined : DATA,
        Sid,
      );
      const bearer = ["InvokeOwnRuntimes", "InvokeOwnGateways"].includes(Sid);
      assert.equal(equals["aws:PrincipalAccount"], bearer || Sid === "ReadImageLayers" ? undefined : DATA, Sid);
      if (Sid === "ReadImageLayers") {
        assert.equal(Resource, "arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*");
        assert.deepEqual(Condition, { NumericGreaterThanEquals: { "s3:TlsVersion": "1.2" } });
      }
    }
  });
});

describe("bad input of agentcore-network", () => {
  const CASES: readonly (readonly [what: string, change: Parameters<typeof run>[0], says: RegExp])[] = [
    [
      "a region in which AgentCore takes no subnets",
      (config) => {
        config["aws:region"] = "us-west-1";
      },
      /aws:region: given us-west-1, in which AgentCore takes no subnets .*; allowed: us-east-1, /,
    ],
    [
      "an AZ that AgentCore does not support, by its id",
      (_config, subnets) => {
        subnets.mcp = { ...subnets.mcp, azId: "use1-az6" };
      },
      /corpai:subnets\.mcp\.azId: given "use1-az6"; allowed: AZs that AgentCore supports in us-east-1: use1-az1, use1-az2, use1-az4/,
    ],
    [
      "a subnet too small for twelve endpoints and what calls them",
      (_config, subnets) => {
        subnets.agent = { ...subnets.agent, cidr: "10.0.3.0/28" };
      },
      /corpai:subnets\.agent\.cidr: given 10\.0\.3\.0\/28; allowed: a subnet of \/26 or larger/,
    ],
    [
      "a VPC too small for two subnets",
      (config) => {
        config["corpai:vpcCidr"] = "10.0.3.0/26";
      },
      /corpai:vpcCidr: given 10\.0\.3\.0\/26; allowed: a VPC from \/16 to \/25/,
    ],
    [
      "one subnet",
      (_config, subnets) => {
        delete subnets.resources;
        delete subnets.mcp;
      },
      /corpai:subnets\.resources: given nothing; allowed: an AZ id and a CIDR\. .*two subnets in two AZs/,
    ],
    [
      "two subnets in one AZ",
      (_config, subnets) => {
        subnets.mcp = { ...subnets.mcp, azId: "use1-az1" };
      },
      /corpai:subnets\.mcp\.azId: given "use1-az1", as in corpai:subnets\.agent; allowed: each AZ once/,
    ],
    [
      "overlapping subnets",
      (_config, subnets) => {
        subnets.mcp = { ...subnets.mcp, cidr: "10.0.3.0/24" };
      },
      /corpai:subnets\.mcp\.cidr: given 10\.0\.3\.0\/24; allowed: a range apart from corpai:subnets\.agent/,
    ],
    [
      "a subnet outside of the VPC",
      (_config, subnets) => {
        subnets.mcp = { ...subnets.mcp, cidr: "10.1.1.0/24" };
      },
      /corpai:subnets\.mcp\.cidr: given 10\.1\.1\.0\/24; allowed: a range inside corpai:vpcCidr/,
    ],
  ];
  for (const [what, change, says] of CASES)
    it(`is refused before anything is registered: ${what}`, async () => {
      const { refusal, resources } = await run(change);
      assert.match(refusal ?? "it went through", says);
      assert.equal(refusal?.match(/; allowed: /g)?.length, 1, refusal);
      assert.deepEqual(resources, []);
    });

  for (const [lacking, says] of [
    [
      ["use1-az1", "use1-az2", "use1-az4", "use1-az6"],
      /aws:region: given us-east-1, of which AWS offers the endpoint xray \(Distributed tracing\) in no AZ of ours/,
    ],
    [
      ["use1-az4"],
      /corpai:subnets: given \[.*\], of which AWS offers the endpoint xray \(Distributed tracing\) in use1-az1, use1-az2/,
    ],
  ] as const)
    it(`is refused, with the service and its purpose, where AWS lacks an endpoint in ${lacking.length === 1 ? "an AZ" : "the region"}`, async () => {
      const { facts, objects } = demoWorld();
      const world = new World("test", { ...facts, servicesMissingIn: { xray: [...lacking] } }, objects);
      const { refusal, resources } = await run(undefined, world);
      assert.match(refusal ?? "it went through", says);
      assert.deepEqual(resources, []);
    });
});
