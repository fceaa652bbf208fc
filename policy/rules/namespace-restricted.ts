import { expects } from "../frame/expectations.ts";
import { texts } from "../frame/options.ts";
import { cisEks, nist, pss } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

const LABEL = "pod-security.kubernetes.io/enforce";

export const namespaceRestricted = rule({
  name: "namespace-restricted",
  title: "Namespaces enforce the restricted profile",
  says: "A namespace refuses pods that do not keep to the restricted profile.",
  why: "What is built by hand, or by a controller, no rule of a program sees.",
  severity: "medium",
  set: "baseline",
  topics: ["kubernetes", "hardening"],
  references: [...pss("Restricted"), ...cisEks("4.2.1"), ...nist("CM-7", "AC-6")],
  url: "https://kubernetes.io/docs/concepts/security/pod-security-admission/",
  fix: `Label it ${LABEL}: restricted.`,
  options: { profiles: texts("Profiles that a namespace may enforce", ["restricted"]) },
  types: new Set(["kubernetes:core/v1:Namespace"]),

  *resource(namespace, { options: { profiles } }) {
    yield* expects(
      namespace.text(["metadata", "labels", LABEL]),
      `label ${LABEL}`,
      (profile) => profiles.includes(profile),
      {
        absent: "and Kubernetes then lets every pod in",
        wrong: "is none of the profiles that are allowed",
      },
    );
  },
});
