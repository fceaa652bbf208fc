/** NetworkPolicies, and what a cluster makes of them: on Auto Mode nothing at all until two switches are set. */
import { cidrFailure, cidrHolds } from "../aws/network.ts";
import type { CheckFailure, ResourceModel } from "../model.ts";
import { integer, record, records, text, texts } from "../values.ts";
import type { Properties, Value } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import type { Kind } from "./objects.ts";
import { found, kubernetesModel, nameOf, namespaceOf, undeclared } from "./objects.ts";

const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";

// ---- the switches

/** What a node class says under `networkPolicy`: what a pod may do that no policy selects. */
export const NODE_SETTINGS = ["DefaultAllow", "DefaultDeny"] as const;
export type NodeSetting = (typeof NODE_SETTINGS)[number];

/** How policies are enforced on a node, or why they are not. */
export type Enforcement = NodeSetting | { readonly ignored: string };

/** Both are needed: the controller reads policies only when a ConfigMap tells it to, the node enforces them only when its class does. */
export function enforcement(world: World, server: string, className: string, setting: Value | undefined): Enforcement {
  const switchMap = found(world, CONFIG_MAP, server, "kube-system", "amazon-vpc-cni");
  if (record(switchMap?.inputs.data)["enable-network-policy-controller"] !== "true")
    return {
      ignored:
        'policies are ignored: ConfigMap kube-system/amazon-vpc-cni has no enable-network-policy-controller: "true"',
    };
  const known = NODE_SETTINGS.find((one) => one === setting);
  return known ?? { ignored: `policies are ignored: NodeClass ${className} sets no networkPolicy` };
}

// ---- the policies

const PORT = ["protocol", "port", "endPort"];
const DIRECTIONS = { ingress: "from", egress: "to" } as const;
export type Direction = keyof typeof DIRECTIONS;

function judgePeer(peer: Properties, path: string): CheckFailure[] {
  if (peer.podSelector !== undefined || peer.namespaceSelector !== undefined)
    return [["spec", `${path}: the sandbox interprets ipBlock only, not selectors`]];
  const block = record(peer.ipBlock);
  const failures = [
    ...undeclared(peer, path, ["ipBlock"]),
    ...undeclared(peer.ipBlock, `${path}.ipBlock`, ["cidr", "except"]),
  ];
  const cidr = text(block.cidr);
  const fault = cidr === undefined ? undefined : cidrFailure(cidr, [0, 32]);
  if (peer.ipBlock !== UNKNOWN && block.cidr === undefined)
    failures.push(["spec", `${path}.ipBlock.cidr: Required value`]);
  if (fault !== undefined) failures.push(["spec", `${path}.ipBlock.cidr: Invalid value: ${fault}`]);
  return failures;
}

function judgePort(port: Properties, path: string): CheckFailure[] {
  const failures = undeclared(port, path, PORT);
  const number = integer(port.port);
  if (number !== undefined && (number < 1 || number > 65535))
    failures.push(["spec", `${path}.port: Invalid value: ${number}: must be between 1 and 65535, inclusive`]);
  if (text(port.port) !== undefined)
    failures.push(["spec", `${path}.port: the sandbox interprets numbers only, not names`]);
  if (port.protocol !== undefined && port.protocol !== UNKNOWN && !["TCP", "UDP"].includes(text(port.protocol) ?? ""))
    failures.push(["spec", `${path}.protocol: Unsupported value: ${JSON.stringify(port.protocol)}`]);
  return failures;
}

function judge({ spec }: Properties): CheckFailure[] {
  if (spec === UNKNOWN) return [];
  const { podSelector, policyTypes, ...rules } = record(spec);
  const failures = [
    ...undeclared(spec, "spec", ["podSelector", "policyTypes", ...Object.keys(DIRECTIONS)]),
    ...undeclared(podSelector, "spec.podSelector", ["matchLabels"]),
  ];
  for (const type of texts(policyTypes))
    if (type !== "Ingress" && type !== "Egress")
      failures.push(["spec", `spec.policyTypes: Unsupported value: "${type}": supported values: "Ingress", "Egress"`]);
  for (const [direction, peers] of Object.entries(DIRECTIONS)) {
    records(rules[direction]).forEach((rule, index) => {
      const path = `spec.${direction}[${index}]`;
      failures.push(
        ...undeclared(rule, path, [peers, "ports"]),
        ...records(rule[peers]).flatMap((peer, at) => judgePeer(peer, `${path}.${peers}[${at}]`)),
        ...records(rule.ports).flatMap((port, at) => judgePort(port, `${path}.ports[${at}]`)),
      );
    });
  }
  return failures;
}

const networkPolicy: Kind = {
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  scope: "namespaced",
  fields: { spec: {} },
  judge,
};

// ---- what they let through

/** A pod as policies see it. */
export interface Selected {
  /** The API server. */
  readonly server: string;
  readonly namespace: string;
  readonly labels: Properties;
  readonly enforcement: Enforcement;
}

/** A packet to or from a pod. */
export interface Packet {
  readonly direction: Direction;
  /** The other end's address. */
  readonly ip: string;
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

export type PolicyVerdict = { readonly open: boolean; readonly because: string };

/** Policies that select a pod only ever add up; what they together do not admit is dropped. */
export function policiesAdmit(world: World, pod: Selected, packet: Packet): PolicyVerdict {
  if (typeof pod.enforcement === "object") return { open: true, because: pod.enforcement.ignored };
  const selecting = world.all(NETWORK_POLICY, (policy) => selects(policy, pod, packet.direction));
  if (selecting.length === 0)
    return pod.enforcement === "DefaultAllow"
      ? { open: true, because: `no policy of ${pod.namespace} selects the pod for ${packet.direction}` }
      : { open: false, because: `no policy of ${pod.namespace} selects the pod, and its node class denies by default` };
  const admitting = selecting.find((policy) =>
    records(record(policy.inputs.spec)[packet.direction]).some((rule) => fits(rule, packet)),
  );
  const names = selecting.map(nameOf).join(", ");
  return admitting
    ? { open: true, because: `NetworkPolicy ${nameOf(admitting)} admits it` }
    : {
        open: false,
        because: `NetworkPolicies ${names} of ${pod.namespace} let no ${packet.port}/${packet.protocol.toLowerCase()} ${packet.direction === "egress" ? "out to" : "in from"} ${packet.ip}`,
      };
}

function selects(policy: WorldObject, { server, namespace, labels }: Selected, direction: Direction): boolean {
  const { podSelector, policyTypes } = record(policy.inputs.spec);
  const types = policyTypes === undefined ? ["Ingress"] : texts(policyTypes);
  return (
    policy.account === server &&
    namespaceOf(policy) === namespace &&
    types.some((type) => type.toLowerCase() === direction) &&
    Object.entries(record(record(podSelector).matchLabels)).every(([key, value]) => labels[key] === value)
  );
}

/** Neither peers nor ports means all of them. */
function fits(rule: Properties, { direction, ip, port, protocol }: Packet): boolean {
  const peers = records(rule[DIRECTIONS[direction]]);
  const ports = records(rule.ports);
  const isPeer = (peer: Properties): boolean => {
    const { cidr, except } = record(peer.ipBlock);
    return cidrHolds(text(cidr) ?? "", ip) && !texts(except).some((part) => cidrHolds(part, ip));
  };
  const isPort = (one: Properties): boolean => {
    const first = integer(one.port);
    const wanted = text(one.protocol) ?? "TCP";
    return wanted === protocol && (first === undefined || (first <= port && port <= (integer(one.endPort) ?? first)));
  };
  return (peers.length === 0 || peers.some(isPeer)) && (ports.length === 0 || ports.some(isPort));
}

export const kubernetesPolicyModels: readonly ResourceModel[] = [networkPolicy].map(kubernetesModel);
