/** What a look at AWS decides of hops that Pulumi's data leaves open. Undefined: nobody has looked. */
import { globOf } from "./glob.ts";
import { isAddress } from "./host-names.ts";
import type { Looks, SeenListener, SeenTarget } from "./looks.ts";
import type { Destination } from "./private-connection-nodes.ts";
import { UNKNOWN, type Unknown } from "./resource-record.ts";
import { covered } from "./security-rules.ts";
import { type Judgement, blocked, open, portName } from "./trace-verdict.ts";

const shown = ({ id, port, state, why }: SeenTarget): string =>
  `${id}:${port} is ${state}${why === "" ? "" : ` (${why})`}`;

/** Whether a load balancer sends anything to a target group. */
export function seenHealth(looks: Looks | undefined, groupArn: string | undefined): Judgement | undefined {
  const targets = groupArn === undefined ? undefined : looks?.targets[groupArn];
  if (!targets) return undefined;
  const well = targets.filter(({ state }) => state === "healthy");
  if (well.length > 0) return open(`${well.map(shown).join(", ")}, as AWS sees it now`);
  return blocked(
    `no target is healthy, as AWS sees it now: ${targets.map(shown).join("; ") || "none is registered"}`,
    "see that the targets run and answer health checks",
  );
}

/** Hops behind a load balancer that no program has, for requests of these hosts. */
export interface SeenBehind {
  readonly listener: Judgement;
  readonly rule: Judgement;
  readonly registration: Judgement;
  readonly health: Judgement;
}

export function seenBehind(
  looks: Looks | undefined,
  balancer: string,
  hosts: readonly string[],
  port: number,
): Partial<SeenBehind> {
  const listeners = looks?.balancers[balancer];
  if (!listeners) return {};
  const listener = listeners.find((one) => one.port === port);
  if (!listener) {
    const ports = listeners.map((one) => one.port).join(", ") || "none";
    return {
      listener: blocked(
        `${balancer} has no listener on ${portName(port)}, only on ${ports}`,
        "add the listener, or correct the ports",
      ),
    };
  }
  const ways = hosts.map((host) => ({ host, group: groupFor(listener, host) }));
  const listening = open(`${balancer} listens on ${portName(port)}`);
  const lost = ways.find(({ group }) => group === undefined);
  if (lost)
    return {
      listener: listening,
      rule: blocked(
        `no rule of ${balancer} forwards the Host ${lost.host}`,
        "add a rule for it, or correct the integration's endpoint",
      ),
    };
  const groups = [...new Set(ways.flatMap(({ group }) => group ?? []))];
  const health = groups.map((group) => seenHealth(looks, group));
  const ill = health.find((one) => one?.verdict === "blocked");
  const empty = groups.find((group) => looks.targets[group]?.length === 0);
  const all = health.flatMap((one) => one ?? []);
  return {
    listener: listening,
    rule: open(`${ways.map(({ host }) => host).join(", ")} ${hosts.length === 1 ? "is" : "are"} forwarded`),
    ...(empty === undefined
      ? { registration: open("targets are registered") }
      : { registration: blocked(`nothing is registered in ${empty}`, "register a target") }),
    ...(ill ? { health: ill } : all.length === groups.length && all[0] ? { health: all[0] } : {}),
  };
}

const groupFor = ({ rules, targetGroup }: SeenListener, host: string): string | undefined =>
  rules.find(({ hosts }) => hosts.some((pattern) => globOf(pattern, "i").test(host)))?.targetGroup ?? targetGroup;

/** Whether route tables lead to where requests go: to the address where that is known, else to all of the networks that the file names. */
export function seenRoute(
  looks: Looks | undefined,
  vpcId: string | Unknown | undefined,
  { host, ranges }: Pick<Destination, "host" | "ranges">,
): Judgement | undefined {
  const routes = typeof vpcId === "string" ? looks?.routes[vpcId] : undefined;
  if (!routes) return undefined;
  const wanted = typeof host === "string" && isAddress(host) && !host.includes(":") ? [`${host}/32`] : ranges;
  const lost = wanted.find((range) => range !== UNKNOWN && !covered(range, routes));
  if (lost === undefined && !wanted.includes(UNKNOWN))
    return open(`the route tables of ${String(vpcId)} lead to ${wanted.map(String).join(", ")}`);
  // Of a wide network, only a part may be meant.
  if (typeof lost !== "string" || !lost.endsWith("/32")) return undefined;
  return blocked(
    `no route table of ${String(vpcId)} leads to ${lost.slice(0, -"/32".length)}`,
    "add a route to its network over the peering, transit gateway or VPN",
  );
}
