/** Fewest AZs of a cluster, an internal NLB and, by default, an endpoint. Ours, not AWS's: AWS lets an NLB and an endpoint have one. */
export const MINIMUM_AZS = 2;

/** An AZ's id, `use1-az1`: the same place in every account, while the name `us-east-1a` is drawn per account. */
export const AZ_ID = /^[a-z]{3,4}\d-az\d$/;

/** How AZ ids abbreviate the words of a region's name. */
const REGION_WORDS: Readonly<Record<string, string>> = {
  gov: "g",
  north: "n",
  south: "s",
  east: "e",
  west: "w",
  central: "c",
};

/**
 * How the AZ ids of a region begin: `use1` in us-east-1, `apne1` in ap-northeast-1.
 * https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
 *
 * @returns undefined for regions whose words are none of those known
 */
export function azIdPrefix(region: string): string | undefined {
  const [area = "", ...rest] = region.split("-");
  const number = rest.pop() ?? "";
  const words = rest.join("-").match(/gov|north|south|east|west|central|[^-]/g) ?? [];
  if (words.some((word) => !Object.hasOwn(REGION_WORDS, word))) return undefined;
  return `${area}${words.map((word) => REGION_WORDS[word] ?? "").join("")}${number}`;
}

/** A registration's permission to stand in one AZ only, until a day. */
export interface SingleAz {
  readonly reason: string;
  /** ISO date, `2026-12-31`. */
  readonly until: string;
}

/** Which AZs a connection uses, and why. */
export interface ZoneChoice {
  /** In both; one endpoint subnet each. Sorted. */
  readonly shared: readonly string[];
  readonly onlyConsumer: readonly string[];
  readonly onlyService: readonly string[];
  /** Where the service is, if that is another region than the endpoint's. */
  readonly serviceRegion?: string;
  /** The choice in one sentence, both sides' ids included. */
  readonly explanation: string;
}

const list = (azIds: readonly string[]): string => (azIds.length === 0 ? "none" : azIds.join(", "));

/** AZs in common, by id. Consumers reach a service only in the AZs of its load balancer; cross-zone balancing does not widen them. */
export function chooseZones(consumer: readonly string[], service: readonly string[]): ZoneChoice {
  const ours = [...new Set(consumer)].sort();
  const theirs = [...new Set(service)].sort();
  const shared = ours.filter((azId) => theirs.includes(azId));
  return {
    shared,
    onlyConsumer: ours.filter((azId) => !theirs.includes(azId)),
    onlyService: theirs.filter((azId) => !ours.includes(azId)),
    explanation: `CorpAI's endpoint subnets are in ${list(ours)}; the service is in ${list(theirs)}; in common: ${list(shared)}`,
  };
}

/**
 * AZs whose endpoints reach no service in another region.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html
 */
export const NO_REMOTE_ACCESS: readonly string[] = ["use1-az3", "usw1-az2", "apne1-az3", "apne2-az2", "apne2-az4"];

/** For a service in another region, whose AZs are none of the consumer's: all of the consumer's but those from which AWS lets nobody out. */
export function chooseRemoteZones(consumer: readonly string[], serviceRegion: string): ZoneChoice {
  const ours = [...new Set(consumer)].sort();
  const shared = ours.filter((azId) => !NO_REMOTE_ACCESS.includes(azId));
  return {
    shared,
    onlyConsumer: ours.filter((azId) => NO_REMOTE_ACCESS.includes(azId)),
    onlyService: [],
    serviceRegion,
    explanation: `CorpAI's endpoint subnets are in ${list(ours)}; the service is in ${serviceRegion}, where its AZs do not matter; with access to other regions: ${list(shared)}`,
  };
}

/** Why a choice may not be built; undefined if it may. `today` is an ISO date. */
export function zoneChoiceFault(
  choice: ZoneChoice,
  singleAz: SingleAz | undefined,
  today: string,
): { readonly allowed: string; readonly wayOut: string } | undefined {
  const { serviceRegion, shared } = choice;
  if (serviceRegion !== undefined && shared.length < (singleAz === undefined ? MINIMUM_AZS : 1)) {
    return {
      allowed: `at least ${MINIMUM_AZS} AZs from which AWS reaches other regions: none of ${NO_REMOTE_ACCESS.join(", ")}`,
      wayOut: "Add another AZ to corpai:azIds of network, or accept one for a while with singleAz: { reason, until }.",
    };
  }
  if (choice.shared.length === 0) {
    return {
      allowed: "at least one AZ id in common",
      wayOut:
        "Let the customer add a subnet of the load balancer in one of CorpAI's AZs, or add one of the service's AZs to corpai:azIds of network.",
    };
  }
  if (choice.shared.length >= MINIMUM_AZS) return undefined;
  if (singleAz === undefined) {
    return {
      allowed: `at least ${MINIMUM_AZS} AZ ids in common (our rule, not AWS's)`,
      wayOut: "Widen either side, or accept one AZ for a while with singleAz: { reason, until } in the registration.",
    };
  }
  if (singleAz.until < today) {
    return {
      allowed: `singleAz only until ${singleAz.until}, which has passed`,
      wayOut: "Widen either side, or renew singleAz.until with a reason.",
    };
  }
  return undefined;
}
