import type { Connection, NetworkGraph, Source } from "./network-nodes.ts";
import { privateSteps } from "./private-connection-trace.ts";
import { UNKNOWN, type Unknown, nodeName } from "./resource-record.ts";
import { judgeAcceptance } from "./trace-acceptance.ts";
import { judgeEndpointGroups, judgeHosts, judgeSourceGroups } from "./trace-consumer.ts";
import { TraceContext } from "./trace-context.ts";
import { BalancerWay, type Entry, entriesOf, judgeZones } from "./trace-offer.ts";
import {
  HOPS,
  type HopName,
  type Judgement,
  type ServiceHop,
  type Verdict,
  blocked,
  placeNames,
  undecided,
} from "./trace-verdict.ts";

export type { HopName, Verdict } from "./trace-verdict.ts";

/** One step of a packet. */
export interface Hop {
  readonly hop: HopName;
  readonly from: string;
  readonly to: string;
  /** Null where nobody knows it yet. */
  readonly port: number | null;
  readonly verdict: Verdict;
  /** What lets it pass, what blocks it, or what is missing and who knows it. */
  readonly because: string;
}

/** The way of one connection; it ends with its target, or with the hop that blocks. */
export interface Trace {
  readonly key: string;
  readonly verdict: Verdict;
  readonly hops: readonly Hop[];
  readonly blockedAt: HopName | null;
  readonly fix: string | null;
}

/**
 * Traces one connection, or private connection, by every port: the way of the first under the key itself, that of a further one as `key:name`.
 *
 * @throws {Error} naming the connections that there are
 */
export function traces(graph: NetworkGraph, key: string): Trace[] {
  const ports = graph.connections.flatMap((one) => (one.key === key ? [one.portName] : []));
  return ports.length === 0 ? [trace(graph, key)] : ports.map((portName) => trace(graph, key, portName));
}

/** The way by one port. @throws {Error} naming the connections that there are */
export function trace(graph: NetworkGraph, key: string, portName?: string): Trace {
  const connection = graph.connections.find((one) => one.key === key && one.portName === portName);
  const privately = graph.privateConnections.find((one) => one.key === key);
  if (!connection && !privately) {
    const all = [...graph.connections, ...graph.privateConnections];
    const known = [...new Set(all.map((one) => one.key))].join(", ") || "none";
    throw new Error(`there is no connection "${key}" in ${graph.environment}. The connections are: ${known}.`);
  }
  const name = portName === undefined ? key : `${key}:${portName}`;
  const hops: Hop[] = [];
  const all = connection ? steps(new TraceContext(graph, connection)) : privately ? privateSteps(privately, graph) : [];
  for (const { judgement, ...step } of all) {
    hops.push({ ...step, verdict: judgement.verdict, because: judgement.because });
    if (judgement.verdict === "blocked")
      return { key: name, verdict: "blocked", hops, blockedAt: step.hop, fix: judgement.fix };
  }
  const verdict = hops.some((hop) => hop.verdict === "undecided") ? "undecided" : "open";
  return { key: name, verdict, hops, blockedAt: null, fix: null };
}

interface Step extends Omit<Hop, "verdict" | "because"> {
  readonly judgement: Judgement;
}

/** Each is judged only if no earlier one blocks. */
function* steps(context: TraceContext): Generator<Step> {
  const { connection, environment } = context;
  const { sources, endpoint, service } = connection;
  const step = stepAt(context.port);
  const pods = sources.map(sourceName).join("; ");
  const hosts = [
    ...new Set(sources.map(({ host }) => (typeof host === "string" ? host : "a host that is not known"))),
  ].join(", ");
  yield step("dns", pods, hosts, judgeHosts(context));
  if (!endpoint) return;

  const endpointName = `${nodeName(endpoint.id)} (${placeNames(endpoint.doors)})`;
  const serviceName = service ? nodeName(service.id) : nameOf(connection);
  yield step("source-group", pods, endpointName, judgeSourceGroups(context, endpoint));
  yield step("acceptance", nodeName(endpoint.id), serviceName, judgeAcceptance(connection, environment));
  yield step("endpoint-group", pods, endpointName, judgeEndpointGroups(context, endpoint));

  if (!service || service.balancers === UNKNOWN) {
    const why = service
      ? "the load balancer of the service is in none of these programs"
      : "the service is the other party's own: their programs, which are none of these, can trace the rest";
    yield* beyond("zone", step, [endpointName, serviceName], why);
    return;
  }
  yield step("zone", endpointName, serviceName, judgeZones(context, endpoint, service.balancers));
  for (const entry of entriesOf(endpoint, service.balancers)) yield* through(context, entry, pods);
}

function* through(context: TraceContext, entry: Entry, pods: string): Generator<Step> {
  const step = stepAt(context.port);
  const way = new BalancerWay(context, entry);
  const { group } = way;
  const balancer = `${entry.balancer.name} (${placeNames(entry.nodes)})`;
  yield step("load-balancer-group", pods, balancer, way.judgeGroups());
  yield step(
    "listener",
    balancer,
    `${entry.balancer.name}:${context.port === UNKNOWN ? "?" : context.port}`,
    way.judgeListener(),
  );
  if (!group) {
    yield* beyond("target-registration", step, [balancer, "its target group"], "the target group is not known yet");
    return;
  }
  yield step("target-registration", balancer, group.name, way.judgeRegistration(group));
  if (way.reached.length === 0) {
    yield* beyond("target-health", step, [balancer, group.name], "the targets are not known yet");
    return;
  }
  yield step("target-health", balancer, group.name, way.judgeHealth(group));
  yield step(
    "target-group",
    balancer,
    way.candidates.map(({ target }) => target.id).join(", "),
    way.judgeTargetGroups(),
  );
  for (const { target } of way.candidates) {
    yield stepAt(target.port)("target", balancer, target.id, judgeTarget(context, target.id));
  }
}

/** Only the service itself can show its certificate; whether its clients ask for the right one is known. */
function judgeTarget(context: TraceContext, target: string): Judgement {
  const { serverName, sources } = context.connection;
  const wrong = sources.find((one) => typeof one.serverName === "string" && one.serverName !== serverName);
  if (serverName !== undefined && wrong)
    return blocked(
      `${wrong.name} asks for a certificate for ${String(wrong.serverName)}, and that of the service is for ${serverName}`,
      `let the pods take the name over: ${context.up("connections,mcp-servers")}`,
    );
  const certificate = serverName === undefined ? "" : `, and whether its certificate is for ${serverName}`;
  return undecided(
    `what listens at ${target} is not in Pulumi's data: a connection to it decides${certificate}${seenReady(context.connection)}`,
  );
}

type StepMaker = (hop: HopName, from: string, to: string, judgement: Judgement) => Step;

const stepAt =
  (port: number | Unknown | undefined): StepMaker =>
  (hop, from, to, judgement) => ({ hop, from, to, port: typeof port === "number" ? port : null, judgement });

/** The hops from one on, of which nothing is known. */
function* beyond(
  first: ServiceHop,
  step: StepMaker,
  [from, to]: readonly [string, string],
  why: string,
): Generator<Step> {
  for (const hop of HOPS.slice(HOPS.indexOf(first))) yield step(hop, from, to, undecided(why));
}

/** No proof, since the record may be old, but worth knowing. */
function seenReady({ sources }: Connection): string {
  const seen = sources.flatMap(({ name, pods }) =>
    pods && pods.ready > 0 ? [`${name}: ${pods.ready} of ${pods.wanted} pods ready`] : [],
  );
  return seen.length > 0 ? ` (last recorded: ${seen.join(", ")})` : "";
}

const sourceName = ({ name, places }: Source): string => `${name} in ${placeNames(places)}`;
const nameOf = ({ key, endpoint }: Connection): string =>
  typeof endpoint?.serviceName === "string" ? endpoint.serviceName : `the service of ${key}`;
