import { isDeepStrictEqual } from "node:util";
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { integer, record, text } from "../values.ts";
import type { Properties, Value } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import type { WorldObject } from "../world.ts";
import type { Kind } from "./objects.ts";
import { kubernetesModel, undeclared } from "./objects.ts";
import { judgeTemplate } from "./pod-template.ts";
import { podsOfDeployment } from "./pods.ts";
import { DEPLOYMENT } from "./replicas.ts";

const SPEC = [
  "replicas",
  "selector",
  "template",
  "strategy",
  "minReadySeconds",
  "revisionHistoryLimit",
  "progressDeadlineSeconds",
  "paused",
];
function judge({ spec }: Properties): CheckFailure[] {
  if (spec === UNKNOWN) return [];
  const { selector, template, replicas } = record(spec);
  const labels = record(record(record(template).metadata).labels);
  const failures: CheckFailure[] = [...undeclared(spec, "spec", SPEC), ...judgeTemplate(template, "spec.template")];
  const refuse = (why: string): number => failures.push(["spec", why]);
  if (replicas !== undefined && replicas !== UNKNOWN && (integer(replicas) ?? -1) < 0)
    refuse(`spec.replicas: Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`);
  const wanted = Object.entries(record(record(selector).matchLabels));
  if (selector !== UNKNOWN && wanted.length === 0) refuse("spec.selector: Required value");
  if (wanted.some(([key, value]) => value !== UNKNOWN && labels[key] !== UNKNOWN && labels[key] !== value))
    refuse("spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`");
  return failures;
}

/** Pulumi waits for a rollout unless the annotation tells it not to; what would never become ready fails the update. */
function awaited(object: Pick<WorldObject, "id" | "inputs" | "account">, { world, caller }: Context): void {
  if (record(record(object.inputs.metadata).annotations)["pulumi.com/skipAwait"] === "true") return;
  const candidate: WorldObject = {
    ...object,
    type: DEPLOYMENT,
    region: caller.region,
    computed: {},
    readyAt: 0,
    estate: false,
  };
  const unready = podsOfDeployment(world, candidate).find(({ ready }) => !ready);
  if (unready)
    throw new Refusal(
      "Timeout",
      `the Kubernetes API server reported that "${object.id}" failed to fully initialize or become live: pod ${unready.name} is not ready: ${unready.reason}`,
    );
}

/** An int or a percentage of the replicas, rounded down. */
function unavailableAllowed(spec: Properties, replicas: number): number {
  const value: Value | undefined = record(record(spec.strategy).rollingUpdate).maxUnavailable;
  return typeof value === "number" ? value : Math.floor((replicas * Number.parseInt(text(value) ?? "25%", 10)) / 100);
}

const deployment: Kind = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  scope: "namespaced",
  fields: { spec: {} },
  judge,
  admit: awaited,
  replaces: (olds, news) => (isDeepStrictEqual(record(olds.spec).selector, record(news.spec).selector) ? [] : ["spec"]),
  status(object, { world }) {
    const pods = podsOfDeployment(world, object);
    const ready = pods.filter((pod) => pod.ready).length;
    const available = ready >= pods.length - unavailableAllowed(record(object.inputs.spec), pods.length);
    const reason = pods.find((pod) => !pod.ready)?.reason;
    return {
      observedGeneration: object.computed._generation ?? 1,
      replicas: pods.length,
      updatedReplicas: pods.length,
      readyReplicas: ready,
      availableReplicas: ready,
      unavailableReplicas: pods.length - ready,
      conditions: [
        {
          type: "Available",
          status: available ? "True" : "False",
          reason: available ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
          message: reason ?? "",
        },
      ],
    };
  },
};

export const kubernetesWorkloadModels: readonly ResourceModel[] = [deployment].map(kubernetesModel);
