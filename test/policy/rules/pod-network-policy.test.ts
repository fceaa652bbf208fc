import { type Finding, undecided, violation } from "../../../policy/frame/finding.ts";
import { podNetworkPolicy } from "../../../policy/rules/pod-network-policy.ts";
import type { Declared } from "../support/stack.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const NAMESPACE = "kubernetes:core/v1:Namespace";
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
    "decides by the namespace that a name comes from while the name is not known": {
      inputs: {
        metadata: { namespace: UNKNOWN },
        spec: { template: { metadata: { labels: { [NAME]: "server" } } } },
      },
      from: { metadata: ["namespace"] },
      beside: [
        { type: NAMESPACE, name: "namespace", inputs: {} },
        { type: NAMESPACE, name: "another", inputs: {} },
        { ...policy({ podSelector: {}, policyTypes: ["Ingress"] }, UNKNOWN), from: { metadata: ["namespace"] } },
        { ...policy({ podSelector: {}, ...both }, UNKNOWN), name: "elsewhere", from: { metadata: ["another"] } },
      ],
      finds: [egress],
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
