/** The document's troubleshooting of a private connection, hop by hop. */
import {
  certificateCovers,
  certificateNames,
  endpointParts,
  isAddress,
  isLoadBalancerName,
  isPrivateName,
} from "./host-names.ts";
import { parsePortRange, portIn } from "./lattice-limits.ts";
import type { Looks } from "./looks.ts";
import type { Destination, Gateway, PrivateConnectionNode } from "./private-connection-nodes.ts";
import { known, peerName, peersOf } from "./private-connection-peers.ts";
import { privateConnectionState, privateConnectionStep } from "./private-connection-state.ts";
import { UNKNOWN, type Unknown } from "./resource-record.ts";
import { type Direction, type Peer, type SecurityRules, admission } from "./security-rules.ts";
import { seenBehind, seenRoute } from "./trace-seen.ts";
import {
  type HopName,
  type Judgement,
  PRIVATE_HOPS,
  blocked,
  names,
  open,
  placeNames,
  portName,
  together,
  undecided,
} from "./trace-verdict.ts";

/** One hop, still to be judged together with the others. */
export interface PrivateStep {
  readonly hop: HopName;
  readonly from: string;
  readonly to: string;
  readonly port: number | null;
  readonly judgement: Judgement;
}

interface Circumstances {
  readonly environment: string;
  readonly security: SecurityRules;
  readonly looks?: Looks;
}

/** From the agent to what answers; each hop is judged only if no earlier one blocks. */
export function* privateSteps(node: PrivateConnectionNode, around: Circumstances): Generator<PrivateStep> {
  const { key, gateway, destination, integrations } = node;
  const host = hostName(destination);
  const [port, ...otherPorts] = portsOf(node);
  const at = otherPorts.length === 0 ? (port ?? null) : null;
  const step = (hop: HopName, from: string, to: string, judgement: Judgement): PrivateStep => ({
    hop,
    from,
    to,
    port: at,
    judgement,
  });
  const way = new Way(node, around);
  const users = integrations.map(({ name }) => name).join(", ") || "no integration yet";
  yield step("private-connection", `AWS DevOps Agent (${users})`, key, way.judgeState());
  if (!gateway || !destination) {
    const why = "the resource configuration is another stack's or another account's: whoever has it can trace the rest";
    for (const hop of PRIVATE_HOPS.slice(1, -1)) yield step(hop, key, "its host", undecided(why));
    yield step("certificate", key, "what answers", way.judgeCertificate());
    return;
  }
  const door = `${key}'s gateway (${placeNames(gateway.places)})`;
  yield step("port-range", key, door, way.judgePorts(destination));
  yield step("dns", door, host, way.judgeName(gateway, destination));
  yield step("gateway-group", door, host, way.judgeGatewayGroups(gateway, destination));
  yield step("route", door, host, way.judgeRoute(gateway, destination));
  const admission = way.judgeTargetGroups(gateway, destination);
  const hidden = (what: string): Judgement =>
    undecided(`${what} is not in Pulumi's data: a chat in the agent space decides, or --live`);
  if (isBalancer(destination)) {
    yield step("load-balancer-group", door, host, admission);
    const seen = at === null ? {} : seenBehind(around.looks, host, hostsOf(node), at);
    for (const [hop, part] of BEHIND_A_BALANCER)
      yield step(hop, host, "what is behind it", (part && seen[part]) ?? hidden(`what ${host} forwards to`));
  } else yield step("target-group", door, host, admission);
  yield step("target", door, host, hidden(`what listens at ${host}`));
  yield step("certificate", host, "AWS DevOps Agent", way.judgeCertificate());
}

/** Each, and what a look may say of it. */
const BEHIND_A_BALANCER = [
  ["listener", "listener"],
  ["host-rule", "rule"],
  ["target-registration", "registration"],
  ["target-health", "health"],
  ["target-group", undefined],
] as const;

/** Host headers of the requests. */
const hostsOf = ({ integrations }: PrivateConnectionNode): string[] => [
  ...new Set(integrations.flatMap(({ endpoint }) => endpointParts(endpoint)?.host ?? [])),
];

const isBalancer = ({ named, host }: Destination): boolean =>
  typeof named === "object" || (typeof host === "string" && isLoadBalancerName(host));

const hostName = (destination: Destination | undefined): string =>
  typeof destination?.host === "string"
    ? destination.host
    : typeof destination?.named === "object"
      ? `the load balancer of ${destination.named.server}`
      : "a host that is not known";

/** Those that integrations use; without any, the first of each range. */
function portsOf({ integrations, destination }: PrivateConnectionNode): number[] {
  const used = integrations.flatMap(({ endpoint }) => endpointParts(endpoint)?.port ?? []);
  const first = (destination?.ports ?? []).flatMap((range) => parsePortRange(range)?.from ?? []);
  return [...new Set(used.length > 0 ? used : first)];
}

class Way {
  readonly #node: PrivateConnectionNode;
  readonly #around: Circumstances;

  constructor(node: PrivateConnectionNode, around: Circumstances) {
    this.#node = node;
    this.#around = around;
  }

  get #up(): string {
    return `npx corpai up ${this.#around.environment} --only ${this.#node.stack}`;
  }

  #file(property: string): string {
    return `corpai:${property} in environments/Pulumi.${this.#node.stack}.yaml, then ${this.#up}`;
  }

  judgeState(): Judgement {
    const { key, built, state } = this.#node;
    if (!built) return undecided(`${key} has not been brought up: ${this.#up}`);
    const now = typeof state === "string" ? privateConnectionState(state) : undefined;
    if (now === "completed" && !this.#node.gateway)
      return undecided(`${key} is completed; whether its resource is still shared with it, only who has that knows`);
    if (now === "completed") return open(`${key} is completed`);
    if (now === undefined) return undecided(`the state of ${key} is not known`);
    const fix = privateConnectionStep(now, { key, environment: this.#around.environment, recreate: this.#up }) ?? "";
    return blocked(`${key} is ${now}, as last recorded`, fix);
  }

  judgePorts({ ports, property }: Destination): Judgement {
    const { key, integrations } = this.#node;
    for (const { name, endpoint } of integrations) {
      const { port } = endpointParts(endpoint) ?? {};
      if (port !== undefined && !portIn(ports, port))
        return blocked(
          `${key} lets ${ports.join(", ")} through, and ${name} asks for ${port}`,
          `add "${port}" to the ports of ${key}: ${this.#file(`${property}.ports`)}`,
        );
    }
    return open(`${ports.join(", ")} let through`);
  }

  judgeName({ dnsResolution, vpcId, property }: Gateway, { named, host }: Destination): Judgement {
    if (typeof named === "object") return open(`AWS publishes the name of the load balancer of ${named.server}`);
    if (host === UNKNOWN || host === undefined) return undecided("the host is not known yet");
    if (isAddress(host)) return open(`${host} is an address`);
    if (isLoadBalancerName(host)) return open("AWS publishes the names of load balancers");
    if (dnsResolution === "in-vpc")
      return undecided(
        `the resolver of ${typeof vpcId === "string" ? vpcId : "the VPC"} has to know ${host}, which is not in Pulumi's data`,
      );
    if (isPrivateName(host))
      return blocked(
        `no public resolver knows ${host}`,
        `give a public name, or set dnsResolution: in-vpc: ${this.#file(property)}`,
      );
    return undecided(`a public resolver has to know ${host}, be it with private addresses`);
  }

  judgeGatewayGroups({ groups }: Gateway, destination: Destination): Judgement {
    return this.#eachPort((port) =>
      together(
        peersOf(destination).map((peer) =>
          this.#admits(groups, "egress", peer, port, () => [
            `${names(groups)} of the gateway lets out no ${portName(port)} to ${peerName(peer)}`,
            `put the egress rule of ${names(groups)} back: ${this.#up}`,
          ]),
        ),
      ),
    );
  }

  judgeRoute({ vpcId }: Gateway, destination: Destination): Judgement {
    const { isLocal, ranges } = destination;
    const vpc = typeof vpcId === "string" ? vpcId : "the gateway's VPC";
    if (isLocal === true) return open(`within ${vpc}`);
    const seen = seenRoute(this.#around.looks, vpcId, destination);
    if (seen) return seen;
    const where = ranges.map((range) => (range === UNKNOWN ? "?" : range)).join(", ");
    return undecided(
      `route tables of ${vpc} have to lead to ${where}, in it, over a peering, a transit gateway or a VPN: they are not in Pulumi's data`,
    );
  }

  judgeTargetGroups({ places, groups }: Gateway, { groups: targets, named, property }: Destination): Judgement {
    if (targets.length === 0)
      return typeof named === "object"
        ? open(`the load balancer of ${named.server} admits the VPC`)
        : undecided("what the target's own group admits is not in Pulumi's data: the file names networks only");
    return this.#eachPort((port) =>
      together(
        known(places).map(({ range }) =>
          this.#admits(targets, "ingress", { range, groups }, port, () => [
            `${names(targets)} admits no ${portName(port)} from the gateway, ${names(groups)}`,
            `open it there, or let the program do it: open: true of ${this.#file(`${property}.target`)}`,
          ]),
        ),
      ),
    );
  }

  judgeCertificate(): Judgement {
    const { certificate, key, integrations } = this.#node;
    const secure = integrations.filter(({ endpoint }) => endpoint.startsWith("https:"));
    if (secure.length === 0) return open("no integration asks for TLS");
    if (certificate === undefined)
      return undecided(
        `no certificate is stated for ${key}: what answers has to show one that a public authority has signed for ${secure.map(({ endpoint }) => endpointParts(endpoint)?.host ?? "").join(", ")}`,
      );
    for (const { name, endpoint } of secure) {
      const host = endpointParts(endpoint)?.host ?? "";
      if (certificateCovers(certificate, host) === false)
        return blocked(
          `the certificate of ${key} is for ${certificateNames(certificate)}, and ${name} asks for ${host}`,
          `correct the endpoint or the certificate: ${this.#file(`privateConnections.${key}.certificate`)}`,
        );
    }
    return undecided(
      `the stated certificate is for ${secure.map(({ endpoint }) => endpointParts(endpoint)?.host ?? "").join(", ")}: what answers has to show it`,
    );
  }

  #eachPort(judge: (port: number) => Judgement): Judgement {
    return together(portsOf(this.#node).map(judge));
  }

  #admits(
    groups: readonly string[] | Unknown,
    direction: Direction,
    peer: Peer,
    port: number,
    refusal: () => readonly [because: string, fix: string],
  ): Judgement {
    const admitted = admission(this.#around.security, groups, direction, peer, port);
    if (admitted.answer === "yes")
      return open(`${direction === "ingress" ? "in" : "out"} by rule ${admitted.rules.join(", ")}`);
    return admitted.answer === "maybe" ? undecided(admitted.missing) : blocked(...refusal());
  }
}
