import { securityGroupsAdmit } from "./aws/security-groups.ts";
import type { Peer } from "./aws/security-groups.ts";
import { ATTACHMENT, LOAD_BALANCER, TARGET_GROUP, listenersOf, targetGroupsOf } from "./aws/load-balancing.ts";
import { SUBNET, VPC, cidrHolds, interfaces, interfacesOf } from "./aws/network.ts";
import type { Interface } from "./aws/network.ts";
import { ENDPOINT, dnsEntries, endpointState, privateNameAt, serviceByName } from "./aws/privatelink.ts";
import { balancerHost, reachBackend } from "./balancer-target.ts";
import { type Verification, whyDistrusted } from "./certificates.ts";
import { flag, integer, record, text, texts } from "./values.ts";
import type { HostFacts, World, WorldObject } from "./world.ts";

/** Where packets start: a pod's network interface. */
export interface Source {
  readonly vpcId: string;
  readonly subnetId: string;
  readonly ip: string;
  readonly securityGroupIds: readonly string[];
  /** What the cluster's network policies say of packets that leave; absent where nothing of the kind stands before the interface. */
  readonly policy?: (packet: OutgoingPacket) => PolicyVerdict;
  /** Where it asks for names, if not at an address that policies always let it reach. */
  readonly resolver?: string;
}

export interface OutgoingPacket {
  readonly ip: string;
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

export interface PolicyVerdict {
  readonly open: boolean;
  readonly because: string;
}

export const HOPS = [
  "dns",
  "source-group",
  "acceptance",
  "endpoint-group",
  "zone",
  "load-balancer-group",
  "listener",
  "target-registration",
  "target-health",
  "target-group",
  "target",
] as const;
/** Besides: what stands in the way of pods alone, of ways to stores, which end in a login, and of calls of AWS's own services. */
export type HopName =
  | (typeof HOPS)[number]
  | "network-policy"
  | "store-group"
  | "login"
  | "dns-firewall"
  | "route"
  | "network-acl"
  | "endpoint-policy"
  | "identity-policy"
  // On the way of an agent's request over a private connection.
  | "private-connection"
  | "port-range"
  | "gateway-group"
  | "host-rule"
  | "certificate";

/** One step of a packet, as AWS would treat it. */
export interface Hop {
  readonly hop: HopName;
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly verdict: "open" | "blocked";
  readonly because: string;
}

export interface Walk {
  readonly verdict: "open" | "blocked";
  /** In order; ends with the first blocked one. */
  readonly hops: readonly Hop[];
  readonly blockedAt: HopName | undefined;
}

/** A verdict of one hop: what speaks for it, or, thrown, against it. */
export class Blocked extends Error {}

/**
 * The way of a TCP connection from a source to a host name and port, computed from what exists in the world right now.
 *
 * @param verifies by what the client makes sure who answers; not given, it looks at no certificate
 */
export const walk = (world: World, source: Source, host: string, port: number, verifies?: Verification): Walk =>
  walked((step) => follow(world, source, host, { port, verifies }, step));

/** Records the hops of a way as it is followed. */
export function walked(way: (step: Step) => void): Walk {
  const hops: Hop[] = [];
  const step = <T>(hop: HopName, from: string, to: string, at: number, judge: () => readonly [T, string]): T => {
    try {
      const [value, because] = judge();
      hops.push({ hop, from, to, port: at, verdict: "open", because });
      return value;
    } catch (error) {
      if (error instanceof Blocked) hops.push({ hop, from, to, port: at, verdict: "blocked", because: error.message });
      throw error;
    }
  };
  try {
    way(step);
    return { verdict: "open", hops, blockedAt: undefined };
  } catch (error) {
    if (error instanceof Blocked) return { verdict: "blocked", hops, blockedAt: hops.at(-1)?.hop };
    throw error;
  }
}

export type Step = <T>(hop: HopName, from: string, to: string, at: number, judge: () => readonly [T, string]) => T;

/** What a client asks for. */
interface Call {
  readonly port: number;
  readonly verifies: Verification | undefined;
}

function follow(world: World, source: Source, host: string, call: Call, step: Step): void {
  const { port } = call;
  const client = `client ${source.ip}`;
  const { endpoint, doors } = step("dns", client, host, port, () => {
    mayResolve(source);
    return resolve(world, source, host);
  });
  leave(world, source, { name: endpoint.id, doors, port }, step);

  const service = step("acceptance", endpoint.id, text(endpoint.inputs.serviceName) ?? "", port, () => {
    const state = endpointState(world, endpoint);
    if (state !== "available")
      throw new Blocked(
        `the connection is ${state}${state === "pendingAcceptance" ? ": the service's owner has not accepted it" : ""}`,
      );
    const found = serviceByName(world, text(endpoint.inputs.serviceName) ?? "");
    if (!found)
      throw new Blocked(`${text(endpoint.inputs.serviceName)} is no customer's endpoint service, or it is gone`);
    return [found, "the connection is available"];
  });

  step("endpoint-group", client, endpoint.id, port, () => arrive(world, source, { name: endpoint.id, doors, port }));

  const balancers = texts(service.inputs.networkLoadBalancerArns).flatMap((id) => world.get(LOAD_BALANCER, id) ?? []);
  const entries = step("zone", endpoint.id, service.id, port, () =>
    service.region === endpoint.region
      ? enter(world, balancers, doors, port)
      : enterElsewhere(world, balancers, service.region),
  );

  for (const { balancer, nodes } of entries) through(world, balancer, nodes, { client: source, ...call }, step);
}

/** What keeps a source from asking for names. @throws {Blocked} */
export function mayResolve({ policy, resolver }: Source): void {
  const asked = resolver === undefined ? undefined : policy?.({ ip: resolver, port: 53, protocol: "UDP" });
  if (asked?.open === false) throw new Blocked(`it cannot ask for names: ${asked.because}`);
}

/** Into each of some interfaces, past their security groups. @throws {Blocked} */
export function arrive(
  world: World,
  source: Source,
  { name, doors, port }: { readonly name: string; readonly doors: readonly Interface[]; readonly port: number },
): readonly [undefined, string] {
  const rules = doors.map(({ securityGroupIds }) => {
    const refusal = `${securityGroupIds.join(", ")} of ${name} admits no ${port}/tcp from ${source.ip} (groups ${source.securityGroupIds.join(", ")})`;
    return admitted(world, securityGroupIds, "ingress", source, port, refusal);
  });
  return [undefined, `${[...new Set(rules)].join(", ")} admits it`];
}

/** Out of the pod, to each of some interfaces: past the cluster's policies, then past the security groups. */
export function leave(
  world: World,
  source: Source,
  { name, doors, port }: { readonly name: string; readonly doors: readonly Interface[]; readonly port: number },
  step: Step,
): void {
  const client = `client ${source.ip}`;
  const { policy } = source;
  if (policy)
    step("network-policy", client, name, port, () => {
      const verdicts = doors.map(({ ip }) => policy({ ip, port, protocol: "TCP" }));
      const against = verdicts.find(({ open }) => !open);
      if (against) throw new Blocked(against.because);
      return [undefined, [...new Set(verdicts.map(({ because }) => because))].join("; ")];
    });
  step("source-group", client, name, port, () => {
    const groups = source.securityGroupIds;
    const rules = doors.map((door) => {
      const refusal = `${groups.join(", ")} lets ${source.ip} out to no ${port}/tcp at ${door.ip}`;
      return admitted(world, groups, "egress", peerOf(door), port, refusal);
    });
    return [undefined, `${[...new Set(rules)].join(", ")} lets it out`];
  });
}

const peerOf = ({ ip, securityGroupIds }: Interface): Peer => ({ ip, securityGroupIds });

function admitted(
  world: World,
  groups: readonly string[],
  direction: "ingress" | "egress",
  peer: Peer,
  port: number,
  refusal: string,
): string {
  const rule = securityGroupsAdmit(world, groups, direction, peer, port);
  if (!rule) throw new Blocked(refusal);
  return `rule ${rule.id} of ${text(rule.inputs.securityGroupId)}`;
}

interface Resolved {
  readonly endpoint: WorldObject;
  /** The endpoint's interfaces that the name stands for. All must be open, or some connections fail. */
  readonly doors: readonly Interface[];
}

function resolve(world: World, source: Source, host: string): readonly [Resolved, string] {
  const region = world.get(VPC, source.vpcId)?.region;
  for (const endpoint of world.all(ENDPOINT, (candidate) => candidate.region === region)) {
    const entry = dnsEntries(world, endpoint).find(({ dnsName }) => dnsName === host);
    if (!entry) continue;
    // A private name is known in its own VPC alone, and other endpoints may have it elsewhere.
    const isPrivate = privateNameAt(world, endpoint) === host;
    if (isPrivate && endpoint.inputs.vpcId !== source.vpcId) continue;
    if (isPrivate) resolvesPrivately(world, source.vpcId, host);
    const doors = interfacesOf(world, endpoint.id).filter(
      ({ zoneId }) => entry.zoneId === undefined || entry.zoneId === zoneId,
    );
    const addresses = doors.map(({ ip }) => ip).join(", ");
    if (doors.length === 0) throw new Blocked(`${host} belongs to ${endpoint.id}, which has no network interface`);
    if (endpoint.inputs.vpcId !== source.vpcId)
      throw new Blocked(
        `${host} resolves to ${addresses} in ${text(endpoint.inputs.vpcId)}, to which ${source.vpcId} has no route`,
      );
    return [{ endpoint, doors }, `${host} resolves to ${addresses} of ${endpoint.id}`];
  }
  throw new Blocked(`no endpoint of ${region ?? source.vpcId} answers to the name ${host}`);
}

/** @throws {Blocked} where the VPC has switched off what private names need */
function resolvesPrivately(world: World, vpcId: string, host: string): void {
  const vpc = world.get(VPC, vpcId);
  if (!flag(vpc?.inputs.enableDnsSupport) || !flag(vpc?.computed.enableDnsHostnames))
    throw new Blocked(`${host} is a private name, and ${vpcId} lacks enableDnsSupport or enableDnsHostnames`);
}

export interface Target {
  readonly id: string;
  readonly ip: string;
  readonly port: number;
  /** Undefined for one outside of the VPC, which counts for every zone. */
  readonly zoneId: string | undefined;
  readonly securityGroupIds: readonly string[] | undefined;
  readonly host: HostFacts | undefined;
}

/** What a listener's target group has registered. */
export function targetsOf(world: World, group: WorldObject): Target[] {
  const vpcId = text(group.inputs.vpcId) ?? "";
  return world
    .all(ATTACHMENT, ({ inputs }) => inputs.targetGroupArn === group.id)
    .map(({ inputs }) => {
      const id = text(inputs.targetId) ?? "";
      const isBalancer = group.inputs.targetType === "alb";
      const own =
        group.inputs.targetType === "instance" || isBalancer
          ? interfacesOf(world, id)[0]
          : interfaces(world, (one) => one.vpcId === vpcId && one.ip === id)[0];
      const subnet = world.all(
        SUBNET,
        (one) => one.inputs.vpcId === vpcId && cidrHolds(text(one.inputs.cidrBlock) ?? "", id),
      )[0];
      return {
        id,
        ip: own?.ip ?? id,
        port: integer(inputs.port) ?? integer(group.inputs.port) ?? 0,
        // An application load balancer is one target, in whatever zones it stands.
        zoneId: isBalancer ? undefined : (own?.zoneId ?? text(subnet?.computed.availabilityZoneId)),
        securityGroupIds: own?.securityGroupIds,
        host: isBalancer ? balancerHost(world, id) : world.facts.hosts[own?.owner ?? `${vpcId}/${id}`],
      };
    });
}

const listenerOf = (world: World, balancer: WorldObject, port: number): WorldObject | undefined =>
  listenersOf(world, balancer.id).find(({ inputs }) => inputs.port === port);
const groupOf = (world: World, listener: WorldObject | undefined): WorldObject | undefined =>
  world.get(TARGET_GROUP, (listener && targetGroupsOf(listener)[0]) ?? "");

/** A target group may overrule its load balancer. */
function crossZone(balancer: WorldObject, group: WorldObject | undefined): boolean {
  const own = text(group?.computed.loadBalancingCrossZoneEnabled);
  return own === "true" || own === "false" ? own === "true" : flag(balancer.inputs.enableCrossZoneLoadBalancing);
}

interface Entry {
  readonly balancer: WorldObject;
  readonly nodes: readonly Interface[];
}

/** The nodes that the endpoint's interfaces hand over to: each interface to a load balancer of its own zone. */
function enter(
  world: World,
  balancers: readonly WorldObject[],
  doors: readonly Interface[],
  port: number,
): readonly [readonly Entry[], string] {
  const entries = new Map<WorldObject, Interface[]>();
  for (const { zoneId, ip } of doors) {
    const all = balancers.flatMap((balancer) =>
      interfacesOf(world, balancer.id)
        .filter((node) => node.zoneId === zoneId)
        .map((node) => ({ balancer, node })),
    );
    const [first] = all;
    if (!first)
      throw new Blocked(`endpoint interface ${ip} is in ${zoneId}, where no load balancer of the service is enabled`);
    const group = groupOf(world, listenerOf(world, first.balancer, port));
    const targets = group ? targetsOf(world, group) : [];
    if (
      targets.length > 0 &&
      !crossZone(first.balancer, group) &&
      !targets.some((target) => target.zoneId === undefined || target.zoneId === zoneId)
    ) {
      throw new Blocked(
        `endpoint interface ${ip} is in ${zoneId}, where no target is registered, and cross-zone load balancing is off`,
      );
    }
    entries.set(first.balancer, [...(entries.get(first.balancer) ?? []), first.node]);
  }
  const list = [...entries].map(([balancer, nodes]) => ({ balancer, nodes }));
  return [list, `the load balancer is enabled in ${doors.map(({ zoneId }) => zoneId).join(", ")}`];
}

/** From another region AWS hands over to whatever nodes there are: AZs are none of the consumer's business. */
function enterElsewhere(
  world: World,
  balancers: readonly WorldObject[],
  region: string,
): readonly [readonly Entry[], string] {
  const entries = balancers.flatMap((balancer) => {
    const nodes = interfacesOf(world, balancer.id);
    return nodes.length > 0 ? [{ balancer, nodes }] : [];
  });
  if (entries.length === 0) throw new Blocked(`the service has no load balancer in any AZ of ${region}`);
  return [entries, `AWS hands over to the load balancer in ${region}, whatever its AZs`];
}

function through(
  world: World,
  balancer: WorldObject,
  nodes: readonly Interface[],
  { client, port, verifies }: Call & { readonly client: Source },
  step: Step,
): void {
  const name = text(balancer.inputs.name) ?? balancer.id;
  const groups = texts(balancer.computed.securityGroups);
  const listener = listenerOf(world, balancer, port);
  const group = groupOf(world, listener);
  const registered = group ? targetsOf(world, group) : [];
  const across = crossZone(balancer, group);
  const senders = (target: Target): readonly Interface[] =>
    across || target.zoneId === undefined ? nodes : nodes.filter(({ zoneId }) => zoneId === target.zoneId);
  // Without cross-zone balancing, what stands in other zones gets nothing from these nodes.
  const reached = registered.filter((target) => senders(target).length > 0);
  const ill = new Map(
    reached.map((target) => [target, group ? illness(world, group, groups, senders(target), target) : undefined]),
  );
  const healthy = reached.filter((target) => ill.get(target) === undefined);

  step("load-balancer-group", `client ${client.ip}`, name, port, () => {
    if (groups.length === 0) return [undefined, `${name} has no security group`];
    const enforced = balancer.computed.enforceSecurityGroupInboundRulesOnPrivateLinkTraffic !== "off";
    // A client comes through the endpoint service with its address, but without its groups.
    const rule = securityGroupsAdmit(world, groups, "ingress", { ip: client.ip, securityGroupIds: [] }, port);
    if (enforced && !rule)
      throw new Blocked(
        `${groups.join(", ")} of ${name} admits no ${port}/tcp from the client's own address ${client.ip}, and inbound rules are enforced on PrivateLink traffic`,
      );
    const shut = (healthy.length > 0 ? healthy : reached).filter(
      (target) => !leaves(world, groups, target, target.port),
    );
    if (shut[0] && (healthy.length > 0 || shut.length === reached.length))
      throw new Blocked(`${groups.join(", ")} of ${name} lets out no ${shut[0].port}/tcp to ${shut[0].id}`);
    return [
      undefined,
      enforced
        ? `rule ${rule?.id} of ${text(rule?.inputs.securityGroupId)} admits ${client.ip}`
        : "inbound rules are not enforced on PrivateLink traffic",
    ];
  });

  const target = step("listener", name, `${name}:${port}`, port, () => {
    if (!listener) throw new Blocked(`${name} has no listener on ${port}`);
    if (!group) throw new Blocked(`the listener on ${port} forwards to no target group`);
    return [group, `the listener forwards to ${text(group.inputs.name)}`];
  });
  const groupName = text(target.inputs.name) ?? target.id;

  step("target-registration", name, groupName, port, () => {
    if (registered.length === 0) throw new Blocked(`nothing is registered in ${groupName}`);
    return [undefined, `${registered.map(({ id }) => id).join(", ")} registered`];
  });

  step("target-health", name, groupName, port, () => {
    for (const node of nodes) {
      const mine = reached.filter((one) => senders(one).includes(node));
      if (mine.some((one) => healthy.includes(one))) continue;
      throw new Blocked(
        `no target of ${groupName} is healthy for ${node.zoneId}: ${mine.map((one) => ill.get(one) ?? "").join("; ")}`,
      );
    }
    return [undefined, `${healthy.map(({ id }) => id).join(", ")} healthy`];
  });

  step("target-group", name, groupName, port, () => {
    const rules = healthy.flatMap((one) => senders(one).map((node) => arrives(world, one, node, groups, one.port)));
    const shut = rules.find((rule) => rule.shut !== undefined)?.shut;
    if (shut !== undefined) throw new Blocked(shut);
    return [undefined, `${[...new Set(rules.map(({ open }) => open))].join(", ")} admits the load balancer`];
  });

  for (const one of healthy) {
    step("target", name, one.id, one.port, () => {
      const listens = one.host?.listens.find((each) => each.port === one.port);
      if (!listens) throw new Blocked(`nothing listens on ${one.port} at ${one.id}`);
      if (verifies === undefined) return [undefined, `${one.id} listens on ${one.port}`];
      const against = whyDistrusted(listens, verifies);
      if (against !== undefined) throw new Blocked(`the certificate that ${one.id} shows on ${one.port} ${against}`);
      return [undefined, `${one.id} listens on ${one.port}, with a certificate for ${verifies.name}`];
    });
    if (verifies !== undefined && target.inputs.targetType === "alb")
      step("host-rule", one.id, verifies.name, one.port, () => reachBackend(world, one.id, one.port, verifies.name));
  }
}

export const leaves = (world: World, groups: readonly string[], target: Target, port: number): boolean =>
  groups.length === 0 ||
  securityGroupsAdmit(
    world,
    groups,
    "egress",
    { ip: target.ip, securityGroupIds: target.securityGroupIds ?? [] },
    port,
  ) !== undefined;

/** Targets see the address of the load balancer's node, and its groups. A host that is no network interface of the VPC has no security group to ask. */
export function arrives(
  world: World,
  target: Target,
  node: Interface,
  groups: readonly string[],
  port: number,
): { readonly open?: string; readonly shut?: string } {
  if (target.securityGroupIds === undefined) return { open: "no security group" };
  const rule = securityGroupsAdmit(
    world,
    target.securityGroupIds,
    "ingress",
    { ip: node.ip, securityGroupIds: groups },
    port,
  );
  if (rule) return { open: `rule ${rule.id} of ${text(rule.inputs.securityGroupId)}` };
  const who =
    groups.length > 0
      ? `${groups.join(", ")} (node ${node.ip}, ${node.zoneId})`
      : `load balancer node ${node.ip} (${node.zoneId})`;
  return { shut: `${target.securityGroupIds.join(", ")} of ${target.id} admits no ${port}/tcp from ${who}` };
}

/** Why health checks of a target fail; undefined where they pass. */
export function illness(
  world: World,
  group: WorldObject,
  groups: readonly string[],
  nodes: readonly Interface[],
  target: Target,
): string | undefined {
  const check = record(group.computed.healthCheck);
  if (check.enabled === false) return undefined;
  const port = check.port === "traffic-port" ? target.port : Number(check.port);
  if (!leaves(world, groups, target, port))
    return `${groups.join(", ")} lets out no health checks on ${port}/tcp to ${target.id}`;
  const shut = nodes
    .map((node) => arrives(world, target, node, groups, port).shut)
    .find((reason) => reason !== undefined);
  if (shut !== undefined) return `health checks: ${shut}`;
  const listens = target.host?.listens.find((one) => one.port === port);
  if (!listens) return `nothing listens on health-check port ${port} at ${target.id}`;
  const protocol = text(check.protocol);
  if (protocol === "TCP") return undefined;
  if (listens.protocol !== protocol)
    return `${target.id} speaks ${listens.protocol} on ${port}, the health check ${protocol}`;
  const path = text(check.path) ?? "/";
  const status = listens.paths?.[path] ?? 404;
  return accepts(text(check.matcher) ?? "200-399", status)
    ? undefined
    : `${target.id} answers ${status} to GET ${path} on ${port}, the health check wants ${text(check.matcher)}`;
}

/** Matchers: `200`, `200,301`, `200-399`. */
const accepts = (matcher: string, status: number): boolean =>
  matcher.split(",").some((part) => {
    const [from = NaN, to = from] = part.split("-").map(Number);
    return from <= status && status <= to;
  });
