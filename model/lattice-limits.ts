/** What AWS allows of private connections, gateways and ports. */

/** https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-gateway.html */
export const GROUPS_PER_GATEWAY = 5;
export const ADDRESSES_PER_INTERFACE = { default: 16, most: 62 } as const;
export const GATEWAYS_PER_VPC = 100;

/** In characters. https://docs.aws.amazon.com/devopsagent/latest/APIReference/API_CreatePrivateConnection.html */
export const CONNECTION_NAME = { least: 3, most: 30 } as const;
/** https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateResourceGateway.html */
export const LATTICE_NAME_LIMIT = 40;

/** What AWS calls a gateway, a resource configuration, a group of them or a service network. */
export const latticeName = (key: string): string => `corpai-${key}`;

/** Longest key, so that {@link latticeName} is at most {@link LATTICE_NAME_LIMIT} characters. */
export const LATTICE_KEY_LIMIT = LATTICE_NAME_LIMIT - latticeName("").length;

export interface PortRange {
  readonly from: number;
  readonly to: number;
}

const HIGHEST_PORT = 65535;

/** `443` or `8000-8100`; undefined for what is neither, a range backwards among them. */
export function parsePortRange(text: string): PortRange | undefined {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (first === undefined) return undefined;
  const [from, to] = [Number(first), Number(last)];
  return from >= 1 && from <= to && to <= HIGHEST_PORT ? { from, to } : undefined;
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
