import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { flag, given, integer, record, records, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import {
  INSTANCE,
  SUBNET,
  SECURITY_GROUP,
  arn,
  attach,
  cidrHolds,
  detach,
  freeAddresses,
  inPlace,
  interfacesOf,
  ownedVpc,
  regroup,
} from "./network.ts";
import { quota } from "./quotas.ts";

export const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
export const LISTENER = "aws:lb/listener:Listener";
export const TARGET_GROUP = "aws:lb/targetGroup:TargetGroup";
export const ATTACHMENT = "aws:lb/targetGroupAttachment:TargetGroupAttachment";
const ENDPOINT_SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService";

/** Route 53 zones of Network Load Balancers, from AWS's list of service endpoints. */
const ZONE_IDS: Readonly<Record<string, string>> = {
  "us-east-1": "Z26RNL4JYFTOTI",
  "us-east-2": "ZLMOA37VPKANP",
  "us-west-2": "Z18D5FSROUN65G",
  "eu-west-1": "Z2IFOLAFXWLO4F",
  "eu-central-1": "Z3F0SRJ5LGBH90",
};

/** What the provider checks of both kinds of names. */
function nameFailures({ name }: Properties, ownRules: readonly (readonly [RegExp, string])[] = []): CheckFailure[] {
  const value = text(name);
  if (value === undefined) return [];
  const rules: readonly (readonly [RegExp, string])[] = [
    [/^[0-9A-Za-z-]*$/, `only alphanumeric characters and hyphens allowed in "name": "${value}"`],
    [/^.{0,32}$/, `"name" cannot be longer than 32 characters: "${value}"`],
    [/^(?!-)/, `"name" cannot begin with a hyphen: "${value}"`],
    [/^(?!.*-$)/, `"name" cannot end with a hyphen: "${value}"`],
    ...ownRules,
  ];
  return rules.flatMap(([pattern, message]) => (pattern.test(value) ? [] : [["name", message] as const]));
}

/** Only the caller's own, so that one cannot tell another account's from none. */
function ownedByArn(context: Context, type: string, value: unknown, code: string, message: string): WorldObject {
  const object = context.world.all(type, (candidate) => candidate.id === value && inPlace(context)(candidate))[0];
  if (!object) throw new Refusal(code, message);
  return object;
}

export const ownedLoadBalancer = (context: Context, value: unknown): WorldObject =>
  ownedByArn(context, LOAD_BALANCER, value, "LoadBalancerNotFound", `Load balancer '${String(value)}' not found`);
const ownedTargetGroup = (context: Context, value: unknown): WorldObject =>
  ownedByArn(context, TARGET_GROUP, value, "TargetGroupNotFound", `Target groups '${String(value)}' not found`);

/** Listeners of a load balancer. */
export const listenersOf = (world: World, loadBalancerArn: string): WorldObject[] =>
  world.all(LISTENER, ({ inputs }) => inputs.loadBalancerArn === loadBalancerArn);
/** Target groups to which a listener forwards. */
export const targetGroupsOf = (listener: WorldObject): string[] =>
  records(listener.inputs.defaultActions).flatMap(
    (action) =>
      text(action.targetGroupArn) ??
      texts(records(record(action.forward).targetGroups).map((group) => group.arn ?? "")),
  );

const subnetsOf = (inputs: Properties): string[] => [
  ...texts(inputs.subnets),
  ...records(inputs.subnetMappings).flatMap(({ subnetId }) => text(subnetId) ?? []),
];

const loadBalancer: ResourceModel = {
  type: LOAD_BALANCER,
  arguments: {
    name: { replace: true },
    internal: { replace: true },
    loadBalancerType: { default: "application", replace: true },
    subnets: { set: true },
    subnetMappings: { set: true },
    securityGroups: { set: true },
    enableCrossZoneLoadBalancing: { default: false },
    enableDeletionProtection: { default: false },
    enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: {},
    dnsRecordClientRoutingPolicy: { default: "any_availability_zone" },
    enableZonalShift: { default: false },
    ipAddressType: {},
    accessLogs: {},
    tags: {},
  },
  autoname: { property: "name", limit: 32 },
  computed: [
    "arn",
    "arnSuffix",
    "dnsName",
    "internal",
    "ipAddressType",
    "region",
    "securityGroups",
    "subnetMappings",
    "subnets",
    "vpcId",
    "zoneId",
    "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
  ],
  // The provider's customizeDiffLoadBalancerNLB: subnets can only grow in number; the first group cannot come, the last cannot go.
  replaces(olds, news) {
    const [before, after] = [texts(olds.securityGroups).length, texts(news.securityGroups).length];
    const shrinks = (key: string): boolean =>
      Array.isArray(news[key]) && Array.isArray(olds[key]) && news[key].length <= olds[key].length;
    const groups =
      Array.isArray(news.securityGroups) && (before === 0) !== (after === 0) && news.securityGroups.length === after;
    return [...["subnets", "subnetMappings"].filter(shrinks), ...(groups ? ["securityGroups"] : [])];
  },
  check(inputs) {
    const failures = nameFailures(inputs, [
      [/^(?!internal-)/, `"name" cannot begin with "internal-": "${text(inputs.name)}"`],
    ]);
    if (text(inputs.loadBalancerType) !== "network")
      failures.push([
        "loadBalancerType",
        "the sandbox knows Network Load Balancers only: set loadBalancerType to network",
      ]);
    if ((inputs.subnets === undefined) === (inputs.subnetMappings === undefined))
      failures.push(["subnets", "one of `subnet_mapping,subnets` must be specified"]);
    const enforce = text(inputs.enforceSecurityGroupInboundRulesOnPrivateLinkTraffic);
    if (enforce !== undefined && enforce !== "on" && enforce !== "off") {
      failures.push([
        "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
        `expected enforce_security_group_inbound_rules_on_private_link_traffic to be one of ["on" "off"], got ${enforce}`,
      ]);
    }
    return failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    const name = text(inputs.name) ?? "";
    if (world.all(LOAD_BALANCER, (other) => inPlace(context)(other) && other.inputs.name === name).length > 0)
      throw new Refusal("DuplicateLoadBalancerName", `ELBv2 Load Balancer (${name}) already exists`);
    // Application load balancers have a quota of their own.
    const ofItsType = world
      .all(LOAD_BALANCER, inPlace(context))
      .filter((other) => other.inputs.loadBalancerType === inputs.loadBalancerType);
    const network = inputs.loadBalancerType === "network";
    if (ofItsType.length >= quota(context, network ? "L-69A177A2" : "L-53DA6B97"))
      throw new Refusal("TooManyLoadBalancers", "The maximum number of load balancers has been reached");
    const subnets = balancedSubnets(subnetsOf(inputs), context);
    const vpcId = given(text(subnets[0]?.inputs.vpcId), "VPC of a load balancer");
    const internal = flag(inputs.internal);
    if (
      !internal &&
      world.all("aws:ec2/internetGateway:InternetGateway", ({ computed }) => computed.vpcId === vpcId).length === 0
    ) {
      throw new Refusal("InvalidSubnet", `VPC ${vpcId} has no internet gateway`);
    }
    const groups = balancerGroups(texts(inputs.securityGroups), vpcId, context);
    const suffix = `net/${name}/${world.hex(16)}`;
    const id = arn("elasticloadbalancing", caller, `loadbalancer/${suffix}`);
    occupy(id, subnets, groups, inputs, context);
    return {
      id,
      computed: {
        arn: id,
        arnSuffix: suffix,
        dnsName: `${name}-${suffix.slice(-16)}.elb.${caller.region}.amazonaws.com`,
        internal,
        ipAddressType: inputs.ipAddressType ?? "ipv4",
        region: caller.region,
        vpcId,
        zoneId: ZONE_IDS[caller.region] ?? "",
        securityGroups: [...groups],
        enforceSecurityGroupInboundRulesOnPrivateLinkTraffic:
          groups.length === 0 ? "" : (inputs.enforceSecurityGroupInboundRulesOnPrivateLinkTraffic ?? "on"),
      },
    };
  },
  update(object, inputs, context) {
    const { world } = context;
    const wanted = balancedSubnets(
      subnetsOf(inputs).length > 0 ? subnetsOf(inputs) : subnetsOf(object.inputs),
      context,
    );
    const before = interfacesOf(world, object.id).map(({ subnetId }) => subnetId);
    const lost = before.filter((id) => !wanted.some((subnet) => subnet.id === id));
    // docs: "You can't remove a subnet if the NLB has active VPC endpoint associations".
    if (lost.length > 0 && servicesOf(world, object.id).length > 0) {
      throw new Refusal(
        "OperationNotPermitted",
        `Load balancer '${object.id}' cannot lose subnet ${lost.join(", ")}: it has active VPC endpoint associations`,
      );
    }
    const vpcId = text(object.computed.vpcId) ?? "";
    const groups =
      inputs.securityGroups === undefined
        ? texts(object.computed.securityGroups)
        : balancerGroups(texts(inputs.securityGroups), vpcId, context);
    if (groups.length > 0 && texts(object.computed.securityGroups).length === 0)
      throw new Refusal(
        "InvalidConfigurationRequest",
        "You cannot set security groups on a Network Load Balancer which was created without any security groups.",
      );
    detach(world, object.id, ({ subnetId }) => lost.includes(subnetId));
    occupy(
      object.id,
      wanted.filter(({ id }) => !before.includes(id)),
      groups,
      inputs,
      context,
    );
    regroup(world, object.id, groups);
    const enforce =
      inputs.enforceSecurityGroupInboundRulesOnPrivateLinkTraffic ??
      object.computed.enforceSecurityGroupInboundRulesOnPrivateLinkTraffic ??
      "";
    return {
      securityGroups: [...groups],
      enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: groups.length === 0 ? "" : enforce,
    };
  },
  unknownOnUpdate: (changed) => [
    ...(changed.includes("subnets") ? ["subnetMappings"] : []),
    ...(changed.includes("subnetMappings") ? ["subnets"] : []),
  ],
  read({ id }, { world }) {
    const nodes = interfacesOf(world, id);
    return {
      subnets: nodes.map(({ subnetId }) => subnetId),
      subnetMappings: nodes.map(({ subnetId, ip }) => ({
        subnetId,
        privateIpv4Address: ip,
        allocationId: "",
        ipv6Address: "",
        outpostId: "",
      })),
    };
  },
  remove({ id, inputs }, { world }) {
    if (flag(inputs.enableDeletionProtection))
      throw new Refusal(
        "OperationNotPermitted",
        `Load balancer '${id}' cannot be deleted because deletion protection is enabled`,
      );
    if (servicesOf(world, id).length > 0)
      throw new Refusal(
        "ResourceInUse",
        `Load balancer '${id}' cannot be deleted because it is currently associated with another service`,
      );
    listenersOf(world, id).forEach((listener) => world.remove(listener));
    detach(world, id);
  },
  seconds: { create: 150, delete: 20 },
  calls: {
    arn: "elasticloadbalancing:loadbalancer/net/{name}/*",
    create: [
      ["elasticloadbalancing:CreateLoadBalancer", "self"],
      ["elasticloadbalancing:ModifyLoadBalancerAttributes", "self"],
    ],
    read: [
      ["elasticloadbalancing:DescribeLoadBalancers"],
      ["elasticloadbalancing:DescribeLoadBalancerAttributes"],
      ["elasticloadbalancing:DescribeTags"],
    ],
    update: {
      ...each(["subnets", "subnetMappings"], ["elasticloadbalancing:SetSubnets", "self"]),
      ...each(
        ["securityGroups", "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"],
        ["elasticloadbalancing:SetSecurityGroups", "self"],
      ),
      ipAddressType: [["elasticloadbalancing:SetIpAddressType", "self"]],
      ...each(
        [
          "accessLogs",
          "dnsRecordClientRoutingPolicy",
          "enableCrossZoneLoadBalancing",
          "enableDeletionProtection",
          "enableZonalShift",
        ],
        ["elasticloadbalancing:ModifyLoadBalancerAttributes", "self"],
      ),
    },
    delete: [["elasticloadbalancing:DeleteLoadBalancer", "self"], ["ec2:DescribeNetworkInterfaces"]],
  },
};

const servicesOf = (world: World, id: string): WorldObject[] =>
  world.all(ENDPOINT_SERVICE, ({ inputs }) => texts(inputs.networkLoadBalancerArns).includes(id));

function balancedSubnets(ids: readonly string[], context: Context): readonly WorldObject[] {
  const subnets = ids.map((id) => {
    const subnet = context.world.get(SUBNET, id, context.caller.account);
    if (!subnet || !inPlace(context)(subnet))
      throw new Refusal("SubnetNotFound", `The subnet ID '${id}' does not exist`);
    return subnet;
  });
  if (subnets.length === 0) throw new Refusal("ValidationError", "At least one subnet must be specified");
  if (new Set(subnets.map(({ inputs }) => inputs.vpcId)).size > 1)
    throw new Refusal("InvalidConfigurationRequest", "All subnets must belong to the same VPC");
  if (new Set(subnets.map(({ computed }) => computed.availabilityZoneId)).size < subnets.length) {
    throw new Refusal(
      "InvalidConfigurationRequest",
      "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    );
  }
  return subnets;
}

function balancerGroups(ids: readonly string[], vpcId: string, { world, caller }: Context): readonly string[] {
  for (const id of ids) {
    if (world.get(SECURITY_GROUP, id, caller.account)?.computed.vpcId !== vpcId)
      throw new Refusal(
        "InvalidConfigurationRequest",
        `One or more security groups are invalid: ${id} is not in VPC ${vpcId}`,
      );
  }
  return ids;
}

function occupy(
  id: string,
  subnets: readonly WorldObject[],
  groups: readonly string[],
  inputs: Properties,
  context: Context,
): void {
  for (const subnet of subnets) {
    if (freeAddresses(context.world, subnet) < 8) {
      throw new Refusal(
        "InvalidSubnet",
        `Not enough IP space available in ${subnet.id}. ELB requires at least 8 free IP addresses in each subnet.`,
      );
    }
  }
  for (const subnet of subnets) {
    const ip = records(inputs.subnetMappings).find(({ subnetId }) => subnetId === subnet.id)?.privateIpv4Address;
    attach(context, {
      owner: id,
      subnet,
      securityGroupIds: groups,
      description: `ELB ${id.split("loadbalancer/")[1]}`,
      ip: text(ip),
    });
  }
}

/** AWS's quotas; with cross-zone balancing each target counts for every AZ. */
const TARGETS_PER_GROUP = 1000;
const TARGETS_ACROSS_ZONES = 500;

const targetsIn = (world: World, groupArn: string): WorldObject[] =>
  world.all(ATTACHMENT, ({ inputs }) => inputs.targetGroupArn === groupArn);

const tooManyTargets = (what: string, quota: number): Refusal =>
  new Refusal("TooManyTargets", `The maximum number of targets (${quota}) has been reached on ${what}`);

const TARGET_PROTOCOLS = ["TCP", "TLS", "UDP", "TCP_UDP"];

const targetGroup: ResourceModel = {
  type: TARGET_GROUP,
  arguments: {
    name: { replace: true },
    port: { replace: true },
    protocol: { replace: true },
    targetType: { default: "instance", replace: true },
    vpcId: { replace: true },
    ipAddressType: { replace: true },
    healthCheck: {},
    preserveClientIp: {},
    proxyProtocolV2: { default: false },
    deregistrationDelay: { default: 300 },
    connectionTermination: {},
    loadBalancingCrossZoneEnabled: {},
    slowStart: { default: 0 },
    tags: {},
  },
  autoname: { property: "name", limit: 32 },
  computed: [
    "arn",
    "arnSuffix",
    "connectionTermination",
    "healthCheck",
    "ipAddressType",
    "loadBalancerArns",
    "loadBalancingCrossZoneEnabled",
    "preserveClientIp",
    "region",
  ],
  check(inputs) {
    const failures = nameFailures(inputs);
    for (const property of ["port", "protocol", "vpcId"]) {
      if (inputs[property] === undefined)
        failures.push([
          property,
          `Attribute "${property}" must be specified when "target_type" is "${text(inputs.targetType)}".`,
        ]);
    }
    const protocol = text(inputs.protocol);
    if (protocol !== undefined && !TARGET_PROTOCOLS.includes(protocol))
      failures.push([
        "protocol",
        `the sandbox knows target groups of Network Load Balancers only: ${TARGET_PROTOCOLS.join(", ")}`,
      ]);
    const targetType = text(inputs.targetType);
    if (targetType !== undefined && !["instance", "ip", "alb"].includes(targetType))
      failures.push(["targetType", `the sandbox knows the target types instance, ip and alb, got ${targetType}`]);
    const check = record(inputs.healthCheck);
    if (text(check.protocol)?.toUpperCase() === "TCP") {
      for (const key of ["path", "matcher"])
        if (text(check[key]))
          failures.push([
            `healthCheck.${key}`,
            `Attribute "health_check.${key}" cannot be specified when "health_check.protocol" is "TCP".`,
          ]);
    }
    for (const [key, [least, most]] of Object.entries({
      healthyThreshold: [2, 10],
      unhealthyThreshold: [2, 10],
      interval: [5, 300],
      timeout: [2, 120],
    })) {
      const value = integer(check[key]);
      if (value !== undefined && least !== undefined && most !== undefined && (value < least || value > most))
        failures.push([
          `healthCheck.${key}`,
          `expected health_check.0.${key} to be in the range (${least} - ${most}), got ${value}`,
        ]);
    }
    return failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    const name = text(inputs.name) ?? "";
    if (world.all(TARGET_GROUP, (other) => inPlace(context)(other) && other.inputs.name === name).length > 0)
      throw new Refusal("DuplicateTargetGroupName", `ELBv2 Target Group (${name}) already exists`);
    if (world.all(TARGET_GROUP, inPlace(context)).length >= quota(context, "L-B22855CB"))
      throw new Refusal("TooManyTargetGroups", "The maximum number of target groups has been reached");
    ownedVpc(context, text(inputs.vpcId) ?? "");
    if (inputs.targetType === "alb") balancersGroup(inputs);
    const suffix = `targetgroup/${name}/${world.hex(16)}`;
    const id = arn("elasticloadbalancing", caller, suffix);
    return { id, computed: { arn: id, arnSuffix: suffix, region: caller.region, ...targetGroupAttributes(inputs) } };
  },
  update: (object, inputs) =>
    targetGroupAttributes({ ...inputs, healthCheck: inputs.healthCheck ?? object.computed.healthCheck ?? null }),
  read: ({ id }, { world }) => ({
    loadBalancerArns: [
      ...new Set(
        world
          .all(LISTENER, (listener) => targetGroupsOf(listener).includes(id))
          .flatMap(({ inputs }) => inputs.loadBalancerArn ?? []),
      ),
    ],
  }),
  remove({ id }, { world }) {
    if (world.all(LISTENER, (listener) => targetGroupsOf(listener).includes(id)).length > 0)
      throw new Refusal("ResourceInUse", `Target group '${id}' is currently in use by a listener or a rule`);
    world
      .all(ATTACHMENT, ({ inputs }) => inputs.targetGroupArn === id)
      .forEach((attachment) => world.remove(attachment));
  },
  calls: {
    arn: "elasticloadbalancing:targetgroup/{name}/*",
    create: [
      ["elasticloadbalancing:CreateTargetGroup", "self"],
      ["elasticloadbalancing:ModifyTargetGroupAttributes", "self"],
    ],
    read: [
      ["elasticloadbalancing:DescribeTargetGroups"],
      ["elasticloadbalancing:DescribeTargetGroupAttributes"],
      ["elasticloadbalancing:DescribeTags"],
    ],
    update: {
      healthCheck: [["elasticloadbalancing:ModifyTargetGroup", "self"]],
      ...each(
        [
          "connectionTermination",
          "deregistrationDelay",
          "loadBalancingCrossZoneEnabled",
          "preserveClientIp",
          "proxyProtocolV2",
          "slowStart",
        ],
        ["elasticloadbalancing:ModifyTargetGroupAttributes", "self"],
      ),
    },
    delete: [["elasticloadbalancing:DeleteTargetGroup", "self"]],
  },
};

/** What AWS allows a target group whose target is an application load balancer. */
function balancersGroup(inputs: Properties): void {
  if (inputs.protocol !== "TCP")
    throw new Refusal("ValidationError", "Protocol 'TCP' must be specified for target groups with target type 'alb'");
  if (!["HTTP", "HTTPS"].includes((text(record(inputs.healthCheck).protocol) ?? "").toUpperCase()))
    throw new Refusal(
      "ValidationError",
      "Health check protocol must be 'HTTP' or 'HTTPS' for target groups with target type 'alb'",
    );
  if (flag(inputs.proxyProtocolV2))
    throw new Refusal(
      "InvalidConfigurationRequest",
      "Target group attribute key 'proxy_protocol_v2.enabled' is not supported for target groups with target type 'alb'",
    );
}

/** AWS's defaults for target groups of Network Load Balancers; a given health check without protocol is HTTP in the provider, none at all is TCP in AWS. */
function targetGroupAttributes(inputs: Properties): Properties {
  const check = record(inputs.healthCheck);
  const protocol = (text(check.protocol) ?? (Object.keys(check).length > 0 ? "HTTP" : "TCP")).toUpperCase();
  const web = protocol === "HTTP" || protocol === "HTTPS";
  const healthCheck = {
    enabled: true,
    healthyThreshold: 3,
    unhealthyThreshold: 3,
    interval: 30,
    port: "traffic-port",
    timeout: protocol === "HTTP" ? 6 : 10,
    path: web ? "/" : "",
    matcher: web ? "200-399" : "",
    ...check,
    protocol,
  };
  const clientIp = inputs.targetType === "instance" || inputs.protocol === "UDP" || inputs.protocol === "TCP_UDP";
  return {
    healthCheck,
    connectionTermination: inputs.connectionTermination ?? false,
    ipAddressType: inputs.ipAddressType ?? "ipv4",
    loadBalancingCrossZoneEnabled: inputs.loadBalancingCrossZoneEnabled ?? "use_load_balancer_configuration",
    preserveClientIp: String(inputs.preserveClientIp ?? clientIp),
  };
}

const targetGroupAttachment: ResourceModel = {
  type: ATTACHMENT,
  arguments: {
    targetGroupArn: { required: true, replace: true },
    targetId: { required: true, replace: true },
    port: { replace: true },
    availabilityZone: { replace: true },
  },
  computed: ["region"],
  create(inputs, context) {
    const group = ownedTargetGroup(context, inputs.targetGroupArn);
    const target = text(inputs.targetId) ?? "";
    const registered = targetsIn(context.world, group.id).length;
    if (registered >= TARGETS_PER_GROUP) throw tooManyTargets(`target group '${group.id}'`, TARGETS_PER_GROUP);
    if (group.inputs.targetType === "instance") instanceTarget(target, text(group.inputs.vpcId) ?? "", context);
    else if (group.inputs.targetType === "alb") balancerTarget(target, group, inputs, context);
    else addressTarget(target, group, inputs, context);
    return { id: `${group.id}-${context.world.hex(26)}`, computed: { region: context.caller.region } };
  },
  // By group, target and, unless it is the group's own, port: `arn,i-…,8443`.
  imported(id, context) {
    const [group, target, port] = id.split(",");
    return context.world.all(
      ATTACHMENT,
      ({ account, inputs }) =>
        account === context.caller.account &&
        inputs.targetGroupArn === group &&
        inputs.targetId === target &&
        (port === undefined || String(inputs.port) === port),
    )[0];
  },
  seconds: { create: 60 },
  calls: {
    create: [["elasticloadbalancing:RegisterTargets", "targetGroupArn"]],
    read: [["elasticloadbalancing:DescribeTargetHealth"]],
    delete: [["elasticloadbalancing:DeregisterTargets", "targetGroupArn"]],
  },
};

function instanceTarget(id: string, vpcId: string, { world, caller }: Context): void {
  const instance = world.get(INSTANCE, id, caller.account);
  if (instance?.computed.instanceState !== "running")
    throw new Refusal(
      "InvalidTarget",
      `The following targets are not in a running state and cannot be registered: '${id}'`,
    );
  if (interfacesOf(world, id)[0]?.vpcId !== vpcId)
    throw new Refusal("InvalidTarget", `The following targets are not in the target group VPC '${vpcId}': '${id}'`);
}

function balancerTarget(id: string, group: WorldObject, inputs: Properties, context: Context): void {
  const balancer = ownedLoadBalancer(context, id);
  const port = integer(inputs.port) ?? integer(group.inputs.port);
  if (balancer.inputs.loadBalancerType !== "application" || balancer.computed.vpcId !== group.inputs.vpcId)
    throw new Refusal("InvalidTarget", `'${id}' is no Application Load Balancer of VPC '${text(group.inputs.vpcId)}'`);
  if (port !== group.inputs.port)
    throw new Refusal(
      "ValidationError",
      `The port of an Application Load Balancer target must be that of its target group, ${String(group.inputs.port)}`,
    );
  if (targetsIn(context.world, group.id).length > 0) throw tooManyTargets(`target group '${group.id}'`, 1);
  if (!listenersOf(context.world, id).some(({ inputs: own }) => own.port === port))
    throw new Refusal("InvalidTarget", `The Application Load Balancer '${id}' has no listener on port ${port}`);
}

/** RFC 1918 and RFC 6598: all that a target outside the VPC may be. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

function addressTarget(ip: string, group: WorldObject, inputs: Properties, context: Context): void {
  const vpc = ownedVpc(context, text(group.inputs.vpcId) ?? "");
  if (cidrHolds(text(vpc.inputs.cidrBlock) ?? "", ip)) return;
  if (!PRIVATE.some((range) => cidrHolds(range, ip)))
    throw new Refusal(
      "ValidationError",
      `The IP address '${ip}' is not a valid IPv4 address for a target: it must be in the VPC or in ${PRIVATE.join(", ")}`,
    );
  if (inputs.availabilityZone !== "all")
    throw new Refusal(
      "ValidationError",
      `The IP address '${ip}' is outside of the VPC, so its Availability Zone must be 'all'`,
    );
}

const listener: ResourceModel = {
  type: LISTENER,
  arguments: {
    loadBalancerArn: { required: true, replace: true },
    port: {},
    protocol: {},
    defaultActions: { required: true },
    certificateArn: {},
    sslPolicy: {},
    alpnPolicy: {},
    tcpIdleTimeoutSeconds: {},
    tags: {},
  },
  computed: ["arn", "protocol", "region", "sslPolicy", "tcpIdleTimeoutSeconds"],
  check(inputs) {
    const failures: CheckFailure[] = [];
    const idle = integer(inputs.tcpIdleTimeoutSeconds);
    if (idle !== undefined && (idle < 60 || idle > 6000))
      failures.push([
        "tcpIdleTimeoutSeconds",
        `expected tcp_idle_timeout_seconds to be in the range (60 - 6000), got ${idle}`,
      ]);
    const port = integer(inputs.port);
    if (port !== undefined && (port < 1 || port > 65535))
      failures.push(["port", `expected port to be in the range (1 - 65535), got ${port}`]);
    return failures;
  },
  create(inputs, context) {
    const balancer = listened(inputs, undefined, context);
    const id = `${balancer.id.replace(":loadbalancer/", ":listener/")}/${context.world.hex(16)}`;
    return { id, computed: { arn: id, region: context.caller.region, ...listenerAttributes(inputs) } };
  },
  update(object, inputs, context) {
    listened(inputs, object, context);
    return listenerAttributes(inputs);
  },
  calls: {
    arn: "elasticloadbalancing:listener/{loadBalancerArn}/*",
    create: [["elasticloadbalancing:CreateListener", "loadBalancerArn"]],
    read: [
      ["elasticloadbalancing:DescribeListeners"],
      ["elasticloadbalancing:DescribeListenerAttributes"],
      ["elasticloadbalancing:DescribeTags"],
    ],
    update: {
      ...each(
        ["alpnPolicy", "certificateArn", "defaultActions", "port", "protocol", "sslPolicy"],
        ["elasticloadbalancing:ModifyListener", "self"],
      ),
      tcpIdleTimeoutSeconds: [["elasticloadbalancing:ModifyListenerAttributes", "self"]],
    },
    delete: [["elasticloadbalancing:DeleteListener", "self"]],
  },
};

const listenerAttributes = ({ protocol, sslPolicy, tcpIdleTimeoutSeconds }: Properties): Properties => ({
  protocol: protocol ?? "TCP",
  sslPolicy: sslPolicy ?? (protocol === "TLS" ? "ELBSecurityPolicy-2016-08" : ""),
  ...(protocol === "TLS" ? {} : { tcpIdleTimeoutSeconds: tcpIdleTimeoutSeconds ?? 350 }),
});

/** Which target group protocols a listener may forward to. */
const FORWARDS: Readonly<Record<string, readonly string[]>> = {
  TCP: ["TCP", "TCP_UDP"],
  TLS: ["TCP", "TLS"],
  UDP: ["UDP", "TCP_UDP"],
  TCP_UDP: ["TCP_UDP"],
};

function listened(inputs: Properties, self: WorldObject | undefined, context: Context): WorldObject {
  const { world } = context;
  const balancer = ownedLoadBalancer(context, inputs.loadBalancerArn);
  const others = listenersOf(world, balancer.id).filter((other) => other !== self);
  if (others.some(({ inputs: { port } }) => port === inputs.port))
    throw new Refusal(
      "DuplicateListener",
      `A listener already exists on this port for this load balancer '${balancer.id}'`,
    );
  if (others.length >= quota(context, "L-57A373D6"))
    throw new Refusal(
      "TooManyListeners",
      `The maximum number of listeners has been reached on load balancer '${balancer.id}'`,
    );
  if (inputs.protocol === "TLS" && inputs.certificateArn === undefined)
    throw new Refusal("ValidationError", "A certificate must be specified for TLS listeners");
  const candidate: WorldObject = { ...balancer, inputs };
  const behind = new Set([...others, candidate].flatMap(targetGroupsOf));
  const targets = [...behind].reduce((sum, groupArn) => sum + targetsIn(world, groupArn).length, 0);
  if (flag(balancer.inputs.enableCrossZoneLoadBalancing) && targets > TARGETS_ACROSS_ZONES)
    throw tooManyTargets(`load balancer '${balancer.id}'`, TARGETS_ACROSS_ZONES);
  for (const groupArn of targetGroupsOf(candidate)) {
    const group = ownedTargetGroup(context, groupArn);
    if (group.inputs.vpcId !== balancer.computed.vpcId)
      throw new Refusal(
        "InvalidConfigurationRequest",
        "The target group and the load balancer must be in the same VPC",
      );
    if (!FORWARDS[text(inputs.protocol) ?? "TCP"]?.includes(text(group.inputs.protocol) ?? ""))
      throw new Refusal(
        "IncompatibleProtocols",
        `The protocol of target group '${groupArn}' does not suit a ${text(inputs.protocol)} listener`,
      );
    const elsewhere = world.all(
      LISTENER,
      (other) => targetGroupsOf(other).includes(groupArn) && other.inputs.loadBalancerArn !== balancer.id,
    );
    if (elsewhere.length > 0)
      throw new Refusal(
        "TargetGroupAssociationLimit",
        `The following target groups cannot be associated with more than one load balancer: ${groupArn}`,
      );
  }
  return balancer;
}

export const loadBalancingModels: readonly ResourceModel[] = [
  loadBalancer,
  targetGroup,
  targetGroupAttachment,
  listener,
];
