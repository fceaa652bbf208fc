import { mustBe } from "../frame/expectations.ts";
import { nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { eachContainer, POD_TYPES } from "../reading/pods.ts";

export const podReadOnlyRoot = rule({
  name: "pod-read-only-root",
  title: "Containers cannot change what they are",
  says: "A container's root file system is read-only.",
  why: "Who gets in cannot leave anything behind.",
  severity: "medium",
  set: "baseline",
  topics: ["kubernetes", "hardening"],
  references: nist("CM-7", "SI-7"),
  url: "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
  fix: "Set securityContext.readOnlyRootFilesystem: true, and mount an emptyDir where it has to write.",
  types: POD_TYPES,

  *resource(subject) {
    yield* eachContainer(subject, (container) =>
      mustBe(container, "securityContext.readOnlyRootFilesystem", true, {
        absent: "and Kubernetes then lets it write",
      }),
    );
  },
});
