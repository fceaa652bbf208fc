/** A call of one of AWS's APIs from inside a VPC: from the question for the name to what the policies of the endpoint and of the caller say. */
import { Blocked, type Step, type Walk, arrive, leave, walked } from "../path.ts";
import { flag, like, text, texts } from "../values.ts";
import type { World, WorldObject } from "../world.ts";
import { hasAcl, whyAclDenies } from "./network-acls.ts";
import { type Interface, SUBNET, VPC, interfacesOf, rangeOf, toIp } from "./network.ts";
import { type Keys, whyDenied } from "./policies.ts";
import { ENDPOINT, endpointState } from "./privatelink.ts";
import { OUTSIDE, type Origin, tableOf, whyNoInternet, whyPolicyForbids } from "./reach.ts";
import { firewallVerdict } from "./resolver.ts";
import { securityGroupsAdmit } from "./security-groups.ts";
import { GATEWAY_RANGES, GATEWAY_SERVICES, privateNames, serviceOfHost } from "./services.ts";

const HTTPS = 443;

/** Who calls, by what AWS knows of it. */
export interface CallSource {
  readonly subnetId: string;
  readonly securityGroupIds: readonly string[];
  /** The role whose policies decide besides; not given, they are not asked. */
  readonly role?: string | undefined;
}

export interface ApiRequest {
  /** What the caller asks the resolver for. */
  readonly host: string;
  /** As IAM has it: `dynamodb:GetItem`; without one, only the connection is tried. */
  readonly action?: string | undefined;
  readonly resource?: string | undefined;
  /** Who vouches for it: this account's credentials, a token that is none of AWS's, or somebody else, as ECR does for layers. */
  readonly signedBy: "role" | "token" | "other";
  /** By default, what SDKs of today speak. */
  readonly tls?: string | undefined;
  /** Condition keys of the service's own that the request brings. */
  readonly keys?: Keys | undefined;
}

/** @throws {Error} where there is no such subnet */
export function callWalk(world: World, source: CallSource, request: ApiRequest): Walk {
  const subnet = world.all(SUBNET, ({ id }) => id === source.subnetId)[0];
  if (!subnet) throw new Error(`there is no subnet ${source.subnetId}`);
  return walked((step) => follow(world, originOf(subnet, source), source.role, request, step));
}

/** The last address of a subnet that AWS gives away: nothing here depends on which. */
function originOf(subnet: WorldObject, { securityGroupIds }: CallSource): Origin {
  const { account, region, inputs, id: subnetId } = subnet;
  const ip = toIp((rangeOf(text(inputs.cidrBlock) ?? "")?.last ?? 1) - 1);
  return { account, region, vpcId: text(inputs.vpcId) ?? "", subnetId, ip, securityGroupIds };
}

function follow(world: World, origin: Origin, role: string | undefined, request: ApiRequest, step: Step): void {
  const { host } = request;
  const client = `client ${origin.ip}`;
  step("dns-firewall", client, host, HTTPS, () => {
    const { open, because } = firewallVerdict(world, origin.vpcId, host);
    if (!open) throw new Blocked(because);
    return [undefined, because];
  });
  const door = step("dns", client, host, HTTPS, () => resolved(world, origin, host));
  const endpoint =
    "endpoint" in door
      ? byInterface(world, origin, door.endpoint, step)
      : outwards(world, origin, door.service, host, step);
  if (!endpoint) return;
  const { action, resource = "*" } = request;
  if (action === undefined) return;
  step("endpoint-policy", endpoint.id, host, HTTPS, () => {
    const why = whyPolicyForbids(endpoint, { action, resource }, keysOf(origin, request));
    if (why !== undefined) throw new Blocked(why);
    return [undefined, `the policy of ${endpoint.id} allows ${action} on ${resource}`];
  });
  if (role === undefined || request.signedBy !== "role") return;
  step("identity-policy", role, host, HTTPS, () => {
    const keys = { ...keysOf(origin, request), "aws:RequestedRegion": origin.region };
    const why = whyDenied(world, { account: origin.account, role }, { action, arn: resource, keys });
    if (why !== undefined) throw new Blocked(`role ${role} may not ${action} on ${resource} ${why}`);
    return [undefined, `role ${role} may ${action} on ${resource}`];
  });
}

/** What the name leads to: an endpoint by its private name, or the public addresses of a service or of anybody. */
type Door = { readonly endpoint: WorldObject } | { readonly service: string | undefined };

function resolved(world: World, { vpcId, region }: Origin, host: string): readonly [Door, string] {
  const vpc = world.all(VPC, ({ id }) => id === vpcId)[0];
  if (!vpc || !flag(vpc.inputs.enableDnsSupport)) throw new Blocked(`${vpcId} resolves no names`);
  const service = serviceOfHost(host, region);
  const endpoint = world.all(
    ENDPOINT,
    ({ inputs, computed }) =>
      inputs.vpcId === vpcId &&
      computed.privateDnsEnabled === true &&
      service !== undefined &&
      inputs.serviceName === `com.amazonaws.${region}.${service}` &&
      privateNames(service, region).some((name) => like(name, host)),
  )[0];
  if (!endpoint)
    return [{ service }, `${host} resolves to public addresses${service === undefined ? "" : ` of ${service}`}`];
  if (!flag(vpc.computed.enableDnsHostnames))
    throw new Blocked(`${vpcId} has no DNS host names, so ${endpoint.id} has no private name`);
  return [{ endpoint }, `${host} resolves to ${endpoint.id}`];
}

function byInterface(world: World, origin: Origin, endpoint: WorldObject, step: Step): WorldObject {
  const doors = interfacesOf(world, endpoint.id);
  const way = { name: endpoint.id, doors, port: HTTPS };
  step("route", origin.subnetId, endpoint.id, HTTPS, () => {
    const state = endpointState(world, endpoint);
    if (state !== "available") throw new Blocked(`${endpoint.id} is ${state}`);
    if (doors.length === 0) throw new Blocked(`${endpoint.id} has no network interface`);
    return [undefined, `${doors.map(({ ip }) => ip).join(", ")} in ${origin.vpcId} itself`];
  });
  fence(world, origin, { name: endpoint.id, doors, peers: doors.map(({ ip }) => ip) }, step);
  leave(world, origin, way, step);
  step("endpoint-group", `client ${origin.ip}`, endpoint.id, HTTPS, () => arrive(world, origin, way));
  return endpoint;
}

/** By a gateway endpoint where the route table has one for the service, otherwise over the internet. @returns the gateway endpoint */
function outwards(
  world: World,
  origin: Origin,
  service: string | undefined,
  host: string,
  step: Step,
): WorldObject | undefined {
  const prefixListId = GATEWAY_SERVICES[service ?? ""];
  const table = tableOf(world, origin) ?? "";
  const gateway = world.all(
    ENDPOINT,
    ({ inputs, computed }) =>
      inputs.serviceName === `com.amazonaws.${origin.region}.${service ?? ""}` &&
      texts(computed.routeTableIds).includes(table),
  )[0];
  step("route", origin.subnetId, host, HTTPS, () => {
    if (gateway && prefixListId !== undefined) return [undefined, `${table} leads ${prefixListId} to ${gateway.id}`];
    const offline = whyNoInternet(world, origin);
    if (offline !== undefined)
      throw new Blocked(
        `${service === undefined ? "" : `no endpoint for ${service} in ${origin.vpcId}, and `}${offline}`,
      );
    return [undefined, `${table} leads to the internet`];
  });
  if (!gateway || prefixListId === undefined) return undefined;
  const peers = (GATEWAY_RANGES[service ?? ""] ?? []).map((range) => range.replace(/\/.*/, ""));
  fence(world, origin, { name: gateway.id, doors: [], peers }, step);
  const groups = origin.securityGroupIds;
  step("source-group", `client ${origin.ip}`, gateway.id, HTTPS, () => {
    const rule = securityGroupsAdmit(world, groups, "egress", { ...OUTSIDE, prefixListId }, HTTPS);
    if (!rule) throw new Blocked(`${groups.join(", ")} lets nothing out to ${prefixListId} on ${HTTPS}`);
    return [undefined, `rule ${rule.id} of ${text(rule.inputs.securityGroupId) ?? ""} lets it out`];
  });
  return gateway;
}

/** Past the ACLs of both subnets, there and back: they remember no connections. No hop where the VPC's default holds everywhere. */
function fence(
  world: World,
  { subnetId, ip }: Origin,
  {
    name,
    doors,
    peers,
  }: { readonly name: string; readonly doors: readonly Interface[]; readonly peers: readonly string[] },
  step: Step,
): void {
  if (![subnetId, ...doors.map((door) => door.subnetId)].some((id) => hasAcl(world, id))) return;
  const [calls, answers] = [[HTTPS, HTTPS] as const, [1024, 65_535] as const];
  step("network-acl", `client ${ip}`, name, HTTPS, () => {
    const against = [
      ...peers.flatMap((peer) => [
        whyAclDenies(world, subnetId, "egress", { peer, ports: calls }),
        whyAclDenies(world, subnetId, "ingress", { peer, ports: answers }),
      ]),
      ...doors.flatMap((door) => [
        whyAclDenies(world, door.subnetId, "ingress", { peer: ip, ports: calls }),
        whyAclDenies(world, door.subnetId, "egress", { peer: ip, ports: answers }),
      ]),
    ].find((why) => why !== undefined);
    if (against !== undefined) throw new Blocked(against);
    return [undefined, "the network ACLs let it through and back"];
  });
}

function keysOf(
  { account }: Origin,
  { action = "", resource = "*", signedBy, tls = "1.3", keys = {} }: ApiRequest,
): Keys {
  const owner = /^arn:aws:[^:]*:[^:]*:(\d{12}):/.exec(resource)?.[1];
  return {
    ...keys,
    "aws:SecureTransport": "true",
    ...(action.startsWith("s3:") && { "s3:TlsVersion": tls }),
    ...(signedBy === "role" && { "aws:PrincipalAccount": account }),
    // What names no resource is the caller's own.
    ...(owner !== undefined
      ? { "aws:ResourceAccount": owner }
      : resource === "*" && { "aws:ResourceAccount": account }),
  };
}
