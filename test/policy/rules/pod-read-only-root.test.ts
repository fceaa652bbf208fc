import { undecided, violation } from "../../../policy/frame/finding.ts";
import { podReadOnlyRoot } from "../../../policy/rules/pod-read-only-root.ts";
import { describeRule } from "../support/table.ts";

const PATH = "containers[0].securityContext.readOnlyRootFilesystem";

describeRule(podReadOnlyRoot, {
  type: "kubernetes:apps/v1:Deployment",
  sound: { spec: { template: { spec: { containers: [{ securityContext: { readOnlyRootFilesystem: true } }] } } } },
  absent: [],
  cases: {
    "refuses a container that writes": {
      type: "kubernetes:core/v1:Pod",
      inputs: { spec: { containers: [{ securityContext: { readOnlyRootFilesystem: false } }, {}] } },
      finds: [
        violation(`"spec.${PATH}" is false`),
        violation(`"spec.${PATH.replace("0", "1")}" is not set, and Kubernetes then lets it write`),
      ],
    },
    "cannot decide while it is not known": {
      unknown: ["spec.template.spec.containers.0.securityContext.readOnlyRootFilesystem"],
      finds: [
        undecided(
          `"spec.template.spec.${PATH}" is not known yet`,
          "Give it as a plain value: readOnlyRootFilesystem: true.",
        ),
      ],
    },
  },
});
