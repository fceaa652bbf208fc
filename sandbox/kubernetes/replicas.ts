/** How many pods a Deployment runs. */
import { integer, record, text } from "../values.ts";
import type { World, WorldObject } from "../world.ts";
import { found, namespaceOf } from "./objects.ts";

export const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";

/** The Deployment that an autoscaler scales. */
export const targetOf = ({ account, inputs }: WorldObject, world: World): WorldObject | undefined => {
  const { kind, name } = record(record(inputs.spec).scaleTargetRef);
  return kind === "Deployment"
    ? found(world, DEPLOYMENT, account, namespaceOf({ inputs }), text(name) ?? "")
    : undefined;
};

/** What is asked for, within the bounds of an autoscaler that has it as its target; one that is at zero stays there. */
export function replicasOf(world: World, deployment: WorldObject): number {
  const asked = integer(record(deployment.inputs.spec).replicas) ?? 1;
  const scaler = world.all(
    AUTOSCALER,
    (one) => one.account === deployment.account && targetOf(one, world)?.id === deployment.id,
  )[0];
  if (!scaler || asked === 0) return asked;
  const { minReplicas, maxReplicas } = record(scaler.inputs.spec);
  // Nothing in the sandbox makes load, so it never has a reason to go beyond the least.
  return Math.min(Math.max(asked, integer(minReplicas) ?? 1), integer(maxReplicas) ?? 1);
}
