import { type Finding, undecided, violation } from "../../../policy/frame/finding.ts";
import { podNetworkPolicy } from "../../../policy/rules/pod-network-policy.ts";
import type { Declared } from "../support/stack.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const NAME = "app.kubernetes.io/name";
const policy = (spec: Declared["inputs"], namespace = "corpai-mcp"): Declared => ({
  type: "kubernetes:networking.k8s.io/v1:NetworkPolicy",
  name: "policy",
  inputs: { metadata: { namespace }, spec: { ...spec } },
});
const own = { podSelector: { matchLabels: { [NAME]: "server" } } };
const both = { policyTypes: ["Ingress", "Egress"] };
const ingress = violation("no NetworkPolicy limits the ingress of its pods");
const egress = violation("no NetworkPolicy limits the egress of its pods");
const unsure = (direction: string): Finding =>
  undecided(`whether a NetworkPolicy limits the ${direction} of its pods is not known yet`);

describeRule(podNetworkPolicy, {
  type: "kubernetes:apps/v1:Deployment",
  sound: {
    metadata: { namespace: "corpai-mcp" },
    spec: { template: { metadata: { labels: { [NAME]: "server", tier: "mcp" } } } },
  },
  beside: [policy({ ...own, ...both })],
  absent: [ingress, egress],
  cases: {
    "refuses pods that nothing limits": { beside: [], finds: [ingress, egress] },
    "refuses pods of which one direction is open": {
      beside: [policy({ ...own, policyTypes: ["Ingress"] })],
      finds: [egress],
    },
    "knows what a policy closes that does not say": { beside: [policy(own)], finds: [egress] },
    "passes a policy for all pods of the namespace": { beside: [policy({ podSelector: {}, ...both })] },
    "refuses pods that a policy of another namespace selects": {
      beside: [policy({ ...own, ...both }, "elsewhere")],
      finds: [ingress, egress],
    },
    "refuses pods that carry other labels": {
      beside: [policy({ podSelector: { matchLabels: { [NAME]: "another" } }, ...both })],
      finds: [ingress, egress],
    },
    "cannot decide while the labels are not known": {
      unknown: ["spec.template.metadata.labels"],
      finds: [unsure("ingress"), unsure("egress")],
    },
    "cannot decide while what a policy closes is not known": {
      beside: [policy({ ...own, policyTypes: UNKNOWN })],
      finds: [unsure("ingress"), unsure("egress")],
    },
  },
});
