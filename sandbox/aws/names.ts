/** What host names stand for: public names everywhere, private ones in the VPCs of their zone. */
import ipaddr from "ipaddr.js";
import { given, text } from "../values.ts";
import type { World, WorldObject } from "../world.ts";
import { LOAD_BALANCER } from "./load-balancing.ts";
import { type Interface, interfacesOf } from "./network.ts";

/** Who asks: the internet's resolvers, or a VPC's own. */
export type Resolver = "PUBLIC" | { readonly vpcId: string };

/** Where a name, or an address, leads. */
export interface Answer {
  readonly addresses: readonly string[];
  /** The load balancer whose name it is. */
  readonly balancer: WorldObject | undefined;
  readonly nodes: readonly Interface[];
}

const HOST_NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** Whether a text is a DNS name or an address, and no URL. */
export const isHost = (host: string): boolean => ipaddr.isValid(host) || HOST_NAME.test(host);

/** AWS publishes the names of load balancers, also of internal ones, whose addresses are private. Undefined: nobody there knows the name. */
export function resolveName(world: World, host: string, resolver: Resolver): Answer | undefined {
  const balancer = world.all(LOAD_BALANCER, ({ computed }) => computed.dnsName === host.toLowerCase())[0];
  if (balancer) {
    const nodes = interfacesOf(world, balancer.id);
    return { addresses: nodes.map(({ ip }) => ip), balancer, nodes };
  }
  const plain = (addresses: readonly string[]): Answer => {
    const owners = addresses.flatMap((ip) => balancerAt(world, ip) ?? []);
    const owner = owners[0];
    const nodes = owner ? interfacesOf(world, owner.id).filter(({ ip }) => addresses.includes(ip)) : [];
    return { addresses, balancer: owner, nodes };
  };
  if (ipaddr.isValid(host)) return plain([host]);
  const name = world.facts.names?.[host.toLowerCase()];
  if (!name) return undefined;
  const known = name.vpcIds === undefined || (resolver !== "PUBLIC" && name.vpcIds.includes(resolver.vpcId));
  return known ? plain(name.addresses) : undefined;
}

const balancerAt = (world: World, ip: string): WorldObject | undefined =>
  world.all(LOAD_BALANCER, ({ id }) => interfacesOf(world, id).some((node) => node.ip === ip))[0];

/** `https://grafana.acme.internal/path` as a TLS client sees it. @throws {Error} where it is no URL that a model has let through */
export function urlParts(url: string): { readonly host: string; readonly port: number; readonly secure: boolean } {
  const parsed = given(URL.parse(text(url) ?? "") ?? undefined, `URL ${url}`);
  const secure = parsed.protocol === "https:";
  return { host: parsed.hostname, port: parsed.port === "" ? (secure ? 443 : 80) : Number(parsed.port), secure };
}
