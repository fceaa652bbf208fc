/** What the files of an environment state, as plain values that can be compared with each other. */
import type { AgentcoreNetworkFacts } from "./agentcore-check.ts";
import type { AgentcoreDataFacts, AgentcoreRuntimeFacts, AgentcoreToolsFacts } from "./agents-check.ts";
import type { ConnectivityReach } from "./connectivity-reach.ts";
import type { PrivateName } from "./private-name.ts";
import type { EndpointWish } from "./aws-endpoints.ts";
import type { ConnectivityLimits } from "./connectivity-limits.ts";
import type { PrivateConnectionsFacts } from "./private-connection-facts.ts";
import type { StatedQuotas } from "./quotas.ts";
import type { Stores } from "./store-check.ts";
import type { Side, TaggedProgram } from "./tags.ts";
import type { ServiceTls } from "./tls.ts";
import type { SingleAz } from "./zones.ts";

/** What the check needs of one stack's file, whatever its program. */
export interface StackFacts {
  readonly stack: string;
  readonly region: string;
  readonly account: string;
}

/** A value of another stack, or what the other party sent. */
export type AcrossService =
  | { readonly fromStack: string; readonly key: string; readonly ports?: readonly string[] }
  | {
      readonly serviceName: string;
      readonly port: number;
      readonly ports?: Readonly<Record<string, number>>;
      readonly tls?: ServiceTls | undefined;
      readonly privateDnsName?: string | undefined;
    };

/** Names of the further ports that a registration asks for. */
export const furtherPortsOf = ({ ports = [] }: AcrossService): readonly string[] =>
  Array.isArray(ports) ? (ports as readonly string[]) : Object.keys(ports);
export type AcrossEndpoint =
  { readonly fromStack: string; readonly key: string } | { readonly endpointId: string; readonly ownerAccount: string };

export interface NetworkFacts extends StackFacts, EndpointWish {
  readonly vpcCidr: string;
  readonly azIds: readonly string[];
  /** Groups of servers that are told apart. */
  readonly tenants?: readonly string[];
  /** Endpoint subnets besides the common ones, for connections that name them. */
  readonly cells: Readonly<Record<string, CellFacts>>;
}

export interface CellFacts {
  /** Which of the VPC's blocks for cells it has. */
  readonly block: number;
  readonly azIds: readonly string[];
}

export interface CustomerAccessFacts extends StackFacts {
  readonly roleName: string;
  /** Whether the role gets what infrastructure as code needs. */
  readonly forPulumi: boolean;
  readonly limits?: ConnectivityLimits | undefined;
  /** What it gets for private names and other regions. */
  readonly reach?: ConnectivityReach;
}

export interface DataFacts extends StackFacts {
  readonly environment: string;
  readonly stores: Stores;
}

export interface ClusterFacts extends StackFacts {
  readonly version: string;
  readonly publicAccessCidrs: readonly string[] | undefined;
}

export interface CustomerServicesFacts extends StackFacts {
  readonly vpcId: string;
  readonly clientCidr: string;
  readonly principals: readonly string[];
  readonly services: Readonly<Record<string, OfferFacts>>;
}

/** One service that a customer offers. */
export interface OfferFacts {
  /** The service whose load balancer it has: mostly itself. */
  readonly host: string;
  /** Of its load balancer; empty where the file does not list subnets yet. */
  readonly azIds: readonly string[];
  readonly acceptanceRequired: boolean;
  /** Further ports, by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** By what clients make sure that it is the service; undefined where it speaks no TLS. */
  readonly tls?: ServiceTls | undefined;
  /** Its own DNS name, for endpoints to answer to; undefined where it has none. */
  readonly privateDns?: PrivateName | undefined;
  /** Regions other than its own whose endpoints reach it. */
  readonly supportedRegions?: readonly string[];
  /** Who may connect, the revoked left out. */
  readonly principals: readonly string[];
  /** Who may connect no more. */
  readonly revoked: readonly string[];
}

export interface ConnectionsFacts extends StackFacts {
  /** The cell of the network in which its endpoints stand; among the common endpoint subnets without. */
  readonly cell?: string | undefined;
  readonly registrations: Readonly<
    Record<
      string,
      {
        readonly service: AcrossService;
        /** Where the service is, if in another region. */
        readonly serviceRegion?: string | undefined;
        readonly singleAz?: SingleAz | undefined;
        /** The only ones that may use it; empty where all servers may. */
        readonly tenants?: readonly string[];
        /** The connection whose place it takes in the pods as soon as it is available. */
        readonly succeeds?: string | undefined;
      }
    >
  >;
}

export interface AcceptanceFacts extends StackFacts {
  readonly accept: Readonly<Record<string, readonly AcrossEndpoint[]>>;
}

/** What a variable may hold of a connection. */
export type ConnectionValue = "host" | "port" | "serverName" | "caBundle";

export interface ServerFacts {
  readonly tenant?: string | undefined;
  readonly image: string;
  /** By variable: the connection of which it holds something. */
  readonly connectionVariables: Readonly<Record<string, string>>;
  /** By variable: the connection, and what of it. */
  readonly connectionValues: Readonly<Record<string, { readonly connection: string; readonly value: ConnectionValue }>>;
  /** By variable: the further port whose number it holds, where it names one. */
  readonly portVariables: Readonly<Record<string, { readonly connection: string; readonly port: string }>>;
  /** By variable: the store, and what of it. */
  readonly storeVariables: Readonly<Record<string, { readonly store: string; readonly value: string }>>;
  /** AZ ids that its load balancer is to stand in, where the file names them. */
  readonly exposedIn: readonly string[] | undefined;
  /** Whether it has a load balancer at all. */
  readonly isExposed: boolean;
}

export interface McpServersFacts extends StackFacts {
  readonly servers: Readonly<Record<string, ServerFacts>>;
  /** What makes roles in databases. */
  readonly databaseClientImage: string | undefined;
}

export interface BootstrapFacts extends StackFacts {
  /** Undefined where it makes no roles. */
  readonly repository: string | undefined;
  /** Undefined where Pulumi Deployments gets none of them. */
  readonly organization: string | undefined;
}

export interface DeliveryFacts extends StackFacts {
  readonly environment: string;
  readonly repository: string;
  readonly organization: string;
  /** Stacks that somebody else delivers, with the reasons. */
  readonly leaveOut: Readonly<Record<string, string>>;
  /** Programs whose path filters somebody has written. */
  readonly programsWithPaths: readonly string[];
}

export interface ProviderFacts extends StackFacts {
  readonly program: TaggedProgram;
  readonly side: Side;
  /** Programs whose outputs it reads. */
  readonly reads: readonly string[];
  readonly environment: string;
  readonly defaultTags: Readonly<Record<string, string>> | undefined;
  readonly assumedRole: string | undefined;
}

/** All of one environment, as its files state it. */
export interface EnvironmentFacts {
  /** Stacks whose files are wrong by themselves: nothing is said of what refers to them until that is mended. */
  readonly unsound: readonly { readonly stack: string; readonly program: string }[];
  /** ISO date: what `until` is compared with. */
  readonly today: string;
  /** The environment's class. */
  readonly class: string;
  /** What AWS has raised. */
  readonly quotas: StatedQuotas;
  /** From which it is delivered; undefined where nothing says so. */
  readonly branch?: string | undefined;
  readonly stacks: readonly ProviderFacts[];
  readonly network: NetworkFacts | undefined;
  readonly customerAccess: readonly CustomerAccessFacts[];
  readonly data: DataFacts | undefined;
  readonly cluster: ClusterFacts | undefined;
  readonly customerServices: readonly CustomerServicesFacts[];
  readonly connections: readonly ConnectionsFacts[];
  readonly acceptances: readonly AcceptanceFacts[];
  readonly mcpServers: McpServersFacts | undefined;
  readonly agentcoreNetwork: AgentcoreNetworkFacts | undefined;
  readonly privateConnections: readonly PrivateConnectionsFacts[];
  readonly agentcoreData: AgentcoreDataFacts | undefined;
  readonly agentcoreTools: AgentcoreToolsFacts | undefined;
  readonly agentcoreRuntime: AgentcoreRuntimeFacts | undefined;
  readonly bootstraps: readonly BootstrapFacts[];
  readonly delivery: DeliveryFacts | undefined;
}
