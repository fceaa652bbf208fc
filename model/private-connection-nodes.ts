import type { Place } from "./network-nodes.ts";
import type { HostFacts, PrivateConnectionsFacts } from "./private-connection-facts.ts";
import type { Unknown } from "./resource-record.ts";

/** What the files say of private connections. */
export type PrivatePlan = readonly Omit<PrivateConnectionsFacts, "account" | "region" | "side">[];

/** The gateway of a connection, the service's or our own. */
export interface Gateway {
  /** Where the file has its settings: `privateConnections.grafana`, `gateways.tools`. */
  readonly property: string;
  readonly vpcId: string | Unknown | undefined;
  readonly places: readonly Place[] | Unknown;
  readonly groups: readonly string[] | Unknown;
  readonly dnsResolution: "public" | "in-vpc";
}

/** Where requests are to arrive, as far as files and states say. */
export interface Destination {
  /** Where the file has it: `privateConnections.grafana`, `resources.tools`. */
  readonly property: string;
  /** As the files name it, and as it was last built. */
  readonly named: HostFacts;
  readonly host: string | Unknown | undefined;
  readonly ports: readonly string[];
  /** Its groups; empty where it is told by networks. */
  readonly groups: readonly string[];
  /** Its networks; empty where it is told by a group. */
  readonly ranges: readonly (string | Unknown)[];
  /** Whether that is in the gateway's own VPC. */
  readonly isLocal: boolean | Unknown;
}

export interface PrivateConnectionNode {
  readonly key: string;
  readonly stack: string;
  readonly mode: "service-managed" | "self-managed";
  readonly built: boolean;
  /** In AWS's spelling, as last recorded. */
  readonly state: string | Unknown | undefined;
  /** Undefined where another file, or another account, has it. */
  readonly gateway: Gateway | undefined;
  readonly destination: Destination | undefined;
  readonly certificate: string | undefined;
  readonly integrations: readonly { readonly name: string; readonly endpoint: string }[];
}
