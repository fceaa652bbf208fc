import { undecided, violation } from "../../../policy/frame/finding.ts";
import { podNoApiToken } from "../../../policy/rules/pod-no-api-token.ts";
import { describeRule } from "../support/table.ts";

const PATH = "spec.template.spec.automountServiceAccountToken";

describeRule(podNoApiToken, {
  type: "kubernetes:apps/v1:Deployment",
  sound: { spec: { template: { spec: { automountServiceAccountToken: false } } } },
  absent: [],
  cases: {
    "refuses Kubernetes' default": {
      inputs: { spec: { template: { spec: { containers: [] } } } },
      finds: [violation(`"${PATH}" is not set, and Kubernetes then mounts one`)],
    },
    "refuses a token that is asked for": { set: { [PATH]: true }, finds: [violation(`"${PATH}" is true`)] },
    "passes pods that talk to the API": { set: { [PATH]: true }, options: { talkToApi: ["thing"] } },
    "cannot decide while it is not known": {
      unknown: [PATH],
      finds: [
        undecided(`"${PATH}" is not known yet`, "Give it as a plain value: automountServiceAccountToken: false."),
      ],
    },
  },
});
