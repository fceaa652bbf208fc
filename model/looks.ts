/** What only a look at AWS can tell of a way, beyond what programs have made: what to ask, and what the answers decide. */
import type { Connection, NetworkGraph } from "./network-nodes.ts";
import type { PrivateConnectionNode } from "./private-connection-nodes.ts";
import { isLoadBalancerName } from "./host-names.ts";
import { UNKNOWN, type Unknown } from "./resource-record.ts";
import type { Rule } from "./security-rules.ts";

/** A target of a target group, as its load balancer sees it now. */
export interface SeenTarget {
  readonly id: string;
  readonly port: number;
  /** `healthy`, `unhealthy`, `initial`, … in AWS's spelling. */
  readonly state: string;
  /** In AWS's words; empty where it is well. */
  readonly why: string;
}

/** A listener of a load balancer that no program has. */
export interface SeenListener {
  readonly port: number;
  /** In the order in which they are tried. */
  readonly rules: readonly { readonly hosts: readonly string[]; readonly targetGroup: string | undefined }[];
  /** Of its default action; undefined where that forwards nothing. */
  readonly targetGroup: string | undefined;
}

export interface Looks {
  /** Groups all of whose rules have been seen: ids. */
  readonly groups: readonly string[];
  readonly rules: readonly Rule[];
  /** By DNS name. */
  readonly balancers: Readonly<Record<string, readonly SeenListener[]>>;
  /** By the target group's ARN. */
  readonly targets: Readonly<Record<string, readonly SeenTarget[]>>;
  /** By VPC: networks that its route tables lead to. */
  readonly routes: Readonly<Record<string, readonly string[]>>;
}

/** One thing to look at, and the stack in whose account it is. */
export interface Question {
  readonly what: "group" | "target-group" | "balancer" | "routes";
  readonly id: string;
  readonly stack: string;
}

/** What is worth a look for one connection, or for all. */
export function questionsOf({ connections, privateConnections, security }: NetworkGraph, key?: string): Question[] {
  const asked = <T extends { readonly key: string }>(all: readonly T[]): readonly T[] =>
    all.filter((one) => key === undefined || one.key === key);
  const all = [
    ...asked(connections).flatMap((one) => ofConnection(one, security.managed)),
    ...asked(privateConnections).flatMap((one) => ofPrivateConnection(one, security.managed)),
  ];
  return [...new Map(all.map((one) => [`${one.what} ${one.id} ${one.stack}`, one])).values()];
}

const known = (ids: readonly string[] | Unknown): readonly string[] => (ids === UNKNOWN ? [] : ids);

function ofConnection({ service }: Connection, managed: ReadonlySet<string>): Question[] {
  if (!service || service.balancers === UNKNOWN) return [];
  const { stack } = service;
  const groups = service.balancers
    .flatMap(({ listeners }) => listeners.flatMap(({ targetGroup }) => targetGroup ?? []))
    .filter((group) => group !== UNKNOWN);
  return [
    ...groups.map(({ id }): Question => ({ what: "target-group", id, stack })),
    // A load balancer that was taken over keeps groups of the customer's own.
    ...[...service.balancers, ...groups.flatMap(({ targets }) => targets)]
      .flatMap((one) => known(one.groups))
      .filter((id) => !managed.has(id))
      .map((id): Question => ({ what: "group", id, stack })),
  ];
}

function ofPrivateConnection(
  { stack, gateway, destination }: PrivateConnectionNode,
  managed: ReadonlySet<string>,
): Question[] {
  if (!gateway || !destination) return [];
  const { host } = destination;
  const groups = [...known(gateway.groups), ...destination.groups].filter((id) => !managed.has(id));
  return [
    ...groups.map((id): Question => ({ what: "group", id, stack })),
    ...(typeof host === "string" && isLoadBalancerName(host) ? [{ what: "balancer" as const, id: host, stack }] : []),
    ...(typeof gateway.vpcId === "string" && destination.isLocal !== true
      ? [{ what: "routes" as const, id: gateway.vpcId, stack }]
      : []),
  ];
}

/** The graph as it is together with what was seen. */
export const withLooks = (graph: NetworkGraph, looks: Looks): NetworkGraph => ({
  ...graph,
  looks,
  security: {
    rules: [
      ...graph.security.rules.filter(({ group }) => group === UNKNOWN || !looks.groups.includes(group)),
      ...looks.rules,
    ],
    managed: new Set([...graph.security.managed, ...looks.groups]),
  },
});
