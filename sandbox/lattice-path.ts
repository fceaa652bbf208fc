/** The way of a request of AWS DevOps Agent: over its private connection's gateway to what answers to a Host header. */
import { certificateOf, forwardedTo, isApplication, listenerOn, ruleFor } from "./aws/application-load-balancers.ts";
import {
  ASSOCIATION,
  PRIVATE_CONNECTION,
  SERVICE,
  SPACE,
  configurationOf,
  connectionNamed,
  connectionStatus,
  managedGatewayOf,
  serviceManaged,
  targetConnection,
} from "./aws/devops-agent.ts";
import { gatewayOf, hostOf, inRanges } from "./aws/lattice.ts";
import { mayUse } from "./aws/lattice-sharing.ts";
import { TARGET_GROUP, targetGroupsOf } from "./aws/load-balancing.ts";
import { type Answer, resolveName, urlParts } from "./aws/names.ts";
import { type Interface, VPC, cidrHolds, interfaces, interfacesOf } from "./aws/network.ts";
import { securityGroupsAdmit } from "./aws/security-groups.ts";
import { whyUnreachable } from "./kubernetes/exposure.ts";
import { covers } from "./certificates.ts";
import { Blocked, type Step, type Target, type Walk, arrives, illness, leaves, targetsOf, walked } from "./path.ts";
import { record, text, texts } from "./values.ts";
import type { World, WorldObject } from "./world.ts";

/** What an agent may reach over private connections, and whether it can. */
export interface IntegrationWay {
  readonly connection: string;
  /** Name under which the service is registered. */
  readonly integration: string;
  readonly endpoint: string;
  /** Names of the agent spaces that it is associated with. */
  readonly spaces: readonly string[];
  readonly walk: Walk;
}

/** Each registered service that goes over a private connection. */
export function integrationWays(world: World): IntegrationWay[] {
  return world
    .all(SERVICE, (service) => targetConnection(service) !== undefined && service.computed._endpoint !== "")
    .map((service) => {
      const connection = targetConnection(service) ?? "";
      const endpoint = text(service.computed._endpoint) ?? "";
      return {
        connection,
        integration: text(service.computed._name) ?? service.id,
        endpoint,
        spaces: world
          .all(ASSOCIATION, ({ inputs }) => inputs.serviceId === service.id)
          .flatMap(({ inputs }) => text(world.get(SPACE, text(inputs.agentSpaceId) ?? "")?.inputs.name) ?? []),
        walk: walkRequest(world, connectionNamed(world, connection, service), endpoint),
      };
    });
}

/** The path of one request for a URL over a connection. The URL's host is SNI and Host header alone: what is resolved is the connection's own. */
export function walkRequest(world: World, connection: WorldObject | undefined, url: string): Walk {
  return walked((step) => follow(world, connection, url, step));
}

/** All private connections of a world, by name. */
export const privateConnections = (world: World): WorldObject[] => world.all(PRIVATE_CONNECTION);

interface Door {
  readonly host: string;
  readonly portRanges: readonly string[];
  readonly gateway: WorldObject;
}

function follow(world: World, connection: WorldObject | undefined, url: string, step: Step): void {
  const { host: name, port, secure } = urlParts(url);
  const via = text(connection?.inputs.name) ?? "no private connection";
  const door = step("private-connection", "AWS DevOps Agent", via, port, () => doorOf(world, connection));
  step("port-range", via, door.host, port, () => {
    if (door.portRanges.length > 0 && !inRanges(door.portRanges, port))
      throw new Blocked(`${via} lets through ${door.portRanges.join(", ")} only`);
    return [
      undefined,
      door.portRanges.length > 0 ? `${door.portRanges.join(", ")} let through` : "all ports are let through",
    ];
  });
  const answer = step("dns", door.gateway.id, door.host, port, () => resolved(world, door));
  const nodes = interfacesOf(world, door.gateway.id);
  step("gateway-group", door.gateway.id, door.host, port, () => out(world, nodes, answer, port));
  step("route", door.gateway.id, answer.addresses.join(", "), port, () => routed(world, door.gateway, answer));

  const request = { host: name, port, secure, nodes };
  if (answer.balancer) throughBalancer(world, { balancer: answer.balancer, doors: answer.nodes }, request, step);
  else for (const address of answer.addresses) toHost(world, door.gateway, address, request, step);
}

function doorOf(world: World, connection: WorldObject | undefined): readonly [Door, string] {
  if (!connection) throw new Blocked("there is no such private connection");
  const status = connectionStatus(world, connection);
  if (status !== "ACTIVE")
    throw new Blocked(`the private connection is ${status}: ${text(connection.computed._failed) ?? "AWS is at it"}`);
  const mode = serviceManaged(connection);
  if (mode) {
    const gateway = managedGatewayOf(world, connection);
    if (!gateway) throw new Blocked("its gateway is gone");
    return [
      { host: text(mode.hostAddress) ?? "", portRanges: texts(mode.portRanges), gateway },
      "the private connection is ACTIVE",
    ];
  }
  const configuration = configurationOf(world, connection);
  const gateway = configuration && gatewayOf(world, configuration);
  if (!configuration || !gateway) throw new Blocked("its resource configuration is gone");
  if (!mayUse(world, configuration, { account: connection.account, role: text(connection.computed._createdBy) }))
    throw new Blocked(`${configuration.id} is not shared with ${connection.account} any more`);
  const host = hostOf(record(configuration.inputs.resourceConfigurationDefinition)) ?? "";
  return [
    { host, portRanges: texts(configuration.inputs.portRanges), gateway },
    `${configuration.id} leads to ${host}`,
  ];
}

function resolved(world: World, { host, gateway }: Door): readonly [Answer, string] {
  const vpcId = text(gateway.inputs.vpcId) ?? "";
  const inVpc = gateway.computed.resourceConfigDnsResolution === "IN_VPC";
  const answer = resolveName(world, host, inVpc ? { vpcId } : "PUBLIC");
  if (!answer)
    throw new Blocked(`NXDOMAIN: ${inVpc ? `the resolver of ${vpcId}` : "no public resolver"} knows ${host}`);
  return [answer, `${host} is ${answer.addresses.join(", ")}`];
}

/** Where packets to addresses arrive: interfaces of the VPC, or hosts that are none. */
const peersOf = (
  world: World,
  { addresses, nodes }: Answer,
  vpcId: string,
): { readonly ip: string; readonly securityGroupIds: readonly string[] }[] =>
  addresses.map((ip) => {
    const own =
      nodes.find((node) => node.ip === ip) ?? interfaces(world, (one) => one.vpcId === vpcId && one.ip === ip)[0];
    return { ip, securityGroupIds: own?.securityGroupIds ?? [] };
  });

function out(world: World, nodes: readonly Interface[], answer: Answer, port: number): readonly [undefined, string] {
  if (nodes.length === 0) throw new Blocked("the gateway has no network interface");
  const vpcId = nodes[0]?.vpcId ?? "";
  const rules = nodes.flatMap(({ securityGroupIds }) =>
    peersOf(world, answer, vpcId).map((peer) => {
      const rule = securityGroupsAdmit(world, securityGroupIds, "egress", peer, port);
      if (!rule)
        throw new Blocked(`${securityGroupIds.join(", ")} of the gateway lets out no ${port}/tcp to ${peer.ip}`);
      return rule.id;
    }),
  );
  return [undefined, `rule ${[...new Set(rules)].join(", ")} lets it out`];
}

function routed(world: World, gateway: WorldObject, { addresses }: Answer): readonly [undefined, string] {
  const vpcId = text(gateway.inputs.vpcId) ?? "";
  const local = text(world.get(VPC, vpcId)?.inputs.cidrBlock) ?? "";
  const beyond = world.facts.routes?.[vpcId] ?? [];
  const lost = addresses.find((ip) => ![local, ...beyond].some((cidr) => cidrHolds(cidr, ip)));
  if (lost !== undefined) throw new Blocked(`no route table of ${vpcId} leads to ${lost}`);
  return [undefined, addresses.every((ip) => cidrHolds(local, ip)) ? `within ${vpcId}` : `${vpcId} has a route`];
}

interface Request {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** The gateway's interfaces. */
  readonly nodes: readonly Interface[];
}

function throughBalancer(
  world: World,
  { balancer, doors }: { readonly balancer: WorldObject; readonly doors: readonly Interface[] },
  { host, port, secure, nodes }: Request,
  step: Step,
): void {
  const name = text(balancer.inputs.name) ?? balancer.id;
  const groups = texts(balancer.computed.securityGroups);
  step("load-balancer-group", "gateway", name, port, () => {
    if (groups.length === 0) return [undefined, `${name} has no security group`];
    const rules = nodes.map((node) => {
      const rule = securityGroupsAdmit(world, groups, "ingress", node, port);
      if (!rule)
        throw new Blocked(
          `${groups.join(", ")} of ${name} admits no ${port}/tcp from ${node.ip} (groups ${node.securityGroupIds.join(", ")})`,
        );
      return rule.id;
    });
    return [undefined, `rule ${[...new Set(rules)].join(", ")} admits it`];
  });
  if (isOfKubernetes(balancer)) {
    step("target", name, host, port, () => {
      const dnsName = text(balancer.computed.dnsName) ?? "";
      const why = nodes.map(({ ip }) => whyUnreachable(world, ip, dnsName, port)).find((one) => one !== undefined);
      if (why !== undefined) throw new Blocked(why);
      return [undefined, `every ready pod behind ${name} answers`];
    });
    return;
  }
  const listener = step("listener", name, `${name}:${port}`, port, () => {
    const found = listenerOn(world, balancer, port);
    if (!found) throw new Blocked(`${name} has no listener on ${port}`);
    return [found, `${name} listens on ${port}`];
  });
  const certificate = certificateOf(listener);
  if (secure && certificate) judgeCertificate(step, { at: name, port, certificate, host });
  const group = isApplication(balancer)
    ? step("host-rule", name, host, port, () => {
        const rule = ruleFor(world, listener, host);
        const target = rule && forwardedTo(world, rule);
        if (!rule || !target)
          throw new Blocked(`no rule of ${name} forwards the Host ${host}; the default answers 404`);
        return [
          target,
          `rule ${text(rule.id.split("/").at(-1)) ?? ""} forwards ${host} to ${text(target.inputs.name)}`,
        ];
      })
    : step("listener", name, `${name}:${port}`, port, () => {
        const target = world.get(TARGET_GROUP, targetGroupsOf(listener)[0] ?? "");
        if (!target) throw new Blocked(`the listener on ${port} forwards to no target group`);
        return [target, `the listener forwards to ${text(target.inputs.name)}`];
      });
  toTargets(world, { name, groups, doors, group }, { host, secure: secure && !certificate }, step);
}

/** Made for a Service, which has the listeners and the pods. */
const isOfKubernetes = ({ inputs }: WorldObject): boolean =>
  record(inputs.tags)["service.eks.amazonaws.com/stack"] !== undefined;

function judgeCertificate(
  step: Step,
  {
    at,
    port,
    certificate,
    host,
  }: { readonly at: string; readonly port: number; readonly certificate: readonly string[]; readonly host: string },
): void {
  step("certificate", at, host, port, () => {
    if (!certificate.some((one) => covers(one, host)))
      throw new Blocked(
        `the certificate that ${at} shows is for ${certificate.join(", ") || "no name"}, not for ${host}`,
      );
    return [undefined, `the certificate covers ${host}`];
  });
}

function toTargets(
  world: World,
  {
    name,
    groups,
    doors,
    group,
  }: {
    readonly name: string;
    readonly groups: readonly string[];
    readonly doors: readonly Interface[];
    readonly group: WorldObject;
  },
  { host, secure }: { readonly host: string; readonly secure: boolean },
  step: Step,
): void {
  const groupName = text(group.inputs.name) ?? group.id;
  const registered = targetsOf(world, group);
  step("target-registration", name, groupName, 0, () => {
    if (registered.length === 0) throw new Blocked(`nothing is registered in ${groupName}`);
    return [undefined, `${registered.map(({ id }) => id).join(", ")} registered`];
  });
  const healthy = step("target-health", name, groupName, 0, () => {
    const ill = registered.map((target) => [target, illness(world, group, groups, doors, target)] as const);
    const well = ill.flatMap(([target, why]) => (why === undefined ? [target] : []));
    if (well.length === 0)
      throw new Blocked(`no target of ${groupName} is healthy: ${ill.map(([, why]) => why ?? "").join("; ")}`);
    return [well, `${well.map(({ id }) => id).join(", ")} healthy`];
  });
  for (const target of healthy) {
    step("target-group", name, target.id, target.port, () => {
      if (!leaves(world, groups, target, target.port))
        throw new Blocked(`${groups.join(", ")} of ${name} lets out no ${target.port}/tcp to ${target.id}`);
      const shut = doors
        .map((node) => arrives(world, target, node, groups, target.port).shut)
        .find((reason) => reason !== undefined);
      if (shut !== undefined) throw new Blocked(shut);
      return [undefined, `${target.securityGroupIds?.join(", ") ?? "no security group"} admits ${name}`];
    });
    answers(step, target, name, { host, secure });
  }
}

/** A host that the connection names itself. */
function toHost(
  world: World,
  gateway: WorldObject,
  ip: string,
  { host, port, secure, nodes }: Request,
  step: Step,
): void {
  const vpcId = text(gateway.inputs.vpcId) ?? "";
  const own = interfaces(world, (one) => one.vpcId === vpcId && one.ip === ip)[0];
  step("target-group", "gateway", ip, port, () => {
    if (!own) return [undefined, `${ip} is outside of the VPC, where there are no security groups`];
    for (const node of nodes)
      if (!securityGroupsAdmit(world, own.securityGroupIds, "ingress", node, port))
        throw new Blocked(
          `${own.securityGroupIds.join(", ")} of ${ip} admits no ${port}/tcp from ${node.ip} (groups ${node.securityGroupIds.join(", ")})`,
        );
    return [undefined, `${own.securityGroupIds.join(", ")} admits the gateway`];
  });
  const facts =
    world.facts.hosts[own?.owner ?? `${vpcId}/${ip}`] ?? Object.values(world.facts.hosts).find((one) => one.ip === ip);
  answers(step, { id: ip, port, host: facts }, "gateway", { host, secure });
}

function answers(
  step: Step,
  { id, port, host: facts }: Pick<Target, "id" | "port" | "host">,
  from: string,
  { host, secure }: { readonly host: string; readonly secure: boolean },
): void {
  const listens = facts?.listens.find((one) => one.port === port);
  step("target", from, id, port, () => {
    if (!listens) throw new Blocked(`nothing listens on ${port} at ${id}`);
    return [undefined, `${id} answers for ${host}`];
  });
  if (secure) judgeCertificate(step, { at: id, port, certificate: listens?.certificateNames ?? [], host });
}
