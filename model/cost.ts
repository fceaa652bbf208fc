import { HOURS_PER_MONTH, PRICES, type PriceList } from "./prices.ts";
import {
  type Plain,
  type Properties,
  UNKNOWN,
  type Unknown,
  fields,
  flag,
  integer,
  list,
  text,
} from "./resource-record.ts";

/** What of a resource its cost depends on. */
export interface Charged {
  readonly name: string;
  readonly type: string;
  /** As given. */
  readonly inputs: Properties;
}

export interface CostItem {
  readonly name: string;
  readonly type: string;
  /** US dollars; undefined where that is not decided yet, or the price of such a size is in no table. */
  readonly monthly: number | undefined;
  /** `3 AZs × 720 h × $0.01`, or what is missing. */
  readonly because: string;
}

/** What resources cost in a month of 720 hours, before any use of them. */
export interface MonthlyCost {
  /** US dollars, without what is not known. */
  readonly total: number;
  readonly items: readonly CostItem[];
  /** How many items have no price. */
  readonly unpriced: number;
}

/** So much of something by the hour, or by the month. */
interface Charge {
  readonly count: number | Unknown;
  readonly unit: string;
  /** Undefined where the table has none of this size. */
  readonly price: number | undefined;
  /** What is charged by the gigabyte costs nothing before any use, but is worth knowing. */
  readonly per: "hour" | "month" | "gigabyte";
}

type Charges = (inputs: Properties, prices: PriceList) => readonly Charge[];

/** @returns undefined where no prices of the region are known */
export function monthlyCost(resources: readonly Charged[], region: string): MonthlyCost | undefined {
  const prices = PRICES[region];
  if (!prices) return undefined;
  const items = resources.flatMap(({ name, type, inputs }): CostItem[] => {
    const charges = CHARGES[type]?.(inputs, prices) ?? [];
    return charges.length === 0 ? [] : [{ name, type, ...priced(charges) }];
  });
  return {
    total: round(items.reduce((sum, { monthly = 0 }) => sum + monthly, 0)),
    items,
    unpriced: items.filter(({ monthly }) => monthly === undefined).length,
  };
}

/** What moves through interface endpoints costs besides. @returns US dollars; undefined where no prices of the region are known */
export function endpointTraffic(gigabytes: number, region: string): number | undefined {
  const price = PRICES[region]?.interfaceEndpointGigabyte;
  return price === undefined ? undefined : round(gigabytes * price);
}

/** The same of what agents, or other VPCs, ask of resources over VPC Lattice. Gateways and private connections cost nothing by themselves. */
export function latticeTraffic(gigabytes: number, region: string): number | undefined {
  const price = PRICES[region]?.latticeResourceGigabyte;
  return price === undefined ? undefined : round(gigabytes * price);
}

function priced(charges: readonly Charge[]): Pick<CostItem, "monthly" | "because"> {
  const parts = charges.map(partOf);
  return {
    monthly: parts.some(({ monthly }) => monthly === undefined)
      ? undefined
      : round(parts.reduce((sum, { monthly = 0 }) => sum + monthly, 0)),
    because: parts.map(({ because }) => because).join(" + "),
  };
}

function partOf({ count, unit, price, per }: Charge): Pick<CostItem, "monthly" | "because"> {
  if (count === UNKNOWN) return { monthly: undefined, because: `how many ${unit} is not decided yet` };
  const much = unit === "" ? "" : `${count} ${unit} × `;
  if (price === undefined) return { monthly: undefined, because: `${much}no price in the table` };
  if (per === "gigabyte") return { monthly: 0, because: `$${price} a GB ${unit}` };
  return per === "hour"
    ? { monthly: count * HOURS_PER_MONTH * price, because: `${much}${HOURS_PER_MONTH} h × $${price}` }
    : { monthly: count * price, because: `${much}$${price}` };
}

/** To whole cents. */
const round = (dollars: number): number => Math.round(dollars * 100) / 100;

const lengthOf = (value: Plain | undefined): number | Unknown => {
  const values = list(value);
  return values === UNKNOWN ? UNKNOWN : values.length;
};

const hourly = (price: number | undefined, count: number | Unknown = 1, unit = ""): Charge => ({
  count,
  unit,
  price,
  per: "hour",
});
const monthly = (price: number | undefined, count: number | Unknown = 1, unit = ""): Charge => ({
  count,
  unit,
  price,
  per: "month",
});

const product = (a: number | Unknown, b: number | Unknown): number | Unknown =>
  a === UNKNOWN || b === UNKNOWN ? UNKNOWN : a * b;

function priceOf(table: Readonly<Record<string, number>>, size: Plain | undefined): number | undefined {
  return typeof size === "string" ? table[size] : undefined;
}

/** By type. What is in no row costs nothing by itself, or by use alone. */
const CHARGES: Readonly<Record<string, Charges>> = {
  "aws:ec2/vpcEndpoint:VpcEndpoint": ({ vpcEndpointType, subnetIds, serviceRegion }, prices) => {
    if (text(vpcEndpointType) !== "Interface") return [];
    const region = text(serviceRegion);
    const crossing: Charge = {
      count: 1,
      unit: `to ${region === UNKNOWN ? "another region" : (region ?? "")}`,
      price: prices.otherRegionGigabyte,
      per: "gigabyte",
    };
    return [
      hourly(prices.interfaceEndpointHour, lengthOf(subnetIds), "AZs"),
      ...(region === undefined ? [] : [crossing]),
    ];
  },
  "aws:ec2/vpcEndpointService:VpcEndpointService": ({ supportedRegions }, prices) =>
    supportedRegions === undefined
      ? []
      : [hourly(prices.remoteRegionHour, lengthOf(supportedRegions), "other regions at most")],
  "aws:vpclattice/serviceNetworkResourceAssociation:ServiceNetworkResourceAssociation": (_inputs, prices) => [
    hourly(prices.latticeResourceHour),
  ],
  "aws:lb/loadBalancer:LoadBalancer": ({ loadBalancerType }, prices) =>
    text(loadBalancerType) === "network" ? [hourly(prices.networkLoadBalancerHour)] : [],
  "aws:ec2/natGateway:NatGateway": (_inputs, prices) => [hourly(prices.natGatewayHour)],
  "aws:ec2/eip:Eip": (_inputs, prices) => [hourly(prices.publicIpv4Hour)],
  "aws:eks/cluster:Cluster": (_inputs, prices) => [hourly(prices.clusterHour)],
  "aws:kms/key:Key": (_inputs, prices) => [monthly(prices.keyMonth)],
  "aws:secretsmanager/secret:Secret": (_inputs, prices) => [monthly(prices.secretMonth)],
  "aws:rds/instance:Instance": ({ instanceClass, allocatedStorage, multiAz, manageMasterUserPassword }, prices) => {
    const two = flag(multiAz);
    const copies = two === UNKNOWN ? UNKNOWN : two ? 2 : 1;
    return [
      hourly(priceOf(prices.postgresHour, instanceClass), copies, "instances"),
      monthly(prices.postgresGigabyteMonth, product(copies, integer(allocatedStorage) ?? 0), "GB"),
      ...(flag(manageMasterUserPassword) === true ? [monthly(prices.secretMonth)] : []),
    ];
  },
  // The least that it can cost: it grows with load.
  "aws:rds/cluster:Cluster": ({ serverlessv2ScalingConfiguration, manageMasterUserPassword }, prices) => {
    const { minCapacity } = fields(serverlessv2ScalingConfiguration);
    const least = typeof minCapacity === "number" ? minCapacity : UNKNOWN;
    return [
      hourly(prices.auroraCapacityUnitHour, least, "capacity units at least"),
      ...(flag(manageMasterUserPassword) === true ? [monthly(prices.secretMonth)] : []),
    ];
  },
  "aws:elasticache/replicationGroup:ReplicationGroup": ({ nodeType, numCacheClusters }, prices) => [
    hourly(priceOf(prices.valkeyHour, nodeType), integer(numCacheClusters) ?? 1, "nodes"),
  ],
};
