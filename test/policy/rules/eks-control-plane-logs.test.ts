import { undecided, violation } from "../../../policy/frame/finding.ts";
import { eksControlPlaneLogs } from "../../../policy/rules/eks-control-plane-logs.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

describeRule(eksControlPlaneLogs, {
  type: "aws:eks/cluster:Cluster",
  sound: { enabledClusterLogTypes: ["api", "audit", "authenticator", "scheduler"] },
  absent: [violation('"enabledClusterLogTypes" lacks api, audit, authenticator')],
  cases: {
    "refuses a list without the audit log": {
      set: { enabledClusterLogTypes: ["api", "authenticator"] },
      finds: [violation('"enabledClusterLogTypes" lacks audit')],
    },
    "can be told other types": { set: { enabledClusterLogTypes: ["audit"] }, options: { required: ["audit"] } },
    "cannot decide while one of the list is not known": {
      set: { enabledClusterLogTypes: ["api", "audit", UNKNOWN] },
      finds: [
        undecided('whether "enabledClusterLogTypes" has authenticator is not known yet', "Give it as a plain value."),
      ],
    },
    "cannot decide while none is known": {
      unknown: ["enabledClusterLogTypes"],
      finds: [undecided('"enabledClusterLogTypes" is not known yet', "Give it as a plain value.")],
    },
  },
});
