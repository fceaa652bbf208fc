import { undecided, violation } from "../../../policy/frame/finding.ts";
import { eksAccessByApi } from "../../../policy/rules/eks-access-by-api.ts";
import { describeRule } from "../support/table.ts";

const PATH = "accessConfig.authenticationMode";

describeRule(eksAccessByApi, {
  type: "aws:eks/cluster:Cluster",
  sound: { accessConfig: { authenticationMode: "API" } },
  absent: [violation(`"${PATH}" is not set, and AWS then takes the config map`)],
  cases: {
    "refuses a config map beside it": {
      set: { [PATH]: "API_AND_CONFIG_MAP" },
      finds: [violation(`"${PATH}" is not API, so a config map gives access as well`)],
    },
    "cannot decide while it is not known": {
      unknown: [PATH],
      finds: [undecided(`"${PATH}" is not known yet`, "Give it as a plain value.")],
    },
  },
});
