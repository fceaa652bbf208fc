/** The customer's side of a trace: from the endpoint's AZs to what is behind one load balancer. */
import type { Balancer, Endpoint, Listener, Place, Target, TargetGroup } from "./network-nodes.ts";
import { UNKNOWN, type Unknown } from "./resource-record.ts";
import { seenHealth } from "./trace-seen.ts";
import { type TraceContext, NOWHERE, knownPlaces } from "./trace-context.ts";
import { type Judgement, blocked, names, open, placeName, portName, together, undecided } from "./trace-verdict.ts";

/** Whether each interface of the endpoint has a load balancer in its AZ, and that a target which it sends to. */
export function judgeZones(
  context: TraceContext,
  { doors, serviceRegion }: Pick<Endpoint, "doors" | "serviceRegion">,
  balancers: readonly Balancer[],
): Judgement {
  if (serviceRegion !== undefined)
    return open(
      `the service is in ${serviceRegion === UNKNOWN ? "another region" : serviceRegion}: AWS hands over to its load balancer, whatever its AZs`,
    );
  return together(knownPlaces(doors).map((door) => judgeZone(context, door, balancers)));
}

function judgeZone(context: TraceContext, door: Place, balancers: readonly Balancer[]): Judgement {
  const { azId } = door;
  if (azId === UNKNOWN) return undecided(`the AZ of ${placeName(door)} is not known yet`);
  const first = balancers.find((balancer) => isIn(balancer, azId));
  if (first) return judgeTargetZone(context, azId, first);
  const zones = balancers.flatMap(({ nodes }) => knownPlaces(nodes)).map((node) => node.azId);
  if (zones.includes(UNKNOWN)) return undecided("the AZs of the service's load balancer are not all known yet");
  return blocked(
    `the endpoint has ${placeName(door)}, but the service's load balancer is only in ${[...new Set(zones)].map(String).sort().join(", ") || "no AZ"}`,
    `${context.change(`add a subnet in ${azId} to`, "subnets")}; or build the endpoint in the AZs that both have: ${context.up(context.connection.stack)}`,
  );
}

/** Without cross-zone balancing, a node sends to targets of its own AZ only. */
function judgeTargetZone(context: TraceContext, azId: string, balancer: Balancer): Judgement {
  const group = groupBehind(listenerOn(balancer, context.port));
  const across = crossZone(balancer, group);
  const fine = open(`${balancer.name} is in ${azId}`);
  if (across === true || !group || group.targets.length === 0) return fine;
  if (group.targets.some((target) => target.azId === undefined || target.azId === azId)) return fine;
  const only = `${balancer.name} sends to targets of its own AZ only`;
  if (across === UNKNOWN || group.maybeMore || group.targets.some((target) => target.azId === UNKNOWN))
    return undecided(`${only}, and the AZs of the targets are not in Pulumi's data`);
  return blocked(
    `${only}, and ${azId} has none in ${group.name}`,
    context.change(`turn cross-zone load balancing on, or add a target in ${azId} to`, "*.targets"),
  );
}

const isIn = ({ nodes }: Balancer, azId: string): boolean =>
  nodes !== UNKNOWN && nodes.some((node) => node.azId === azId);

/** A load balancer, and those of its nodes to which the endpoint hands over. */
export interface Entry {
  readonly balancer: Balancer;
  readonly nodes: readonly Place[];
}

/** Each interface hands over to the first load balancer that is in its AZ; where AZs are not known, to any. */
export function entriesOf(
  { doors, serviceRegion }: Pick<Endpoint, "doors" | "serviceRegion">,
  balancers: readonly Balancer[],
): Entry[] {
  if (serviceRegion !== undefined)
    return balancers.map((balancer) => ({ balancer, nodes: balancer.nodes === UNKNOWN ? [NOWHERE] : balancer.nodes }));
  const unsure = doors === UNKNOWN || doors.some((door) => door.azId === UNKNOWN);
  return balancers.flatMap((balancer, index): Entry[] => {
    if (balancer.nodes === UNKNOWN) return [{ balancer, nodes: [NOWHERE] }];
    const earlier = balancers.slice(0, index);
    const nodes = balancer.nodes.filter(
      ({ azId }) =>
        azId === UNKNOWN ||
        unsure ||
        (doors.some((door) => door.azId === azId) && !earlier.some((one) => isIn(one, azId))),
    );
    return nodes.length > 0 ? [{ balancer, nodes }] : [];
  });
}

export const listenerOn = ({ listeners }: Balancer, port: number | Unknown): Listener | undefined =>
  listeners.find((listener) => port !== UNKNOWN && listener.port === port) ??
  listeners.find((listener) => port === UNKNOWN || listener.port === UNKNOWN);

export const groupBehind = (listener: Listener | undefined): TargetGroup | undefined =>
  listener?.targetGroup === UNKNOWN ? undefined : listener?.targetGroup;

/** A target group may overrule its load balancer. */
const crossZone = (balancer: Balancer, group: TargetGroup | undefined): boolean | Unknown =>
  group?.crossZone ?? balancer.crossZone;

/** A target, and the nodes that send to it. */
export interface Reached {
  readonly target: Target;
  readonly senders: readonly Place[];
}

/** The way through one load balancer. */
export class BalancerWay {
  /** Undefined where nothing, or nothing known, is behind the listener. */
  readonly group: TargetGroup | undefined;
  /** Targets that get traffic, as far as AZs decide. */
  readonly reached: readonly Reached[];
  readonly #context: TraceContext;
  readonly #balancer: Balancer;
  readonly #nodes: readonly Place[];
  readonly #listener: Listener | undefined;

  constructor(context: TraceContext, { balancer, nodes }: Entry) {
    this.#context = context;
    this.#balancer = balancer;
    this.#nodes = nodes;
    this.#listener = listenerOn(balancer, context.port);
    this.group = groupBehind(this.#listener);
    const across = crossZone(balancer, this.group) !== false;
    this.reached = (this.group?.targets ?? [])
      .map((target) => ({
        target,
        senders:
          across || typeof target.azId !== "string"
            ? nodes
            : nodes.filter(({ azId }) => azId === UNKNOWN || azId === target.azId),
      }))
      .filter(({ senders }) => senders.length > 0);
  }

  /** The targets that may be healthy; the others get no traffic. */
  get candidates(): readonly Reached[] {
    return this.reached.filter((one) => this.#illness(one) === undefined);
  }

  judgeGroups(): Judgement {
    const { name, groups, enforced } = this.#balancer;
    if (groups !== UNKNOWN && groups.length === 0) return open(`${name} has no security group`);
    const clients =
      enforced === false ? open("inbound rules are not enforced on PrivateLink traffic") : this.#admitsClients();
    return together([clients, ...this.#leavesToTargets()]);
  }

  /** Through PrivateLink a client comes with its own address, but without its groups. */
  #admitsClients(): Judgement {
    const { name, groups, enforced } = this.#balancer;
    const judged = together(
      this.#context.fromEachPlace((_source, place) =>
        this.#context.admits(groups, "ingress", { range: place.range, groups: [] }, () => ({
          because: `${names(groups)} of ${name} admits no ${portName(this.#context.port)} from the pods' own addresses, ${placeName(place)}, and inbound rules are enforced on PrivateLink traffic`,
          fix: this.#context.change(
            `put the ingress rule for ${this.#context.clientCidr ?? "CorpAI's client CIDR"} back, and it into`,
            "clientCidr",
          ),
        })),
      ),
    );
    return judged.verdict === "blocked" && enforced === UNKNOWN
      ? undecided("whether inbound rules are enforced on PrivateLink traffic is not known yet")
      : judged;
  }

  #leavesToTargets(): Judgement[] {
    const judged = this.reached.map((one) => ({ one, judgement: this.#leaves(one.target, one.target.port) }));
    const shut = judged.filter(({ judgement }) => judgement.verdict === "blocked");
    if (shut.length === judged.length) return shut.slice(0, 1).map(({ judgement }) => judgement);
    return judged
      .filter(({ one }) => this.#illness(one) === undefined)
      .map(({ one, judgement }) => unlessIll(judgement, one.target));
  }

  #leaves(target: Target, port: number | Unknown | undefined): Judgement {
    const { name, groups } = this.#balancer;
    if (groups !== UNKNOWN && groups.length === 0) return open(`${name} has no security group`);
    const refusal = () => ({
      because: `${names(groups)} of ${name} lets out no ${portName(port)} to ${targetName(target)}`,
      fix: this.#context.change(
        `let ${portName(port)} out to ${names(target.groups)}: put the egress rule back, or correct`,
        "*.targetSecurityGroupId",
      ),
    });
    return this.#context.admits(
      groups,
      "egress",
      { range: target.range, groups: target.groups },
      refusal,
      port ?? UNKNOWN,
    );
  }

  judgeListener(): Judgement {
    const { name, listeners } = this.#balancer;
    const { port } = this.#context;
    if (!this.#listener) {
      const ports = listeners.flatMap((one) => (typeof one.port === "number" ? [one.port] : []));
      return blocked(
        `${name} has no listener on ${portName(port)}, only on ${ports.join(", ") || "none"}`,
        this.#context.change("put the listener back, or correct", "*.port"),
      );
    }
    const { targetGroup } = this.#listener;
    if (port === UNKNOWN || this.#listener.port === UNKNOWN)
      return undecided("the port of the listener, or of the pods, is not known yet");
    if (targetGroup === undefined)
      return blocked(
        `the listener on ${portName(port)} forwards to no target group`,
        this.#context.change("put the listener's target group back:", "*.targets"),
      );
    return targetGroup === UNKNOWN
      ? undecided("where the listener forwards to is not known yet")
      : open(`the listener forwards to ${targetGroup.name}`);
  }

  judgeRegistration({ name, targets, maybeMore }: TargetGroup): Judgement {
    if (targets.length > 0) return open(`${targets.map(targetName).join(", ")} registered`);
    if (maybeMore) return undecided(`which targets ${name} gets is not known yet`);
    return blocked(
      `nothing is registered in ${name}`,
      this.#context.change("register a target: put it back, or list it under", "*.targets"),
    );
  }

  judgeHealth({ id, name, healthCheck }: TargetGroup): Judgement {
    if (healthCheck === undefined) return open(`${name} checks no health`);
    for (const node of this.#nodes) {
      const [first, ...others] = this.reached
        .filter(({ senders }) => senders.includes(node))
        .map((one) => this.#illness(one));
      if (first && others.every((other) => other !== undefined)) return first;
    }
    const seen = seenHealth(this.#context.looks, id);
    if (seen) return seen;
    const questions = this.reached.map((one) => {
      const port = this.#checkPort(one.target);
      const way = together([this.#leaves(one.target, port), ...this.#arrives(one, port)]);
      const question = `whether ${one.target.id} answers ${healthCheck === UNKNOWN ? "the" : healthCheck.protocol} health checks on ${portName(port)}`;
      return way.verdict === "undecided" ? `${question} (${way.because})` : question;
    });
    return undecided(
      `not in Pulumi's data: ${[...new Set(questions)].join("; ")}. The health status of ${name} in AWS decides`,
    );
  }

  /** Why no health check can succeed; undefined where one may. */
  #illness(one: Reached): Judgement | undefined {
    if (this.group?.healthCheck === undefined) return undefined;
    const port = this.#checkPort(one.target);
    const against = together([this.#leaves(one.target, port), ...this.#arrives(one, port)]);
    return against.verdict === "blocked" ? blocked(`health checks fail: ${against.because}`, against.fix) : undefined;
  }

  #checkPort(target: Target): number | Unknown | undefined {
    const check = this.group?.healthCheck;
    if (check === UNKNOWN || check === undefined) return UNKNOWN;
    return check.port === "traffic-port" ? target.port : check.port;
  }

  /** Targets see the address of the load balancer's node, and its groups. */
  #arrives({ target, senders }: Reached, port: number | Unknown | undefined): Judgement[] {
    const { name, groups } = this.#balancer;
    if (target.groups !== UNKNOWN && target.groups.length === 0)
      return [open(`${target.id} is outside of the VPC, where there are no security groups`)];
    return senders.map((node) => {
      const sender = groups !== UNKNOWN && groups.length > 0 ? names(groups) : placeName(node);
      const refusal = () => ({
        because: `${names(target.groups)} of ${target.id} admits no ${portName(port)} from ${sender} of ${name}`,
        fix: this.#context.change(
          `open ${portName(port)} on ${names(target.groups)} for ${sender}, or let the program do it: set`,
          "*.openTargetSecurityGroup",
        ),
      });
      return this.#context.admits(target.groups, "ingress", { range: node.range, groups }, refusal, port ?? UNKNOWN);
    });
  }

  judgeTargetGroups(): Judgement {
    const judged = this.candidates.map((one) => ({ one, judgement: together(this.#arrives(one, one.target.port)) }));
    const all = judged.every(({ judgement }) => judgement.verdict === "blocked");
    return together(judged.map(({ one, judgement }) => (all ? judgement : unlessIll(judgement, one.target))));
  }
}

/** What keeps one of several targets from traffic only matters where it is taken for healthy. */
function unlessIll(judgement: Judgement, { id }: Target): Judgement {
  return judgement.verdict === "blocked"
    ? undecided(`${judgement.because}; whether ${id} is taken for healthy is not in Pulumi's data`)
    : judgement;
}

const targetName = ({ id, port, groups }: Target): string =>
  `${id}:${typeof port === "number" ? port : "?"}${groups !== UNKNOWN && groups.length > 0 ? ` (${groups.join(", ")})` : ""}`;
