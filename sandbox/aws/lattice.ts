/** VPC Lattice as far as it leads to resources in a VPC: gateways, and configurations of what is behind them. */
import ipaddr from "ipaddr.js";
import type { ApiCall, CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { given, integer, record, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { isHost } from "./names.ts";
import { refuseDenied } from "./policy-simulation.ts";
import { makeServiceLinkedRole } from "./service-linked-roles.ts";
import { quota } from "./quotas.ts";
import {
  SECURITY_GROUP,
  arn,
  attach,
  detach,
  freeAddresses,
  inPlace,
  ownedSubnet,
  ownedVpc,
  regroup,
} from "./network.ts";

export const GATEWAY = "aws:vpclattice/resourceGateway:ResourceGateway";
export const CONFIGURATION = "aws:vpclattice/resourceConfiguration:ResourceConfiguration";

/** AWS's default: an interface takes so many addresses of its subnet. https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-gateway.html */
const ADDRESSES_PER_INTERFACE = 16;
/** AWS has no gateways in these. https://docs.aws.amazon.com/devopsagent/latest/userguide/ */
const WITHOUT_GATEWAYS = "use1-az3 usw1-az2 apne1-az3 apne2-az2 euc1-az2 euw1-az4 cac1-az3 ilc1-az2".split(" ");
const GROUPS_PER_GATEWAY = 5;
const NAME = /^(?!rgw-|rcfg-)(?!.*--)[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$/;

export const invalid = (message: string): Refusal => new Refusal("ValidationException", message);
export const conflict = (message: string): Refusal => new Refusal("ConflictException", message);
export const notFound = (what: string, id: string): Refusal =>
  new Refusal("ResourceNotFoundException", `${what} ${id} does not exist`);
export const overQuota = (message: string): Refusal => new Refusal("ServiceQuotaExceededException", message);

function nameFailures({ name }: Properties): CheckFailure[] {
  const value = text(name);
  return value === undefined || NAME.test(value)
    ? []
    : [
        [
          "name",
          `"${value}" must have 3 to 40 lower-case letters, digits and single hyphens, and begin with neither rgw- nor rcfg-`,
        ],
      ];
}

// ---- gateways

/** What a gateway, one's own or a service's, asks of a VPC. */
export interface GatewayPlace {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly addressesPerInterface: number | undefined;
  readonly ipv6: boolean;
}

/** @throws {Refusal} of what AWS refuses at once */
export function judgePlace(place: GatewayPlace, context: Context): readonly WorldObject[] {
  const { world, caller } = context;
  const vpc = ownedVpc(context, place.vpcId);
  const subnets = place.subnetIds.map((id) => ownedSubnet(context, id));
  for (const subnet of subnets)
    if (subnet.inputs.vpcId !== vpc.id)
      throw invalid(`Subnet ${subnet.id} is in ${text(subnet.inputs.vpcId)}, not in VPC ${vpc.id}`);
  const zones = subnets.map(({ computed }) => text(computed.availabilityZoneId) ?? "");
  const twice = zones.find((zone, index) => zones.indexOf(zone) !== index);
  if (twice !== undefined) throw invalid(`Only one subnet per Availability Zone is allowed: two are in ${twice}`);
  const unsupported = zones.find((zone) => WITHOUT_GATEWAYS.includes(zone));
  if (unsupported !== undefined) throw invalid(`VPC Lattice does not support Availability Zone ${unsupported}`);
  if (place.securityGroupIds.length > GROUPS_PER_GATEWAY)
    throw invalid(`At most ${GROUPS_PER_GATEWAY} security groups are allowed, got ${place.securityGroupIds.length}`);
  for (const id of place.securityGroupIds)
    if (world.get(SECURITY_GROUP, id, caller.account)?.computed.vpcId !== vpc.id)
      throw invalid(`Security group ${id} is not in VPC ${vpc.id}`);
  if (place.ipv6)
    for (const subnet of subnets)
      if (text(subnet.inputs.ipv6CidrBlock) === undefined) throw invalid(`Subnet ${subnet.id} has no IPv6 CIDR block`);
  return subnets;
}

/** Why AWS would not get the gateway up, which it finds out only while it tries; undefined where it would. */
export function whyNoGateway(
  place: GatewayPlace,
  context: Context,
  subnets: readonly WorldObject[],
): string | undefined {
  const { world } = context;
  const wanted = place.addressesPerInterface ?? ADDRESSES_PER_INTERFACE;
  const short = subnets.find((subnet) => freeAddresses(world, subnet) < wanted);
  if (short)
    return `subnet ${short.id} has ${freeAddresses(world, short)} free addresses, and a resource gateway takes ${wanted} of each`;
  const standing = world.all(GATEWAY, ({ inputs }) => inputs.vpcId === place.vpcId).length;
  return standing >= quota(context, "L-0DCA4434")
    ? `VPC ${place.vpcId} has ${standing} resource gateways, which is the quota`
    : undefined;
}

export function occupy(owner: string, place: GatewayPlace, subnets: readonly WorldObject[], context: Context): void {
  for (const subnet of subnets)
    attach(context, {
      owner,
      subnet,
      securityGroupIds: place.securityGroupIds,
      description: `VPC Lattice resource gateway ${owner}`,
      addresses: place.addressesPerInterface ?? ADDRESSES_PER_INTERFACE,
    });
}

export const newGatewayId = ({ world }: Context): string => `rgw-${world.hex(17)}`;

/** The groups that a gateway gets: the VPC's default group where none is named. */
function groupsOrDefault(vpcId: string, ids: readonly string[], context: Context): readonly string[] {
  if (ids.length > 0) return ids;
  return [given(text(ownedVpc(context, vpcId).computed.defaultSecurityGroupId), `default group of ${vpcId}`)];
}

/** By the words that gateways of both kinds share. */
export const placeOf = (inputs: Properties, context: Context): GatewayPlace => ({
  vpcId: text(inputs.vpcId) ?? "",
  subnetIds: texts(inputs.subnetIds),
  securityGroupIds: groupsOrDefault(text(inputs.vpcId) ?? "", texts(inputs.securityGroupIds), context),
  addressesPerInterface: integer(inputs.ipv4AddressesPerEni),
  ipv6: inputs.ipAddressType !== undefined && inputs.ipAddressType !== "IPV4",
});

/** What Lattice does in EC2 as whoever calls it. https://docs.aws.amazon.com/vpc-lattice/latest/ug/additional-api-permissions.html */
const INTERFACES: readonly ApiCall[] = [
  ["ec2:AssignPrivateIpAddresses"],
  ["ec2:AssignIpv6Addresses"],
  ["ec2:CreateNetworkInterface", "subnetIds", "securityGroupIds"],
  ["ec2:CreateNetworkInterfacePermission"],
  ["ec2:DeleteNetworkInterface"],
  ["ec2:DescribeNetworkInterfaces"],
  ["ec2:DescribeSecurityGroups"],
  ["ec2:DescribeSubnets"],
];

const resourceGateway: ResourceModel = {
  type: GATEWAY,
  arguments: {
    name: { replace: true },
    vpcId: { required: true, replace: true },
    subnetIds: { required: true, replace: true, set: true },
    securityGroupIds: { set: true },
    ipAddressType: { replace: true },
    ipv4AddressesPerEni: { replace: true },
    resourceConfigDnsResolution: { replace: true },
    tags: {},
  },
  autoname: { property: "name", limit: 40 },
  computed: [
    "arn",
    "ipAddressType",
    "ipv4AddressesPerEni",
    "region",
    "resourceConfigDnsResolution",
    "securityGroupIds",
    "status",
  ],
  check(inputs) {
    const failures = nameFailures(inputs);
    const addresses = integer(inputs.ipv4AddressesPerEni);
    if (addresses !== undefined && (addresses < 1 || addresses > 62))
      failures.push(["ipv4AddressesPerEni", `expected a value between 1 and 62, got ${addresses}`]);
    for (const [key, allowed] of Object.entries({
      ipAddressType: ["IPV4", "IPV6", "DUALSTACK"],
      resourceConfigDnsResolution: ["IN_VPC", "PUBLIC"],
    })) {
      const value = text(inputs[key]);
      if (value !== undefined && !allowed.includes(value))
        failures.push([key, `expected one of ${allowed.join(", ")}, got ${value}`]);
    }
    return failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    const name = text(inputs.name) ?? "";
    if (world.all(GATEWAY, (other) => inPlace(context)(other) && other.inputs.name === name).length > 0)
      throw conflict(`Resource gateway ${name} already exists`);
    refuseDenied(context, "vpc-lattice:CreateResourceGateway");
    const place = placeOf(inputs, context);
    const subnets = judgePlace(place, context);
    const why = whyNoGateway(place, context, subnets);
    if (why !== undefined) throw invalid(why);
    makeServiceLinkedRole(context, "vpc-lattice.amazonaws.com");
    const id = newGatewayId(context);
    occupy(id, place, subnets, context);
    return {
      id,
      computed: {
        arn: arn("vpc-lattice", caller, `resourcegateway/${id}`),
        ipAddressType: inputs.ipAddressType ?? "IPV4",
        ipv4AddressesPerEni: inputs.ipv4AddressesPerEni ?? ADDRESSES_PER_INTERFACE,
        region: caller.region,
        resourceConfigDnsResolution: inputs.resourceConfigDnsResolution ?? "PUBLIC",
        securityGroupIds: [...place.securityGroupIds],
        status: "ACTIVE",
      },
    };
  },
  // The provider once replaced gateways here; since AWS can change their groups, it does so where they stand.
  update(object, inputs, context) {
    const place = placeOf(inputs, context);
    judgePlace(place, context);
    regroup(context.world, object.id, place.securityGroupIds);
    return { securityGroupIds: [...place.securityGroupIds] };
  },
  remove(object, { world }) {
    refuseManaged(object);
    const [used] = configurationsOf(world, object);
    if (used) throw conflict(`Resource gateway ${object.id} is in use by resource configuration ${used.id}`);
    detach(world, object.id);
  },
  seconds: { create: 120, delete: 60, update: () => 30 },
  calls: {
    arn: "vpc-lattice:resourcegateway/*",
    create: [["vpc-lattice:CreateResourceGateway", "self"]],
    within: { subnetIds: INTERFACES },
    read: [["vpc-lattice:GetResourceGateway", "self"], ["vpc-lattice:ListTagsForResource"]],
    update: each(
      ["securityGroupIds"],
      ["vpc-lattice:UpdateResourceGateway", "self"],
      ...INTERFACES,
      ["ec2:UnassignPrivateIpAddresses"],
      ["ec2:ModifyNetworkInterfaceAttribute"],
    ),
    delete: [
      ["vpc-lattice:DeleteResourceGateway", "self"],
      ["ec2:DeleteNetworkInterface"],
      ["vpc-lattice:GetResourceGateway", "self"],
    ],
  },
};

/** What AWS's services make in an account for themselves is read-only there. */
function refuseManaged({ id, computed }: WorldObject): void {
  const by = text(computed._managedBy);
  if (by !== undefined) throw new Refusal("AccessDeniedException", `${id} is managed by ${by} and read-only`);
}

const configurationsOf = (world: World, gateway: WorldObject): WorldObject[] =>
  world.all(CONFIGURATION, ({ inputs }) => isNamed(gateway, inputs.resourceGatewayIdentifier));

/** Lattice takes an id or an ARN. */
export const isNamed = ({ id, computed }: WorldObject, identifier: unknown): boolean =>
  identifier === id || identifier === computed.arn;

export const gatewayOf = (world: World, { inputs }: WorldObject): WorldObject | undefined =>
  world.all(GATEWAY, (one) => isNamed(one, inputs.resourceGatewayIdentifier))[0];

// ---- port ranges

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** `443` or `8000-8100`; undefined for what is neither. */
export function portRange(given: string): PortRange | undefined {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(given);
  if (!match) return undefined;
  const from = Number(match[1]);
  const to = match[2] === undefined ? from : Number(match[2]);
  return from >= 1 && from <= to && to <= 65535 ? { from, to } : undefined;
}

export const inRanges = (ranges: readonly string[], port: number): boolean =>
  ranges.some((range) => {
    const { from = 0, to = -1 } = portRange(range) ?? {};
    return from <= port && port <= to;
  });

// ---- configurations

const TYPES = ["SINGLE", "GROUP", "CHILD", "ARN"];

const resourceConfiguration: ResourceModel = {
  type: CONFIGURATION,
  arguments: {
    name: { replace: true },
    type: { default: "SINGLE", replace: true },
    protocol: { replace: true },
    portRanges: { set: true },
    resourceGatewayIdentifier: { replace: true },
    resourceConfigurationGroupId: { replace: true },
    resourceConfigurationDefinition: {},
    allowAssociationToShareableServiceNetwork: {},
    customDomainName: { replace: true },
    tags: {},
  },
  autoname: { property: "name", limit: 40 },
  computed: [
    "arn",
    "allowAssociationToShareableServiceNetwork",
    "domainVerificationArn",
    "domainVerificationStatus",
    "portRanges",
    "protocol",
    "region",
    "resourceGatewayIdentifier",
  ],
  check(inputs) {
    const failures = nameFailures(inputs);
    const kind = text(inputs.type);
    if (kind !== undefined && !TYPES.includes(kind))
      failures.push(["type", `expected one of ${TYPES.join(", ")}, got ${kind}`]);
    for (const range of texts(inputs.portRanges))
      if (!portRange(range))
        failures.push(["portRanges", `"${range}" must be one port number or two separated by hyphen`]);
    return failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    const name = text(inputs.name) ?? "";
    if (world.all(CONFIGURATION, (other) => inPlace(context)(other) && other.inputs.name === name).length > 0)
      throw conflict(`Resource configuration ${name} already exists`);
    refuseDenied(context, "vpc-lattice:CreateResourceConfiguration");
    const allowed = quota(context, "L-5FF8F9B9");
    if (world.all(CONFIGURATION, inPlace(context)).length >= allowed)
      throw overQuota(`This account has ${allowed} resource configurations in ${caller.region}`);
    const gateway = judgeConfiguration(inputs, context);
    const id = `rcfg-${world.hex(17)}`;
    return {
      id,
      computed: {
        arn: arn("vpc-lattice", caller, `resourceconfiguration/${id}`),
        allowAssociationToShareableServiceNetwork: inputs.allowAssociationToShareableServiceNetwork ?? true,
        domainVerificationArn: "",
        domainVerificationStatus: "",
        portRanges: inputs.portRanges ?? [],
        protocol: inputs.protocol ?? "TCP",
        region: caller.region,
        resourceGatewayIdentifier: gateway.id,
      },
    };
  },
  update(_object, inputs, context) {
    judgeConfiguration(inputs, context);
    return {};
  },
  remove(object, { world }) {
    const [child] = childrenOf(world, object);
    if (child) throw conflict(`Resource configuration ${object.id} has the child ${child.id}`);
    const [user] = world.objects.filter(
      (other) => other !== object && other.type !== CONFIGURATION && namesConfiguration(other, object),
    );
    if (user) throw conflict(`Resource configuration ${object.id} is in use by ${user.id}`);
  },
  seconds: { create: 10, delete: 10 },
  calls: {
    arn: "vpc-lattice:resourceconfiguration/*",
    create: [["vpc-lattice:CreateResourceConfiguration", "self"]],
    // AWS names calls of RDS besides: for databases that are named by their ARN, which are not modelled.
    within: { type: [["ec2:DescribeSubnets"]] },
    read: [["vpc-lattice:GetResourceConfiguration", "self"], ["vpc-lattice:ListTagsForResource"]],
    update: each(
      ["allowAssociationToShareableServiceNetwork", "portRanges", "resourceConfigurationDefinition"],
      ["vpc-lattice:UpdateResourceConfiguration", "self"],
    ),
    delete: [
      ["vpc-lattice:DeleteResourceConfiguration", "self"],
      ["vpc-lattice:GetResourceConfiguration", "self"],
    ],
  },
};

/** A connection, an association or a share may name it; an access log goes with it. */
function namesConfiguration({ inputs }: WorldObject, configuration: WorldObject): boolean {
  const selfManaged = record(record(inputs.connectionConfiguration).selfManaged).resourceConfigurationId;
  return [selfManaged, inputs.resourceConfigurationIdentifier].some((value) => isNamed(configuration, value));
}

export const childrenOf = (world: World, group: WorldObject): WorldObject[] =>
  world.all(CONFIGURATION, ({ inputs }) => isNamed(group, inputs.resourceConfigurationGroupId));

/** @throws {Refusal} @returns its gateway */
function judgeConfiguration(inputs: Properties, context: Context): WorldObject {
  const { world } = context;
  const kind = text(inputs.type);
  const ofAccount = (type: string, identifier: unknown): WorldObject | undefined =>
    world.all(type, (one) => inPlace(context)(one) && isNamed(one, identifier))[0];
  const groupId = text(inputs.resourceConfigurationGroupId) ?? "";
  const group = kind === "CHILD" ? ofAccount(CONFIGURATION, groupId) : undefined;
  if (kind === "CHILD") {
    if (group?.inputs.type !== "GROUP") throw notFound("Resource configuration group", groupId);
    const allowed = quota(context, "L-9BC96FEF");
    if (childrenOf(world, group).length >= allowed) throw overQuota(`${group.id} has ${allowed} children`);
  }
  const named = text(inputs.resourceGatewayIdentifier) ?? text(group?.inputs.resourceGatewayIdentifier) ?? "";
  const gateway = ofAccount(GATEWAY, named);
  if (!gateway) throw notFound("Resource gateway", named);
  refuseManaged(gateway);
  const definition = record(inputs.resourceConfigurationDefinition);
  if (kind === "GROUP") {
    if (Object.keys(definition).length > 0) throw invalid("A resource configuration of type GROUP has no definition");
    return gateway;
  }
  if (texts(inputs.portRanges).length === 0) throw invalid("Port ranges are required for this type");
  if (hostOf(definition) === undefined)
    throw invalid("resourceConfigurationDefinition must hold exactly one of dnsResource, ipResource and arnResource");
  return gateway;
}

/** The DNS name or address of a definition; undefined for what is neither. */
export function hostOf(definition: Properties): string | undefined {
  const name = text(record(definition.dnsResource).domainName);
  const ip = text(record(definition.ipResource).ipAddress);
  if (name !== undefined) return isHost(name) && !ipaddr.isValid(name) ? name : undefined;
  return ip !== undefined && ipaddr.isValid(ip) ? ip : undefined;
}

export const latticeModels: readonly ResourceModel[] = [resourceGateway, resourceConfiguration];
