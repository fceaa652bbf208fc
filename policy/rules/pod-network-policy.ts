import type { Fields } from "../frame/fields.ts";
import { type Located, undecided, violation } from "../frame/finding.ts";
import { cisEks, corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import type { Subject } from "../frame/shown.ts";
import { labelsOf, POD_TYPES } from "../reading/pods.ts";

const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

/** Whether a policy is about the pods of a workload. */
function selects(policy: Subject, workload: Subject): boolean | "unknown" {
  const namespaces = [policy, workload].map((one) => one.text("metadata.namespace"));
  const [theirs, own] = namespaces.map((one) => (one.is === "known" ? one.value : "default"));
  const sure = namespaces.every(({ is }) => is !== "unknown");
  if (sure && theirs !== own) return false;
  const [selector, labels] = [policy.part("spec.podSelector.matchLabels"), labelsOf(workload)];
  const expressions = policy.list("spec.podSelector.matchExpressions");
  if (selector.is === "unknown" || labels.is === "unknown" || expressions.is !== "absent") return "unknown";
  const keys = policy.keys("spec.podSelector.matchLabels");
  const answers = (keys.is === "known" ? keys.value : []).map((key) => matches(selector, labels, key));
  if (answers.includes(false)) return false;
  return answers.includes("unknown") || !sure ? "unknown" : true;
}

function matches(
  selector: ReturnType<Fields["part"]>,
  labels: ReturnType<Fields["part"]>,
  key: string,
): boolean | "unknown" {
  const wanted = selector.is === "known" ? selector.value.text([key]) : selector;
  const carried = labels.is === "known" ? labels.value.text([key]) : labels;
  if (wanted.is === "unknown" || carried.is === "unknown") return "unknown";
  return wanted.is === "known" && carried.is === "known" && wanted.value === carried.value;
}

/** Which directions a policy closes but for what it lists. */
function closes(policy: Subject, direction: "Ingress" | "Egress"): boolean | "unknown" {
  const types = policy.list("spec.policyTypes");
  if (types.is === "unknown") return "unknown";
  // By its absence a policy is about ingress, and about egress where it lists any.
  if (types.is === "absent") return direction === "Ingress" || policy.read("spec.egress").is !== "absent";
  if (types.value.some((type) => type.is === "known" && type.value === direction)) return true;
  return types.value.some(({ is }) => is === "unknown") ? "unknown" : false;
}

export const podNetworkPolicy = rule({
  name: "pod-network-policy",
  title: "Pods talk to whom they have to",
  says: "NetworkPolicies of its stack limit what a workload's pods may reach and who may reach them.",
  why: "Without them every pod of the cluster can use every customer's connection.",
  severity: "high",
  set: "baseline",
  topics: ["kubernetes", "network"],
  references: [...cisEks("4.3.2", "5.4.4"), ...corpai("MCP workloads"), ...nist("SC-7(5)", "AC-4")],
  url: "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
  fix: "Build a NetworkPolicy that selects its pods, with policyTypes Ingress and Egress.",
  types: POD_TYPES,

  *stack(stack): Iterable<Located> {
    const policies = stack.of([POLICY]);
    for (const at of stack.of(POD_TYPES)) {
      for (const direction of ["Ingress", "Egress"] as const) {
        const closed = policies.map((policy) => {
          const [selected, closing] = [selects(policy, at), closes(policy, direction)];
          return selected === false || closing === false
            ? false
            : selected === true && closing === true
              ? true
              : "unknown";
        });
        if (closed.includes(true)) continue;
        const what = `no NetworkPolicy limits the ${direction.toLowerCase()} of its pods`;
        yield {
          ...(closed.includes("unknown")
            ? undecided(`whether a NetworkPolicy limits the ${direction.toLowerCase()} of its pods is not known yet`)
            : violation(what)),
          at,
        };
      }
    }
  },
});
