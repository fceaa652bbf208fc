/** The two ends of a request between a gateway and its target, as security groups see them. */
import { isAddress } from "./host-names.ts";
import type { Place } from "./network-nodes.ts";
import type { Destination } from "./private-connection-nodes.ts";
import { UNKNOWN, type Unknown } from "./resource-record.ts";
import type { Peer } from "./security-rules.ts";
import { names } from "./trace-verdict.ts";

export const known = (places: readonly Place[] | Unknown): readonly Place[] =>
  places === UNKNOWN ? [{ subnet: UNKNOWN, azId: UNKNOWN, range: UNKNOWN }] : places;

export const peersOf = ({ groups, ranges, host }: Destination): Peer[] =>
  groups.length > 0 ? [{ range: addressOf(host), groups }] : ranges.map((range) => ({ range, groups: [] }));

/** A name may stand for any. */
const addressOf = (host: Destination["host"]): string | Unknown =>
  typeof host !== "string" || !isAddress(host) ? UNKNOWN : host.includes(":") ? `${host}/128` : `${host}/32`;

export const peerName = ({ range, groups }: Peer): string =>
  groups !== UNKNOWN && groups.length > 0
    ? names(groups)
    : range === UNKNOWN
      ? "a network that is not known yet"
      : range;
