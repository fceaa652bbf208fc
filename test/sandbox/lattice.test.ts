// Proves what the sandbox's VPC Lattice, Resource Access Manager and AWS DevOps Agent refuse, how long they take, and which way a request goes: by the
// connection's host address, told apart by the Host header. That AWS does the same is in docs/verified.md.
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { integrationWays, walkRequest } from "../../sandbox/lattice-path.ts";
import { PRIVATE_CONNECTION } from "../../sandbox/aws/devops-agent.ts";
import { latticePolicy } from "../../model/lattice-policies.ts";
import type { Value } from "../../sandbox/wire.ts";
import { type EstateDocument } from "../../sandbox/estate.ts";
import {
  ACME,
  BALANCER_GROUP,
  L,
  SUBNETS,
  gatewayGroup,
  grafana,
  latticeWorld,
  managed,
  observability,
  ownResource,
} from "./support/lattice.ts";
import { DATA, TOOLS, actor, demoWorld, estateWorld } from "./support/world.ts";

const GRAFANA = "https://grafana.acme.example";
const RUNBOOKS = "https://runbooks.acme.example/mcp";
const word = (value: Value | undefined): string => (typeof value === "string" ? value : assert.fail("no text"));
const one = <T>(value: T | undefined): T => value ?? assert.fail("there is none");

describe("a service-managed private connection of the sandbox", () => {
  it("is there after ten minutes, with a read-only gateway that takes 16 addresses of each subnet", () => {
    const { world, as, connection } = observability();
    assert.equal(connection.status, "ACTIVE");
    assert.ok(world.clock >= 600, "AWS says up to ten minutes");
    const gateway = one(world.all(L.gateway, ({ inputs }) => inputs.name === "aidevops-observability")[0]);
    const free = as.look("aws:ec2/getSubnet:getSubnet", { id: one(SUBNETS[0]) }).availableIpAddressCount;
    assert.equal(free, 251 - 16 - 3, "the estate's own three addresses besides");
    assert.throws(() => as.unmake(L.gateway, gateway.id), /AccessDeniedException: .*read-only/);
    const changed = { name: "corpai-x", resourceGatewayIdentifier: gateway.id, portRanges: ["1"] };
    assert.throws(() => as.make(L.configuration, changed), /AccessDeniedException/);
  });

  it("leads several services to one load balancer, which tells them apart by the Host header", () => {
    const { world, use } = observability();
    use(GRAFANA);
    use(RUNBOOKS);
    const ways = integrationWays(world);
    assert.deepEqual(
      ways.map(({ endpoint, spaces, walk }) => [endpoint, spaces, walk.verdict, walk.hops.at(-1)?.to]),
      [
        [GRAFANA, ["operations"], "open", "10.20.0.41"],
        [RUNBOOKS, ["operations"], "open", "10.20.1.42"],
      ],
    );
  });

  it("never resolves an endpoint's own name: a Host that the load balancer does not know gets its default", () => {
    const { world, connection } = observability();
    const way = (url: string) => walkRequest(world, world.get(PRIVATE_CONNECTION, connection.id), url);
    assert.equal(way("https://wiki.acme.example").blockedAt, "host-rule");
    assert.equal(way("https://grafana.elsewhere.example").blockedAt, "certificate");
    assert.equal(way("https://grafana.acme.example:8443").blockedAt, "port-range");
  });

  it("drops in silence what a wrong group does not let through, and stays ACTIVE", () => {
    for (const [type, where, hop] of [
      [L.egress, (world: ReturnType<typeof observability>) => world.group.id, "gateway-group"],
      [L.ingress, () => BALANCER_GROUP, "load-balancer-group"],
    ] as const) {
      const estate = observability();
      const { world, as, connection } = estate;
      for (const rule of world.all(
        type,
        ({ inputs, estate: before }) => !before && inputs.securityGroupId === where(estate),
      ))
        as.unmake(type, rule.id);
      assert.equal(as.read(L.connection, connection.id).status, "ACTIVE");
      assert.equal(walkRequest(world, world.get(PRIVATE_CONNECTION, connection.id), GRAFANA).blockedAt, hop);
    }
  });

  it("resolves by its mode: a private zone's name only in its VPC", () => {
    const named = (dnsResolution: string): string | undefined => {
      const { world, connection } = withPrivateName(dnsResolution);
      return walkRequest(world, world.get(PRIVATE_CONNECTION, connection.id), "https://tool.private.example").blockedAt;
    };
    assert.equal(named("PUBLIC"), "dns");
    assert.equal(named("IN_VPC"), undefined);
  });

  it("needs a route to what is outside of its VPC", () => {
    const { world, connection } = withPrivateName("IN_VPC", "172.20.1.1");
    const way = (): string | undefined =>
      walkRequest(world, world.get(PRIVATE_CONNECTION, connection.id), "https://tool.private.example").blockedAt;
    assert.equal(way(), "route");
    const routed = withPrivateName("IN_VPC", "172.20.1.1", ["172.20.0.0/16"]);
    assert.notEqual(
      walkRequest(
        routed.world,
        routed.world.get(PRIVATE_CONNECTION, routed.connection.id),
        "https://tool.private.example",
      ).blockedAt,
      "route",
    );
  });

  it("is refused in a place where no gateway can stand: ValidationException", () => {
    const as = actor(demoWorld(), DATA);
    const group = gatewayGroup(as);
    const made = (changes: Parameters<typeof managed>[1], name = "observability") =>
      as.make(L.connection, { name, connectionConfiguration: managed(group, changes) });
    const zone = as.make("aws:ec2/subnet:Subnet", {
      vpcId: ACME,
      cidrBlock: "10.20.9.0/24",
      availabilityZone: "us-east-1a",
    });
    const groups = Array.from({ length: 6 }, (_none, index) => as.make(L.group, { vpcId: ACME }, `g${index}`).id);
    assert.throws(
      () => made({ subnetIds: [...SUBNETS, zone.id] }),
      /ValidationException: Only one subnet per Availability Zone/,
    );
    assert.throws(() => made({ securityGroupIds: groups }), /must have 1 to 5 items/);
    assert.throws(() => made({ subnetIds: ["subnet-0ace7001500000002"] }), /InvalidSubnetID.NotFound/);
    assert.throws(() => made({ hostAddress: "https://grafana.acme.example" }), /ValidationException: hostAddress/);
    assert.throws(() => made({ portRanges: ["8100-8000"] }), /no port and no range/);
    assert.throws(() => made({ portRanges: ["443-443"] }), /no port and no range/);
    const ports = Array.from({ length: 12 }, (_none, index) => String(443 + index));
    assert.throws(() => made({ portRanges: ports }), /must have at most 11 items/);
    assert.throws(() => made({ ipAddressType: "DUAL_STACK" }), /ValidationException: .*no IPv6 CIDR/);
    assert.throws(() => made({}, "ab"), /3 to 30/);
    assert.throws(() => made({}, "a".repeat(31)), /3 to 30/);
  });

  it("fails while AWS is at it where addresses are missing, or a service control policy denies it: NotStabilized", () => {
    const as = actor(demoWorld(), DATA);
    const group = gatewayGroup(as);
    const small = as.make("aws:ec2/subnet:Subnet", {
      vpcId: ACME,
      cidrBlock: "10.20.9.0/28",
      availabilityZone: "us-east-1a",
    });
    assert.throws(
      () =>
        as.make(L.connection, { name: "small", connectionConfiguration: managed(group, { subnetIds: [small.id] }) }),
      /NotStabilized: .*CREATE_FAILED: subnet .* has 11 free addresses/,
    );
    assert.equal(as.read(L.connection, "small").status, "CREATE_FAILED", "it stands, and says so");
    assert.throws(
      () => as.make(L.service, grafana(GRAFANA, { privateConnectionName: "small" })),
      /ValidationException: Private connection small is CREATE_FAILED/,
    );
    assert.throws(
      () => as.make(L.connection, { name: "early", connectionConfiguration: managed(group) }),
      /NotStabilized: .*there is no service-linked role AWSServiceRoleForAIDevOps/,
      "nobody has made an agent space here",
    );
    const denied = withPrivateName("IN_VPC", "10.0.0.9", [], ["vpc-lattice:CreateResourceGateway"], false);
    assert.throws(denied.make, /NotStabilized: .*service control policy denies/);
  });

  it("is replaced when its groups change, the old one first since its name is taken", () => {
    const { as, group } = observability();
    const before = { name: "observability", connectionConfiguration: managed(group) };
    const after = {
      name: "observability",
      connectionConfiguration: managed(group, { securityGroupIds: [BALANCER_GROUP] }),
    };
    assert.deepEqual(as.replacing(L.connection, before, after), ["connectionConfiguration"]);
    assert.equal(as.deletesFirst(L.connection, before, after), true);
    assert.throws(
      () => as.make(L.connection, before),
      /ConflictException: Private connection observability already exists/,
    );
  });

  it("goes only after what uses it, and takes its gateway along: ConflictException until then", () => {
    const { world, as, connection, space, use } = observability();
    const service = use(GRAFANA);
    const [association] = world.all(L.association);
    assert.throws(() => as.unmake(L.connection, connection.id), /ConflictException: .*in use by service/);
    assert.throws(() => as.unmake(L.service, service.id), /ConflictException: .*has the association/);
    assert.throws(() => as.unmake(L.space, space.id), /ConflictException: .*has the association/);
    as.unmake(L.association, one(association).id);
    as.unmake(L.service, service.id);
    as.unmake(L.connection, connection.id);
    assert.deepEqual(world.all(L.gateway), []);
  });
});

describe("services of agents", () => {
  it("keep their tokens from whoever reads the world", () => {
    const { world, use } = observability();
    use(GRAFANA);
    assert.ok(!JSON.stringify(world.objects).includes("canary"));
  });

  it("are registered over connections that are there, with what their kind asks for", () => {
    const { as, space } = observability();
    const refused = (changes: Parameters<typeof grafana>[1], says: RegExp): void => {
      assert.throws(() => as.make(L.service, grafana(GRAFANA, changes)), says);
    };
    refused({ privateConnectionName: "nobodys" }, /ResourceNotFoundException: Private connection nobodys/);
    refused({ serviceType: "mcpserver" }, /ValidationException: serviceDetails has nothing for mcpserver/);
    refused(
      { targetUrlPrivateConnectionName: "observability" },
      /ValidationException: privateConnectionName cannot be combined/,
    );
    const service = as.make(L.service, grafana(GRAFANA));
    const associated = (configuration: Record<string, never> | Record<string, Record<string, string>>): unknown =>
      as.make(L.association, { agentSpaceId: space.id, serviceId: service.id, configuration });
    assert.throws(() => associated({ mcpServer: {} }), /ValidationException: .*must hold mcpServerGrafana/);
    assert.throws(() => associated({ mcpServerGrafana: { endpoint: RUNBOOKS } }), /ValidationException: endpoint/);
    associated({ mcpServerGrafana: { endpoint: GRAFANA } });
    assert.throws(
      () => associated({ mcpServerGrafana: { endpoint: GRAFANA } }),
      /ConflictException: .*already associated/,
    );
  });
});

describe("resource gateways and configurations", () => {
  it("lead a self-managed connection, by an ARN and not by an id", () => {
    const as = actor(demoWorld(), DATA);
    const { world } = as.context;
    const resource = ownResource(as, gatewayGroup(as));
    const by = (resourceConfigurationId: string) =>
      as.make(L.connection, { name: "tools", connectionConfiguration: { selfManaged: { resourceConfigurationId } } });
    assert.throws(() => by(resource.id), /ValidationException: .*is no ARN/);
    assert.throws(
      () => by(word(resource.arn).replace("us-east-1", "eu-west-1")),
      /ValidationException: .*not in region/,
    );
    assert.throws(() => by(`${word(resource.arn).slice(0, -1)}f`), /ResourceNotFoundException/);
    const { id } = by(word(resource.arn));
    assert.equal(walkRequest(world, world.get(PRIVATE_CONNECTION, id), GRAFANA).verdict, "open");
    assert.throws(() => as.unmake(L.configuration, resource.id), /ConflictException: .*in use/);
    assert.throws(
      () => as.unmake(L.gateway, word(resource.resourceGatewayIdentifier)),
      /ConflictException: .*in use by resource configuration/,
    );
  });

  it("take other groups where they stand, and stand elsewhere only anew", () => {
    const as = actor(demoWorld(), DATA);
    const group = gatewayGroup(as);
    const gateway = { name: "corpai-own", vpcId: ACME, subnetIds: SUBNETS, securityGroupIds: [group.id] };
    assert.deepEqual(as.replacing(L.gateway, gateway, { ...gateway, securityGroupIds: [BALANCER_GROUP] }), []);
    assert.deepEqual(as.replacing(L.gateway, gateway, { ...gateway, subnetIds: [one(SUBNETS[0])] }), ["subnetIds"]);
  });

  it("are grouped: a child has its group's gateway, and a group has no host", () => {
    const as = actor(demoWorld(), DATA);
    const resource = ownResource(as, gatewayGroup(as));
    const gatewayId = word(resource.resourceGatewayIdentifier);
    const group = as.make(L.configuration, { name: "corpai-all", type: "GROUP", resourceGatewayIdentifier: gatewayId });
    const child = {
      name: "corpai-one",
      type: "CHILD",
      resourceConfigurationGroupId: group.id,
      portRanges: ["443"],
      resourceConfigurationDefinition: { ipResource: { ipAddress: "10.20.0.41" } },
    };
    assert.equal(as.make(L.configuration, child).resourceGatewayIdentifier, gatewayId);
    assert.throws(() => as.unmake(L.configuration, group.id), /ConflictException: .*has the child/);
    const orphan = { ...child, name: "corpai-two", resourceConfigurationGroupId: resource.id };
    assert.throws(() => as.make(L.configuration, orphan), /ResourceNotFoundException: Resource configuration group/);
    for (let index = 0; index < 59; index += 1) as.make(L.configuration, { ...child, name: `corpai-c${index}` });
    assert.throws(
      () => as.make(L.configuration, { ...child, name: "corpai-last" }),
      /ServiceQuotaExceededException: .*60 children/,
    );
  });

  it("are associated with service networks, which log what goes to resources", () => {
    const as = actor(demoWorld(), DATA);
    const resource = ownResource(as, gatewayGroup(as));
    const network = as.make(L.network, { name: "corpai-hub", authType: "AWS_IAM" });
    const joined = as.make(L.networkResource, {
      serviceNetworkIdentifier: network.id,
      resourceConfigurationIdentifier: word(resource.arn),
    });
    assert.match(JSON.stringify(joined.dnsEntries), /vpc-lattice-rsc/);
    assert.throws(() => as.unmake(L.network, network.id), /ConflictException/);
    const logged = { resourceIdentifier: word(network.arn), serviceNetworkLogType: "RESOURCE" };
    assert.throws(
      () => as.make(L.logs, { ...logged, destinationArn: "arn:aws:logs:us-east-1:111122223333:log-group:nobodys:*" }),
      /ResourceNotFoundException: Log group/,
    );
  });
});

describe("an account of VPC Lattice", () => {
  it("has so much of everything as its quotas allow: ServiceQuotaExceededException", () => {
    const as = actor(
      latticeWorld({ quotas: { "L-5FF8F9B9": 1, "L-9CAD07FB": 1, "L-6095700C": 1, "L-0DCA4434": 1 } }),
      DATA,
    );
    const group = gatewayGroup(as);
    const resource = ownResource(as, group);
    assert.throws(
      () => ownResource(as, group, { name: "corpai-second" }),
      /ConflictException: Resource gateway corpai-own/,
    );
    const gateway = { name: "corpai-other", vpcId: ACME, subnetIds: SUBNETS, securityGroupIds: [group.id] };
    assert.throws(() => as.make(L.gateway, gateway), /has 1 resource gateways, which is the quota/);
    const second = {
      name: "corpai-second",
      resourceGatewayIdentifier: word(resource.resourceGatewayIdentifier),
      portRanges: ["443"],
      resourceConfigurationDefinition: { ipResource: { ipAddress: "10.20.0.41" } },
    };
    assert.throws(
      () => as.make(L.configuration, second),
      /ServiceQuotaExceededException: .* 1 resource configurations/,
    );
    const network = as.make(L.network, { name: "corpai-hub" });
    assert.throws(
      () => as.make(L.network, { name: "corpai-two" }),
      /ServiceQuotaExceededException: 1 service networks/,
    );
    const joined = { serviceNetworkIdentifier: network.id, resourceConfigurationIdentifier: word(resource.arn) };
    as.make(L.networkResource, joined);
    assert.throws(() => as.make(L.networkResource, joined), /ServiceQuotaExceededException: .* 1 resource config/);
  });

  it("says what its quotas are, and what of its own has tags", () => {
    const as = actor(latticeWorld({ quotas: { "L-0DCA4434": 7 } }), DATA);
    const quota = (quotaCode: string) =>
      as.look("aws:servicequotas/getServiceQuota:getServiceQuota", { serviceCode: "vpc-lattice", quotaCode }).value;
    assert.deepEqual([quota("L-0DCA4434"), quota("L-5FF8F9B9")], [7, 2000]);
    ownResource(as, gatewayGroup(as), { tags: { Name: "corpai-tools" } });
    const tagged = (kind: string): string[] =>
      (
        as.look("aws:resourcegroupstaggingapi/getResources:getResources", { resourceTypeFilters: [kind] })
          .resourceTagMappingLists as { readonly tags: { readonly Name: string } }[]
      ).map(({ tags }) => tags.Name);
    assert.deepEqual(tagged("vpc-lattice:resourceconfiguration"), ["corpai-tools"]);
    assert.deepEqual(tagged("vpc-lattice:resourcegateway"), [], "that one has no tag");
  });

  it("obeys its organization, which IAM's forecast counts in: AccessDeniedException", () => {
    const as = actor(latticeWorld({ deniedActions: ["vpc-lattice:Create*"] }), DATA);
    assert.throws(
      () => ownResource(as, gatewayGroup(as)),
      /AccessDeniedException: .*vpc-lattice:CreateResourceGateway with an explicit deny in a service control policy/,
    );
    const forecast = as.look("aws:iam/getPrincipalPolicySimulation:getPrincipalPolicySimulation", {
      policySourceArn: `arn:aws:iam::${DATA}:user/sandbox`,
      actionNames: ["vpc-lattice:CreateResourceGateway", "vpc-lattice:GetResourceGateway"],
    }).results as { readonly decision: string }[];
    assert.deepEqual(
      forecast.map(({ decision }) => decision),
      ["explicitDeny", "allowed"],
    );
  });

  it("has a role of each service's own with the first thing of it, which outlives it", () => {
    const { as, world, space, connection } = observability();
    const role = () => as.look("aws:iam/getRole:getRole", { name: "AWSServiceRoleForAIDevOps" }).arn;
    assert.match(word(role()), /:role\/aws-service-role\/aidevops\.amazonaws\.com\/AWSServiceRoleForAIDevOps$/);
    as.unmake(L.connection, connection.id);
    as.unmake(L.space, space.id);
    assert.ok(role());
    assert.deepEqual(
      world.objects.filter(({ type, estate }) => type.startsWith("aws:iam") && !estate),
      [],
      "no program has made it",
    );
  });
});

describe("shares of resources", () => {
  const sharing = () => {
    const world = demoWorld();
    const as = actor(world, DATA);
    const resource = ownResource(as, gatewayGroup(as));
    const share = as.make(L.share, { allowExternalPrincipals: true });
    as.make(L.shared, { resourceShareArn: share.id, resourceArn: word(resource.arn) });
    as.make(L.principal, { resourceShareArn: share.id, principal: TOOLS });
    const other = actor(world, TOOLS);
    const connect = () =>
      other.make(L.connection, {
        name: "tools",
        connectionConfiguration: { selfManaged: { resourceConfigurationId: word(resource.arn) } },
      });
    return { world, as, share, resource, other, connect };
  };

  it("are usable once they are accepted: ResourceNotFoundException before", () => {
    const { world, other, share, resource, connect } = sharing();
    assert.throws(connect, /ResourceNotFoundException: Resource configuration/);
    const seen = () =>
      other.look("aws:cloudcontrol/getResource:getResource", {
        typeName: "AWS::VpcLattice::ResourceConfiguration",
        identifier: word(resource.arn),
      }).identifier;
    assert.throws(seen, /couldn't find resource/);
    other.make(L.accepter, { shareArn: share.id });
    assert.equal(seen(), resource.arn);
    const { id } = connect();
    assert.equal(walkRequest(world, world.get(PRIVATE_CONNECTION, id, TOOLS), GRAFANA).verdict, "open");
  });

  it("are not needed where a resource policy admits an account, or one role of it and nobody else", () => {
    const as = actor(demoWorld(), DATA);
    const { world } = as.context;
    const resource = ownResource(as, gatewayGroup(as));
    const admit = (principals: readonly string[]) => ({
      resourceArn: word(resource.arn),
      policy: JSON.stringify(latticePolicy("resource", word(resource.arn), principals)),
    });
    const connect = (role?: string, name = "tools") =>
      actor(world, TOOLS, { role }).make(L.connection, {
        name,
        connectionConfiguration: { selfManaged: { resourceConfigurationId: word(resource.arn) } },
      });
    assert.throws(() => connect(), /ResourceNotFoundException/);
    const policy = as.make(L.policy, admit([TOOLS]));
    const { id } = connect();
    const way = (name: string) => walkRequest(world, world.get(PRIVATE_CONNECTION, name, TOOLS), GRAFANA);
    assert.equal(way(id).verdict, "open");
    as.change(L.policy, policy.id, admit([`arn:aws:iam::${TOOLS}:role/agents`]));
    assert.equal(way(id).blockedAt, "private-connection", "its maker had no such role");
    assert.throws(() => connect(undefined, "other"), /ResourceNotFoundException/);
    as.unmake(L.policy, policy.id);
    assert.equal(way(id).blockedAt, "private-connection");
  });

  it("have policies of exactly what a share would allow: ValidationException", () => {
    const as = actor(demoWorld(), DATA);
    const resource = ownResource(as, gatewayGroup(as));
    const resourceArn = word(resource.arn);
    const policy = JSON.stringify(latticePolicy("resource", resourceArn, [TOOLS]), null, 1);
    assert.throws(() => as.make(L.policy, { resourceArn, policy }), /ValidationException: .*newlines/);
    const other = JSON.stringify(latticePolicy("service-network", resourceArn, [TOOLS]));
    assert.throws(() => as.make(L.policy, { resourceArn, policy: other }), /ValidationException: .*same actions/);
    assert.throws(
      () => as.make(L.policy, { resourceArn: "arn:aws:ec2:us-east-1:1:vpc/v", policy: other }),
      /ResourceNotFoundException/,
    );
  });

  it("are for those who are named, and of what there is", () => {
    const { as, share, other } = sharing();
    const closed = as.make(L.share, {});
    assert.throws(
      () => as.make(L.principal, { resourceShareArn: closed.id, principal: TOOLS }),
      /OperationNotPermittedException/,
    );
    assert.throws(
      () => as.make(L.shared, { resourceShareArn: share.id, resourceArn: "arn:aws:nothing" }),
      /UnknownResourceException/,
    );
    assert.throws(
      () => as.make(L.shared, { resourceShareArn: share.id, resourceArn: "rcfg-1" }),
      /MalformedArnException/,
    );
    assert.throws(() => other.make(L.accepter, { shareArn: closed.id }), /ResourceShareInvitationArnNotFoundException/);
  });
});

/** A VPC with one host, whose name only its own resolver knows. */
function withPrivateName(
  dnsResolution: string,
  ip = "10.0.0.9",
  routesTo: readonly string[] = [],
  deniedActions: readonly string[] = [],
  now = true,
) {
  const [vpcId, subnet, group] = ["vpc-0ad00000000000001", "subnet-0ad00000000000001", "sg-0ad00000000000001"];
  const anything = [{ protocol: "-1" as const, cidr: "0.0.0.0/0" }];
  const document: EstateDocument = {
    region: "us-east-1",
    names: { "tool.private.example": { addresses: [ip], vpcs: [vpcId] } },
    accounts: {
      [DATA]: {
        zones: { "us-east-1a": "use1-az1" },
        deniedActions: [...deniedActions],
        vpcs: {
          [vpcId]: {
            cidr: "10.0.0.0/16",
            routesTo: [...routesTo],
            subnets: { [subnet]: { cidr: "10.0.0.0/24", zone: "us-east-1a" } },
            securityGroups: { [group]: { name: "all", description: "all", ingress: anything, egress: anything } },
            hosts: {
              "10.0.0.9": {
                subnet,
                securityGroups: [group],
                listens: [{ port: 443, protocol: "HTTPS", certificateNames: ["tool.private.example"] }],
              },
            },
          },
        },
      },
    },
  };
  const world = estateWorld(document);
  const as = actor(world, DATA);
  as.make(L.space, { name: "operations" });
  const make = () =>
    as.make(L.connection, {
      name: "tool",
      connectionConfiguration: {
        serviceManaged: {
          hostAddress: "tool.private.example",
          vpcId,
          subnetIds: [subnet],
          securityGroupIds: [group],
          portRanges: ["443"],
          dnsResolution,
        },
      },
    });
  return { world, make, connection: now ? make() : { id: "" } };
}
