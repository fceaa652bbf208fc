import { asObject, asText, type Properties, type Reading, readList, readObject, readText } from "./guarded.ts";
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

function idsIn(
  list: Reading<readonly Reading<unknown>[]>,
  idOf: (element: Reading<unknown>) => Reading<string>,
): SubnetIds {
  return list.is === "known" ? { is: "known", value: list.value.map(idOf) } : list;
}

function idOfMapping(mapping: Reading<unknown>): Reading<string> {
  const found = asObject(mapping);
  return found.is === "known" ? readText(found.value, "subnetId") : found;
}

/** AWS takes either list and answers with both, so the longer one is the one that was given. */
function loadBalancer(properties: Properties): Pick<Spread, "path" | "subnetIds"> {
  const subnets = { path: "subnets", subnetIds: idsIn(readList(properties, "subnets"), asText) };
  const mappings = { path: "subnetMappings", subnetIds: idsIn(readList(properties, "subnetMappings"), idOfMapping) };
  const length = ({ subnetIds }: { readonly subnetIds: SubnetIds }): number =>
    subnetIds.is === "known" ? subnetIds.value.length : 0;
  const [longest = subnets] = [subnets, mappings].toSorted((a, b) => length(b) - length(a));
  if (length(longest) > 0) return longest;
  return [subnets, mappings].find(({ subnetIds }) => subnetIds.is === "unknown") ?? subnets;
}

function cluster(properties: Properties): SubnetIds {
  const vpcConfig = readObject(properties, "vpcConfig");
  return vpcConfig.is === "known" ? idsIn(readList(vpcConfig.value, "subnetIds"), asText) : vpcConfig;
}

/** How a resource is spread over AZs; undefined if it is none of the kinds that have to be. */
export function spreadOf(type: string, properties: Properties): Spread | undefined {
  if (LOAD_BALANCER_TYPES.has(type)) {
    const network = isNetworkLoadBalancer(properties);
    if (network === false) return undefined;
    const list = loadBalancer(properties);
    return {
      kind: "network load balancer",
      uncertain: network === "unknown",
      properties: ["subnets", "subnetMappings"],
      ...list,
    };
  }
  if (type === "aws:eks/cluster:Cluster") {
    return {
      kind: "cluster",
      uncertain: false,
      path: "vpcConfig.subnetIds",
      properties: ["vpcConfig"],
      subnetIds: cluster(properties),
    };
  }
  if (type === "aws:ec2/vpcEndpoint:VpcEndpoint") {
    const endpointType = readText(properties, "vpcEndpointType");
    if (endpointType.is === "absent" || (endpointType.is === "known" && endpointType.value !== "Interface"))
      return undefined;
    const subnetIds = idsIn(readList(properties, "subnetIds"), asText);
    return {
      kind: "interface endpoint",
      uncertain: endpointType.is === "unknown",
      path: "subnetIds",
      properties: ["subnetIds"],
      subnetIds,
    };
  }
  return undefined;
}
