/** What a file of `private-connections` states, as plain values. */
import type { StackFacts } from "./environment-facts.ts";
import type { Side } from "./tags.ts";

export type AddressType = "ipv4" | "ipv6" | "dual-stack";
export type DnsResolution = "public" | "in-vpc";

/** The VPC that `network` builds, or one that stands already. */
export type VpcFacts =
  "network" | { readonly vpcId: string; readonly subnets: readonly { readonly id: string; readonly azId: string }[] };

/** Where requests may go, as the gateway's security group lets them out: to who carries a group, or to networks. */
export type TargetFacts =
  { readonly securityGroupId: string; readonly open: boolean } | { readonly cidrs: readonly string[] };

/** A host by its name or address, or the load balancer of an MCP server of this environment. */
export type HostFacts = string | { readonly server: string };

export interface GatewayFacts {
  readonly vpc: string;
  /** Groups besides the one that the program makes. */
  readonly securityGroupIds: readonly string[];
  readonly addressType: AddressType;
  /** IPv4 addresses that each network interface takes of its subnet. */
  readonly addressesPerInterface: number;
  readonly dnsResolution: DnsResolution;
}

export interface DestinationFacts {
  readonly host: HostFacts;
  /** `443` or `8000-8100`. */
  readonly ports: readonly string[];
  /** Not needed for an MCP server: then the subnets of its load balancer. */
  readonly target?: TargetFacts | undefined;
}

export interface ResourceFacts extends DestinationFacts {
  readonly gateway: string;
  readonly group?: string | undefined;
}

/** Which resource configuration a self-managed connection goes by. */
export type ResourceNamed =
  | { readonly resource: string }
  | { readonly resourceConfigurationArn: string }
  | { readonly resourceConfigurationId: string };

interface Certified {
  /** PEM, of what answers there or of who signs for it. */
  readonly certificate?: string | undefined;
}

export type ConnectionModeFacts =
  | ({ readonly mode: "service-managed" } & GatewayFacts & DestinationFacts & Certified)
  | ({ readonly mode: "self-managed"; readonly by: ResourceNamed } & Certified);

export interface IntegrationFacts {
  readonly kind: string;
  /** Undefined for one that is on the internet. */
  readonly connection?: string | undefined;
  /** URL: Host header and SNI, never resolved. */
  readonly endpoint?: string | undefined;
  readonly spaces: readonly string[];
}

export interface PrivateConnectionsFacts extends StackFacts {
  readonly side: Side;
  readonly vpcs: Readonly<Record<string, VpcFacts>>;
  readonly agentSpaces: readonly string[];
  readonly gateways: Readonly<Record<string, GatewayFacts>>;
  readonly resources: Readonly<Record<string, ResourceFacts>>;
  readonly serviceNetworks: Readonly<Record<string, { readonly resources: readonly string[] }>>;
  readonly privateConnections: Readonly<Record<string, ConnectionModeFacts>>;
  readonly integrations: Readonly<Record<string, IntegrationFacts>>;
}
