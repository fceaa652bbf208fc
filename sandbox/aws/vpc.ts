import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { given, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { WorldObject } from "../world.ts";
import {
  EGRESS_RULE,
  INGRESS_RULE,
  ROUTE_TABLE,
  SECURITY_GROUP,
  SUBNET,
  VPC,
  allGoneAt,
  arn,
  attach,
  cidrFailure,
  contains,
  detach,
  inPlace,
  drop,
  newId,
  overlap,
  owned,
  ownedSubnet,
  ownedVpc,
  zonesOf,
} from "./network.ts";
import { DEFAULT_SECURITY_GROUP } from "./default-security-group.ts";
import { quota } from "./quotas.ts";
import { FLOW_LOG } from "./flow-logs.ts";

export const GATEWAY = "aws:ec2/internetGateway:InternetGateway";
export const NAT = "aws:ec2/natGateway:NatGateway";
const EIP = "aws:ec2/eip:Eip";
export const ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation";
export const ROUTE = "aws:ec2/route:Route";
/** They name a VPC but do not keep it from being deleted. */
const NO_DEPENDENTS = [FLOW_LOG, DEFAULT_SECURITY_GROUP, "aws:lb/targetGroup:TargetGroup"];

const dependencies = (what: string, id: string): Refusal =>
  new Refusal("DependencyViolation", `The ${what} '${id}' has dependencies and cannot be deleted.`);
const digits = (count: number, ...seeds: string[]): string =>
  createHash("sha256").update(seeds.join("/")).digest("hex").slice(0, count);

/** Every VPC is born with a default group, which trusts itself, and a main route table. Used for the estate's VPCs too. */
export function bornWith(
  vpcId: string,
  place: { readonly account: string; readonly region: string },
  estate: boolean,
): { readonly objects: WorldObject[]; readonly computed: Properties } {
  const group = `sg-${digits(17, vpcId, "group")}`;
  const table = `rtb-${digits(17, vpcId, "table")}`;
  const base = { ...place, readyAt: 0, estate };
  const rule = (type: string, name: string, source: Properties): WorldObject => {
    const id = `sgr-${digits(17, vpcId, name)}`;
    return {
      ...base,
      type,
      id,
      inputs: { securityGroupId: group, ipProtocol: "-1", ...source },
      computed: { arn: arn("ec2", place, `security-group-rule/${id}`), securityGroupRuleId: id, region: place.region },
    };
  };
  const groupOutputs = {
    arn: arn("ec2", place, `security-group/${group}`),
    ownerId: place.account,
    vpcId,
    region: place.region,
    _default: true,
  };
  return {
    objects: [
      {
        ...base,
        type: SECURITY_GROUP,
        id: group,
        inputs: { name: "default", description: "default VPC security group", vpcId },
        computed: groupOutputs,
      },
      rule(INGRESS_RULE, "in", { referencedSecurityGroupId: group }),
      rule(EGRESS_RULE, "out", { cidrIpv4: "0.0.0.0/0" }),
      {
        ...base,
        type: ROUTE_TABLE,
        id: table,
        inputs: { vpcId },
        computed: {
          arn: arn("ec2", place, `route-table/${table}`),
          ownerId: place.account,
          region: place.region,
          _main: true,
        },
      },
    ],
    computed: {
      arn: arn("ec2", place, `vpc/${vpcId}`),
      ownerId: place.account,
      region: place.region,
      defaultSecurityGroupId: group,
      defaultRouteTableId: table,
      mainRouteTableId: table,
      defaultNetworkAclId: `acl-${digits(17, vpcId, "acl")}`,
      dhcpOptionsId: `dopt-${digits(17, place.account, place.region)}`,
      ipv6AssociationId: "",
      ipv6CidrBlock: "",
    },
  };
}

const cidrCheck = (inputs: Properties): CheckFailure[] => {
  const cidr = text(inputs.cidrBlock);
  const failure = cidr === undefined ? undefined : cidrFailure(cidr, [16, 28]);
  return failure === undefined ? [] : [["cidrBlock", failure]];
};

const vpc: ResourceModel = {
  type: VPC,
  arguments: {
    cidrBlock: { required: true, replace: true },
    instanceTenancy: { default: "default", replace: true },
    enableDnsSupport: { default: true },
    enableDnsHostnames: {},
    enableNetworkAddressUsageMetrics: {},
    tags: {},
  },
  computed: [
    "arn",
    "ownerId",
    "region",
    "enableDnsHostnames",
    "enableNetworkAddressUsageMetrics",
    "defaultSecurityGroupId",
    "defaultRouteTableId",
    "mainRouteTableId",
    "defaultNetworkAclId",
    "dhcpOptionsId",
    "ipv6AssociationId",
    "ipv6CidrBlock",
  ],
  check: cidrCheck,
  create(inputs, context) {
    if (context.world.all(VPC, inPlace(context)).length >= quota(context, "L-F678F1CE"))
      throw new Refusal("VpcLimitExceeded", "The maximum number of VPCs has been reached.");
    const id = newId(context, "vpc");
    const { objects, computed } = bornWith(
      id,
      { account: context.caller.account, region: context.caller.region },
      false,
    );
    objects.forEach((object) => context.world.put(object));
    return { id, computed: { ...computed, ...dnsFlags(inputs) } };
  },
  update: (_object, inputs) => dnsFlags(inputs),
  remove({ id }, { world }) {
    const inside = world.objects.filter(
      ({ type, inputs, computed }) =>
        (inputs.vpcId === id || computed.vpcId === id) &&
        !computed._default &&
        !computed._main &&
        !NO_DEPENDENTS.includes(type),
    );
    if (inside.length > 0) throw dependencies("vpc", id);
    const born = world.all(SECURITY_GROUP, ({ computed }) => computed.vpcId === id);
    for (const group of born)
      world.objects.filter(({ inputs }) => inputs.securityGroupId === group.id).forEach((rule) => world.remove(rule));
    [...born, ...world.all(ROUTE_TABLE, ({ inputs }) => inputs.vpcId === id)].forEach((object) => world.remove(object));
  },
  seconds: { create: 12 },
  calls: {
    arn: "ec2:vpc/*",
    create: [["ec2:CreateVpc", "self"]],
    given: each(["enableDnsHostnames", "enableNetworkAddressUsageMetrics"], ["ec2:ModifyVpcAttribute", "self"]),
    read: [
      ["ec2:DescribeVpcs"],
      ["ec2:DescribeVpcAttribute"],
      ["ec2:DescribeNetworkAcls"],
      ["ec2:DescribeRouteTables"],
      ["ec2:DescribeSecurityGroups"],
    ],
    update: each(
      ["enableDnsHostnames", "enableDnsSupport", "enableNetworkAddressUsageMetrics"],
      ["ec2:ModifyVpcAttribute", "self"],
    ),
    delete: [["ec2:DeleteVpc", "self"], ["ec2:DescribeVpcs"]],
  },
};
const dnsFlags = (inputs: Properties): Properties => ({
  enableDnsHostnames: inputs.enableDnsHostnames ?? false,
  enableNetworkAddressUsageMetrics: inputs.enableNetworkAddressUsageMetrics ?? false,
});

const SUBNET_ATTRIBUTES = [
  "mapPublicIpOnLaunch",
  "assignIpv6AddressOnCreation",
  "enableDns64",
  "enableResourceNameDnsARecordOnLaunch",
  "enableResourceNameDnsAaaaRecordOnLaunch",
  "privateDnsHostnameTypeOnLaunch",
];

/** Minutes for which the provider tries to delete a subnet that is still in use. */
const SUBNET_PATIENCE = 20;

const subnet: ResourceModel = {
  type: SUBNET,
  arguments: {
    vpcId: { required: true, replace: true },
    cidrBlock: { required: true, replace: true },
    availabilityZone: { replace: true },
    availabilityZoneId: { replace: true },
    mapPublicIpOnLaunch: { default: false },
    assignIpv6AddressOnCreation: { default: false },
    enableDns64: { default: false },
    enableResourceNameDnsARecordOnLaunch: { default: false },
    enableResourceNameDnsAaaaRecordOnLaunch: { default: false },
    privateDnsHostnameTypeOnLaunch: {},
    tags: {},
  },
  computed: [
    "arn",
    "ownerId",
    "region",
    "availabilityZone",
    "availabilityZoneId",
    "privateDnsHostnameTypeOnLaunch",
    "ipv6CidrBlockAssociationId",
  ],
  check(inputs) {
    if (inputs.availabilityZone === undefined || inputs.availabilityZoneId === undefined) return cidrCheck(inputs);
    return [["availabilityZone", `"availability_zone": conflicts with availability_zone_id`]];
  },
  create(inputs, context) {
    const { world, caller } = context;
    const home = ownedVpc(context, text(inputs.vpcId) ?? "");
    const cidr = given(text(inputs.cidrBlock), "CIDR block");
    if (!contains(text(home.inputs.cidrBlock) ?? "", cidr))
      throw new Refusal("InvalidSubnet.Range", `The CIDR '${cidr}' is invalid.`);
    if (
      world.all(SUBNET, (other) => other.inputs.vpcId === home.id && overlap(text(other.inputs.cidrBlock) ?? "", cidr))
        .length > 0
    ) {
      throw new Refusal("InvalidSubnet.Conflict", `The CIDR '${cidr}' conflicts with another subnet`);
    }
    const id = newId(context, "subnet");
    return { id, computed: { ...subnetOutputs(id, caller), ...zoneOf(inputs, context) } };
  },
  waitsUntil: ({ id }, { world }) => allGoneAt(world, ({ subnetId }) => subnetId === id, SUBNET_PATIENCE) ?? 0,
  remove({ id }, { world }) {
    if (allGoneAt(world, ({ subnetId }) => subnetId === id, SUBNET_PATIENCE) === undefined)
      throw dependencies("subnet", id);
    drop(world, ({ subnetId }) => subnetId === id);
  },
  seconds: { create: 2 },
  calls: {
    arn: "ec2:subnet/*",
    create: [["ec2:CreateSubnet", "self", "vpcId"]],
    given: each(SUBNET_ATTRIBUTES, ["ec2:ModifySubnetAttribute", "self"]),
    read: [["ec2:DescribeSubnets"]],
    update: each(SUBNET_ATTRIBUTES, ["ec2:ModifySubnetAttribute", "self"]),
    delete: [["ec2:DescribeNetworkInterfaces"], ["ec2:DeleteSubnet", "self"], ["ec2:DescribeSubnets"]],
  },
};

/** Also for the estate's subnets. */
export const subnetOutputs = (
  id: string,
  place: { readonly account: string; readonly region: string },
): Properties => ({
  arn: arn("ec2", place, `subnet/${id}`),
  ownerId: place.account,
  region: place.region,
  privateDnsHostnameTypeOnLaunch: "ip-name",
  ipv6CidrBlockAssociationId: "",
});

function zoneOf(inputs: Properties, context: Context): Properties {
  const zones = Object.entries(zonesOf(context));
  const [name, id] = [text(inputs.availabilityZone), text(inputs.availabilityZoneId)];
  // AWS chooses where none is given.
  const found =
    name === undefined && id === undefined ? zones[0] : zones.find(([zone, zoneId]) => zone === name || zoneId === id);
  if (found) return { availabilityZone: found[0], availabilityZoneId: found[1] };
  const [parameter, list] =
    name === undefined
      ? ["availabilityZoneId", zones.map(([, zoneId]) => zoneId)]
      : ["availabilityZone", zones.map(([zone]) => zone)];
  throw new Refusal(
    "InvalidParameterValue",
    `Value (${name ?? id}) for parameter ${parameter} is invalid. Subnets can currently only be created in the following availability zones: ${list.join(", ")}.`,
  );
}

const internetGateway: ResourceModel = {
  type: GATEWAY,
  arguments: { vpcId: {}, tags: {} },
  computed: ["arn", "ownerId", "region", "vpcId"],
  create(inputs, context) {
    const id = newId(context, "igw");
    return {
      id,
      computed: {
        arn: arn("ec2", context.caller, `internet-gateway/${id}`),
        ownerId: context.caller.account,
        region: context.caller.region,
        vpcId: attached(inputs, id, context),
      },
    };
  },
  update: ({ id }, inputs, context) => ({ vpcId: attached(inputs, id, context) }),
  remove({ computed }, { world }) {
    if (
      world.all(NAT, (nat) => nat.computed._vpcId === computed.vpcId && nat.inputs.connectivityType === "public")
        .length === 0
    )
      return;
    throw new Refusal(
      "DependencyViolation",
      `Network ${text(computed.vpcId)} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
    );
  },
  calls: {
    arn: "ec2:internet-gateway/*",
    create: [["ec2:CreateInternetGateway", "self"]],
    given: { vpcId: [["ec2:AttachInternetGateway", "self", "vpcId"]] },
    read: [["ec2:DescribeInternetGateways"]],
    update: {
      vpcId: [
        ["ec2:DetachInternetGateway", "self"],
        ["ec2:AttachInternetGateway", "self", "vpcId"],
      ],
    },
    delete: [
      ["ec2:DetachInternetGateway", "self", "vpcId"],
      ["ec2:DeleteInternetGateway", "self"],
    ],
  },
};

function attached(inputs: Properties, id: string, context: Context): string {
  const vpcId = text(inputs.vpcId);
  if (vpcId === undefined) return "";
  ownedVpc(context, vpcId);
  const others = context.world.all(GATEWAY, (other) => other.computed.vpcId === vpcId && other.id !== id);
  if (others.length > 0)
    throw new Refusal("InvalidParameterValue", `Network ${vpcId} already has an internet gateway attached`);
  return vpcId;
}

const eip: ResourceModel = {
  type: EIP,
  arguments: { domain: { replace: true }, tags: {} },
  computed: [
    "arn",
    "allocationId",
    "domain",
    "publicIp",
    "publicDns",
    "networkBorderGroup",
    "region",
    "associationId",
    "privateIp",
  ],
  create(_inputs, context) {
    const { world, caller } = context;
    if (world.all(EIP, inPlace(context)).length >= 5)
      throw new Refusal("AddressLimitExceeded", "The maximum number of addresses has been reached.");
    const id = newId(context, "eipalloc");
    const publicIp = `203.0.113.${world.all(EIP).length + 10}`;
    const publicDns = `ec2-${publicIp.replaceAll(".", "-")}.compute-1.amazonaws.com`;
    return {
      id,
      computed: {
        arn: arn("ec2", caller, `elastic-ip/${id}`),
        allocationId: id,
        domain: "vpc",
        publicIp,
        publicDns,
        networkBorderGroup: caller.region,
        region: caller.region,
        associationId: "",
        privateIp: "",
      },
    };
  },
  remove({ id, computed }, { world }) {
    if (world.all(NAT, ({ inputs }) => inputs.allocationId === id).length > 0)
      throw new Refusal("InvalidIPAddress.InUse", `Address ${text(computed.publicIp)} is in use.`);
  },
  calls: {
    arn: "ec2:elastic-ip/*",
    create: [["ec2:AllocateAddress", "self"]],
    read: [["ec2:DescribeAddresses"], ["ec2:DescribeAddressesAttribute"]],
    delete: [["ec2:ReleaseAddress", "self"]],
  },
};

const natGateway: ResourceModel = {
  type: NAT,
  arguments: {
    subnetId: { required: true, replace: true },
    allocationId: { replace: true },
    connectivityType: { default: "public", replace: true },
    privateIp: { replace: true },
    tags: {},
  },
  computed: ["associationId", "networkInterfaceId", "privateIp", "publicIp", "region"],
  create(inputs, context) {
    const { world, caller } = context;
    const where = ownedSubnet(context, text(inputs.subnetId) ?? "");
    const vpcId = text(where.inputs.vpcId) ?? "";
    const isPublic = inputs.connectivityType === "public";
    if (isPublic && inputs.allocationId === undefined)
      throw new Refusal(
        "MissingParameter",
        "The request must include the AllocationId parameter. Add the required parameter and retry the request.",
      );
    const address = isPublic
      ? owned(
          context,
          EIP,
          text(inputs.allocationId) ?? "",
          "InvalidAllocationID.NotFound",
          `The allocation ID '${text(inputs.allocationId)}' does not exist`,
        )
      : undefined;
    if (isPublic && world.all(GATEWAY, ({ computed }) => computed.vpcId === vpcId).length === 0)
      throw new Refusal("Gateway.NotAttached", `Network ${vpcId} has no Internet gateway attached`);
    const id = newId(context, "nat");
    const { id: networkInterfaceId, ip } = attach(context, {
      owner: id,
      subnet: where,
      securityGroupIds: [],
      description: `Interface for NAT Gateway ${id}`,
      ip: text(inputs.privateIp),
    });
    return {
      id,
      computed: {
        associationId: address ? newId(context, "eipassoc") : "",
        networkInterfaceId,
        privateIp: ip,
        publicIp: address?.computed.publicIp ?? "",
        region: caller.region,
        _vpcId: vpcId,
      },
    };
  },
  remove: ({ id }, { world }) => detach(world, id),
  seconds: { create: 105, delete: 50 },
  calls: {
    arn: "ec2:natgateway/*",
    create: [["ec2:CreateNatGateway", "self", "subnetId", "allocationId"]],
    read: [["ec2:DescribeNatGateways"]],
    delete: [["ec2:DeleteNatGateway", "self"], ["ec2:DescribeNatGateways"]],
  },
};

const routeTable: ResourceModel = {
  type: ROUTE_TABLE,
  arguments: { vpcId: { required: true, replace: true }, tags: {} },
  computed: ["arn", "ownerId", "region", "propagatingVgws", "routes"],
  create(inputs, context) {
    ownedVpc(context, text(inputs.vpcId) ?? "");
    const id = newId(context, "rtb");
    return {
      id,
      computed: {
        arn: arn("ec2", context.caller, `route-table/${id}`),
        ownerId: context.caller.account,
        region: context.caller.region,
        propagatingVgws: [],
        routes: [],
      },
    };
  },
  remove({ id }, { world }) {
    if (world.all(ASSOCIATION, ({ inputs }) => inputs.routeTableId === id).length > 0)
      throw dependencies("routeTable", id);
    world.all(ROUTE, ({ inputs }) => inputs.routeTableId === id).forEach((route) => world.remove(route));
  },
  calls: {
    arn: "ec2:route-table/*",
    create: [["ec2:CreateRouteTable", "self", "vpcId"]],
    read: [["ec2:DescribeRouteTables"]],
    delete: [["ec2:DescribeRouteTables"], ["ec2:DeleteRouteTable", "self"]],
  },
};

const noTable = (id: string): readonly [string, string] => [
  "InvalidRouteTableID.NotFound",
  `The routeTable ID '${id}' does not exist`,
];

const routeTableAssociation: ResourceModel = {
  type: ASSOCIATION,
  arguments: { routeTableId: { required: true }, subnetId: { required: true, replace: true } },
  computed: ["region"],
  create(inputs, context) {
    const subnetId = text(inputs.subnetId) ?? "";
    sameNetwork(inputs, context);
    if (context.world.all(ASSOCIATION, (other) => other.inputs.subnetId === subnetId).length > 0) {
      throw new Refusal(
        "Resource.AlreadyAssociated",
        `the specified association for route table ${text(inputs.routeTableId)} conflicts with an existing association`,
      );
    }
    return { id: newId(context, "rtbassoc"), computed: { region: context.caller.region } };
  },
  update(_object, inputs, context) {
    sameNetwork(inputs, context);
    return {};
  },
  calls: {
    create: [["ec2:AssociateRouteTable", "routeTableId", "subnetId"]],
    read: [["ec2:DescribeRouteTables"]],
    update: { routeTableId: [["ec2:ReplaceRouteTableAssociation", "routeTableId", "subnetId"]] },
    delete: [["ec2:DisassociateRouteTable", "routeTableId", "subnetId"]],
  },
};

function sameNetwork(inputs: Properties, context: Context): void {
  const tableId = text(inputs.routeTableId) ?? "";
  const table = owned(context, ROUTE_TABLE, tableId, ...noTable(tableId));
  const where = ownedSubnet(context, text(inputs.subnetId) ?? "");
  if (table.inputs.vpcId !== where.inputs.vpcId)
    throw new Refusal(
      "InvalidParameterValue",
      `route table ${tableId} and subnet ${where.id} belong to different networks`,
    );
}

const route: ResourceModel = {
  type: ROUTE,
  arguments: {
    routeTableId: { required: true, replace: true },
    destinationCidrBlock: { required: true, replace: true },
    gatewayId: {},
    natGatewayId: {},
  },
  computed: ["origin", "state", "region", "instanceId", "instanceOwnerId", "networkInterfaceId"],
  check({ gatewayId, natGatewayId }) {
    const count = [gatewayId, natGatewayId].filter((target) => target !== undefined).length;
    return count === 1 ? [] : [["gatewayId", "one of `gateway_id,nat_gateway_id` must be specified"]];
  },
  create(inputs, context) {
    const tableId = text(inputs.routeTableId) ?? "";
    const destination = text(inputs.destinationCidrBlock) ?? "";
    owned(context, ROUTE_TABLE, tableId, ...noTable(tableId));
    routeTarget(inputs, context);
    if (
      context.world.all(
        ROUTE,
        (other) => other.inputs.routeTableId === tableId && other.inputs.destinationCidrBlock === destination,
      ).length > 0
    ) {
      throw new Refusal("RouteAlreadyExists", `The route identified by ${destination} already exists.`);
    }
    const computed = {
      origin: "CreateRoute",
      state: "active",
      region: context.caller.region,
      instanceId: "",
      instanceOwnerId: "",
      networkInterfaceId: "",
    };
    return { id: `r-${tableId}${crc32(destination)}`, computed };
  },
  update(_object, inputs, context) {
    routeTarget(inputs, context);
    return {};
  },
  calls: {
    create: [["ec2:CreateRoute", "routeTableId"]],
    read: [["ec2:DescribeRouteTables"]],
    update: each(["gatewayId", "natGatewayId"], ["ec2:ReplaceRoute", "routeTableId"]),
    delete: [["ec2:DeleteRoute", "routeTableId"]],
  },
};

function routeTarget({ gatewayId, natGatewayId }: Properties, context: Context): void {
  const [gateway, nat] = [text(gatewayId), text(natGatewayId)];
  if (gateway !== undefined)
    owned(context, GATEWAY, gateway, "InvalidGatewayID.NotFound", `The gateway ID '${gateway}' does not exist`);
  if (nat !== undefined)
    owned(context, NAT, nat, "InvalidNatGatewayID.NotFound", `The natGateway ID '${nat}' does not exist`);
}

export const vpcModels: readonly ResourceModel[] = [
  vpc,
  subnet,
  internetGateway,
  eip,
  natGateway,
  routeTable,
  routeTableAssociation,
  route,
];
