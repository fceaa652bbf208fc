/** AWS's quotas that this project's programs can reach, in one table: what AWS lets an account have in one region unless it has raised them. */

export interface Quota {
  /** AWS's own name of it. */
  readonly name: string;
  /** Where Service Quotas lists it. Undefined where it does not: then it cannot be looked up or raised there. */
  readonly at: { readonly service: string; readonly code: string } | undefined;
  readonly default: number;
  /** The most that AWS raises it to: the default where it raises it never, undefined where it says nothing of an end. */
  readonly most: number | undefined;
  readonly source: string;
}

const ENDPOINTS = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html";
const VPC = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html";
const BALANCERS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html";
const LATTICE = "https://docs.aws.amazon.com/vpc-lattice/latest/ug/quotas.html";
const IAM = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html";

const vpc = (code: string) => ({ service: "vpc", code });
const lattice = (code: string) => ({ service: "vpc-lattice", code });
const balancing = (code: string) => ({ service: "elasticloadbalancing", code });

export const QUOTAS = {
  interfaceEndpointsPerVpc: {
    name: "Interface VPC endpoints per VPC",
    at: vpc("L-29B6F2EB"),
    default: 50,
    most: undefined,
    source: ENDPOINTS,
  },
  networkInterfacesPerRegion: {
    name: "Network interfaces per Region",
    at: vpc("L-DF5E4CA3"),
    default: 5000,
    most: undefined,
    source: VPC,
  },
  securityGroupsPerRegion: {
    name: "VPC security groups per Region",
    at: vpc("L-E79EC296"),
    default: 2500,
    most: undefined,
    source: VPC,
  },
  /** For each direction. */
  rulesPerSecurityGroup: {
    name: "Inbound or outbound rules per security group",
    at: vpc("L-0EA8095F"),
    default: 60,
    // Rules of a group times groups of an interface are at most 1000, and an interface may have five groups.
    most: 200,
    source: VPC,
  },
  loadBalancersPerRegion: {
    name: "Network Load Balancers per Region",
    at: balancing("L-69A177A2"),
    default: 50,
    most: undefined,
    source: BALANCERS,
  },
  listenersPerLoadBalancer: {
    name: "Listeners per Network Load Balancer",
    at: balancing("L-57A373D6"),
    default: 50,
    most: 50,
    source: BALANCERS,
  },
  targetGroupsPerRegion: {
    name: "Target Groups per Region",
    at: balancing("L-B22855CB"),
    default: 3000,
    most: undefined,
    source: BALANCERS,
  },
  /** Of one that balances across AZs, as all of ours do: then each target counts once for all AZs. */
  targetsPerLoadBalancer: {
    name: "Targets per Availability Zone per Network Load Balancer",
    at: balancing("L-B211E961"),
    default: 500,
    most: 500,
    source: BALANCERS,
  },
  latticeGatewaysPerVpc: {
    name: "Resource gateways per VPC",
    at: lattice("L-0DCA4434"),
    default: 500,
    most: undefined,
    source: LATTICE,
  },
  latticeConfigurationsPerRegion: {
    name: "Resource configurations per AWS Region",
    at: lattice("L-5FF8F9B9"),
    default: 2000,
    most: undefined,
    source: LATTICE,
  },
  latticeChildrenPerGroup: {
    name: "Child Resource Configurations per Group Resource Configuration",
    at: lattice("L-9BC96FEF"),
    default: 60,
    most: undefined,
    source: LATTICE,
  },
  latticeResourcesPerNetwork: {
    name: "Resource Configurations per service network",
    at: lattice("L-6095700C"),
    default: 500,
    most: undefined,
    source: LATTICE,
  },
  latticeNetworksPerRegion: {
    name: "Service networks per region",
    at: lattice("L-9CAD07FB"),
    default: 50,
    most: undefined,
    source: LATTICE,
  },
  policyCharacters: {
    name: "Characters in a managed policy",
    at: undefined,
    default: 6144,
    most: 6144,
    source: IAM,
  },
} as const satisfies Readonly<Record<string, Quota>>;

export type QuotaName = keyof typeof QUOTAS;
export const QUOTA_NAMES = Object.keys(QUOTAS) as QuotaName[];

/** What AWS has raised in one account, as somebody states it. */
export type RaisedQuotas = Readonly<Partial<Record<QuotaName, number>>>;

/** By account. */
export type StatedQuotas = Readonly<Record<string, RaisedQuotas>>;

const quotaOf = (name: QuotaName): Quota => QUOTAS[name];

export function allowedBy(name: QuotaName, account: string, stated: StatedQuotas): number {
  const raised = Object.hasOwn(stated, account) ? stated[account] : undefined;
  return raised?.[name] ?? quotaOf(name).default;
}

export const isAdjustable = (name: QuotaName): boolean => quotaOf(name).most !== quotaOf(name).default;

/** A quota as an error calls it. */
export function quotaInWords(name: QuotaName): string {
  const { name: words, at } = quotaOf(name);
  return `AWS's quota "${words}"${at ? ` (${at.service} ${at.code})` : ""}`;
}

/** How to get beyond a quota: in words, a sentence or two. @param instead what else one can do, an imperative without a full stop */
export function beyondQuota(name: QuotaName, account: string, instead: string): string {
  return isAdjustable(name)
    ? `Let AWS raise it in account ${account} and state the new value as quotas.${account}.${name} of the environment in environments/environments.yaml, or ${instead}.`
    : `AWS raises it for nobody: ${instead}.`;
}
