import { givePlain, notKnown } from "../frame/expectations.ts";
import { undecided, violation } from "../frame/finding.ts";
import { texts } from "../frame/options.ts";
import { cisEks, securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { CLUSTER_TYPE } from "../reading/subnet-lists.ts";

export const eksControlPlaneLogs = rule({
  name: "eks-control-plane-logs",
  title: "The control plane is logged",
  says: "A cluster logs what its API server does, for whom, and who was let in.",
  why: "Without the audit log nobody can say afterwards who read a Secret.",
  severity: "medium",
  set: "baseline",
  topics: ["kubernetes", "logging"],
  references: [...cisEks("2.1.1"), ...securityHub("EKS.8"), ...nist("AU-2", "AU-12")],
  url: "https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html",
  fix: "List them in enabledClusterLogTypes.",
  options: { required: texts("Log types that have to be on", ["api", "audit", "authenticator"]) },
  types: new Set([CLUSTER_TYPE]),

  *resource(cluster, { options: { required } }) {
    const types = cluster.list("enabledClusterLogTypes");
    if (types.is === "unknown") yield undecided(notKnown('"enabledClusterLogTypes"'), givePlain());
    if (types.is === "unknown") return;
    const listed = types.is === "known" ? types.value : [];
    const missing = required.filter((type) => !listed.some((one) => one.is === "known" && one.value === type));
    if (missing.length === 0) return;
    yield listed.some(({ is }) => is === "unknown")
      ? undecided(`whether "enabledClusterLogTypes" has ${missing.join(", ")} is not known yet`, givePlain())
      : violation(`"enabledClusterLogTypes" lacks ${missing.join(", ")}`);
  },
});
