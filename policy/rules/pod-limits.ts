import { mustBeGiven } from "../frame/expectations.ts";
import { nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { eachContainer, POD_TYPES } from "../reading/pods.ts";

export const podLimits = rule({
  name: "pod-limits",
  title: "Containers have limits",
  says: "A container has limits of CPU and memory.",
  why: "One server that runs wild takes its node's other servers along.",
  severity: "medium",
  set: "baseline",
  topics: ["kubernetes", "availability"],
  references: nist("SC-5", "SC-6"),
  url: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
  fix: "Set resources.limits with cpu and memory.",
  types: POD_TYPES,

  *resource(subject) {
    yield* eachContainer(subject, function* (container) {
      for (const path of ["resources.limits.cpu", "resources.limits.memory"])
        yield* mustBeGiven(container, path, "so it may take all that its node has");
    });
  },
});
