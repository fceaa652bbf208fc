/** Private connections in the network's graph: from records of their stacks and from the files. */
import { cidrContains } from "./cidr-plan.ts";
import type { Places } from "./network-places.ts";
import type { Place } from "./network-nodes.ts";
import type { DestinationFacts, GatewayFacts } from "./private-connection-facts.ts";
import type { Destination, Gateway, PrivateConnectionNode, PrivatePlan } from "./private-connection-nodes.ts";
import {
  type Records,
  type ResourceRecord,
  TYPE,
  UNKNOWN,
  type Unknown,
  argument,
  fields,
  list,
  text,
} from "./resource-record.ts";

type StackPlan = PrivatePlan[number];

/** What the graph has at hand. */
interface Known {
  readonly records: Records;
  readonly places: Places;
  /** CIDR of CorpAI's own VPC; undefined where no file states it. */
  readonly vpcCidr: string | undefined;
}

export function privateConnectionNodes(plans: PrivatePlan, known: Known): PrivateConnectionNode[] {
  return plans.flatMap((plan) => Object.keys(plan.privateConnections).flatMap((key) => nodeOf(key, plan, known) ?? []));
}

function nodeOf(key: string, plan: StackPlan, known: Known): PrivateConnectionNode | undefined {
  const connection = plan.privateConnections[key];
  if (!connection) return undefined;
  const { stack } = plan;
  const record = known.records.of(TYPE.privateConnection).find((one) => one.stack === stack && one.name === key);
  const managed = connection.mode === "service-managed" ? connection : undefined;
  const resource =
    connection.mode === "self-managed" && "resource" in connection.by ? connection.by.resource : undefined;
  const behind = resource === undefined ? undefined : plan.resources[resource];
  const own = behind && plan.gateways[behind.gateway];
  const named = managed ?? behind;
  const settings = managed ?? own;
  const standing = managed ? record : behind && gatewayRecord(stack, behind.gateway, known);
  return {
    key,
    stack,
    mode: connection.mode,
    built: record !== undefined && record.id !== UNKNOWN,
    state: record && text(record.outputs.status),
    gateway: settings && {
      ...gatewayOf(settings, plan, standing, known),
      property: behind ? `gateways.${behind.gateway}` : `privateConnections.${key}`,
    },
    destination: named &&
      settings && {
        ...destinationOf(named, settings, plan, record, known),
        property: resource === undefined ? `privateConnections.${key}` : `resources.${resource}`,
      },
    certificate: connection.certificate,
    integrations: Object.entries(plan.integrations).flatMap(([name, one]) =>
      one.connection === key && one.endpoint !== undefined ? [{ name, endpoint: one.endpoint }] : [],
    ),
  };
}

const gatewayRecord = (stack: string, name: string, { records }: Known): ResourceRecord | undefined =>
  records.of(TYPE.resourceGateway).find((one) => one.stack === stack && one.name === name);

/** A service-managed connection keeps its gateway's settings inside; our own gateway has them as arguments. */
function gatewayOf(
  settings: GatewayFacts,
  plan: StackPlan,
  record: ResourceRecord | undefined,
  { records, places }: Known,
): Omit<Gateway, "property"> {
  const stated = plan.vpcs[settings.vpc];
  const inside = record && fields(fields(argument(record, "connectionConfiguration")).serviceManaged);
  const isInside = record?.type === TYPE.privateConnection;
  const ids = isInside ? list(inside?.subnetIds) : UNKNOWN;
  const subnets = ids === UNKNOWN ? [] : ids.flatMap((id) => (typeof id === "string" ? [id] : []));
  const direct = record && !isInside ? records.references(record, "subnetIds", TYPE.subnet) : UNKNOWN;
  const known = direct === UNKNOWN ? subnets : direct;
  const planned: readonly Place[] | Unknown =
    stated === undefined
      ? UNKNOWN
      : stated === "network"
        ? places.planned("endpoint")
        : stated.subnets.map(({ id, azId }) => ({ subnet: id, azId, range: UNKNOWN }));
  return {
    vpcId: record ? text(isInside ? inside?.vpcId : argument(record, "vpcId")) : undefined,
    places: known.length > 0 ? places.of(known) : planned,
    groups: record ? groupsOf(record, isInside, records) : UNKNOWN,
    dnsResolution: settings.dnsResolution,
  };
}

function groupsOf(record: ResourceRecord, isInside: boolean, records: Records): readonly string[] | Unknown {
  if (!isInside) return records.references(record, "securityGroupIds", TYPE.group);
  const inside = fields(fields(argument(record, "connectionConfiguration")).serviceManaged);
  const ids = list(inside.securityGroupIds);
  if (ids !== UNKNOWN && ids.every((id) => typeof id === "string")) return ids;
  // What is inside an argument has its origins with the argument as a whole.
  const { nodes, more } = records.among(record, "connectionConfiguration", [UNKNOWN], TYPE.group);
  return nodes.length > 0 && !more ? nodes : UNKNOWN;
}

function destinationOf(
  { host, ports, target }: DestinationFacts,
  { vpc }: GatewayFacts,
  plan: StackPlan,
  record: ResourceRecord | undefined,
  { places, vpcCidr }: Known,
): Omit<Destination, "property"> {
  const inside = record && fields(fields(argument(record, "connectionConfiguration")).serviceManaged);
  const tier = places.planned("endpoint");
  const isNetwork = plan.vpcs[vpc] === "network";
  const common: Pick<Destination, "named" | "ports" | "host"> = {
    named: host,
    ports,
    host: typeof host === "string" ? host : (text(inside?.hostAddress) ?? UNKNOWN),
  };
  if (target && "securityGroupId" in target)
    return { ...common, groups: [target.securityGroupId], ranges: [], isLocal: true };
  const ranges: readonly (string | Unknown)[] = target
    ? target.cidrs
    : tier === UNKNOWN
      ? [UNKNOWN]
      : tier.map(({ range }) => range);
  const isLocal =
    !target && isNetwork
      ? true
      : isNetwork && vpcCidr !== undefined
        ? ranges.every((range) => range !== UNKNOWN && cidrContains(vpcCidr, range))
        : UNKNOWN;
  return { ...common, groups: [], ranges, isLocal };
}
