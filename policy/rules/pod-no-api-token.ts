import { mustBe } from "../frame/expectations.ts";
import { texts } from "../frame/options.ts";
import { cisEks, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { eachPod, POD_TYPES } from "../reading/pods.ts";

export const podNoApiToken = rule({
  name: "pod-no-api-token",
  title: "Pods carry no token of the Kubernetes API",
  says: "A pod that does not talk to the Kubernetes API carries no token for it.",
  why: "A token in every pod is a key to the cluster in every server.",
  severity: "medium",
  set: "baseline",
  topics: ["kubernetes", "identity"],
  references: [...cisEks("4.1.6"), ...nist("AC-6", "IA-5")],
  url: "https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/",
  fix: "Set automountServiceAccountToken: false.",
  options: { talkToApi: texts("Resources, by name, whose pods use the Kubernetes API", []) },
  types: POD_TYPES,

  *resource(subject, { options: { talkToApi } }) {
    if (talkToApi.includes(subject.name)) return;
    yield* eachPod(subject, (spec) =>
      mustBe(spec, "automountServiceAccountToken", false, { absent: "and Kubernetes then mounts one" }),
    );
  },
});
