import { type NetworkPlan, type Place } from "./network-nodes.ts";
import {
  type Plain,
  type Records,
  type ResourceRecord,
  TYPE,
  UNKNOWN,
  type Unknown,
  argument,
  computed,
  fields,
  list,
  nodeId,
  text,
} from "./resource-record.ts";

/** Where things stand: the subnets of both sides, those that exist and those that are only planned. */
export class Places {
  readonly #plan: NetworkPlan;
  readonly #records: Records;
  readonly #bySubnet: ReadonlyMap<string, Place>;

  constructor(records: Records, plan: NetworkPlan) {
    this.#plan = plan;
    this.#records = records;
    this.#bySubnet = new Map([
      ...plan.subnets.map(({ id, azId }) => [id, { subnet: id, azId, range: UNKNOWN }] as const),
      ...records.of(TYPE.subnet).map((record) => [nodeId(record), placeOf(record)] as const),
    ]);
  }

  of(subnets: readonly string[]): Place[] {
    return subnets.map((subnet) => this.#bySubnet.get(subnet) ?? { subnet, azId: UNKNOWN, range: UNKNOWN });
  }

  /** CorpAI's subnets of a tier by their plan. @param azIds all if not given */
  planned(tier: "client" | "endpoint", azIds?: readonly Plain[]): readonly Place[] | Unknown {
    const tiers = this.#plan.tiers.filter(({ azId }) => azIds?.includes(azId) ?? true);
    return this.#placed(tiers.map(({ azId, [tier]: range }) => ({ azId, range })));
  }

  /** Endpoint subnets of a stack of connections by their plan: its cell's, or the tier's. */
  plannedFor(stack: string, azIds: readonly Plain[]): readonly Place[] | Unknown {
    const cell = Object.hasOwn(this.#plan.cells, stack) ? this.#plan.cells[stack] : undefined;
    if (!cell) return this.planned("endpoint", azIds);
    const own = cell.filter(({ azId }) => azIds.includes(azId));
    return this.#placed(own.map(({ azId, endpoint: range }) => ({ azId, range })));
  }

  #placed(planned: readonly { readonly azId: string; readonly range: string }[]): readonly Place[] | Unknown {
    if (planned.length === 0) return UNKNOWN;
    const standing = [...this.#bySubnet.values()];
    return planned.map(
      ({ azId, range }) =>
        standing.find((place) => place.azId === azId && place.range === range) ?? { subnet: UNKNOWN, azId, range },
    );
  }

  /** The VPC that subnets are in. */
  vpcOf(subnets: readonly string[]): string | Unknown {
    const vpcs = this.#records.of(TYPE.subnet).filter((record) => subnets.includes(nodeId(record)));
    const [first, ...others] = new Set(vpcs.map((record) => text(argument(record, "vpcId"))));
    return first !== undefined && others.length === 0 ? first : UNKNOWN;
  }
}

function placeOf(record: ResourceRecord): Place {
  return {
    subnet: nodeId(record),
    azId: text(computed(record, "availabilityZoneId")) ?? UNKNOWN,
    range: text(argument(record, "cidrBlock")) ?? UNKNOWN,
  };
}

/** Subnets narrowed to the one address in each that AWS has given, as soon as it has. */
export function addressed(places: readonly Place[], configurations: Plain | undefined, property: string): Place[] {
  const known = list(configurations);
  return places.map((place) => {
    const own = known === UNKNOWN ? undefined : known.map(fields).find(({ subnetId }) => subnetId === place.subnet);
    const address = own?.[property];
    return typeof address === "string" && address !== "" ? { ...place, range: `${address}/32` } : place;
  });
}
