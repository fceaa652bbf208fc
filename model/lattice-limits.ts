/** What AWS allows of private connections, gateways and ports. */

/** https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-gateway.html */
export const GROUPS_PER_GATEWAY = 5;
export const ADDRESSES_PER_INTERFACE = { default: 16, most: 62 } as const;

/** https://docs.aws.amazon.com/devopsagent/latest/userguide/configuring-integrations-and-knowledge-connecting-to-privately-hosted-tools.html */
export const PORT_RANGES_PER_CONNECTION = 11;

/** AZs, by id, in which VPC Lattice has no gateways: the same page, as of 2026-11-20. */
export const AZS_WITHOUT_GATEWAYS: readonly string[] = [
  "use1-az3",
  "usw1-az2",
  "apne1-az3",
  "apne2-az2",
  "euc1-az2",
  "euw1-az4",
  "cac1-az3",
  "ilc1-az2",
];

/** What Pulumi adds to a name: a hyphen and seven digits, so that a successor can stand beside what it replaces. */
const SUFFIX = 8;
/** Longest key of a private connection, whose name AWS limits to 30 characters. https://docs.aws.amazon.com/devopsagent/latest/APIReference/API_CreatePrivateConnection.html */
export const CONNECTION_KEY_LIMIT = 30 - SUFFIX;
/** The same of gateways and resource configurations: 40. https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateResourceGateway.html */
export const LATTICE_KEY_LIMIT = 40 - SUFFIX;

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

const HIGHEST_PORT = 65535;

/** `443` or `8000-8100`; undefined for what is neither: a range backwards, and one of a single port, which AWS refuses. */
export function parsePortRange(text: string): PortRange | undefined {
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (first === undefined) return undefined;
  const [from, to] = [Number(first), Number(last ?? first)];
  const ordered = last === undefined ? from === to : from < to;
  return from >= 1 && ordered && to <= HIGHEST_PORT ? { from, to } : undefined;
}

export const portIn = (ranges: readonly string[], port: number): boolean =>
  ranges.some((text) => {
    const range = parsePortRange(text);
    return range !== undefined && range.from <= port && port <= range.to;
  });

/** The ARN that an id stands for: an id without an account can only be the caller's own. */
export function resourceConfigurationArn(
  id: string,
  { account, region }: { readonly account: string; readonly region: string },
): string {
  const partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  return `arn:${partition}:vpc-lattice:${region}:${account}:resourceconfiguration/${id}`;
}
