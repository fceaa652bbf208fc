import { cidrContains, cidrsOverlap, parseCidr } from "./cidr-plan.ts";
import { ipv6Contains } from "./ipv6.ts";
import { UNKNOWN, type Unknown, nodeName } from "./resource-record.ts";

export type Direction = "ingress" | "egress";

/** One standalone rule of a security group. */
export interface Rule {
  readonly id: string;
  readonly direction: Direction;
  /** The group that has it. */
  readonly group: string | Unknown;
  readonly protocol: string | Unknown | undefined;
  readonly fromPort: number | Unknown | undefined;
  readonly toPort: number | Unknown | undefined;
  /** What it is for: exactly one kind of peer. */
  readonly peer:
    | { readonly cidr: string | Unknown }
    | { readonly group: string | Unknown }
    /** Prefix lists, whose entries nobody here knows. */
    | Unknown
    /** Nothing. */
    | undefined;
}

export interface SecurityRules {
  readonly rules: readonly Rule[];
  /** Groups of which Pulumi's data has every rule. Any other may have more than is known. */
  readonly managed: ReadonlySet<string>;
}

/** The other end of a packet, as a security group sees it. */
export interface Peer {
  /** All the addresses that it may have. */
  readonly range: string | Unknown;
  readonly groups: readonly string[] | Unknown;
}

export type Admission =
  /** All addresses are let through, by these rules. */
  | { readonly answer: "yes"; readonly rules: readonly string[] }
  /** Some are certainly not. */
  | { readonly answer: "no" }
  /** Data is missing. */
  | { readonly answer: "maybe"; readonly missing: string };

/** Whether one of these groups lets a peer through on a TCP port; groups only ever allow. */
export function admission(
  { rules, managed }: SecurityRules,
  groups: readonly string[] | Unknown,
  direction: Direction,
  peer: Peer,
  port: number | Unknown,
): Admission {
  if (groups === UNKNOWN) return { answer: "maybe", missing: "security groups that are not known yet" };
  const judged = rules
    .filter((rule) => rule.direction === direction && (rule.group === UNKNOWN || groups.includes(rule.group)))
    .map((rule) => ({ rule, reach: reachOf(rule, peer, port) }));

  const certain = judged.filter(({ rule, reach }) => rule.group !== UNKNOWN && reach !== UNKNOWN);
  const whole = certain.find(({ reach }) => reach === "whole");
  if (whole) return { answer: "yes", rules: [nameOf(whole.rule)] };
  const parts = certain.flatMap(({ rule, reach }) => (typeof reach === "object" ? [{ rule, cidr: reach.part }] : []));
  if (
    peer.range !== UNKNOWN &&
    covered(
      peer.range,
      parts.map(({ cidr }) => cidr),
    )
  )
    return { answer: "yes", rules: parts.map(({ rule }) => nameOf(rule)) };

  const open = judged.find(({ rule, reach }) => reach === UNKNOWN || (rule.group === UNKNOWN && reach !== "nothing"));
  if (open) return { answer: "maybe", missing: `rule ${open.rule.id} holds values that are not known yet` };
  const foreign = groups.filter((group) => !managed.has(group));
  if (foreign.length > 0)
    return {
      answer: "maybe",
      missing: `no program manages ${foreign.map(nodeName).join(", ")}, so its other rules are not in Pulumi's data`,
    };
  return { answer: "no" };
}

const nameOf = ({ id, group }: Rule): string => `${id} of ${group === UNKNOWN ? "?" : nodeName(group)}`;

/** What of a peer a rule lets through: all of it, the part of it that is in a CIDR, or nothing. */
type Reach = "whole" | "nothing" | { readonly part: string } | Unknown;

function reachOf(rule: Rule, peer: Peer, port: number | Unknown): Reach {
  const { peer: admitted } = rule;
  const ports = portsMatch(rule, port);
  if (ports === false || admitted === undefined) return "nothing";
  const reach = peerReach(admitted, peer);
  return ports === UNKNOWN && reach !== "nothing" ? UNKNOWN : reach;
}

function peerReach(admitted: NonNullable<Rule["peer"]>, peer: Peer): Reach {
  if (admitted === UNKNOWN) return UNKNOWN;
  if ("group" in admitted) {
    if (peer.groups !== UNKNOWN && peer.groups.length === 0) return "nothing";
    if (admitted.group === UNKNOWN || peer.groups === UNKNOWN) return UNKNOWN;
    return peer.groups.includes(admitted.group) ? "whole" : "nothing";
  }
  if (admitted.cidr === UNKNOWN) return UNKNOWN;
  if (cidrContains(admitted.cidr, peer.range === UNKNOWN ? "0.0.0.0/0" : peer.range)) return "whole";
  if (peer.range === UNKNOWN) return UNKNOWN;
  if (ipv6Contains(admitted.cidr, peer.range)) return "whole";
  return cidrsOverlap(admitted.cidr, peer.range) ? { part: admitted.cidr } : "nothing";
}

const ANY_PROTOCOL = "-1";
/** AWS takes the name and the number. */
const TCP: readonly unknown[] = ["tcp", "6"];

function portsMatch({ protocol, fromPort, toPort }: Rule, port: number | Unknown): boolean | Unknown {
  if (protocol === ANY_PROTOCOL) return true;
  if (protocol !== UNKNOWN && !TCP.includes(protocol)) return false;
  if (fromPort === undefined || toPort === undefined) return false;
  if (protocol === UNKNOWN || fromPort === UNKNOWN || toPort === UNKNOWN || port === UNKNOWN) return UNKNOWN;
  return fromPort <= port && port <= toPort;
}

/** Whether several CIDRs together hold all of one. */
export function covered(whole: string, parts: readonly string[]): boolean {
  const target = parseCidr(whole);
  if (!target) return false;
  const ranges = parts.flatMap((part) => parseCidr(part) ?? []).sort((a, b) => a.first - b.first);
  let next = target.first;
  for (const { first, last } of ranges) if (first <= next) next = Math.max(next, last + 1);
  return next > target.last;
}
