import type { AccountRegion } from "./account-region.ts";
import { EPHEMERAL } from "./agentcore-acl.ts";
import { CALLERS, type Caller, type Flow, type Leg } from "./agentcore-flows.ts";
import type { AgentcoreHome } from "./agentcore-names.ts";
import { type IsolatedRecords, RESOLVER } from "./agentcore-records.ts";
import { HTTPS } from "./agentcore-rules.ts";
import { type PolicyVerdict, policyVerdict } from "./policy-verdict.ts";
import {
  type ResourceRecord,
  UNKNOWN,
  type Unknown,
  argument,
  computed,
  flag,
  list,
  nodeId,
  nodeName,
  text,
} from "./resource-record.ts";
import { type Judgement, type Verdict, blocked, open, undecided } from "./trace-verdict.ts";

/** The steps of one call, in order. */
export type FlowHopName =
  | "dns-firewall"
  | "dns"
  | "route"
  | "network-acl"
  | "source-group"
  | "endpoint-group"
  | "endpoint-policy"
  | "identity-policy";

export interface FlowHop {
  readonly hop: FlowHopName;
  readonly to: string;
  readonly verdict: Verdict;
  readonly because: string;
}

/** What Pulumi's data says of one call of a flow; it ends with the hop that blocks. */
export interface ExplainedLeg {
  readonly leg: Leg;
  readonly hops: readonly FlowHop[];
}

export interface Explanation {
  readonly key: string;
  readonly says: string;
  readonly verdict: Verdict;
  readonly legs: readonly ExplainedLeg[];
  readonly blockedAt: FlowHopName | null;
  readonly fix: string | null;
}

/** What is asked besides the records. */
export interface ExplainContext {
  readonly environment: string;
  readonly place: AccountRegion;
  /** AZ ids. */
  readonly homes: Readonly<Record<AgentcoreHome, string>>;
}

/** Explains one flow from what Pulumi knows of the network, and of the callers' roles as soon as they stand. */
export function explainFlow(records: IsolatedRecords, flow: Flow, context: ExplainContext): Explanation {
  const legs: ExplainedLeg[] = [];
  for (const leg of flow.legs) {
    const hops: FlowHop[] = [];
    legs.push({ leg, hops });
    for (const { hop, to, judgement } of hopsOf(records, flow, leg, context)) {
      hops.push({ hop, to, verdict: judgement.verdict, because: judgement.because });
      if (judgement.verdict === "blocked")
        return { ...named(flow), verdict: "blocked", legs, blockedAt: hop, fix: judgement.fix };
    }
  }
  const sure = legs.every(({ hops }) => hops.every(({ verdict }) => verdict === "open"));
  return { ...named(flow), verdict: sure ? "open" : "undecided", legs, blockedAt: null, fix: null };
}

const named = ({ key, says }: Flow): Pick<Explanation, "key" | "says"> => ({ key, says });

interface Step {
  readonly hop: FlowHopName;
  readonly to: string;
  readonly judgement: Judgement;
}

function* hopsOf(records: IsolatedRecords, flow: Flow, leg: Leg, context: ExplainContext): Generator<Step> {
  const again = bringUp(context);
  const caller = CALLERS[flow.from];
  const group = records.group(caller.group);
  const endpoint = records.endpointTo(leg.by, context.place.region);
  yield { hop: "dns-firewall", to: leg.host, judgement: judgeName(records, leg, again) };
  yield { hop: "dns", to: leg.host, judgement: judgeEndpoint(records, leg, endpoint, again) };
  if (!endpoint) return;
  const to = nodeName(nodeId(endpoint));
  const gateway = text(argument(endpoint, "vpcEndpointType")) === "Gateway";
  yield { hop: "route", to, judgement: judgeRoute(records, endpoint, context.homes[caller.home], gateway, again) };
  const acl = judgeAcl(records, endpoint, gateway, again);
  if (acl) yield { hop: "network-acl", to, judgement: acl };
  yield { hop: "source-group", to, judgement: judgeEgress(records, group, endpoint, gateway, again) };
  if (!gateway) yield { hop: "endpoint-group", to, judgement: judgeIngress(records, endpoint, again) };
  yield { hop: "endpoint-policy", to, judgement: judgePolicy(endpoint, leg, context.place, again) };
  if (flow.unused) return;
  if (leg.signedBy === "role")
    yield { hop: "identity-policy", to: leg.action, judgement: judgeRole(records, flow.from, leg, context) };
}

const bringUp = ({ environment }: ExplainContext): string => `npx corpai up ${environment} --only agentcore-network`;

function judgeName(records: IsolatedRecords, { host }: Leg, again: string): Judgement {
  if (records.of(RESOLVER.association).length === 0) return open("no DNS firewall stands in the way");
  const covers = (domain: string): boolean =>
    domain === "*" || (domain.startsWith("*.") ? host.endsWith(domain.slice(1)) : domain === host);
  const domain = records.allowedDomains().find(covers);
  return domain === undefined
    ? blocked(
        `no rule of the DNS firewall lets ${host} pass`,
        `Add the name to its endpoint's in model/agentcore-endpoints.ts, then: ${again}`,
      )
    : open(`the DNS firewall lets ${domain} pass`);
}

function judgeEndpoint(
  records: IsolatedRecords,
  { by, host }: Leg,
  endpoint: ResourceRecord | undefined,
  again: string,
): Judgement {
  const [vpc] = records.of("aws:ec2/vpc:Vpc");
  const off = vpc && ["enableDnsSupport", "enableDnsHostnames"].find((one) => flag(argument(vpc, one)) === false);
  if (off !== undefined)
    return blocked(`the VPC's ${off} is off, so no private name resolves`, `Switch it on: ${again}`);
  if (!endpoint)
    return blocked(
      `no endpoint of ${by} stands in the VPC: ${host} resolves to public addresses, to which nothing leads`,
      `Bring it up again: ${again}`,
    );
  const gateway = text(argument(endpoint, "vpcEndpointType")) === "Gateway";
  if (gateway) return open(`${host} resolves to public addresses of ${by}, which its gateway endpoint serves`);
  return flag(argument(endpoint, "privateDnsEnabled")) === false
    ? blocked(`the endpoint of ${by} has no private name`, `Set privateDnsEnabled again: ${again}`)
    : open(`${host} is the private name of the endpoint of ${by}`);
}

function judgeRoute(
  records: IsolatedRecords,
  endpoint: ResourceRecord,
  azId: string,
  gateway: boolean,
  again: string,
): Judgement {
  if (!gateway) {
    const subnets = list(computed(endpoint, "subnetIds"));
    if (subnets !== UNKNOWN && subnets.length === 0)
      return blocked("the endpoint has no network interface", `Give it subnets again: ${again}`);
    return open("its interfaces have addresses of the VPC itself");
  }
  const table = records.routeTableOf(azId);
  if (table === undefined)
    return blocked(
      `the subnet in ${azId} has the main route table, in which no gateway endpoint is`,
      `Associate it again: ${again}`,
    );
  const tables = records.listed(endpoint, "routeTableIds", "aws:ec2/routeTable:RouteTable");
  if (tables === UNKNOWN) return undecided("which route tables it is in is not known yet");
  return tables.includes(table)
    ? open(`${nodeName(table)} leads its prefix list to it`)
    : blocked(`${nodeName(table)}, which the subnet in ${azId} has, does not lead to it`, `Enter it again: ${again}`);
}

/** Undefined where the subnets have no ACL of their own: AWS's default lets everything through. */
function judgeAcl(
  records: IsolatedRecords,
  endpoint: ResourceRecord,
  gateway: boolean,
  again: string,
): Judgement | undefined {
  const ranges = records.rangesOf(endpoint);
  const [calls, answers] = [[HTTPS, HTTPS] as const, [EPHEMERAL.from, EPHEMERAL.to] as const];
  if (records.aclLets("egress", "0.0.0.0/32", calls) === undefined) return undefined;
  if (ranges === UNKNOWN) return undecided("which ranges are behind it is not known yet");
  const passes = (range: string): boolean =>
    records.aclLets("egress", range, calls) === true &&
    records.aclLets("ingress", range, answers) === true &&
    // Between subnets of the VPC, each is one end and the other.
    (gateway ||
      (records.aclLets("ingress", range, calls) === true && records.aclLets("egress", range, answers) === true));
  const against = ranges.find((range) => !passes(range));
  return against === undefined
    ? open("the network ACL lets it through and back")
    : blocked(
        `the network ACL does not let ${against} through and back`,
        `Bring it up again, with the ranges as AWS has them now: ${again}`,
      );
}

function judgeEgress(
  records: IsolatedRecords,
  group: ResourceRecord | undefined,
  endpoint: ResourceRecord,
  gateway: boolean,
  again: string,
): Judgement {
  if (!group) return blocked("the caller's security group does not stand", `Bring it up again: ${again}`);
  const rule = gateway
    ? records.ruleToPrefixList(group, endpoint, HTTPS)
    : records.ruleToGroups(group, records.groupsOf(endpoint), HTTPS);
  if (rule) return open(`${rule.name} lets it out`);
  const what = gateway
    ? `the prefix list of ${text(argument(endpoint, "serviceName"))?.toString() ?? "the service"}`
    : "the endpoints' group";
  return blocked(
    `no rule of ${group.name} lets ${HTTPS} out to ${what}`,
    `Add it to model/agentcore-rules.ts, or bring it up again: ${again}`,
  );
}

function judgeIngress(records: IsolatedRecords, endpoint: ResourceRecord, again: string): Judgement {
  const rule = records.ruleFromVpc(records.groupsOf(endpoint), HTTPS);
  return rule
    ? open(`${rule.name} admits it`)
    : blocked(`no rule of the endpoints' group admits ${HTTPS} from the VPC`, `Bring it up again: ${again}`);
}

function judgePolicy(endpoint: ResourceRecord, leg: Leg, place: AccountRegion, again: string): Judgement {
  const policy = text(argument(endpoint, "policy"));
  if (policy === UNKNOWN) return undecided("the endpoint's policy is not known yet");
  if (policy === undefined) return open("the endpoint has no policy of its own: the caller's decides alone");
  const { allowed, because } = policyVerdict(policy, {
    action: leg.action,
    resource: leg.resource,
    keys: keysOf(leg, place),
  });
  return allowed
    ? open(`${because}: ${leg.action}`)
    : blocked(
        `${because} in the endpoint's policy`,
        `Let ${leg.statement} of model/agentcore-endpoints.ts say so, then: ${again}`,
      );
}

const verdictsOf = (records: IsolatedRecords, role: ResourceRecord, action: string): (PolicyVerdict | Unknown)[] =>
  records
    .policiesOf(role)
    .map((policy) => (policy === UNKNOWN ? UNKNOWN : policyVerdict(policy, { action, resource: undefined, keys: {} })));

/** What a caller's role really names for an action; undefined where it does not stand, or may not. A star in it stands for anything. */
export function grantedResource(records: IsolatedRecords, from: Caller, action: string): string | undefined {
  const role = records.roleOf(from);
  const verdicts = role ? verdictsOf(records, role, action) : [];
  return verdicts.flatMap((verdict) => (verdict === UNKNOWN ? [] : verdict.resources))[0];
}

/** Condition keys that AWS fills in for such a call. */
function keysOf({ resource, signedBy }: Leg, { account }: AccountRegion): Record<string, string> {
  const owner = resource === "*" ? account : /^arn:aws:[^:]*:[^:]*:(\d{12}):/.exec(resource)?.[1];
  return {
    "aws:SecureTransport": "true",
    "s3:TlsVersion": "1.2",
    ...(signedBy === "role" && { "aws:PrincipalAccount": account }),
    ...(owner !== undefined && { "aws:ResourceAccount": owner }),
  };
}

function judgeRole(
  records: IsolatedRecords,
  from: Caller,
  { action }: Leg,
  { environment }: ExplainContext,
): Judgement {
  const role = records.roleOf(from);
  if (role === undefined)
    return undecided(
      `what the ${from} may do is not known before it stands: npx corpai up ${environment} --only agentcore-runtime`,
    );
  const verdicts = records
    .policiesOf(role)
    .map((policy) => (policy === UNKNOWN ? UNKNOWN : policyVerdict(policy, { action, resource: undefined, keys: {} })));
  const allows = verdicts.find((verdict) => verdict !== UNKNOWN && verdict.allowed);
  if (allows && allows !== UNKNOWN) return open(`${role.name}: ${allows.because}`);
  if (verdicts.includes(UNKNOWN)) return undecided(`the policy of ${role.name} is not known yet`);
  return blocked(
    `no policy of ${role.name} allows ${action}`,
    `Add it to the role's statements, then: npx corpai up ${environment} --only agentcore-runtime`,
  );
}
