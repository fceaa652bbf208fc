/** The way of a client in the VPC through a Service's load balancer to the pods behind it. */
import { clusterAt } from "../aws/eks.ts";
import { interfacesOf } from "../aws/network.ts";
import { securityGroupsAdmit } from "../aws/security-groups.ts";
import { Blocked } from "../path.ts";
import { record, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { policiesAdmit } from "./network-policies.ts";
import { namespaceOf } from "./objects.ts";
import { startPod } from "./pod-start.ts";
import type { Running } from "./pod-start.ts";
import { probe } from "./readiness.ts";
import { DEPLOYMENT, replicasOf } from "./replicas.ts";
import { SERVICE, balancerOf, settingsOf } from "./services.ts";

/** Why a client does not get through to every ready pod; undefined where it does. @param host the load balancer's name */
export function whyUnreachable(world: World, clientIp: string, host: string, port: number): string | undefined {
  try {
    enter(world, clientIp, host, port);
    return undefined;
  } catch (error) {
    if (error instanceof Blocked) return error.message;
    throw error;
  }
}

function enter(world: World, clientIp: string, host: string, port: number): void {
  const service = world.all(SERVICE, (one) => balancerOf({ world }, one)?.computed.dnsName === host)[0];
  const balancer = service && balancerOf({ world }, service);
  if (!service || !balancer) throw new Blocked(`no load balancer answers to the name ${host}`);
  const groups = texts(balancer.computed.securityGroups);
  if (!securityGroupsAdmit(world, groups, "ingress", { ip: clientIp, securityGroupIds: [] }, port))
    throw new Blocked(`${groups.join(", ")} of the load balancer admits no ${port}/tcp from ${clientIp}`);
  const listener = settingsOf(service).ports.find((one) => one.port === port);
  if (!listener) throw new Blocked(`the load balancer has no listener on ${port}`);
  const pods = readyBehind(world, service);
  if (pods.length === 0) throw new Blocked("no pod behind the load balancer is ready");
  for (const pod of pods)
    for (const { ip } of interfacesOf(world, balancer.id))
      intoPod(world, pod, { ip, securityGroupIds: groups }, listener.target);
}

/** Targets see the load balancer's own addresses, since it does not keep its clients'. */
function intoPod(
  world: World,
  { standing, selected }: Running,
  from: { readonly ip: string; readonly securityGroupIds: readonly string[] },
  port: number,
): void {
  if (!securityGroupsAdmit(world, standing.securityGroupIds, "ingress", from, port))
    throw new Blocked(
      `${standing.securityGroupIds.join(", ")} of pod ${standing.ip} admits no ${port}/tcp from the load balancer`,
    );
  const { open, because } = policiesAdmit(world, selected, {
    direction: "ingress",
    ip: from.ip,
    port,
    protocol: "TCP",
  });
  if (!open) throw new Blocked(because);
}

function readyBehind(world: World, service: WorldObject): Running[] {
  const cluster = clusterAt(world, service.account);
  if (!cluster) return [];
  const wanted = Object.entries(settingsOf(service).selector);
  const isBehind = (one: WorldObject): boolean =>
    one.account === service.account &&
    namespaceOf(one) === namespaceOf(service) &&
    wanted.every(([key, value]) => labelsOf(one)[key] === value);
  const taken = new Set<string>();
  return world.all(DEPLOYMENT, isBehind).flatMap((owner) =>
    Array.from({ length: replicasOf(world, owner) }, (_none, index) => index).flatMap((index) => {
      const started = startPod({ world, cluster, owner, index, taken });
      return "waiting" in started || !probe(world, cluster, started).ready ? [] : [started];
    }),
  );
}

const labelsOf = ({ inputs }: WorldObject): Properties =>
  record(record(record(record(inputs.spec).template).metadata).labels);
