import { expects } from "../frame/expectations.ts";
import { cisEks, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { CLUSTER_TYPE } from "../reading/subnet-lists.ts";

export const eksAccessByApi = rule({
  name: "eks-access-by-api",
  title: "Access to a cluster is AWS's to see",
  says: "Who may use a cluster stands in access entries alone.",
  why: "A config map inside the cluster gives access that no review of the AWS account finds.",
  severity: "medium",
  set: "baseline",
  topics: ["kubernetes", "identity"],
  references: [...cisEks("5.5.1"), ...nist("AC-2", "AC-6")],
  url: "https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html",
  fix: "Set accessConfig.authenticationMode: API.",
  caution: "There is no way back from API.",
  types: new Set([CLUSTER_TYPE]),

  *resource(cluster) {
    const path = "accessConfig.authenticationMode";
    yield* expects(cluster.text(path), `"${path}"`, (mode) => mode === "API", {
      absent: "and AWS then takes the config map",
      wrong: "is not API, so a config map gives access as well",
    });
  },
});
