/** What the models of the network share: addresses, network interfaces, ownership. */
import ipaddr from "ipaddr.js";
import type { Context } from "../model.ts";
import { Refusal } from "../model.ts";
import { given, integer, text, texts } from "../values.ts";
import type { World, WorldObject } from "../world.ts";
import { quota } from "./quotas.ts";

export const VPC = "aws:ec2/vpc:Vpc";
export const SUBNET = "aws:ec2/subnet:Subnet";
export const ROUTE_TABLE = "aws:ec2/routeTable:RouteTable";
export const SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup";
export const INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
export const EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
export const INSTANCE = "aws:ec2/instance:Instance";
export const INTERFACE = "aws:ec2/networkInterface:NetworkInterface";

type Place = Pick<Context["caller"], "account" | "region">;

export const arn = (service: string, { account, region }: Place, resource: string): string =>
  `arn:aws:${service}:${region}:${account}:${resource}`;

/** `vpc-` and 17 hex digits, as EC2 makes them. */
export const newId = ({ world }: Context, prefix: string): string => `${prefix}-${world.hex(17)}`;

export const inPlace =
  ({ caller }: Context) =>
  (object: WorldObject): boolean =>
    object.account === caller.account && object.region === caller.region;

/** An object of the caller's own account and region; nobody sees another's. */
export function owned(context: Context, type: string, id: string, code: string, message: string): WorldObject {
  const object = context.world.get(type, id, context.caller.account);
  if (!object || object.region !== context.caller.region) throw new Refusal(code, message);
  return object;
}

export const ownedVpc = (context: Context, id: string): WorldObject =>
  owned(context, VPC, id, "InvalidVpcID.NotFound", `The vpc ID '${id}' does not exist`);
export const ownedSubnet = (context: Context, id: string): WorldObject =>
  owned(context, SUBNET, id, "InvalidSubnetID.NotFound", `The subnet ID '${id}' does not exist`);

/** AZ name → AZ id in the caller's account. */
export function zonesOf({ world, caller }: Context): Readonly<Record<string, string>> {
  const zones = world.facts.zones[caller.account] ?? {};
  return Object.fromEntries(Object.entries(zones).filter(([name]) => name.startsWith(caller.region)));
}

export function zoneName(world: World, account: string, zoneId: string): string | undefined {
  return Object.entries(world.facts.zones[account] ?? {}).find(([, id]) => id === zoneId)?.[0];
}

// ---- addresses

export interface Range {
  readonly first: number;
  readonly last: number;
  readonly bits: number;
}

const toNumber = (ip: string): number =>
  ipaddr.IPv4.parse(ip)
    .toByteArray()
    .reduce((sum, byte) => sum * 256 + byte, 0);
export const toIp = (number: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");

/** Undefined for what is no IPv4 CIDR block. */
export function rangeOf(cidr: string): Range | undefined {
  if (!ipaddr.IPv4.isValidCIDR(cidr)) return undefined;
  const [ip, bits] = ipaddr.IPv4.parseCIDR(cidr);
  const size = 2 ** (32 - bits);
  const first = Math.floor(toNumber(ip.toString()) / size) * size;
  return { first, last: first + size - 1, bits };
}

export const contains = (outer: string, inner: string): boolean => {
  const [a, b] = [rangeOf(outer), rangeOf(inner)];
  return a !== undefined && b !== undefined && a.first <= b.first && b.last <= a.last;
};
export const overlap = (one: string, other: string): boolean => {
  const [a, b] = [rangeOf(one), rangeOf(other)];
  return a !== undefined && b !== undefined && a.first <= b.last && b.first <= a.last;
};
export const cidrHolds = (cidr: string, ip: string): boolean => ipaddr.IPv4.isValid(ip) && contains(cidr, `${ip}/32`);

/** What the provider says of a CIDR block before any call; undefined where nothing is wrong. */
export function cidrFailure(cidr: string, [least, most]: readonly [number, number]): string | undefined {
  const range = rangeOf(cidr);
  if (!range) return `"${cidr}" is not a valid IPv4 CIDR block`;
  if (!cidr.startsWith(`${toIp(range.first)}/`))
    return `"${cidr}" is not a valid IPv4 CIDR block; did you mean "${toIp(range.first)}/${range.bits}"?`;
  if (range.bits < least || range.bits > most)
    return `expected "${cidr}" to contain a network Value with between ${least} and ${most} significant bits, got: ${range.bits}`;
  return undefined;
}

// ---- network interfaces: what occupies subnets and carries security groups

export interface Interface {
  readonly id: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly zoneId: string;
  readonly ip: string;
  readonly securityGroupIds: readonly string[];
  readonly description: string;
  /** Id of the endpoint, load balancer, instance, … it belongs to. */
  readonly owner: string;
  /** How many of the subnet's it takes. */
  readonly addresses: number;
}

/** EC2's types of interfaces, by what services write into their descriptions. */
const INTERFACE_TYPES: Readonly<Record<string, string>> = {
  "VPC Endpoint Interface ": "vpc_endpoint",
  "AWS Lambda VPC ENI": "lambda",
  "Interface of Amazon Bedrock AgentCore": "agentic_ai",
};

export const interfaceType = (description: string): string =>
  Object.entries(INTERFACE_TYPES).find(([beginning]) => description.startsWith(beginning))?.[1] ?? "interface";

export interface Attachment {
  readonly owner: string;
  readonly subnet: WorldObject;
  readonly securityGroupIds: readonly string[];
  readonly description: string;
  readonly ip?: string;
  /** How many of the subnet's it takes; one by default. */
  readonly addresses?: number;
}

/** An interface as a world object; `place` says whose it is, `id` what it is called. */
export function interfaceObject(
  place: Place,
  id: string,
  { owner, subnet, securityGroupIds, description, ip, addresses = 1 }: Attachment & { readonly ip: string },
  estate = false,
): WorldObject {
  const computed = {
    vpcId: text(subnet.inputs.vpcId) ?? "",
    availabilityZoneId: text(subnet.computed.availabilityZoneId) ?? "",
    arn: arn("ec2", place, `network-interface/${id}`),
    _owner: owner,
    ...(addresses > 1 && { _addresses: addresses }),
  };
  return {
    type: INTERFACE,
    id,
    ...place,
    inputs: { subnetId: subnet.id, privateIp: ip, securityGroups: [...securityGroupIds], description },
    computed,
    readyAt: 0,
    estate,
  };
}

/** AWS attaches one on behalf of a service. It goes with `detach`. */
export function attach(context: Context, attachment: Attachment): Interface {
  const { world, caller } = context;
  const { subnet } = attachment;
  const most = quota(context, "L-DF5E4CA3");
  // Mostly all together are fewer.
  if (world.count(INTERFACE) >= most && world.all(INTERFACE, inPlace(context)).length >= most)
    throw new Refusal("NetworkInterfaceLimitExceeded", "The maximum number of network interfaces has been reached.");
  const object = interfaceObject({ account: subnet.account, region: caller.region }, `eni-${world.hex(17)}`, {
    ...attachment,
    ip: attachment.ip ?? freeIp(world, subnet),
  });
  world.put(object);
  return interfaceOf(object);
}

export function detach(world: World, owner: string, matches: (interface_: Interface) => boolean = () => true): void {
  for (const object of world.by(INTERFACE, owner)) if (matches(interfaceOf(object))) world.remove(object);
}

/** The owner is gone, but its interfaces stay for a while, and hold on to their subnets and groups. */
export function leaveBehind(world: World, owner: string, seconds: number): void {
  const left = world.by(INTERFACE, owner);
  for (const object of left) object.computed = { ...object.computed, _goneAt: world.clock + seconds };
  world.changed(...left);
}

const isGone = (world: World, { computed }: WorldObject): boolean =>
  typeof computed._goneAt === "number" && computed._goneAt <= world.clock;

/** Drops those of these interfaces that AWS has dropped by now. */
function swept(world: World, all = world.all(INTERFACE)): readonly WorldObject[] {
  all.filter((object) => isGone(world, object)).forEach((object) => world.remove(object));
  return all.filter((object) => !isGone(world, object));
}

const MINUTE = 60;
/** The provider waits longer for what Lambda leaves behind than for anything else. */
const LAMBDA_PATIENCE = 45 * MINUTE;

/**
 * When the last of what was left behind among these is gone, by the clock, at once where nothing was; undefined where one has an owner, and stays, or
 * goes so late that the provider gives up before.
 *
 * @param patience minutes
 */
export function allGoneAt(
  world: World,
  among: (interface_: Interface) => boolean,
  patience: number,
): number | undefined {
  const moments = swept(world)
    .filter((object) => among(interfaceOf(object)))
    .map(({ inputs, computed: { _goneAt } }) => {
      const waits = text(inputs.description)?.startsWith("AWS Lambda") === true ? LAMBDA_PATIENCE : patience * MINUTE;
      return typeof _goneAt === "number" && _goneAt <= world.clock + waits ? _goneAt : undefined;
    });
  if (!moments.every((moment) => moment !== undefined)) return undefined;
  return Math.max(0, ...moments);
}

/** What was left behind goes now: whoever calls has waited for it. */
export function drop(world: World, among: (interface_: Interface) => boolean): void {
  world
    .all(INTERFACE)
    .filter((object) => object.computed._goneAt !== undefined && among(interfaceOf(object)))
    .forEach((object) => world.remove(object));
}

/** Gives an owner's interfaces other security groups. */
export function regroup(world: World, owner: string, securityGroupIds: readonly string[]): void {
  const own = world.by(INTERFACE, owner);
  for (const object of own) object.inputs = { ...object.inputs, securityGroups: [...securityGroupIds] };
  world.changed(...own);
}

export function interfaces(world: World, matches: (interface_: Interface) => boolean = () => true): Interface[] {
  return swept(world).map(interfaceOf).filter(matches);
}

const interfacesIn = (world: World, subnet: WorldObject): Interface[] =>
  swept(world, world.by(INTERFACE, subnet.id)).map(interfaceOf);

export const interfacesOf = (world: World, owner: string): Interface[] => world.by(INTERFACE, owner).map(interfaceOf);

function interfaceOf({ id, inputs, computed }: WorldObject): Interface {
  return {
    id,
    vpcId: given(text(computed.vpcId), "VPC of an interface"),
    subnetId: given(text(inputs.subnetId), "subnet of an interface"),
    zoneId: given(text(computed.availabilityZoneId), "zone of an interface"),
    ip: given(text(inputs.privateIp), "address of an interface"),
    securityGroupIds: texts(inputs.securityGroups),
    description: text(inputs.description) ?? "",
    owner: given(text(computed._owner), "owner of an interface"),
    addresses: integer(computed._addresses) ?? 1,
  };
}

/** AWS keeps the first four addresses of a subnet and the last. */
const usable = (subnet: WorldObject): readonly [number, number] => {
  const { first, last } = given(rangeOf(text(subnet.inputs.cidrBlock) ?? ""), `CIDR block of ${subnet.id}`);
  return [first + 4, last - 1];
};

export function freeAddresses(world: World, subnet: WorldObject): number {
  const [first, last] = usable(subnet);
  const taken = interfacesIn(world, subnet).map(({ addresses }) => addresses);
  return last - first + 1 - taken.reduce((sum, addresses) => sum + addresses, 0);
}

export function freeIp(world: World, subnet: WorldObject): string {
  const taken = new Set(interfacesIn(world, subnet).map(({ ip }) => ip));
  const [first, last] = usable(subnet);
  for (let number = first; number <= last; number += 1) if (!taken.has(toIp(number))) return toIp(number);
  throw new Refusal(
    "InsufficientFreeAddressesInSubnet",
    `The specified subnet does not have enough free addresses to satisfy the request: ${subnet.id}`,
  );
}

/** The security groups that a request names: the caller's own, all in this VPC; the VPC's default group where it names none. */
export function groupsIn(context: Context, vpc: WorldObject, ids: readonly string[]): readonly string[] {
  for (const id of ids) {
    const group = owned(
      context,
      SECURITY_GROUP,
      id,
      "InvalidGroup.NotFound",
      `The security group '${id}' does not exist`,
    );
    if (group.computed.vpcId !== vpc.id)
      throw new Refusal("InvalidParameter", `Security group ${id} does not belong to VPC ${vpc.id}`);
  }
  if (ids.length > 5)
    throw new Refusal(
      "SecurityGroupsPerInterfaceLimitExceeded",
      "The maximum number of security groups per interface has been reached.",
    );
  return ids.length > 0 ? ids : [given(text(vpc.computed.defaultSecurityGroupId), `default group of ${vpc.id}`)];
}
