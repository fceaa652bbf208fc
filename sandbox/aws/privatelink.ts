import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { flag, given, text, texts } from "../values.ts";
import type { Properties, Value } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { parsed, statements } from "./iam.ts";
import { quota } from "./quotas.ts";
import { LOAD_BALANCER } from "./load-balancing.ts";
import {
  ROUTE_TABLE,
  arn,
  attach,
  detach,
  groupsIn,
  inPlace,
  interfacesOf,
  newId,
  owned,
  ownedSubnet,
  ownedVpc,
  regroup,
  zoneName,
  zonesOf,
} from "./network.ts";
import { nameConfigurations, nameState, privateNameNotes, privateNameOf } from "./private-names.ts";
import {
  GATEWAY_RANGES,
  GATEWAY_SERVICES,
  awsServiceOf,
  awsServiceZones,
  endpointTypes,
  takesPolicy,
} from "./services.ts";
import { publish } from "./sns.ts";

export const ENDPOINT_SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService";
export const ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint";
const ACCEPTER = "aws:ec2/vpcEndpointConnectionAccepter:VpcEndpointConnectionAccepter";
export const ALLOWED_PRINCIPAL = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple";

/** A request that nobody accepts lapses. */
const EXPIRES_AFTER = 7 * 24 * 3600;
const ACCEPTANCE_SECONDS = 30;

// ---- services

export const serviceByName = (world: World, serviceName: string): WorldObject | undefined =>
  world.by(ENDPOINT_SERVICE, serviceName)[0];

const balancersOf = (world: World, service: WorldObject): WorldObject[] =>
  texts(service.inputs.networkLoadBalancerArns).flatMap((id) => world.get(LOAD_BALANCER, id) ?? []);

/** Where endpoints to a service can stand: the zones of its load balancers. Cross-zone balancing adds none. */
export const serviceZones = (world: World, service: WorldObject): ReadonlySet<string> =>
  new Set(balancersOf(world, service).flatMap(({ id }) => interfacesOf(world, id).map(({ zoneId }) => zoneId)));

/** The service's zones as one account calls them; zones it does not have are left out. */
export const zoneNames = (world: World, service: WorldObject, account: string): string[] =>
  [...serviceZones(world, service)].flatMap((id) => zoneName(world, account, id) ?? []).sort();

export function principalsOf(world: World, service: WorldObject): string[] {
  const separate = world.all(ALLOWED_PRINCIPAL, ({ inputs }) => inputs.vpcEndpointServiceId === service.id);
  return [
    ...texts(service.inputs.allowedPrincipals),
    ...separate.flatMap(({ inputs }) => text(inputs.principalArn) ?? []),
  ];
}

/** Whether a caller sees a service at all: its owner does, others by the allow-list of account, role or everybody. */
export function admits(world: World, service: WorldObject, { account, role }: Context["caller"]): boolean {
  if (service.account === account) return true;
  const own = [
    "*",
    `arn:aws:iam::${account}:root`,
    ...(role === undefined ? [] : [`arn:aws:iam::${account}:role/${role}`]),
  ];
  return principalsOf(world, service).some((principal) => own.includes(principal));
}

const endpointsOf = (world: World, service: WorldObject): readonly WorldObject[] =>
  world.by(ENDPOINT, text(service.computed.serviceName) ?? "");

const endpointService: ResourceModel = {
  type: ENDPOINT_SERVICE,
  arguments: {
    acceptanceRequired: { required: true },
    networkLoadBalancerArns: { set: true },
    allowedPrincipals: { set: true },
    privateDnsName: {},
    supportedIpAddressTypes: { set: true },
    supportedRegions: { set: true },
    tags: {},
  },
  computed: [
    "arn",
    "allowedPrincipals",
    "availabilityZones",
    "baseEndpointDnsNames",
    "managesVpcEndpoints",
    "privateDnsName",
    "privateDnsNameConfigurations",
    "region",
    "serviceName",
    "serviceType",
    "state",
    "supportedIpAddressTypes",
    "supportedRegions",
  ],
  create(inputs, context) {
    const { account, region } = context.caller;
    offered(inputs, undefined, context);
    const id = newId(context, "vpce-svc");
    return {
      id,
      computed: {
        arn: arn("ec2", context.caller, `vpc-endpoint-service/${id}`),
        baseEndpointDnsNames: [`${id}.${region}.vpce.amazonaws.com`],
        managesVpcEndpoints: false,
        ...privateNameNotes(text(inputs.privateDnsName), (digits) => context.world.hex(digits)),
        region,
        serviceName: `com.amazonaws.vpce.${region}.${id}`,
        serviceType: "Interface",
        state: "Available",
        supportedIpAddressTypes: inputs.supportedIpAddressTypes ?? ["ipv4"],
        supportedRegions: inputs.supportedRegions ?? [region],
        _owner: account,
      },
    };
  },
  update(object, inputs, context) {
    offered(inputs, object, context);
    if ((text(inputs.privateDnsName) ?? "") === (privateNameOf(object) ?? "")) return {};
    // Another name is somebody else's until it is shown again.
    return privateNameNotes(text(inputs.privateDnsName), (digits) => context.world.hex(digits));
  },
  unknownOnUpdate: (changed) => (changed.includes("privateDnsName") ? ["privateDnsNameConfigurations"] : []),
  read: (object, { world }) => ({
    privateDnsNameConfigurations: nameConfigurations(world, object),
    allowedPrincipals: texts(object.inputs.allowedPrincipals),
    availabilityZones: zoneNames(world, object, object.account),
  }),
  remove(object, { world }) {
    const live = endpointsOf(world, object).filter((endpoint) =>
      ["available", "pending", "pendingAcceptance"].includes(endpointState(world, endpoint)),
    );
    if (live.length > 0)
      throw new Refusal(
        "ExistingVpcEndpointConnections",
        `Service has existing active VPC Endpoint connections! (${object.id}: ${live.map(({ id }) => id).join(", ")})`,
      );
    world
      .all(ALLOWED_PRINCIPAL, ({ inputs }) => inputs.vpcEndpointServiceId === object.id)
      .forEach((allowed) => world.remove(allowed));
  },
  seconds: { create: 10 },
  calls: {
    arn: "ec2:vpc-endpoint-service/*",
    create: [["ec2:CreateVpcEndpointServiceConfiguration", "self"]],
    within: { supportedRegions: [["vpce:AllowMultiRegion", "self"]] },
    given: { allowedPrincipals: [["ec2:ModifyVpcEndpointServicePermissions", "self"]] },
    read: [["ec2:DescribeVpcEndpointServiceConfigurations"], ["ec2:DescribeVpcEndpointServicePermissions"]],
    update: {
      ...each(
        ["acceptanceRequired", "networkLoadBalancerArns", "privateDnsName", "supportedIpAddressTypes"],
        ["ec2:ModifyVpcEndpointServiceConfiguration", "self"],
      ),
      supportedRegions: [
        ["ec2:ModifyVpcEndpointServiceConfiguration", "self"],
        ["vpce:AllowMultiRegion", "self"],
      ],
      allowedPrincipals: [["ec2:ModifyVpcEndpointServicePermissions", "self"]],
    },
    delete: [["ec2:DeleteVpcEndpointServiceConfigurations", "self"], ["ec2:DescribeVpcEndpointServiceConfigurations"]],
  },
};

function offered(inputs: Properties, self: WorldObject | undefined, context: Context): void {
  const { world } = context;
  const arns = texts(inputs.networkLoadBalancerArns);
  if (arns.length === 0) throw new Refusal("InvalidParameter", "At least one load balancer must be specified");
  for (const id of arns) {
    const balancer = world.all(LOAD_BALANCER, (candidate) => candidate.id === id && inPlace(context)(candidate))[0];
    if (!balancer)
      throw new Refusal(
        "InvalidParameter",
        `Load balancer ${id} does not exist or is not a Network Load Balancer of this account and region`,
      );
    if (!flag(balancer.computed.internal))
      throw new Refusal(
        "InvalidParameter",
        `Load balancer ${id} is internet-facing; an endpoint service needs an internal one`,
      );
    const taken = world.all(
      ENDPOINT_SERVICE,
      (other) => other !== self && texts(other.inputs.networkLoadBalancerArns).includes(id),
    );
    if (taken.length > 0)
      throw new Refusal(
        "InvalidParameter",
        `Load balancer ${id} is already associated with another VPC endpoint service: ${taken.map((service) => service.id).join(", ")}`,
      );
  }
  texts(inputs.allowedPrincipals).forEach(wellFormedPrincipal);
  texts(inputs.supportedRegions).forEach((region) => enabledRegion(region, context));
}

function wellFormedPrincipal(principal: string): void {
  if (!/^(\*|arn:aws:iam::\d{12}:(root|(role|user)\/[^/]+))$/.test(principal))
    throw new Refusal("InvalidPrincipal", `Invalid Principal: '${principal}'`);
}

const noService = (id: string): readonly [string, string] => [
  "InvalidVpcEndpointServiceId.NotFound",
  `The VpcEndpointService Id '${id}' does not exist`,
];

const allowedPrincipal: ResourceModel = {
  type: ALLOWED_PRINCIPAL,
  arguments: {
    vpcEndpointServiceId: { required: true, replace: true },
    principalArn: { required: true, replace: true },
  },
  computed: ["region"],
  create(inputs, context) {
    const serviceId = text(inputs.vpcEndpointServiceId) ?? "";
    owned(context, ENDPOINT_SERVICE, serviceId, ...noService(serviceId));
    wellFormedPrincipal(text(inputs.principalArn) ?? "");
    return { id: newId(context, "vpce-svc-perm"), computed: { region: context.caller.region } };
  },
  calls: {
    create: [["ec2:ModifyVpcEndpointServicePermissions", "vpcEndpointServiceId"]],
    read: [["ec2:DescribeVpcEndpointServicePermissions"]],
    delete: [["ec2:ModifyVpcEndpointServicePermissions", "vpcEndpointServiceId"]],
  },
};

// ---- endpoints

/** The connection as it is now: what was decided, by the virtual clock. */
export function endpointState(world: World, { readyAt, computed }: WorldObject): string {
  if (computed._rejected === true) return "rejected";
  const acceptedAt = computed._acceptedAt;
  if (typeof acceptedAt !== "number")
    return world.clock >= Number(computed._requestedAt) + EXPIRES_AFTER ? "expired" : "pendingAcceptance";
  return world.clock >= Math.max(readyAt, acceptedAt) ? "available" : "pending";
}

/** The service owner's yes, by whatever way. @param from when it was said */
export function acceptConnection(world: World, endpoint: WorldObject, from = world.clock): void {
  endpoint.computed = { ...endpoint.computed, _acceptedAt: from + ACCEPTANCE_SECONDS, _rejected: false };
  tellOwner(world, endpoint, "Accept");
  world.changed(endpoint);
}

/** The service owner's no, which also ends a connection that was accepted. */
export function rejectConnection(world: World, endpoint: WorldObject): void {
  if (endpoint.computed._rejected !== true) tellOwner(world, endpoint, "Reject");
  endpoint.computed = { ...endpoint.computed, _rejected: true };
  world.changed(endpoint);
}

function tellOwner(world: World, { id, inputs }: WorldObject, event: string): void {
  const service = serviceByName(world, text(inputs.serviceName) ?? "");
  if (service) publish(world, service, event, id);
}

/** None before acceptance. AWS promises no order, so a zonal name comes first: whoever takes index 0 shall notice. */
export function dnsEntries(
  world: World,
  endpoint: WorldObject,
): { readonly dnsName: string; readonly hostedZoneId: string; readonly zoneId?: string }[] {
  const { id, account, computed, region } = endpoint;
  const suffix = text(computed._dnsSuffix);
  if (suffix === undefined || typeof computed._acceptedAt !== "number") return [];
  const hostedZoneId = text(computed._hostedZoneId) ?? "";
  // To a service in another region there are no names of one AZ.
  const near = computed.serviceRegion === region ? interfacesOf(world, id) : [];
  const zonal = near.flatMap(({ zoneId }) => {
    const zone = zoneName(world, account, zoneId);
    return zone === undefined
      ? []
      : [{ dnsName: `${id}-${text(computed._dnsPart)}-${zone}.${suffix}`, hostedZoneId, zoneId }];
  });
  const regional = { dnsName: `${id}-${text(computed._dnsPart)}.${suffix}`, hostedZoneId };
  const named = privateNameAt(world, endpoint);
  const own = named === undefined ? [] : [{ dnsName: named, hostedZoneId }];
  return [...zonal.slice(0, 1), regional, ...zonal.slice(1), ...own];
}

/** The service's own name, where the endpoint answers to it in its VPC. */
export function privateNameAt(world: World, { inputs, computed }: WorldObject): string | undefined {
  if (computed.privateDnsEnabled !== true) return undefined;
  const service = serviceByName(world, text(inputs.serviceName) ?? "");
  return service && nameState(world, service) === "verified" ? privateNameOf(service) : undefined;
}

const endpoint: ResourceModel = {
  type: ENDPOINT,
  arguments: {
    vpcId: { required: true, replace: true },
    serviceName: { required: true, replace: true },
    serviceRegion: { replace: true },
    vpcEndpointType: { default: "Gateway", replace: true },
    subnetIds: { set: true },
    securityGroupIds: { set: true },
    routeTableIds: { set: true },
    privateDnsEnabled: {},
    policy: {},
    autoAccept: {},
    ipAddressType: {},
    dnsOptions: {},
    tags: {},
  },
  computed: [
    "arn",
    "cidrBlocks",
    "dnsEntries",
    "dnsOptions",
    "ipAddressType",
    "networkInterfaceIds",
    "ownerId",
    "policy",
    "prefixListId",
    "privateDnsEnabled",
    "region",
    "requesterManaged",
    "routeTableIds",
    "securityGroupIds",
    "serviceRegion",
    "state",
    "subnetConfigurations",
    "subnetIds",
  ],
  check({ vpcEndpointType, policy }) {
    const failures: CheckFailure[] = [];
    const type = text(vpcEndpointType);
    if (type !== undefined && type !== "Interface" && type !== "Gateway")
      failures.push(["vpcEndpointType", `the sandbox knows endpoints of type Interface and Gateway, got ${type}`]);
    if (text(policy) !== undefined && !isJson(text(policy) ?? ""))
      failures.push(["policy", `"policy" contains an invalid JSON policy`]);
    return failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    const vpc = ownedVpc(context, text(inputs.vpcId) ?? "");
    const target = targetOf(inputs, context);
    const gateway = inputs.vpcEndpointType === "Gateway";
    accordance(inputs, target, vpc, undefined, context);
    if (target.service && flag(inputs.privateDnsEnabled) && flag(target.service.inputs.acceptanceRequired))
      throw notAccepted(target.name);
    const subnets = gateway ? [] : placed(texts(inputs.subnetIds), target, vpc, context);
    const groups = gateway ? [] : groupsIn(context, vpc, texts(inputs.securityGroupIds));
    const id = newId(context, "vpce");
    for (const subnet of subnets)
      attach(context, { owner: id, subnet, securityGroupIds: groups, description: `VPC Endpoint Interface ${id}` });
    const service = target.service;
    const automatic =
      service === undefined ||
      !flag(service.inputs.acceptanceRequired) ||
      (flag(inputs.autoAccept) && service.account === caller.account);
    if (!automatic && flag(inputs.autoAccept))
      throw new Refusal(
        "NotFound",
        `reading EC2 VPC Endpoint Service Configuration (${target.name}): couldn't find resource`,
      );
    if (service) publish(world, service, "Connect", id);
    const dnsOptions: Properties = gateway
      ? {}
      : { dnsRecordIpType: "ipv4", privateDnsOnlyForInboundResolverEndpoint: false };
    const notes: Properties = {
      _requestedAt: world.clock,
      ...(automatic ? { _acceptedAt: world.clock } : {}),
      ...(gateway
        ? {}
        : {
            _dnsPart: letters(world.hex(16)),
            _dnsSuffix: target.dnsSuffix,
            _hostedZoneId: `Z${world.hex(13).toUpperCase()}`,
          }),
    };
    return {
      id,
      computed: {
        ...notes,
        arn: arn("ec2", caller, `vpc-endpoint/${id}`),
        cidrBlocks: gateway ? [...(GATEWAY_RANGES[target.awsService ?? ""] ?? [])] : [],
        dnsOptions,
        ipAddressType: inputs.ipAddressType ?? "ipv4",
        ownerId: caller.account,
        policy: inputs.policy ?? (service === undefined ? FULL_ACCESS : ""),
        prefixListId: gateway ? (GATEWAY_SERVICES[target.awsService ?? ""] ?? "") : "",
        privateDnsEnabled: flag(inputs.privateDnsEnabled),
        region: caller.region,
        requesterManaged: false,
        routeTableIds: texts(inputs.routeTableIds),
        securityGroupIds: [...groups],
        serviceRegion: target.region,
      },
    };
  },
  update(object, inputs, context) {
    const { world } = context;
    const vpc = ownedVpc(context, text(object.inputs.vpcId) ?? "");
    const target = targetOf(object.inputs, context, true);
    accordance(inputs, target, vpc, object, context);
    const isNew = flag(inputs.privateDnsEnabled) && object.computed.privateDnsEnabled !== true;
    if (target.service && isNew && endpointState(world, object) !== "available") throw notAccepted(target.name);
    const before = interfacesOf(world, object.id).map(({ subnetId }) => subnetId);
    const wanted =
      inputs.vpcEndpointType === "Gateway" || inputs.subnetIds === undefined
        ? undefined
        : placed(texts(inputs.subnetIds), target, vpc, context);
    const groups =
      inputs.securityGroupIds === undefined
        ? texts(object.computed.securityGroupIds)
        : groupsIn(context, vpc, texts(inputs.securityGroupIds));
    if (wanted) {
      detach(world, object.id, ({ subnetId }) => !wanted.some(({ id }) => id === subnetId));
      for (const subnet of wanted.filter(({ id }) => !before.includes(id)))
        attach(context, {
          owner: object.id,
          subnet,
          securityGroupIds: groups,
          description: `VPC Endpoint Interface ${object.id}`,
        });
    }
    regroup(world, object.id, groups);
    if (
      flag(inputs.autoAccept) &&
      !flag(object.inputs.autoAccept) &&
      endpointState(world, object) === "pendingAcceptance"
    )
      acceptConnection(world, object);
    return {
      securityGroupIds: [...groups],
      ...(inputs.routeTableIds === undefined ? {} : { routeTableIds: texts(inputs.routeTableIds) }),
      ...(inputs.policy === undefined ? {} : { policy: inputs.policy }),
      ...(inputs.privateDnsEnabled === undefined ? {} : { privateDnsEnabled: flag(inputs.privateDnsEnabled) }),
    };
  },
  // The provider's ComputedIf: other outputs keep their old value in the preview.
  unknownOnUpdate: (changed) => (changed.includes("subnetIds") ? ["networkInterfaceIds", "subnetConfigurations"] : []),
  read(object, { world }) {
    const own = interfacesOf(world, object.id);
    return {
      state: endpointState(world, object),
      dnsEntries: dnsEntries(world, object).map(({ dnsName, hostedZoneId }) => ({ dnsName, hostedZoneId })),
      networkInterfaceIds: own.map(({ id }) => id),
      subnetIds: own.map(({ subnetId }) => subnetId),
      subnetConfigurations: own.map(({ subnetId, ip }) => ({ subnetId, ipv4: ip, ipv6: "" })),
    };
  },
  remove(object, { world }) {
    const { id } = object;
    tellOwner(world, object, "Delete");
    detach(world, id);
    world.all(ACCEPTER, ({ inputs }) => inputs.vpcEndpointId === id).forEach((accepter) => world.remove(accepter));
  },
  seconds: { create: 60, delete: 60 },
  calls: {
    arn: "ec2:vpc-endpoint/*",
    keys: { "ec2:VpceServiceName": "serviceName", "ec2:VpceServiceRegion": "serviceRegion" },
    create: [["ec2:CreateVpcEndpoint", "self", "vpcId", "subnetIds", "securityGroupIds", "routeTableIds"]],
    within: {
      privateDnsEnabled: [["route53:AssociateVPCWithHostedZone"]],
      serviceRegion: [["vpce:AllowMultiRegion", "self"]],
    },
    given: { autoAccept: [["ec2:DescribeVpcEndpointServiceConfigurations"], ["ec2:AcceptVpcEndpointConnections"]] },
    read: [["ec2:DescribeVpcEndpoints"], ["ec2:DescribePrefixLists"], ["ec2:DescribeNetworkInterfaces"]],
    update: {
      ...each(
        [
          "dnsOptions",
          "ipAddressType",
          "policy",
          "privateDnsEnabled",
          "routeTableIds",
          "securityGroupIds",
          "subnetIds",
        ],
        ["ec2:ModifyVpcEndpoint", "self", "subnetIds", "securityGroupIds", "routeTableIds"],
      ),
      autoAccept: [["ec2:DescribeVpcEndpointServiceConfigurations"], ["ec2:AcceptVpcEndpointConnections"]],
    },
    delete: [["ec2:DeleteVpcEndpoints", "self"], ["ec2:DescribeVpcEndpoints"]],
  },
};

const FULL_ACCESS = JSON.stringify({ Statement: [{ Action: "*", Effect: "Allow", Principal: "*", Resource: "*" }] });

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

/** Eight lower-case letters and digits out of hex. */
const letters = (hex: string): string =>
  (hex.match(/../g) ?? []).map((pair) => (parseInt(pair, 16) % 36).toString(36)).join("");

interface Target {
  readonly name: string;
  readonly region: string;
  readonly dnsSuffix: string;
  readonly zones: ReadonlySet<string>;
  readonly types: readonly string[];
  /** Set for a customer's endpoint service. */
  readonly service?: WorldObject;
  /** Set for one of AWS's own. */
  readonly awsService?: string;
}

/** @param connected an endpoint that stands keeps its service even when its principal is no longer allowed */
function targetOf(inputs: Properties, context: Context, connected = false): Target {
  const { world, caller } = context;
  const name = text(inputs.serviceName) ?? "";
  const region = text(inputs.serviceRegion) ?? caller.region;
  const unknown = new Refusal("InvalidServiceName", `The Vpc Endpoint Service '${name}' does not exist`);
  if (region !== caller.region && !connected) enabledRegion(region, context);
  const awsService = awsServiceOf(name, region);
  if (awsService !== undefined) {
    if (region !== caller.region)
      throw new Refusal("SandboxUnsupported", "the sandbox knows no endpoints to AWS's own services in another region");
    if (awsService === "unknown") throw unknown;
    return {
      name,
      region,
      awsService,
      types: endpointTypes(awsService),
      zones: new Set(Object.values(awsServiceZones(awsService, context))),
      dnsSuffix: `${awsService}.${region}.vpce.amazonaws.com`,
    };
  }
  const service = serviceByName(world, name);
  // A service of another region is not there for who does not say which, nor for a region that it does not support.
  if (
    service?.region === region &&
    (connected || (admits(world, service, caller) && reaches(service, caller.region)))
  ) {
    return {
      name,
      region,
      service,
      types: ["Interface"],
      zones: region === caller.region ? serviceZones(world, service) : remoteZones(context),
      dnsSuffix: `${service.id}.${region}.vpce.amazonaws.com`,
    };
  }
  if (!connected) throw unknown;
  return { name, region, types: ["Interface"], zones: new Set(), dnsSuffix: "" };
}

/** Whether a service lets endpoints of a region in. */
export const reaches = (service: WorldObject, region: string): boolean =>
  region === service.region || texts(service.inputs.supportedRegions).includes(region);

/** AZs whose endpoints reach no service in another region. https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html */
const NO_REMOTE_ACCESS = ["use1-az3", "usw1-az2", "apne1-az3", "apne2-az2", "apne2-az4"];

const remoteZones = (context: Context): ReadonlySet<string> =>
  new Set(Object.values(zonesOf(context)).filter((zone) => !NO_REMOTE_ACCESS.includes(zone)));

/** A region that an account has to switch on first is none to it until then. */
function enabledRegion(region: string, { world, caller }: Context): void {
  if (world.facts.regionsOff?.[caller.account]?.includes(region))
    throw new Refusal("InvalidParameter", `The region ${region} is not enabled for account ${caller.account}`);
}

const notAccepted = (name: string): Refusal =>
  new Refusal(
    "InvalidParameter",
    `Private DNS can only be enabled after the endpoint connection is accepted by the owner of ${name}.`,
  );

/** What AWS says to the arguments before it looks at subnets and groups. */
function accordance(
  inputs: Properties,
  target: Target,
  vpc: WorldObject,
  self: WorldObject | undefined,
  context: Context,
): void {
  const { world } = context;
  const type = text(inputs.vpcEndpointType) ?? "Gateway";
  if (!target.types.includes(type))
    throw new Refusal(
      "InvalidParameter",
      `Endpoint type (${type}) does not match available service types ([${target.types.join(", ")}]).`,
    );
  const policy = text(inputs.policy);
  const fullAccessOnly = target.awsService === undefined || !takesPolicy(target.awsService);
  if (fullAccessOnly && policy !== undefined && policy !== "" && !isFullAccess(policy))
    throw new Refusal("InvalidParameter", `Service ${target.name} only supports the full-access endpoint policy.`);
  const others = world.all(ENDPOINT, (other) => other !== self && other.inputs.vpcId === vpc.id);
  if (policy !== undefined && policy !== "") wellFormedPolicy(policy);
  const tooMany = new Refusal("VpcEndpointLimitExceeded", "The maximum number of VPC endpoints has been reached.");
  if (type === "Gateway") {
    const standing = world.all(ENDPOINT, (one) => inPlace(context)(one) && one.inputs.vpcEndpointType === "Gateway");
    if (!self && standing.length >= quota(context, "L-1B52E74A")) throw tooMany;
    return gatewayRoutes(inputs, target, vpc, others, context);
  }
  if (texts(inputs.routeTableIds).length > 0)
    throw new Refusal("InvalidParameter", "Route table IDs are only supported for Gateway type VPC Endpoints.");
  const standing = others.filter((other) => other.inputs.vpcEndpointType === "Interface");
  if (!self && standing.length >= quota(context, "L-29B6F2EB")) throw tooMany;
  if (!flag(inputs.privateDnsEnabled)) return;
  if (!flag(vpc.inputs.enableDnsSupport) || !flag(vpc.computed.enableDnsHostnames)) {
    throw new Refusal(
      "InvalidParameter",
      `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpc.id}`,
    );
  }
  if (target.service) return privateNameFree(target, target.service, others, vpc, world);
  if (others.some((other) => other.inputs.serviceName === target.name && flag(other.computed.privateDnsEnabled))) {
    throw new Refusal(
      "InvalidParameter",
      `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${target.awsService}.${context.caller.region}.amazonaws.com in the VPC ${vpc.id}`,
    );
  }
}

/** The service has a name that is its own, and nobody else answers to it in the VPC. */
function privateNameFree(
  { name }: Target,
  service: WorldObject,
  others: readonly WorldObject[],
  vpc: WorldObject,
  world: World,
): void {
  const own = privateNameOf(service);
  const because = (why: string): Refusal =>
    new Refusal("InvalidParameter", `Private DNS can't be enabled because the service ${name} ${why}.`);
  if (own === undefined) throw because("does not provide a private DNS name");
  if (nameState(world, service) !== "verified") throw because("has not verified the private DNS name");
  if (others.some((other) => privateNameAt(world, other) === own))
    throw new Refusal(
      "InvalidParameter",
      `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${own} in the VPC ${vpc.id}`,
    );
}

/** AWS's own limit, in characters. */
const ENDPOINT_POLICY_LIMIT = 20_480;

function wellFormedPolicy(policy: string): void {
  if (policy.length > ENDPOINT_POLICY_LIMIT)
    throw new Refusal("InvalidPolicyDocument", `The policy exceeds the limit of ${ENDPOINT_POLICY_LIMIT} characters`);
  const document = parsed(policy);
  const all = statements(document);
  const malformed = all.some(
    (one) =>
      (one.Effect !== "Allow" && one.Effect !== "Deny") ||
      one.Principal === undefined ||
      (one.Action ?? one.NotAction) === undefined ||
      (one.Resource ?? one.NotResource) === undefined,
  );
  if (all.length === 0 || malformed)
    throw new Refusal("InvalidPolicyDocument", "Invalid policy document. Please check the policy syntax and retry.");
}

/** A gateway is a route to its service's prefix list in each of its tables, which take no second one. */
function gatewayRoutes(
  inputs: Properties,
  target: Target,
  vpc: WorldObject,
  others: readonly WorldObject[],
  context: Context,
): void {
  for (const property of ["subnetIds", "securityGroupIds"])
    if (texts(inputs[property]).length > 0)
      throw new Refusal(
        "InvalidParameter",
        `${property === "subnetIds" ? "Subnet" : "Security group"} IDs are only supported for Interface type VPC Endpoints.`,
      );
  if (flag(inputs.privateDnsEnabled))
    throw new Refusal("InvalidParameter", "Private DNS is only supported for Interface type VPC Endpoints.");
  for (const id of texts(inputs.routeTableIds)) {
    const table = owned(
      context,
      ROUTE_TABLE,
      id,
      "InvalidRouteTableId.NotFound",
      `The route table '${id}' does not exist`,
    );
    if (table.inputs.vpcId !== vpc.id)
      throw new Refusal("InvalidParameter", `Route table ${id} does not belong to VPC ${vpc.id}`);
    const taken = others.some(
      (other) => other.inputs.serviceName === target.name && texts(other.computed.routeTableIds).includes(id),
    );
    if (taken)
      throw new Refusal(
        "RouteAlreadyExists",
        `route table ${id} already has a route with destination-prefix-list-id ${GATEWAY_SERVICES[target.awsService ?? ""] ?? ""}`,
      );
  }
}

function isFullAccess(policy: string): boolean {
  const { Statement } = JSON.parse(policy) as { readonly Statement?: Value };
  const one = Array.isArray(Statement) && Statement.length === 1 ? Statement[0] : Statement;
  return (
    JSON.stringify(one, ["Action", "Effect", "Principal", "Resource"]) ===
    JSON.stringify({ Action: "*", Effect: "Allow", Principal: "*", Resource: "*" })
  );
}

/** The subnets of an interface endpoint: in the VPC, one per zone, each zone offered by the service. */
function placed(ids: readonly string[], target: Target, vpc: WorldObject, context: Context): readonly WorldObject[] {
  const taken = new Set<Value | undefined>();
  return ids.map((id) => {
    const subnet = ownedSubnet(context, id);
    if (subnet.inputs.vpcId !== vpc.id)
      throw new Refusal("InvalidParameter", `Subnet ${id} does not belong to VPC ${vpc.id}`);
    const zone = given(text(subnet.computed.availabilityZoneId), `zone of ${id}`);
    if (!target.zones.has(zone) && target.region !== context.caller.region)
      throw new Refusal(
        "InvalidParameter",
        `Only the following availability zones are supported for remote access: ${[...target.zones].sort().join(", ")}`,
      );
    if (!target.zones.has(zone))
      throw new Refusal(
        "InvalidParameter",
        `The VPC endpoint service ${target.name} does not support the availability zone of the subnet: ${id}.`,
      );
    if (taken.has(zone)) {
      throw new Refusal(
        "DuplicateSubnetsInSameZone",
        `Found another VPC endpoint subnet in the availability zone of ${id}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`,
      );
    }
    taken.add(zone);
    return subnet;
  });
}

// ---- acceptance

const accepter: ResourceModel = {
  type: ACCEPTER,
  arguments: {
    vpcEndpointId: { required: true, replace: true },
    vpcEndpointServiceId: { required: true, replace: true },
  },
  computed: ["region", "vpcEndpointState"],
  create(inputs, context) {
    const { world, caller } = context;
    const serviceId = text(inputs.vpcEndpointServiceId) ?? "";
    const endpointId = text(inputs.vpcEndpointId) ?? "";
    const service = owned(context, ENDPOINT_SERVICE, serviceId, ...noService(serviceId));
    const connection = endpointsOf(world, service).find(({ id }) => id === endpointId);
    if (!connection)
      throw new Refusal("InvalidVpcEndpointId.NotFound", `The Vpc Endpoint Id '${endpointId}' does not exist`);
    const id = `${serviceId}_${endpointId}`;
    // What the provider's users see: hashicorp/terraform-provider-aws issue 27761.
    if (!flag(service.inputs.acceptanceRequired))
      throw new Refusal(
        "NotFound",
        `waiting for VPC Endpoint Connection (${id}) to be accepted: couldn't find resource (21 retries)`,
      );
    const state = endpointState(world, connection);
    if (state === "expired" || state === "rejected")
      throw new Refusal("InvalidState", `VPC Endpoint Connection (${id}) cannot be accepted in state ${state}`);
    // The provider waits until the connection is available: that is when this resource is ready.
    if (state === "pendingAcceptance")
      acceptConnection(world, connection, Math.max(caller.run.startedAt, connection.readyAt, service.readyAt));
    return { id, computed: { region: caller.region } };
  },
  read(object, { world }) {
    const connection = world.get(ENDPOINT, text(object.inputs.vpcEndpointId) ?? "");
    return { vpcEndpointState: connection ? endpointState(world, connection) : "deleted" };
  },
  // Terraform's delete rejects: destroying an acceptance cuts the connection.
  remove(object, { world }) {
    const connection = world.get(ENDPOINT, text(object.inputs.vpcEndpointId) ?? "");
    if (connection) rejectConnection(world, connection);
  },
  seconds: { create: ACCEPTANCE_SECONDS },
  calls: {
    create: [["ec2:AcceptVpcEndpointConnections", "vpcEndpointServiceId"]],
    read: [["ec2:DescribeVpcEndpointConnections"]],
    delete: [["ec2:RejectVpcEndpointConnections", "vpcEndpointServiceId"]],
  },
};

export const privateLinkModels: readonly ResourceModel[] = [endpointService, allowedPrincipal, endpoint, accepter];
