/** CorpAI's side of a trace: from the pods to the endpoint. */
import type { Endpoint, Source } from "./network-nodes.ts";
import { UNKNOWN, nodeName } from "./resource-record.ts";
import { judgeAcceptance } from "./trace-acceptance.ts";
import { type TraceContext, knownPlaces } from "./trace-context.ts";
import { type Judgement, blocked, names, open, placeName, portName, together, undecided } from "./trace-verdict.ts";

/** Whether each workload has a host, and that is the endpoint's. */
export function judgeHosts(context: TraceContext): Judgement {
  return together(context.connection.sources.map((source) => resolves(context, source)));
}

function resolves(context: TraceContext, source: Source): Judgement {
  const { key, stack, endpoint } = context.connection;
  const { name, host, vpcId, built } = source;
  if (!endpoint) return blocked(`there is no endpoint for ${key}`, `bring it up: ${context.up(stack)}`);
  if (endpoint.doors !== UNKNOWN && endpoint.doors.length === 0)
    return blocked(
      `${nodeName(endpoint.id)} has no network interface`,
      `give it a subnet in an AZ of the service: ${context.up(stack)}`,
    );
  if (typeof vpcId === "string" && typeof endpoint.vpcId === "string" && vpcId !== endpoint.vpcId)
    return blocked(
      `${nodeName(endpoint.id)} is in ${endpoint.vpcId}, to which ${vpcId} of ${name} has no route`,
      `build the endpoint in ${vpcId}: ${context.up(stack)}`,
    );
  if (host === UNKNOWN)
    return undecided(
      built
        ? "the host is looked up once the endpoint has been built and accepted"
        : `${name} has not been brought up; it looks the host up when it is`,
    );
  // The programs stand a name in for it that can never exist: RFC 2606.
  if (host === undefined || host === "" || host.endsWith(".invalid")) return hasNoHost(context, name);
  if (host === context.connection.privateName) return answersTo(context, endpoint, name, host);
  if (!endpoint.built)
    return undecided(`${nodeName(endpoint.id)} is still to be built, under another name than ${host}`);
  const listed = endpoint.dnsNames === UNKNOWN || endpoint.dnsNames.length === 0 || endpoint.dnsNames.includes(host);
  if (!host.startsWith(`${endpoint.id}-`) || !listed)
    return blocked(
      `${host}, which ${name} uses, is no name of ${nodeName(endpoint.id)}`,
      `let the pods look it up again: ${context.up("mcp-servers")}`,
    );
  return open(`${host} is a name of ${nodeName(endpoint.id)}`);
}

/** Whether an endpoint answers to its service's own name. */
function answersTo(context: TraceContext, { id, privateDns }: Endpoint, source: string, host: string): Judgement {
  if (privateDns === UNKNOWN) return undecided(`whether ${nodeName(id)} answers to ${host} is not known yet`);
  if (privateDns) return open(`${host} is the service's own name, to which ${nodeName(id)} answers in its VPC`);
  return blocked(
    `${host}, which ${source} uses, is the service's own name, and ${nodeName(id)} does not answer to it`,
    `have it answer once AWS has verified the name, or let the pods look it up again: ${context.up("connections,mcp-servers")}`,
  );
}

function hasNoHost(context: TraceContext, source: string): Judgement {
  const again = context.up("mcp-servers");
  const acceptance = judgeAcceptance(context.connection, context.environment);
  if (acceptance.verdict === "blocked")
    return blocked(`${source} has no host: ${acceptance.because}`, `${acceptance.fix}; then ${again}`);
  const used = context.connection.sources.some(({ pods }) => pods !== undefined);
  if (!used)
    return undecided(
      `the names of the endpoint were recorded before it was accepted: npx corpai refresh ${context.environment} looks them up`,
    );
  if (acceptance.verdict === "undecided")
    return blocked(
      `${source} runs no pods, since the connection had no host when it was built; ${acceptance.because}`,
      `once it is accepted: ${again}`,
    );
  return blocked(
    `${source} runs no pods, since it was built before the connection had a host`,
    `let it look the host up: ${again}`,
  );
}

/** Whether the pods' groups let them out to each interface of the endpoint. */
export function judgeSourceGroups(context: TraceContext, { doors, groups }: Endpoint): Judgement {
  const judged = context.connection.sources.flatMap((source) =>
    knownPlaces(doors).map((door) =>
      context.admits(source.groups, "egress", { range: door.range, groups }, () => ({
        because: `${names(source.groups)} of ${source.name} lets out no ${portName(context.port)} to ${placeName(door)}`,
        fix: `put the egress rule of ${names(source.groups)} back: ${context.up("network")}`,
      })),
    ),
  );
  return together(judged);
}

/** Whether the endpoint's groups let in what comes from each subnet of the pods. */
export function judgeEndpointGroups(context: TraceContext, { id, groups, stack }: Endpoint): Judgement {
  const judged = context.fromEachPlace((source, place) =>
    context.admits(groups, "ingress", { range: place.range, groups: source.groups }, () => ({
      because: `${names(groups)} of ${nodeName(id)} admits no ${portName(context.port)} from ${names(source.groups)} (${source.name}, ${placeName(place)})`,
      fix: `put the ingress rule of ${names(groups)} back: ${context.up(stack)}`,
    })),
  );
  return together(judged);
}
