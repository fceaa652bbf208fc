import type { Place } from "./network-nodes.ts";
import { UNKNOWN, type Unknown, nodeName } from "./resource-record.ts";

/** The steps of a packet from a pod to a private service, in order. */
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
export type ServiceHop = (typeof HOPS)[number];

/** The steps of a request of AWS DevOps Agent over a private connection, in order: to its host, and on to what is behind a load balancer. */
export const PRIVATE_HOPS = [
  "private-connection",
  "port-range",
  "dns",
  "gateway-group",
  "route",
  "load-balancer-group",
  "listener",
  "host-rule",
  "target-registration",
  "target-health",
  "target-group",
  "target",
  "certificate",
] as const;
export type PrivateHop = (typeof PRIVATE_HOPS)[number];

export type HopName = ServiceHop | PrivateHop;

export type Verdict = "open" | "blocked" | "undecided";

/** What Pulumi's data says of one hop, and why; of a blocked one also what to do. */
export type Judgement =
  | { readonly verdict: "open" | "undecided"; readonly because: string }
  | { readonly verdict: "blocked"; readonly because: string; readonly fix: string };

export const open = (because: string): Judgement => ({ verdict: "open", because });
export const undecided = (because: string): Judgement => ({ verdict: "undecided", because });
export const blocked = (because: string, fix: string): Judgement => ({ verdict: "blocked", because, fix });

/** Of several that must all be open: what blocks first, else what is missing, else what speaks for all. */
export function together(judgements: readonly Judgement[]): Judgement {
  const against = judgements.find(({ verdict }) => verdict === "blocked");
  if (against) return against;
  const missing = judgements.filter(({ verdict }) => verdict === "undecided");
  const texts = new Set((missing.length > 0 ? missing : judgements).map(({ because }) => because));
  return { verdict: missing.length > 0 ? "undecided" : "open", because: [...texts].join("; ") };
}

// ---- wording

const ONE_ADDRESS = "/32";

/** `10.40.144.4 (subnet-…, use1-az1)`, as far as it is known. */
export function placeName({ range, subnet, azId }: Place): string {
  const address = range === UNKNOWN ? undefined : addressOf(range);
  const [first = "an address that is not known yet", ...rest] = [
    address,
    subnet === UNKNOWN ? UNKNOWN : nodeName(subnet),
    azId,
  ].filter((part) => typeof part === "string");
  return rest.length > 0 ? `${first} (${rest.join(", ")})` : first;
}

const addressOf = (range: string): string =>
  range.endsWith(ONE_ADDRESS) ? range.slice(0, -ONE_ADDRESS.length) : range;

export const placeNames = (places: readonly Place[] | Unknown): string =>
  places === UNKNOWN ? "places that are not known yet" : places.map(placeName).join(", ");

export const names = (values: readonly string[] | Unknown): string =>
  values === UNKNOWN ? "a group that is not known yet" : values.map(nodeName).join(", ");

export const portName = (port: number | Unknown | undefined): string =>
  typeof port === "number" ? `${port}/tcp` : "a port that is not known yet";
