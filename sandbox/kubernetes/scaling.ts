/** Objects that say how many pods a Deployment runs, and how many of them may be taken away at once. */
import { ADDON, clusterAt } from "../aws/eks.ts";
import type { CheckFailure, ResourceModel } from "../model.ts";
import { integer, record } from "../values.ts";
import type { Properties, Value } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import type { Kind } from "./objects.ts";
import { kubernetesModel, namespaceOf, undeclared } from "./objects.ts";
import { podsOf } from "./pods.ts";
import { DEPLOYMENT, replicasOf, targetOf } from "./replicas.ts";

const autoscaler: Kind = {
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  scope: "namespaced",
  fields: { spec: {} },
  judge({ spec }) {
    if (spec === UNKNOWN) return [];
    const { minReplicas, maxReplicas, scaleTargetRef } = record(spec);
    const failures: CheckFailure[] = [
      ...undeclared(spec, "spec", ["scaleTargetRef", "minReplicas", "maxReplicas", "metrics", "behavior"]),
      ...undeclared(scaleTargetRef, "spec.scaleTargetRef", ["apiVersion", "kind", "name"]),
    ];
    const [least, most] = [integer(minReplicas) ?? 1, integer(maxReplicas)];
    if (most === undefined && maxReplicas !== UNKNOWN) failures.push(["spec", "spec.maxReplicas: Required value"]);
    if (most !== undefined && most < least)
      failures.push([
        "spec",
        `spec.maxReplicas: Invalid value: ${most}: must be greater than or equal to \`minReplicas\``,
      ]);
    return failures;
  },
  status(object, { world }) {
    const target = targetOf(object, world);
    const cluster = clusterAt(world, object.account);
    const metrics = cluster && world.get(ADDON, `${cluster.id}:metrics-server`, cluster.account);
    const replicas = target ? replicasOf(world, target) : 0;
    const condition = (type: string, fault: string | undefined): Properties => ({
      type,
      status: fault === undefined ? "True" : "False",
      message: fault ?? "",
    });
    const unmeasured =
      replicas === 0
        ? "scaling is disabled since the replica count of the target is zero"
        : metrics
          ? undefined
          : "unable to get metrics for resource cpu: no metrics returned from resource metrics API (metrics-server is not installed)";
    return {
      currentReplicas: replicas,
      desiredReplicas: replicas,
      conditions: [
        condition(
          "AbleToScale",
          target ? undefined : "the HPA controller was unable to get the target's current scale",
        ),
        condition("ScalingActive", unmeasured),
      ],
    };
  },
};

/** An int or a percentage, which Kubernetes rounds up. */
const countOf = (value: Value | undefined, of: number): number | undefined =>
  typeof value === "string" ? Math.ceil((of * Number.parseInt(value, 10)) / 100) : integer(value);

const podDisruptionBudget: Kind = {
  apiVersion: "policy/v1",
  kind: "PodDisruptionBudget",
  scope: "namespaced",
  fields: { spec: {} },
  judge({ spec }) {
    const both = record(spec).minAvailable !== undefined && record(spec).maxUnavailable !== undefined;
    const failures = undeclared(spec, "spec", [
      "minAvailable",
      "maxUnavailable",
      "selector",
      "unhealthyPodEvictionPolicy",
    ]);
    return both
      ? [...failures, ["spec", "spec: Invalid value: minAvailable and maxUnavailable cannot be both set"]]
      : failures;
  },
  status({ account, inputs }, { world }) {
    const { selector, minAvailable, maxUnavailable } = record(inputs.spec);
    const wanted = Object.entries(record(record(selector).matchLabels));
    const guarded = world.all(DEPLOYMENT, (deployment) => {
      const labels = record(record(record(record(deployment.inputs.spec).template).metadata).labels);
      return (
        deployment.account === account &&
        namespaceOf(deployment) === namespaceOf({ inputs }) &&
        wanted.every(([key, value]) => labels[key] === value)
      );
    });
    const expectedPods = guarded.reduce((sum, deployment) => sum + replicasOf(world, deployment), 0);
    const names = guarded.map(({ id }) => id);
    const healthy = podsOf(world).filter(
      (pod) => pod.ready && names.includes(`${pod.namespace}/${pod.deployment}`),
    ).length;
    const least = countOf(minAvailable, expectedPods);
    const desiredHealthy = least ?? Math.max(0, expectedPods - (countOf(maxUnavailable, expectedPods) ?? 1));
    const disruptionsAllowed = Math.max(0, healthy - desiredHealthy);
    return { expectedPods, currentHealthy: healthy, desiredHealthy, disruptionsAllowed };
  },
};

export const kubernetesScalingModels: readonly ResourceModel[] = [autoscaler, podDisruptionBudget].map(kubernetesModel);
