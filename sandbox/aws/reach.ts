/** Whether something in a VPC gets to AWS's own services or to the internet, and if not, what is in the way. */
import type { Source } from "../path.ts";
import { text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { parsed, statements } from "./iam.ts";
import { ROUTE_TABLE, interfacesOf } from "./network.ts";
import { type Keys, applies } from "./policies.ts";
import { ENDPOINT, endpointState } from "./privatelink.ts";
import { securityGroupsAdmit } from "./security-groups.ts";
import { GATEWAY_SERVICES } from "./services.ts";
import { ASSOCIATION, GATEWAY, NAT, ROUTE } from "./vpc.ts";

/** Where packets start: a network interface, and whose it is; of a pod's, what its cluster's policies say of them. */
export interface Origin extends Pick<Source, "vpcId" | "subnetId" | "ip" | "securityGroupIds" | "policy"> {
  readonly account: string;
  readonly region: string;
}

/** One call of a service's API. */
export interface ServiceCall {
  /** As in its endpoint's name: `ecr.api`. */
  readonly service: string;
  readonly action: string;
  readonly resource: string;
  /** Signed by AWS itself rather than by a principal of this account. */
  readonly foreign?: true;
}

/** Stands for any address outside of the VPC. */
export const OUTSIDE = { ip: "198.51.100.1", securityGroupIds: [] };

/** The route table that holds for a subnet: its own, or the VPC's main one. */
export function tableOf(world: World, { subnetId, vpcId }: Pick<Origin, "subnetId" | "vpcId">): string | undefined {
  const own = world.all(ASSOCIATION, ({ inputs }) => inputs.subnetId === subnetId)[0];
  const main = world.all(ROUTE_TABLE, ({ inputs, computed }) => inputs.vpcId === vpcId && computed._main === true)[0];
  return text(own?.inputs.routeTableId) ?? main?.id;
}

const defaultRoute = (world: World, tableId: string | undefined): WorldObject | undefined =>
  world.all(ROUTE, ({ inputs }) => inputs.routeTableId === tableId && inputs.destinationCidrBlock === "0.0.0.0/0")[0];

/** What a pod's policies have against HTTPS to an address. */
function whyForbiddenToPod({ policy }: Origin, ip: string): string | undefined {
  const verdict = policy?.({ ip, port: 443, protocol: "TCP" });
  return verdict?.open === false ? verdict.because : undefined;
}

/** Why no packet gets from a private address to the internet on 443; undefined where one does. */
export function whyNoInternet(world: World, origin: Origin): string | undefined {
  const against = whyForbiddenToPod(origin, OUTSIDE.ip);
  if (against !== undefined) return against;
  if (!securityGroupsAdmit(world, origin.securityGroupIds, "egress", OUTSIDE, 443))
    return `${origin.securityGroupIds.join(", ")} lets nothing out to the internet on 443`;
  const route = defaultRoute(world, tableOf(world, origin));
  const nat = world.get(NAT, text(route?.inputs.natGatewayId) ?? "");
  if (!nat) return `${origin.subnetId} has no route to a NAT gateway`;
  const beyond = defaultRoute(
    world,
    tableOf(world, { subnetId: text(nat.inputs.subnetId) ?? "", vpcId: origin.vpcId }),
  );
  return world.get(GATEWAY, text(beyond?.inputs.gatewayId) ?? "")
    ? undefined
    : `the subnet of ${nat.id} has no route to an internet gateway`;
}

/** Why the call does not get to its service; undefined where it does. */
export function whyNoService(world: World, origin: Origin, call: ServiceCall): string | undefined {
  const { service } = call;
  const name = `com.amazonaws.${origin.region}.${service}`;
  const here = world.all(ENDPOINT, ({ inputs }) => inputs.vpcId === origin.vpcId && inputs.serviceName === name);
  // Its private name leads to the endpoint, whether that lets anything through or not.
  const door = here.find(({ computed }) => computed.privateDnsEnabled === true);
  if (door) return whyShut(world, origin, door) ?? whyForbidden(door, origin, call);

  const table = tableOf(world, origin) ?? "";
  const gateway = here.find(({ computed }) => texts(computed.routeTableIds).includes(table));
  const prefixListId = GATEWAY_SERVICES[service];
  if (gateway && prefixListId !== undefined) {
    const admitted = securityGroupsAdmit(world, origin.securityGroupIds, "egress", { ...OUTSIDE, prefixListId }, 443);
    if (!admitted) return `${origin.securityGroupIds.join(", ")} lets nothing out to ${prefixListId} on 443`;
    return whyForbidden(gateway, origin, call);
  }
  const offline = whyNoInternet(world, origin);
  return offline && `no endpoint for ${service} in ${origin.vpcId}, and ${offline}`;
}

/** All of the endpoint's interfaces must be open, or some connections fail. */
function whyShut(world: World, origin: Origin, endpoint: WorldObject): string | undefined {
  const state = endpointState(world, endpoint);
  if (state !== "available") return `${endpoint.id} is ${state}`;
  for (const { ip, securityGroupIds } of interfacesOf(world, endpoint.id)) {
    const against = whyForbiddenToPod(origin, ip);
    if (against !== undefined) return against;
    if (!securityGroupsAdmit(world, origin.securityGroupIds, "egress", { ip, securityGroupIds }, 443))
      return `${origin.securityGroupIds.join(", ")} lets nothing out to ${ip} of ${endpoint.id} on 443`;
    if (!securityGroupsAdmit(world, securityGroupIds, "ingress", origin, 443))
      return `${securityGroupIds.join(", ")} of ${endpoint.id} admits no 443/tcp from ${origin.ip}`;
  }
  return undefined;
}

const whyForbidden = (
  endpoint: WorldObject,
  { account }: Origin,
  { foreign, ...call }: ServiceCall,
): string | undefined => whyPolicyForbids(endpoint, call, foreign ? {} : { "aws:PrincipalAccount": account });

/** An endpoint's policy speaks of everybody, and narrows by conditions. */
export function whyPolicyForbids(
  endpoint: WorldObject,
  { action, resource }: Pick<ServiceCall, "action" | "resource">,
  keys: Keys,
): string | undefined {
  const all = statements(parsed(endpoint.computed.policy)).filter((one: Properties) =>
    applies(one, { action, arn: resource, keys }),
  );
  const allowed = all.some(({ Effect }) => Effect === "Allow") && !all.some(({ Effect }) => Effect === "Deny");
  return allowed ? undefined : `the policy of ${endpoint.id} does not allow ${action} on ${resource}`;
}
