import type { Fields } from "../frame/fields.ts";
import { asText, type Reading } from "../frame/guarded.ts";
import type { Subject } from "../frame/shown.ts";
import { isNetworkLoadBalancer, LOAD_BALANCER_TYPES } from "./load-balancers.ts";

/** The subnets that a resource is given, each by its id; `absent` if it is given none. */
export type SubnetIds = Reading<readonly Reading<string>[]>;

/** A resource that stands in the AZs of its subnets. */
export interface Spread {
  readonly kind: "network load balancer" | "cluster" | "interface endpoint";
  /** Whether it is of that kind is not known yet. */
  readonly uncertain: boolean;
  /** Where it names its subnets, for people. */
  readonly path: string;
  /** The same for property dependencies, which go by top-level properties. */
  readonly properties: readonly string[];
  readonly subnetIds: SubnetIds;
}

export const CLUSTER_TYPE = "aws:eks/cluster:Cluster";
export const ENDPOINT_TYPE = "aws:ec2/vpcEndpoint:VpcEndpoint";

/** Types of what has to be spread. */
export const SPREAD_TYPES: ReadonlySet<string> = new Set([...LOAD_BALANCER_TYPES, CLUSTER_TYPE, ENDPOINT_TYPE]);

function idsIn(fields: Fields, path: string): SubnetIds {
  const list = fields.list(path);
  return list.is === "known" ? { is: "known", value: list.value.map(asText) } : list;
}

function idsInMappings(fields: Fields): SubnetIds {
  const list = fields.parts("subnetMappings");
  if (list.is !== "known") return list;
  return {
    is: "known",
    value: list.value.map((mapping) => (mapping.is === "known" ? mapping.value.text("subnetId") : mapping)),
  };
}

/** AWS takes either list and answers with both, so the longer one is the one that was given. */
function loadBalancer(fields: Fields): Pick<Spread, "path" | "subnetIds"> {
  const subnets = { path: "subnets", subnetIds: idsIn(fields, "subnets") };
  const mappings = { path: "subnetMappings", subnetIds: idsInMappings(fields) };
  const length = ({ subnetIds }: { readonly subnetIds: SubnetIds }): number =>
    subnetIds.is === "known" ? subnetIds.value.length : 0;
  const [longest = subnets] = [subnets, mappings].toSorted((a, b) => length(b) - length(a));
  if (length(longest) > 0) return longest;
  return [subnets, mappings].find(({ subnetIds }) => subnetIds.is === "unknown") ?? subnets;
}

/** How a resource is spread over AZs; undefined if it is none of the kinds that have to be. */
export function spreadOf(subject: Subject): Spread | undefined {
  if (LOAD_BALANCER_TYPES.has(subject.type)) {
    const network = isNetworkLoadBalancer(subject);
    if (network === false) return undefined;
    return {
      kind: "network load balancer",
      uncertain: network === "unknown",
      properties: ["subnets", "subnetMappings"],
      ...loadBalancer(subject),
    };
  }
  if (subject.type === CLUSTER_TYPE) {
    const path = "vpcConfig.subnetIds";
    return { kind: "cluster", uncertain: false, path, properties: ["vpcConfig"], subnetIds: idsIn(subject, path) };
  }
  if (subject.type === ENDPOINT_TYPE) {
    const endpointType = subject.text("vpcEndpointType");
    if (endpointType.is === "absent" || (endpointType.is === "known" && endpointType.value !== "Interface"))
      return undefined;
    const path = "subnetIds";
    return {
      kind: "interface endpoint",
      uncertain: endpointType.is === "unknown",
      path,
      properties: [path],
      subnetIds: idsIn(subject, path),
    };
  }
  return undefined;
}
