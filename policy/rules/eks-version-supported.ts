import { KUBERNETES_VERSIONS } from "../../model/kubernetes-versions.ts";
import { givePlain, notKnown } from "../frame/expectations.ts";
import { undecided, violation } from "../frame/finding.ts";
import { securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { CLUSTER_TYPE } from "../reading/subnet-lists.ts";

const minorOf = (version: string): number => Number(/^1\.(\d+)$/.exec(version)?.[1] ?? Number.NaN);

/** When its standard support ended; undefined while it has not, and of a version that is younger than the table. */
function supportEnded(version: string, today: string): string | undefined {
  const known = KUBERNETES_VERSIONS.find((one) => one.version === version);
  if (known) return known.standardSupportEnds <= today ? `on ${known.standardSupportEnds}` : undefined;
  return minorOf(version) < minorOf(KUBERNETES_VERSIONS[0]?.version ?? "") ? "long ago" : undefined;
}

export const eksVersionSupported = rule({
  name: "eks-version-supported",
  title: "Kubernetes is a version in standard support",
  says: "A cluster's Kubernetes version is in EKS's standard support.",
  why: "Afterwards fixes come late, the price is six times as high, and one day AWS upgrades by itself.",
  severity: "high",
  set: "baseline",
  topics: ["kubernetes", "versions"],
  references: [...securityHub("EKS.2"), ...nist("SI-2", "CM-2")],
  url: "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
  fix: "Upgrade, one minor version at a time.",
  types: new Set([CLUSTER_TYPE]),

  *resource(cluster, { today }) {
    const version = cluster.text("version");
    if (version.is === "unknown") yield undecided(notKnown('"version"'), givePlain());
    // Without one, AWS takes its newest.
    if (version.is !== "known") return;
    const ended = supportEnded(version.value, today);
    if (ended !== undefined) yield violation(`"version" is one whose standard support ended ${ended}`);
  },
});
