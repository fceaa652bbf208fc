import { crc32 } from "node:zlib";
import type { Context, FunctionModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { flag, like, record, records, text, texts } from "../values.ts";
import type { Properties, Value } from "../wire.ts";
import type { WorldObject } from "../world.ts";
import {
  INSTANCE,
  INTERFACE,
  ROUTE_TABLE,
  SECURITY_GROUP,
  SUBNET,
  VPC,
  arn,
  freeAddresses,
  inPlace,
  interfaceType,
  interfacesOf,
  zonesOf,
} from "./network.ts";
import { privateNameOf } from "./private-names.ts";
import { ENDPOINT, ENDPOINT_SERVICE, admits, dnsEntries, endpointState, reaches, zoneNames } from "./privatelink.ts";
import { awsServiceOf, awsServiceZones, endpointTypes, privateNames, takesPolicy } from "./services.ts";
import { ASSOCIATION, ROUTE } from "./vpc.ts";

/** EC2's filter names, by what they read. */
type Filters = Readonly<Record<string, (object: WorldObject, context: Context) => Value | undefined>>;

const input =
  (key: string) =>
  ({ inputs }: WorldObject): Value | undefined =>
    inputs[key];
const output =
  (key: string) =>
  ({ computed }: WorldObject): Value | undefined =>
    computed[key];
const id = (object: WorldObject): string => object.id;

const matches = (pattern: string, value: Value | undefined): boolean =>
  Array.isArray(value)
    ? value.some((one) => matches(pattern, one))
    : value !== undefined && like(pattern, String(value));

/** What the caller may see of a type and that answers to all of: attributes given directly, `filters`, `tags`. */
function found(
  type: string,
  args: Properties,
  attributes: Readonly<Record<string, string>>,
  filters: Filters,
  context: Context,
): WorldObject[] {
  const wanted: [string, string[]][] = [
    ...Object.entries(attributes).flatMap(([argument, filter]): [string, string[]][] =>
      args[argument] === undefined ? [] : [[filter, [String(args[argument])]]],
    ),
    ...records(args.filters).map(({ name, values }): [string, string[]] => [text(name) ?? "", texts(values)]),
    ...Object.entries(record(args.tags)).map(([key, value]): [string, string[]] => [`tag:${key}`, [String(value)]]),
  ];
  for (const [name] of wanted)
    if (!name.startsWith("tag:") && !(name in filters))
      throw new Refusal("InvalidParameterValue", `The filter '${name}' is invalid`);
  const valueOf = (name: string, object: WorldObject): Value | undefined =>
    name.startsWith("tag:") ? tagsOf(object)[name.slice("tag:".length)] : filters[name]?.(object, context);
  return context.world.all(
    type,
    (object) =>
      inPlace(context)(object) &&
      wanted.every(([name, values]) => values.some((value) => matches(value, valueOf(name, object)))),
  );
}

const tagsOf = ({ inputs }: WorldObject): Properties => record(inputs.tagsAll ?? inputs.tags);

function single(kind: string, objects: readonly WorldObject[]): WorldObject {
  const [one, ...others] = objects;
  if (one && others.length === 0) return one;
  throw new Refusal(
    "NotFound",
    one
      ? `multiple ${kind}s matched; use additional constraints to reduce matches to a single ${kind}`
      : `no matching ${kind} found`,
  );
}

const VPC_FILTERS: Filters = {
  "vpc-id": id,
  cidr: input("cidrBlock"),
  "cidr-block": input("cidrBlock"),
  state: () => "available",
  "owner-id": output("ownerId"),
  "is-default": () => false,
};
const SUBNET_FILTERS: Filters = {
  "subnet-id": id,
  "vpc-id": input("vpcId"),
  "cidr-block": input("cidrBlock"),
  "availability-zone": output("availabilityZone"),
  availabilityZone: output("availabilityZone"),
  "availability-zone-id": output("availabilityZoneId"),
  state: () => "available",
  "default-for-az": () => false,
  "map-public-ip-on-launch": input("mapPublicIpOnLaunch"),
};
const GROUP_FILTERS: Filters = {
  "group-id": id,
  "group-name": input("name"),
  "vpc-id": output("vpcId"),
  description: input("description"),
  "owner-id": output("ownerId"),
};
const INSTANCE_FILTERS: Filters = {
  "instance-id": id,
  "subnet-id": input("subnetId"),
  "vpc-id": output("_vpcId"),
  "private-ip-address": input("privateIp"),
  "instance-state-name": output("instanceState"),
};
const TABLE_FILTERS: Filters = {
  "route-table-id": id,
  "vpc-id": input("vpcId"),
  "association.main": ({ computed }) => computed._main === true,
  "association.subnet-id": (table, { world }) =>
    world
      .all(ASSOCIATION, ({ inputs }) => inputs.routeTableId === table.id)
      .map(({ inputs }) => text(inputs.subnetId) ?? ""),
};
const ENDPOINT_FILTERS: Filters = {
  "vpc-endpoint-id": id,
  "vpc-id": input("vpcId"),
  "service-name": input("serviceName"),
  "vpc-endpoint-type": input("vpcEndpointType"),
  "vpc-endpoint-state": (object, { world }) => endpointState(world, object),
};

const getVpc: FunctionModel = {
  token: "aws:ec2/getVpc:getVpc",
  arguments: ["id", "cidrBlock", "state", "default", "filters", "tags", "region"],
  calls: [["ec2:DescribeVpcs"], ["ec2:DescribeVpcAttribute"]],
  call(args, context) {
    const vpc = single(
      "EC2 VPC",
      found(
        VPC,
        args,
        { id: "vpc-id", cidrBlock: "cidr", state: "state", default: "is-default" },
        VPC_FILTERS,
        context,
      ),
    );
    const { inputs, computed } = vpc;
    return {
      id: vpc.id,
      arn: computed.arn ?? "",
      cidrBlock: inputs.cidrBlock ?? "",
      default: false,
      state: "available",
      ownerId: vpc.account,
      region: vpc.region,
      tags: tagsOf(vpc),
      cidrBlockAssociations: [
        { associationId: `vpc-cidr-assoc-${vpc.id.slice(4)}`, cidrBlock: inputs.cidrBlock ?? "", state: "associated" },
      ],
      dhcpOptionsId: computed.dhcpOptionsId ?? "",
      enableDnsHostnames: computed.enableDnsHostnames ?? false,
      enableDnsSupport: inputs.enableDnsSupport ?? true,
      enableNetworkAddressUsageMetrics: computed.enableNetworkAddressUsageMetrics ?? false,
      instanceTenancy: inputs.instanceTenancy ?? "default",
      ipv6AssociationId: "",
      ipv6CidrBlock: "",
      ipv6CidrBlockAssociations: [],
      mainRouteTableId: computed.mainRouteTableId ?? "",
    };
  },
};

const getSubnet: FunctionModel = {
  token: "aws:ec2/getSubnet:getSubnet",
  arguments: [
    "id",
    "vpcId",
    "cidrBlock",
    "availabilityZone",
    "availabilityZoneId",
    "state",
    "filters",
    "tags",
    "region",
  ],
  calls: [["ec2:DescribeSubnets"]],
  call(args, context) {
    const attributes = {
      id: "subnet-id",
      vpcId: "vpc-id",
      cidrBlock: "cidr-block",
      availabilityZone: "availability-zone",
      availabilityZoneId: "availability-zone-id",
      state: "state",
    };
    const subnet = single("EC2 Subnet", found(SUBNET, args, attributes, SUBNET_FILTERS, context));
    const { inputs, computed } = subnet;
    return {
      id: subnet.id,
      arn: computed.arn ?? "",
      vpcId: inputs.vpcId ?? "",
      cidrBlock: inputs.cidrBlock ?? "",
      state: "available",
      ownerId: subnet.account,
      region: subnet.region,
      tags: tagsOf(subnet),
      availabilityZone: computed.availabilityZone ?? "",
      availabilityZoneId: computed.availabilityZoneId ?? "",
      availableIpAddressCount: freeAddresses(context.world, subnet),
      assignIpv6AddressOnCreation: false,
      customerOwnedIpv4Pool: "",
      defaultForAz: false,
      enableDns64: false,
      enableLniAtDeviceIndex: 0,
      enableResourceNameDnsARecordOnLaunch: false,
      enableResourceNameDnsAaaaRecordOnLaunch: false,
      ipv6CidrBlock: "",
      ipv6CidrBlockAssociationId: "",
      ipv6Native: false,
      mapCustomerOwnedIpOnLaunch: false,
      mapPublicIpOnLaunch: inputs.mapPublicIpOnLaunch ?? false,
      outpostArn: "",
      privateDnsHostnameTypeOnLaunch: "ip-name",
    };
  },
};

/** Lists of ids; an empty one is no error. */
const listing = (token: string, type: string, filters: Filters, action: string): FunctionModel => ({
  token,
  arguments: ["filters", "tags", "region"],
  calls: [[action]],
  call: (args, context) => ({
    ...args,
    ids: found(type, args, {}, filters, context).map(id),
    id: context.caller.region,
    region: context.caller.region,
  }),
});

const getSecurityGroup: FunctionModel = {
  token: "aws:ec2/getSecurityGroup:getSecurityGroup",
  arguments: ["id", "name", "vpcId", "filters", "tags", "region"],
  calls: [["ec2:DescribeSecurityGroups"]],
  call(args, context) {
    const group = single(
      "EC2 Security Group",
      found(SECURITY_GROUP, args, { id: "group-id", name: "group-name", vpcId: "vpc-id" }, GROUP_FILTERS, context),
    );
    const { inputs, computed } = group;
    return {
      id: group.id,
      arn: computed.arn ?? "",
      name: inputs.name ?? "",
      description: inputs.description ?? "",
      vpcId: computed.vpcId ?? "",
      region: group.region,
      tags: tagsOf(group),
    };
  },
};

const getInstance: FunctionModel = {
  token: "aws:ec2/getInstance:getInstance",
  arguments: ["instanceId", "filters", "instanceTags", "tags", "region"],
  calls: [["ec2:DescribeInstances"], ["ec2:DescribeInstanceAttribute"], ["ec2:DescribeVolumes"]],
  call(args, context) {
    const { instanceTags, ...rest } = args;
    const instance = single(
      "EC2 Instance",
      found(
        INSTANCE,
        { ...rest, tags: { ...record(args.tags), ...record(instanceTags) } },
        { instanceId: "instance-id" },
        INSTANCE_FILTERS,
        context,
      ),
    );
    const { inputs, computed } = instance;
    const own = interfacesOf(context.world, instance.id)[0];
    return {
      id: instance.id,
      instanceId: instance.id,
      arn: computed.arn ?? "",
      instanceState: computed.instanceState ?? "",
      privateIp: inputs.privateIp ?? "",
      subnetId: inputs.subnetId ?? "",
      region: instance.region,
      availabilityZone: inputs.availabilityZone ?? "",
      networkInterfaceId: own?.id ?? "",
      vpcSecurityGroupIds: [...(own?.securityGroupIds ?? [])],
      securityGroups: [],
      tags: tagsOf(instance),
      ami: "ami-0123456789abcdef0",
      instanceType: "m7g.large",
      associatePublicIpAddress: false,
      publicIp: "",
      publicDns: "",
      privateDns: `ip-${String(inputs.privateIp).replaceAll(".", "-")}.ec2.internal`,
    };
  },
};

/** By the subnet that it is associated with, or by filters; a subnet of the main table alone is not found by its own id. */
const getRouteTable: FunctionModel = {
  token: "aws:ec2/getRouteTable:getRouteTable",
  arguments: ["subnetId", "vpcId", "routeTableId", "filters", "tags", "region"],
  calls: [["ec2:DescribeRouteTables"]],
  call(args, context) {
    const attributes = { subnetId: "association.subnet-id", vpcId: "vpc-id", routeTableId: "route-table-id" };
    const tables = found(ROUTE_TABLE, args, attributes, TABLE_FILTERS, context);
    const [table, ...others] = tables;
    if (!table || others.length > 0)
      throw new Refusal(
        "NotFound",
        "query returned no results. Please change your search criteria and try again.: no matching EC2 Route Table found",
      );
    const routes = context.world.all(ROUTE, ({ inputs }) => inputs.routeTableId === table.id);
    return {
      id: table.id,
      routeTableId: table.id,
      arn: table.computed.arn ?? "",
      vpcId: table.inputs.vpcId ?? "",
      ownerId: table.account,
      region: table.region,
      tags: tagsOf(table),
      associations: [],
      routes: routes.map(({ inputs }) => ({
        cidrBlock: inputs.destinationCidrBlock ?? "",
        ipv6CidrBlock: inputs.destinationIpv6CidrBlock ?? "",
        destinationPrefixListId: inputs.destinationPrefixListId ?? "",
        gatewayId: inputs.gatewayId ?? "",
        natGatewayId: inputs.natGatewayId ?? "",
        carrierGatewayId: "",
        coreNetworkArn: "",
        egressOnlyGatewayId: "",
        instanceId: "",
        localGatewayId: "",
        networkInterfaceId: "",
        transitGatewayId: "",
        vpcEndpointId: "",
        vpcPeeringConnectionId: "",
      })),
    };
  },
};

const getVpcEndpoint: FunctionModel = {
  token: "aws:ec2/getVpcEndpoint:getVpcEndpoint",
  arguments: ["id", "vpcId", "serviceName", "state", "vpcEndpointType", "filters", "tags", "region"],
  calls: [["ec2:DescribeVpcEndpoints"], ["ec2:DescribePrefixLists"]],
  call(args, context) {
    const attributes = {
      id: "vpc-endpoint-id",
      vpcId: "vpc-id",
      serviceName: "service-name",
      state: "vpc-endpoint-state",
      vpcEndpointType: "vpc-endpoint-type",
    };
    const endpoint = single("EC2 VPC Endpoint", found(ENDPOINT, args, attributes, ENDPOINT_FILTERS, context));
    const { inputs, computed } = endpoint;
    const own = interfacesOf(context.world, endpoint.id);
    return {
      id: endpoint.id,
      arn: computed.arn ?? "",
      vpcId: inputs.vpcId ?? "",
      serviceName: inputs.serviceName ?? "",
      serviceRegion: computed.serviceRegion ?? endpoint.region,
      region: endpoint.region,
      ownerId: endpoint.account,
      state: endpointState(context.world, endpoint),
      vpcEndpointType: inputs.vpcEndpointType ?? "",
      tags: tagsOf(endpoint),
      requesterManaged: false,
      dnsEntries: dnsEntries(context.world, endpoint).map(({ dnsName, hostedZoneId }) => ({ dnsName, hostedZoneId })),
      dnsOptions: [record(computed.dnsOptions)].filter((options) => Object.keys(options).length > 0),
      ipAddressType: computed.ipAddressType ?? "",
      networkInterfaceIds: own.map((one) => one.id),
      subnetIds: own.map(({ subnetId }) => subnetId),
      securityGroupIds: texts(computed.securityGroupIds),
      routeTableIds: texts(computed.routeTableIds),
      privateDnsEnabled: computed.privateDnsEnabled ?? false,
      policy: computed.policy ?? "",
      prefixListId: computed.prefixListId ?? "",
      cidrBlocks: [],
    };
  },
};

const INTERFACE_FILTERS: Filters = {
  "network-interface-id": id,
  "vpc-id": output("vpcId"),
  "subnet-id": input("subnetId"),
  "private-ip-address": input("privateIp"),
  description: input("description"),
  "interface-type": ({ inputs }) => interfaceType(text(inputs.description) ?? ""),
};

/** The consumer's view: only services that admit the caller, zones by the caller's own names, and only those it has. */
const getVpcEndpointService: FunctionModel = {
  token: "aws:ec2/getVpcEndpointService:getVpcEndpointService",
  arguments: ["serviceName", "service", "serviceRegions", "serviceType", "filters", "tags", "region"],
  calls: [["ec2:DescribeVpcEndpointServices"]],
  call(args, context) {
    const { world, caller } = context;
    const name =
      text(args.serviceName) ??
      (text(args.service) === undefined ? undefined : `com.amazonaws.${caller.region}.${text(args.service)}`);
    if (args.filters !== undefined || args.tags !== undefined || name === undefined)
      throw new Refusal("SandboxUnsupported", "the sandbox finds endpoint services by serviceName or service only");
    const own = awsServiceOf(name, caller.region);
    const regions = args.serviceRegions === undefined ? [caller.region] : texts(args.serviceRegions);
    const service = world.all(
      ENDPOINT_SERVICE,
      (object) =>
        object.computed.serviceName === name &&
        regions.includes(object.region) &&
        reaches(object, caller.region) &&
        admits(world, object, caller),
    )[0];
    if (!service && (own === undefined || own === "unknown"))
      throw new Refusal("InvalidServiceName", `The Vpc Endpoint Service '${name}' does not exist`);
    const types = service || own === undefined ? ["Interface"] : endpointTypes(own);
    const type = text(args.serviceType);
    if (type !== undefined && !types.includes(type))
      throw new Refusal("NotFound", "no matching EC2 VPC Endpoint Service found");
    if (type === undefined && types.length > 1)
      throw new Refusal(
        "NotFound",
        "multiple EC2 VPC Endpoint Services matched; use additional constraints to reduce matches to a single EC2 VPC Endpoint Service",
      );
    const serviceRegion = service?.region ?? caller.region;
    const names = service
      ? [privateNameOf(service)].flatMap((one) => one ?? [])
      : own === undefined
        ? []
        : privateNames(own, caller.region);
    const serviceId = service?.id ?? `vpce-svc-${crc32(name).toString(16).padStart(17, "0")}`;
    return {
      id: String(crc32(name)),
      serviceName: name,
      serviceId,
      serviceType: type ?? types[0] ?? "",
      owner: service?.account ?? "amazon",
      region: caller.region,
      serviceRegion,
      arn: arn("ec2", { ...caller, region: serviceRegion }, `vpc-endpoint-service/${serviceId}`),
      acceptanceRequired: service ? flag(service.inputs.acceptanceRequired) : false,
      // Of a service in another region the provider answers with none: hashicorp/terraform-provider-aws issue 44186.
      availabilityZones: service
        ? serviceRegion === caller.region
          ? zoneNames(world, service, caller.account)
          : []
        : Object.keys(awsServiceZones(own ?? "", context)).sort(),
      baseEndpointDnsNames: service
        ? texts(service.computed.baseEndpointDnsNames)
        : [`${own}.${caller.region}.vpce.amazonaws.com`],
      managesVpcEndpoints: false,
      privateDnsName: names[0] ?? "",
      privateDnsNames: [...names],
      supportedIpAddressTypes: service ? texts(service.computed.supportedIpAddressTypes) : ["ipv4"],
      vpcEndpointPolicySupported: own !== undefined && takesPolicy(own),
      tags: service && service.account === caller.account ? tagsOf(service) : {},
    };
  },
};

const getAvailabilityZones: FunctionModel = {
  token: "aws:index/getAvailabilityZones:getAvailabilityZones",
  arguments: ["state", "excludeNames", "excludeZoneIds", "filters", "allAvailabilityZones", "region"],
  calls: [["ec2:DescribeAvailabilityZones"]],
  call(args, context) {
    const zone: Readonly<Record<string, (entry: readonly [string, string]) => string>> = {
      "zone-name": ([name]) => name,
      "zone-id": ([, zoneId]) => zoneId,
      state: () => "available",
      "opt-in-status": () => "opt-in-not-required",
      "zone-type": () => "availability-zone",
      "region-name": () => context.caller.region,
    };
    const filters = records(args.filters).map(({ name, values }) => ({
      name: text(name) ?? "",
      values: texts(values),
    }));
    for (const { name } of filters)
      if (!zone[name]) throw new Refusal("InvalidParameterValue", `The filter '${name}' is invalid`);
    const excluded = [...texts(args.excludeNames), ...texts(args.excludeZoneIds)];
    const zones = Object.entries(zonesOf(context))
      .filter((entry) => !excluded.includes(entry[0]) && !excluded.includes(entry[1]))
      .filter((entry) =>
        filters.every(({ name, values }) => values.some((value) => matches(value, zone[name]?.(entry)))),
      )
      .filter(() => args.state === undefined || args.state === "available")
      .sort(([a], [b]) => a.localeCompare(b));
    const { region } = context.caller;
    return {
      id: region,
      region,
      names: zones.map(([name]) => name),
      zoneIds: zones.map(([, zoneId]) => zoneId),
      groupNames: zones.length > 0 ? [region] : [],
    };
  },
};

const getCallerIdentity: FunctionModel = {
  token: "aws:index/getCallerIdentity:getCallerIdentity",
  arguments: [],
  calls: [],
  call(_args, { caller: { account, role } }) {
    const own =
      role === undefined
        ? `arn:aws:iam::${account}:user/sandbox`
        : `arn:aws:sts::${account}:assumed-role/${role}/sandbox`;
    return {
      id: account,
      accountId: account,
      arn: own,
      userId: role === undefined ? "AIDASANDBOX0000000000" : "AROASANDBOX0000000000:sandbox",
    };
  },
};

const getRegion: FunctionModel = {
  token: "aws:index/getRegion:getRegion",
  arguments: ["region", "name", "endpoint"],
  calls: [],
  call: (_args, { caller: { region } }) => ({
    id: region,
    region,
    name: region,
    description: region,
    endpoint: `ec2.${region}.amazonaws.com`,
  }),
};

const getPartition: FunctionModel = {
  token: "aws:index/getPartition:getPartition",
  arguments: [],
  calls: [],
  call: () => ({ id: "aws", partition: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" }),
};

export const networkLookups: readonly FunctionModel[] = [
  getAvailabilityZones,
  getCallerIdentity,
  getRegion,
  getPartition,
  getVpc,
  listing("aws:ec2/getVpcs:getVpcs", VPC, VPC_FILTERS, "ec2:DescribeVpcs"),
  getSubnet,
  listing("aws:ec2/getSubnets:getSubnets", SUBNET, SUBNET_FILTERS, "ec2:DescribeSubnets"),
  listing(
    "aws:ec2/getNetworkInterfaces:getNetworkInterfaces",
    INTERFACE,
    INTERFACE_FILTERS,
    "ec2:DescribeNetworkInterfaces",
  ),
  getSecurityGroup,
  getInstance,
  getRouteTable,
  getVpcEndpoint,
  getVpcEndpointService,
];
