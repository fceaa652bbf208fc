import type { Fields } from "../frame/fields.ts";
import { type Located, undecided, violation } from "../frame/finding.ts";
import { cisEks, corpai, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import type { Subject } from "../frame/shown.ts";
import type { StackView } from "../frame/stack-view.ts";
import { labelsOf, POD_TYPES } from "../reading/pods.ts";

const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const NAMESPACE = "kubernetes:core/v1:Namespace";

/** Whether two things stand in one namespace; while its name is not known, by the namespace that the name comes from. */
function together(stack: StackView, one: Subject, other: Subject): boolean | "unknown" {
  const names = [one, other].map((each) => each.text("metadata.namespace"));
  if (names.every(({ is }) => is !== "unknown")) {
    const [theirs, own] = names.map((name) => (name.is === "known" ? name.value : "default"));
    return theirs === own;
  }
  const [from, ownFrom] = [one, other].map((each) => stack.behind(each, ["metadata"], [NAMESPACE])[0]?.urn);
  return from === undefined || ownFrom === undefined ? "unknown" : from === ownFrom;
}

/** Whether a policy is about the pods of a workload. */
function selects(stack: StackView, policy: Subject, workload: Subject): boolean | "unknown" {
  const near = together(stack, policy, workload);
  if (near === false) return false;
  const [selector, labels] = [policy.part("spec.podSelector.matchLabels"), labelsOf(workload)];
  const expressions = policy.list("spec.podSelector.matchExpressions");
  if (selector.is === "unknown" || labels.is === "unknown" || expressions.is !== "absent") return "unknown";
  const keys = policy.keys("spec.podSelector.matchLabels");
  const answers = (keys.is === "known" ? keys.value : []).map((key) => matches(selector, labels, key));
  if (answers.includes(false)) return false;
  return answers.includes("unknown") ? "unknown" : near;
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
          const [selected, closing] = [selects(stack, policy, at), closes(policy, direction)];
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
