import { undecided, violation } from "../../../policy/frame/finding.ts";
import { namespaceRestricted } from "../../../policy/rules/namespace-restricted.ts";
import { type Case, describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

const LABEL = "pod-security.kubernetes.io/enforce";
const labelled = (profile: string): Case["inputs"] => ({ metadata: { labels: { [LABEL]: profile } } });

describeRule(namespaceRestricted, {
  type: "kubernetes:core/v1:Namespace",
  sound: { metadata: { labels: { [LABEL]: "restricted" } } },
  absent: [violation(`label ${LABEL} is not set, and Kubernetes then lets every pod in`)],
  cases: {
    "refuses a laxer profile": {
      inputs: labelled("baseline"),
      finds: [violation(`label ${LABEL} is none of the profiles that are allowed`)],
    },
    "can be told other profiles": { inputs: labelled("baseline"), options: { profiles: ["baseline"] } },
    "cannot decide while it is not known": {
      inputs: labelled(UNKNOWN),
      finds: [undecided(`label ${LABEL} is not known yet`, "Give it as a plain value.")],
    },
  },
});
