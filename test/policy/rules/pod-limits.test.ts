import { type Finding, undecided, violation } from "../../../policy/frame/finding.ts";
import { podLimits } from "../../../policy/rules/pod-limits.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const unlimited = (what: string): Finding =>
  violation(
    `"spec.template.spec.containers[0].resources.limits.${what}" is not set, so it may take all that its node has`,
  );

describeRule(podLimits, {
  type: "kubernetes:apps/v1:Deployment",
  sound: { spec: { template: { spec: { containers: [{ resources: { limits: { cpu: "1", memory: UNKNOWN } } }] } } } },
  absent: [],
  cases: {
    "refuses a container without": {
      inputs: { spec: { template: { spec: { containers: [{}] } } } },
      finds: [unlimited("cpu"), unlimited("memory")],
    },
    "refuses one with half of them": {
      unset: ["spec.template.spec.containers.0.resources.limits.memory"],
      finds: [unlimited("memory")],
    },
    "cannot decide while the containers are not known": {
      unknown: ["spec.template.spec.containers"],
      finds: [undecided('"spec.template.spec.containers" is not known yet', "Give it as a plain value.")],
    },
  },
});
