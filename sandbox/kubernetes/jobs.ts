/** Jobs: one that brings SQL to a database runs to its end, or fails and says why. */
import { isDeepStrictEqual } from "node:util";
import { clusterAt } from "../aws/eks.ts";
import { interfaces } from "../aws/network.ts";
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { integer, record, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import type { WorldObject } from "../world.ts";
import type { Kind, Reconciled } from "./objects.ts";
import { kubernetesModel, undeclared } from "./objects.ts";
import { startPod } from "./pod-start.ts";
import { judgeTemplate } from "./pod-template.ts";
import { runSql } from "./sql-runner.ts";

const SPEC = [
  "activeDeadlineSeconds",
  "backoffLimit",
  "completions",
  "parallelism",
  "podReplacementPolicy",
  "template",
  "ttlSecondsAfterFinished",
];
/** What the API server never changes in a Job that exists. */
const IMMUTABLE = ["completions", "selector", "template"];

function judge({ spec }: Properties): CheckFailure[] {
  if (spec === UNKNOWN) return [];
  const { template, completions, parallelism } = record(spec);
  const failures = [...undeclared(spec, "spec", SPEC), ...judgeTemplate(template, "spec.template")];
  const policy = record(record(template).spec).restartPolicy;
  if (policy !== "Never" && policy !== "OnFailure" && policy !== UNKNOWN && template !== UNKNOWN)
    failures.push([
      "spec",
      `spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never", got ${JSON.stringify(policy)}`,
    ]);
  if ([completions, parallelism].some((count) => count !== undefined && count !== 1))
    failures.push(["spec", "the sandbox runs Jobs of one pod only"]);
  return failures;
}

/** How a Job ended. `Waiting`: its pod has not started, and nothing ends the Job. */
type Outcome = "Complete" | "BackoffLimitExceeded" | "DeadlineExceeded" | "Waiting";

function run(job: Reconciled, { world }: Context): { readonly outcome: Outcome; readonly why: string } {
  const cluster = clusterAt(world, job.account);
  if (!cluster) return { outcome: "Waiting", why: "its cluster does not exist" };
  const owner: WorldObject = { ...job, type: "", region: "", readyAt: 0, estate: false };
  const taken = new Set(interfaces(world).map(({ subnetId, ip }) => `${subnetId}/${ip}`));
  const started = startPod({ world, cluster, owner, index: 0, taken });
  if ("waiting" in started) {
    const ends = integer(record(job.inputs.spec).activeDeadlineSeconds) !== undefined;
    return { outcome: ends ? "DeadlineExceeded" : "Waiting", why: started.waiting };
  }
  const why = runSql(world, cluster, owner, started);
  return why === undefined ? { outcome: "Complete", why: "" } : { outcome: "BackoffLimitExceeded", why };
}

/** A Job that has ended stays as it is. */
function reconcile(job: Reconciled, context: Context): Properties {
  if (text(job.computed._outcome) !== undefined && job.computed._outcome !== "Waiting") return {};
  const { outcome, why } = run(job, context);
  return { _outcome: outcome, _why: why };
}

const MESSAGES: Readonly<Record<string, string>> = {
  BackoffLimitExceeded: "Job has reached the specified backoff limit",
  DeadlineExceeded: "Job was active longer than specified deadline",
};

function status({ computed }: Pick<WorldObject, "computed">): Properties {
  const outcome = text(computed._outcome) ?? "Waiting";
  if (outcome === "Waiting") return { active: 1, ready: 0 };
  if (outcome === "Complete")
    return { succeeded: 1, conditions: [{ type: "Complete", status: "True", reason: "CompletionsReached" }] };
  const message = `${MESSAGES[outcome] ?? ""}: ${text(computed._why)}`;
  return { failed: 1, conditions: [{ type: "Failed", status: "True", reason: outcome, message }] };
}

const annotation = (inputs: Properties, name: string): boolean =>
  record(record(inputs.metadata).annotations)[name] === "true";

const job: Kind = {
  apiVersion: "batch/v1",
  kind: "Job",
  scope: "namespaced",
  fields: { spec: {} },
  judge,
  replaces: (olds, news) =>
    IMMUTABLE.some((field) => !isDeepStrictEqual(record(olds.spec)[field], record(news.spec)[field])) ? ["spec"] : [],
  reconcile,
  awaits({ id, inputs, computed }) {
    if (annotation(inputs, "pulumi.com/skipAwait") || computed._outcome === "Complete") return;
    const outcome = text(computed._outcome) ?? "";
    throw new Refusal(
      outcome === "Waiting" ? "Timeout" : outcome,
      `Job "${id}" did not complete: ${text(computed._why)}`,
    );
  },
  unready: ({ computed }, news) => annotation(news, "pulumi.com/replaceUnready") && computed._outcome !== "Complete",
  status,
};

export const kubernetesJobModels: readonly ResourceModel[] = [kubernetesModel(job)];
