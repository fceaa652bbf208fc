import type { AcrossService, ConnectionValue } from "./environment-facts.ts";
import type { Looks } from "./looks.ts";
import type { PrivateConnectionNode, PrivatePlan } from "./private-connection-nodes.ts";
import type { Unknown } from "./resource-record.ts";
import type { SecurityRules } from "./security-rules.ts";

/** What an environment's files say that no resource does. */
export interface NetworkPlan {
  readonly environment: string;
  readonly registrations: readonly Registration[];
  readonly workloads: readonly {
    readonly name: string;
    readonly stack: string;
    readonly uses: readonly {
      readonly connection: string;
      readonly variable: string;
      readonly value: ConnectionValue;
      /** Name of a further port. */
      readonly port?: string | undefined;
    }[];
  }[];
  readonly services: readonly {
    readonly stack: string;
    readonly key: string;
    /** The service whose load balancer it has; its own key where it has one. */
    readonly behind?: string;
    readonly port: number;
    /** Further ports, by name. */
    readonly ports?: Readonly<Record<string, number>>;
    /** The group that its targets carry; undefined where they are nothing of these programs. */
    readonly targetSecurityGroupId: string | undefined;
  }[];
  readonly acceptances: readonly {
    readonly stack: string;
    readonly service: string;
    readonly endpoints: readonly (
      { readonly fromStack: string; readonly key: string } | { readonly endpointId: string }
    )[];
  }[];
  /** The customers' subnets: the programs look each up before they build anything. */
  readonly subnets: readonly { readonly id: string; readonly azId: string }[];
  /** What CorpAI publishes: all its nodes and pods are inside. Undefined where no file says it. */
  readonly clientCidr: string | undefined;
  /** CorpAI's own, which follow from its CIDR before they exist. */
  readonly tiers: readonly { readonly azId: string; readonly client: string; readonly endpoint: string }[];
  /** By stack of connections that has a cell: the endpoint subnets of that, in place of the tier's. */
  readonly cells: Readonly<Record<string, readonly { readonly azId: string; readonly endpoint: string }[]>>;
  /** CIDR of CorpAI's VPC; undefined where no file says it. */
  readonly vpcCidr: string | undefined;
  readonly privateConnections: PrivatePlan;
}

/** A connection as the files of an environment register it. */
export interface Registration {
  readonly key: string;
  readonly stack: string;
  /** What the service's certificate is for; undefined where nobody says. */
  readonly serverName?: string | undefined;
  /** The service's own DNS name, if endpoints are to answer to it. */
  readonly privateName?: string | undefined;
  /** The connection whose place it takes. */
  readonly succeeds?: string | undefined;
  readonly service: AcrossService;
}

/** A place of network interfaces: a whole subnet, or one address of it. */
export interface Place {
  readonly subnet: string | Unknown;
  readonly azId: string | Unknown;
  readonly range: string | Unknown;
}

/** Pods that use a connection. */
export interface Source {
  /** The workload; where nobody uses the connection, the group that such a workload would carry. */
  readonly name: string;
  readonly vpcId: string | Unknown | undefined;
  readonly places: readonly Place[] | Unknown;
  readonly groups: readonly string[] | Unknown;
  /** What its variable says, undefined where it has none. */
  readonly host: string | Unknown | undefined;
  readonly port: number | Unknown | undefined;
  /** For what name it asks the service's certificate; undefined where none of its variables says. */
  readonly serverName: string | Unknown | undefined;
  /** As last recorded; undefined where that is nowhere. */
  readonly pods: { readonly wanted: number; readonly ready: number } | undefined;
  readonly built: boolean;
}

export interface Endpoint {
  readonly id: string;
  readonly built: boolean;
  readonly stack: string;
  readonly vpcId: string | Unknown | undefined;
  readonly serviceName: string | Unknown | undefined;
  /** In AWS's spelling, as last recorded. */
  readonly state: string | Unknown | undefined;
  readonly dnsNames: readonly string[] | Unknown;
  /** Whether it answers to its service's own name. */
  readonly privateDns: boolean | Unknown;
  /** Where its service is, if in another region; undefined for its own. */
  readonly serviceRegion: string | Unknown | undefined;
  readonly doors: readonly Place[] | Unknown;
  readonly groups: readonly string[] | Unknown;
}

export interface Service {
  readonly id: string;
  readonly stack: string;
  /** Key of the customer's configuration; undefined where no component of ours built it. */
  readonly key: string | undefined;
  readonly serviceName: string | Unknown | undefined;
  readonly acceptanceRequired: boolean | Unknown;
  readonly balancers: readonly Balancer[] | Unknown;
}

export interface Balancer {
  readonly name: string;
  readonly nodes: readonly Place[] | Unknown;
  readonly groups: readonly string[] | Unknown;
  /** Whether inbound rules are enforced on what comes through PrivateLink. */
  readonly enforced: boolean | Unknown;
  readonly crossZone: boolean | Unknown;
  readonly listeners: readonly Listener[];
}

export interface Listener {
  /** Unknown also where a preview cannot tell whose listener it is. */
  readonly port: number | Unknown | undefined;
  /** Undefined where it forwards to none. */
  readonly targetGroup: TargetGroup | Unknown | undefined;
}

export interface TargetGroup {
  /** Its ARN, once it stands. */
  readonly id: string;
  readonly name: string;
  readonly targets: readonly Target[];
  /** Whether a preview holds targets that may be this group's. */
  readonly maybeMore: boolean;
  /** Undefined where targets are not checked. */
  readonly healthCheck:
    { readonly protocol: string; readonly port: number | Unknown | "traffic-port" } | Unknown | undefined;
  /** Overrules the load balancer's; undefined where it does not. */
  readonly crossZone: boolean | Unknown | undefined;
}

export interface Target {
  readonly id: string;
  readonly port: number | Unknown | undefined;
  /** Undefined for one outside of the VPC, which counts for every AZ. */
  readonly azId: string | Unknown | undefined;
  readonly range: string | Unknown;
  /** Empty outside of the VPC, where there are no security groups. */
  readonly groups: readonly string[] | Unknown;
}

export interface Accepter {
  readonly id: string;
  readonly stack: string;
  readonly state: string | Unknown | undefined;
}

export interface Connection {
  readonly key: string;
  /** Name of the further port whose way it is; undefined for the service's first. */
  readonly portName: string | undefined;
  readonly stack: string;
  /** By the files, or as last built. */
  readonly port: number | Unknown | undefined;
  /** By the files: what the service's certificate is for. */
  readonly serverName: string | undefined;
  /** By the files: the service's own DNS name. */
  readonly privateName: string | undefined;
  readonly sources: readonly Source[];
  readonly endpoint: Endpoint | undefined;
  /** Undefined where the programs of the other party are not among these, or have not built it. */
  readonly service: Service | undefined;
  /** Stack that is to build the service; undefined for one that the other party named by literals. */
  readonly offeredBy: string | undefined;
  readonly accepter: Accepter | undefined;
  /** Whether a file lists this endpoint as to be accepted, another file decides over the service, or none does. */
  readonly acceptance: "listed" | "unlisted" | "elsewhere";
}

/** Everything on the way from pods to services. */
export interface NetworkGraph {
  readonly environment: string;
  readonly clientCidr: string | undefined;
  readonly connections: readonly Connection[];
  readonly privateConnections: readonly PrivateConnectionNode[];
  readonly security: SecurityRules;
  /** Undefined where nobody has looked. */
  readonly looks?: Looks;
}
