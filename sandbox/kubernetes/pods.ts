/** The pods of all Deployments, computed from the world as it is right now: where each stands, what it sees, whom it reaches. */
import { createHash } from "node:crypto";
import { clusterAt } from "../aws/eks.ts";
import { interfaces } from "../aws/network.ts";
import type { Walk } from "../path.ts";
import { record } from "../values.ts";
import type { World, WorldObject } from "../world.ts";
import { nameOf, namespaceOf } from "./objects.ts";
import { startPod } from "./pod-start.ts";
import { probe } from "./readiness.ts";
import { DEPLOYMENT, replicasOf } from "./replicas.ts";

export interface Pod {
  readonly cluster: string;
  readonly namespace: string;
  readonly deployment: string;
  readonly name: string;
  readonly phase: "Pending" | "Running";
  readonly ready: boolean;
  /** Why it is not ready, or what it is ready by. */
  readonly reason: string;
  /** Undefined until it is scheduled. */
  readonly ip: string | undefined;
  readonly azId: string | undefined;
  readonly subnetId: string | undefined;
  readonly securityGroupIds: readonly string[];
  /** Values from Secrets read as `[secret]`: the world knows only their digests. */
  readonly env: Readonly<Record<string, string>>;
  /** One for each host and port that the image's `/ready` needs. */
  readonly walks: readonly Walk[];
}

/** @param candidate a Deployment as it would be, whether it is in the world yet or not */
export function podsOf(world: World, candidate?: WorldObject): readonly Pod[] {
  const isSame = ({ id, account }: WorldObject): boolean => id === candidate?.id && account === candidate.account;
  const standing = world.all(DEPLOYMENT);
  const deployments =
    candidate && !standing.some(isSame)
      ? [...standing, candidate]
      : standing.map((object) => (candidate && isSame(object) ? candidate : object));
  const taken = new Set(interfaces(world).map(({ subnetId, ip }) => `${subnetId}/${ip}`));
  return deployments.flatMap((deployment) => {
    const cluster = clusterAt(world, deployment.account);
    if (!cluster) return [];
    return Array.from({ length: replicasOf(world, deployment) }, (_none, index) =>
      podOf(world, cluster, deployment, index, taken),
    );
  });
}

export const podsOfDeployment = (world: World, object: WorldObject): readonly Pod[] =>
  podsOf(world, object).filter(
    ({ namespace, deployment, cluster }) =>
      namespace === namespaceOf(object) &&
      deployment === nameOf(object) &&
      cluster === clusterAt(world, object.account)?.id,
  );

const letters = (text: string, count: number): string =>
  [...createHash("sha256").update(text).digest()]
    .slice(0, count)
    .map((byte) => "bcdfghjklmnpqrstvwxz2456789"[byte % 27])
    .join("");

function podOf(world: World, cluster: WorldObject, deployment: WorldObject, index: number, taken: Set<string>): Pod {
  const template = record(record(deployment.inputs.spec).template);
  const replicaSet = `${nameOf(deployment)}-${letters(JSON.stringify(template), 10)}`;
  const base = {
    cluster: cluster.id,
    namespace: namespaceOf(deployment),
    deployment: nameOf(deployment),
    name: `${replicaSet}-${letters(`${replicaSet}/${index}`, 5)}`,
  };
  const started = startPod({ world, cluster, owner: deployment, index, taken });
  const { ip, azId, subnetId, securityGroupIds = [] } = started.standing ?? {};
  const stands = { ...base, ip, azId, subnetId, securityGroupIds, env: started.env ?? {} };
  if ("waiting" in started) return { ...stands, phase: "Pending", ready: false, reason: started.waiting, walks: [] };
  return { ...stands, phase: "Running", ...probe(world, cluster, started) };
}
