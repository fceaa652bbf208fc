import type { Fields } from "../frame/fields.ts";
import { type Finding, undecided } from "../frame/finding.ts";
import { each, notKnown } from "../frame/expectations.ts";
import type { Reading } from "../frame/guarded.ts";
import type { Subject } from "../frame/shown.ts";

/** By kind, where the pods that it makes are described. */
const TEMPLATES: Readonly<Record<string, string>> = {
  "kubernetes:core/v1:Pod": "",
  "kubernetes:apps/v1:Deployment": "spec.template",
  "kubernetes:apps/v1:StatefulSet": "spec.template",
  "kubernetes:apps/v1:DaemonSet": "spec.template",
  "kubernetes:apps/v1:ReplicaSet": "spec.template",
  "kubernetes:batch/v1:Job": "spec.template",
  "kubernetes:batch/v1:CronJob": "spec.jobTemplate.spec.template",
};

/** Whatever makes pods. */
export const POD_TYPES: ReadonlySet<string> = new Set(Object.keys(TEMPLATES));

const pathTo = ({ type }: Subject, inner: string): string =>
  [TEMPLATES[type] ?? "", inner].filter((part) => part !== "").join(".");

export const specOf = (subject: Subject): Reading<Fields> => subject.part(pathTo(subject, "spec"));

/** Labels that its pods carry. */
export const labelsOf = (subject: Subject): Reading<Fields> => subject.part(pathTo(subject, "metadata.labels"));

/** Judges what describes the pods; what is not known of it is said. */
export function* eachPod(subject: Subject, judge: (spec: Fields) => Iterable<Finding>): Iterable<Finding> {
  const spec = specOf(subject);
  if (spec.is === "unknown") yield undecided(notKnown(`"${pathTo(subject, "spec")}"`));
  if (spec.is === "known") yield* judge(spec.value);
}

/** Judges each container, those that run before the others included. */
export function* eachContainer(
  subject: Subject,
  judge: (container: Fields, spec: Fields) => Iterable<Finding>,
): Iterable<Finding> {
  yield* eachPod(subject, function* (spec) {
    for (const list of ["containers", "initContainers", "ephemeralContainers"])
      yield* each(spec, list, (container) => judge(container, spec));
  });
}
