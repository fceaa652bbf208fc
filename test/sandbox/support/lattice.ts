/** A private connection of the demo's estate, to the load balancer in front of Grafana and the runbooks' MCP server. */
import type { Properties } from "../../../sandbox/wire.ts";
import { loadEstate } from "../../../sandbox/estate.ts";
import { World } from "../../../sandbox/world.ts";
import { type Actor, DATA, DEMO, type Outputs, actor, demoWorld } from "./world.ts";

export const L = {
  gateway: "aws:vpclattice/resourceGateway:ResourceGateway",
  configuration: "aws:vpclattice/resourceConfiguration:ResourceConfiguration",
  network: "aws:vpclattice/serviceNetwork:ServiceNetwork",
  networkResource: "aws:vpclattice/serviceNetworkResourceAssociation:ServiceNetworkResourceAssociation",
  policy: "aws:vpclattice/resourcePolicy:ResourcePolicy",
  logs: "aws:vpclattice/accessLogSubscription:AccessLogSubscription",
  share: "aws:ram/resourceShare:ResourceShare",
  shared: "aws:ram/resourceAssociation:ResourceAssociation",
  principal: "aws:ram/principalAssociation:PrincipalAssociation",
  accepter: "aws:ram/resourceShareAccepter:ResourceShareAccepter",
  space: "aws-native:devopsagent:AgentSpace",
  connection: "aws-native:devopsagent:PrivateConnection",
  service: "aws-native:devopsagent:Service",
  association: "aws-native:devopsagent:Association",
  group: "aws:ec2/securityGroup:SecurityGroup",
  egress: "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  ingress: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
} as const;

/** The demo's estate, with quotas and service control policies of its account. */
export function latticeWorld({ quotas = {}, deniedActions = [] }: AccountFacts): World {
  const { facts, objects } = loadEstate(DEMO);
  return new World("test", { ...facts, quotas: { [DATA]: quotas }, denied: { [DATA]: deniedActions } }, objects);
}

interface AccountFacts {
  readonly quotas?: Readonly<Record<string, number>>;
  readonly deniedActions?: readonly string[];
}

export const ACME = "vpc-0acedada000000001";
export const SUBNETS = ["subnet-0acedada00000000a", "subnet-0acedada00000000b"];
export const BALANCER_GROUP = "sg-0acedada0a1b00001";
export const HOST = "internal-acme-observability-50dc6c495c0c9188.us-east-1.elb.amazonaws.com";

/** The gateway's group, let out to the load balancer and let in there. */
export function gatewayGroup(as: Actor): Outputs {
  const group = as.make(L.group, { vpcId: ACME, description: "gateway" }, "gateway");
  const rule = { ipProtocol: "tcp", fromPort: 443, toPort: 443 };
  as.make(L.egress, { ...rule, securityGroupId: group.id, referencedSecurityGroupId: BALANCER_GROUP });
  as.make(L.ingress, { ...rule, securityGroupId: BALANCER_GROUP, referencedSecurityGroupId: group.id });
  return group;
}

export const managed = (group: Outputs, changes: Properties = {}): Properties => ({
  serviceManaged: {
    hostAddress: HOST,
    vpcId: ACME,
    subnetIds: SUBNETS,
    securityGroupIds: [group.id],
    portRanges: ["443"],
    ...changes,
  },
});

export const grafana = (endpoint: string, changes: Properties = {}): Properties => ({
  serviceType: "mcpservergrafana",
  serviceDetails: {
    mcpServerGrafana: {
      name: "grafana",
      endpoint,
      authorizationConfig: { bearerToken: { tokenName: "t", tokenValue: "canary" } },
    },
  },
  privateConnectionName: "observability",
  ...changes,
});

export interface Observability {
  readonly world: World;
  readonly as: Actor;
  readonly group: Outputs;
  readonly connection: Outputs;
  readonly space: Outputs;
  /** Registers and associates a service. */
  readonly use: (endpoint: string) => Outputs;
}

export function observability(changes: Properties = {}): Observability {
  const world = demoWorld();
  const as = actor(world, DATA);
  const group = gatewayGroup(as);
  const space = as.make(L.space, { name: "operations" }, "operations");
  const connection = as.make(
    L.connection,
    { name: "observability", connectionConfiguration: managed(group, changes) },
    "observability",
  );
  return {
    world,
    as,
    group,
    connection,
    space,
    use(endpoint) {
      const service = as.make(L.service, grafana(endpoint), "grafana");
      as.make(L.association, {
        agentSpaceId: space.id,
        serviceId: service.id,
        configuration: { mcpServerGrafana: { endpoint } },
      });
      return service;
    },
  };
}

/** A self-managed way to the same load balancer. */
export function ownResource(as: Actor, group: Outputs, changes: Properties = {}): Outputs {
  const gateway = as.make(L.gateway, {
    name: "corpai-own",
    vpcId: ACME,
    subnetIds: SUBNETS,
    securityGroupIds: [group.id],
  });
  return as.make(L.configuration, {
    name: "corpai-tools",
    resourceGatewayIdentifier: gateway.id,
    portRanges: ["443"],
    resourceConfigurationDefinition: { dnsResource: { domainName: HOST, ipAddressType: "IPV4" } },
    ...changes,
  });
}
