import { InternetWays, WAY_TYPE, type Way, type Ways } from "./internet-ways.ts";
import {
  type Among,
  type Plain,
  Records,
  type ResourceRecord,
  TYPE,
  UNKNOWN,
  argument,
  fields,
  list,
  nodeId,
} from "./resource-record.ts";
import { ISOLATED_PROGRAMS, kindOfSubnet } from "./subnet-kinds.ts";

/** Something that is to be private and is not. */
export interface Exposure extends Finding {
  /** What has to be changed. */
  readonly at: ResourceRecord;
}

/** Worded once, for the trace across stacks and for the rule that judges one. */
interface Finding {
  /** `undecided` while values are missing that decide it. */
  readonly verdict: "exposed" | "undecided";
  readonly because: string;
  readonly fix: string;
}

const exposed = (because: string, fix: string): Finding => ({ verdict: "exposed", because, fix });
const undecided = (because: string): Finding => ({
  verdict: "undecided",
  because,
  fix: "Give what decides it as a plain value, or look at it after the update.",
});

/** What is private wherever it stands, and where it names its subnets. */
const PLACED: readonly { readonly type: string; readonly path: readonly [string, ...string[]] }[] = [
  { type: "aws:ec2/vpcEndpoint:VpcEndpoint", path: ["subnetIds"] },
  { type: "aws:lb/loadBalancer:LoadBalancer", path: ["subnets"] },
  { type: "aws:eks/cluster:Cluster", path: ["vpcConfig", "subnetIds"] },
  { type: "aws:eks/nodeGroup:NodeGroup", path: ["subnetIds"] },
  { type: "aws:rds/subnetGroup:SubnetGroup", path: ["subnetIds"] },
  { type: "aws:elasticache/subnetGroup:SubnetGroup", path: ["subnetIds"] },
  { type: "aws:elasticache/serverlessCache:ServerlessCache", path: ["subnetIds"] },
  { type: "aws:vpclattice/resourceGateway:ResourceGateway", path: ["subnetIds"] },
  { type: "aws:lambda/function:Function", path: ["vpcConfig", "subnetIds"] },
  {
    type: "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime",
    path: ["networkConfiguration", "networkModeConfig", "subnets"],
  },
];

/** All the types that these questions are about; whoever has others need not bring them. */
export const EXPOSURE_TYPES: ReadonlySet<string> = new Set([
  ...Object.values(WAY_TYPE),
  ...PLACED.map(({ type }) => type),
  ...[TYPE.service, TYPE.listener, TYPE.targetGroup, TYPE.attachment],
]);

/**
 * Every path from the internet to what is private, and from what is isolated to the internet, as far as these records tell.
 *
 * @param isolatedPrograms programs all of whose subnets are isolated
 */
export function internetExposures(
  resources: readonly ResourceRecord[],
  isolatedPrograms: readonly string[] = ISOLATED_PROGRAMS,
): Exposure[] {
  const records = new Records(resources);
  const ways = new InternetWays(records);
  return [...routes(records, ways, isolatedPrograms), ...placements(records, ways), ...sharedTargets(records)];
}

/** `private` may reach the internet by a NAT gateway, `isolated` not at all. */
type Secluded = Exclude<ReturnType<typeof kindOfSubnet>, "public" | undefined>;

/** Routes that a subnet of its kind must not have. */
function* routes(records: Records, ways: InternetWays, isolatedPrograms: readonly string[]): Iterable<Exposure> {
  for (const subnet of records.of(WAY_TYPE.subnet)) {
    const kind = kindOfSubnet(subnet, isolatedPrograms);
    if (kind === undefined || kind === "public") continue;
    const { ways: certain, perhaps } = ways.of(subnet);
    for (const way of certain) {
      const judgement = judgeWay(way, subnet, kind);
      if (judgement) yield { at: way.route, ...judgement };
    }
    if (perhaps.some((way) => judgeWay(way, subnet, kind) !== undefined))
      yield {
        at: subnet,
        ...undecided("which routes it has is not known yet, and one of them leads to the internet"),
      };
  }
}

function judgeWay({ through, sure }: Way, subnet: ResourceRecord, kind: Secluded): Finding | undefined {
  if (kind === "not known yet")
    return undecided(
      `it leads ${subnet.name} to the internet, and whether that is private or isolated is not known yet`,
    );
  const of = `${subnet.name}, which is ${kind}`;
  if (through === UNKNOWN || (!sure && (kind === "isolated" || through === "internet gateway")))
    return undecided(`whether it leads ${of}, to the internet is not known yet`);
  if (through === "internet gateway")
    return exposed(
      `it leads ${of}, to the internet by an internet gateway`,
      kind === "private" ? "Lead it to a NAT gateway, or take it away." : "Take the route away.",
    );
  return kind === "isolated"
    ? exposed(
        `it leads ${of}, to the internet by ${through === "NAT gateway" ? "a NAT gateway" : "an egress-only gateway"}`,
        "Take the route away.",
      )
    : undefined;
}

/** What is private, in subnets into which the internet can come. */
function* placements(records: Records, ways: InternetWays): Iterable<Exposure> {
  const subnets = new Map(records.of(WAY_TYPE.subnet).map((subnet) => [nodeId(subnet), subnet]));
  const inward = (nodes: readonly string[], which: (ways: Ways) => readonly Way["through"][]): ResourceRecord[] =>
    nodes.flatMap((node) => {
      const subnet = subnets.get(node);
      return subnet && which(ways.of(subnet)).includes("internet gateway") ? [subnet] : [];
    });
  for (const { type, path } of PLACED) {
    for (const at of records.of(type).filter(isPrivate)) {
      const named = records.among(at, path[0], valueAt(at, path), WAY_TYPE.subnet);
      const open = inward(named.nodes, certainly);
      const maybe = [...inward(named.nodes, possibly), ...inward(named.perhaps, possibly)];
      const because = "which has a route to an internet gateway";
      for (const subnet of open)
        yield { at, ...exposed(`it stands in ${subnet.name}, ${because}`, "Place it in private or isolated subnets.") };
      if (open.length === 0 && maybe.length > 0)
        yield {
          at,
          ...undecided(`whether it stands in ${maybe[0]?.name ?? "a subnet"}, ${because}, is not known yet`),
        };
    }
  }
}

const certainly = ({ ways }: Ways): readonly Way["through"][] =>
  ways.flatMap(({ through, sure }) => (sure ? [through] : []));
/** What is not known yet could be the one gateway by which the internet comes in. */
const possibly = ({ ways, perhaps }: Ways): readonly Way["through"][] =>
  [...ways, ...perhaps].map(({ through }) => (through === UNKNOWN ? "internet gateway" : through));

/** A load balancer that faces the internet belongs in public subnets; that it does so, another rule refuses. */
const isPrivate = (record: ResourceRecord): boolean =>
  record.type !== TYPE.balancer || argument(record, "internal") === true;

function valueAt(record: ResourceRecord, [first, ...rest]: readonly [string, ...string[]]): Plain | undefined {
  let value = argument(record, first);
  for (const key of rest) value = value === UNKNOWN ? UNKNOWN : fields(value)[key];
  return value;
}

/** Targets of a private service behind a load balancer that faces the internet as well. */
function* sharedTargets(records: Records): Iterable<Exposure> {
  const facing = records.of(TYPE.balancer).filter((balancer) => argument(balancer, "internal") !== true);
  if (facing.length === 0) return;
  const property = "networkLoadBalancerArns";
  for (const service of records.of(TYPE.service)) {
    const own = records.among(service, property, argument(service, property), TYPE.balancer);
    const targets = own.nodes.map((balancer) => targetsBehind(records, balancer));
    const known = new Set(targets.flatMap(({ nodes }) => nodes));
    for (const balancer of facing.filter((one) => !own.nodes.includes(nodeId(one)))) {
      const theirs = targetsBehind(records, nodeId(balancer));
      const judgement = judgeShared(
        service,
        theirs.nodes.some((target) => known.has(target)),
        argument(balancer, "internal") === UNKNOWN,
      );
      if (judgement) yield { at: balancer, ...judgement };
      else if (
        theirs.more ||
        (theirs.nodes.length > 0 && (own.more || own.perhaps.length > 0 || targets.some(({ more }) => more)))
      )
        yield {
          at: balancer,
          ...undecided(`whether it sends to targets of private service ${service.name} is not known yet`),
        };
    }
  }
}

function judgeShared(service: ResourceRecord, shared: boolean, perhaps: boolean): Finding | undefined {
  if (!shared) return undefined;
  const because = `sends to the same targets as private service ${service.name}`;
  return perhaps
    ? undecided(`it ${because}, and whether it faces the internet is not known yet`)
    : exposed(`it faces the internet and ${because}`, "Set internal: true on it, or give it other targets.");
}

/** Target groups behind a load balancer, and the targets in them. */
function targetsBehind(
  records: Records,
  balancer: string,
): { readonly nodes: readonly string[]; readonly more: boolean } {
  const named = (record: ResourceRecord, property: string, type: string, value = argument(record, property)): Among =>
    records.among(record, property, value, type);
  const loose = ({ perhaps, more }: Among): boolean => more || perhaps.length > 0;
  const listeners = records
    .of(TYPE.listener)
    .map((one) => ({ one, owner: named(one, "loadBalancerArn", TYPE.balancer) }))
    .filter(({ owner }) => loose(owner) || owner.nodes.includes(balancer));
  const groups = listeners.map(({ one }) => named(one, "defaultActions", TYPE.targetGroup, forwarded(one)));
  const nodes = groups.flatMap((group) => group.nodes);
  const attachments = records
    .of(TYPE.attachment)
    .map((one) => ({ one, group: named(one, "targetGroupArn", TYPE.targetGroup) }))
    .filter(({ group }) => loose(group) || group.nodes.some((node) => nodes.includes(node)));
  const targets = attachments.map(({ one }) => named(one, "targetId", TYPE.instance));
  const owners = [...listeners.map(({ owner }) => owner), ...attachments.map(({ group }) => group)];
  return {
    nodes: [...nodes, ...targets.flatMap((target) => target.nodes)],
    more: [...groups, ...targets, ...owners].some(loose),
  };
}

function forwarded(listener: ResourceRecord): Plain {
  const actions = list(argument(listener, "defaultActions"));
  if (actions === UNKNOWN) return UNKNOWN;
  return actions.flatMap((action): Plain[] => {
    if (action === UNKNOWN) return [UNKNOWN];
    const { targetGroupArn, forward } = fields(action);
    if (targetGroupArn !== undefined && targetGroupArn !== null) return [targetGroupArn];
    const groups = forward === UNKNOWN ? UNKNOWN : list(fields(forward).targetGroups);
    return groups === UNKNOWN ? [UNKNOWN] : groups.flatMap((group) => fields(group).arn ?? []);
  });
}
