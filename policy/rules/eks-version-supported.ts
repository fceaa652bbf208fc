import { standardSupportUntil } from "../../model/kubernetes-versions.ts";
import { givePlain, notKnown } from "../frame/expectations.ts";
import { undecided, violation } from "../frame/finding.ts";
import { fsbp, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { CLUSTER_TYPE } from "../reading/subnet-lists.ts";

export const eksVersionSupported = rule({
  name: "eks-version-supported",
  title: "Kubernetes is a version in standard support",
  says: "A cluster's Kubernetes version is in EKS's standard support.",
  why: "Afterwards fixes come late, the price is six times as high, and one day AWS upgrades by itself.",
  severity: "high",
  set: "baseline",
  topics: ["kubernetes", "versions"],
  references: [...fsbp("EKS.2"), ...nist("SI-2", "CM-2")],
  url: "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
  fix: "Upgrade, one minor version at a time.",
  types: new Set([CLUSTER_TYPE]),

  *resource(cluster, { today }) {
    const version = cluster.text("version");
    if (version.is === "unknown") yield undecided(notKnown('"version"'), givePlain());
    // Without one, AWS takes its newest.
    if (version.is !== "known") return;
    const until = standardSupportUntil(version.value);
    if (until !== undefined && until < today)
      yield violation(`"version" is one whose standard support ended on ${until}`);
  },
});
