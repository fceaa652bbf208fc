import type { Problem } from "./problem.ts";

/** A Kubernetes minor version, as EKS serves it. */
export interface KubernetesVersion {
  readonly version: string;
  /** First day without standard support, UTC: from then on the cluster costs six times as much. ISO date. */
  readonly standardSupportEnds: string;
}

/** Oldest first; without a gap, since EKS upgrades by one minor version at a time. */
export const KUBERNETES_VERSIONS: readonly KubernetesVersion[] = [
  { version: "1.32", standardSupportEnds: "2026-03-23" },
  { version: "1.33", standardSupportEnds: "2026-07-29" },
  { version: "1.34", standardSupportEnds: "2026-12-02" },
  { version: "1.35", standardSupportEnds: "2027-03-27" },
  { version: "1.36", standardSupportEnds: "2027-08-02" },
];

/** Where these dates stand, and when they were read. */
export const KUBERNETES_VERSIONS_SOURCE = {
  url: "https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html",
  read: "2026-11-24",
} as const;

export const DEFAULT_KUBERNETES_VERSION = "1.35";

/** Why a version may not be used; undefined if it may. @param today ISO date */
export function kubernetesVersionFault(
  version: string,
  today: string,
): Pick<Problem, "allowed" | "wayOut"> | undefined {
  const supported = KUBERNETES_VERSIONS.filter(({ standardSupportEnds }) => today < standardSupportEnds);
  if (supported.some((one) => one.version === version)) return undefined;
  const known = KUBERNETES_VERSIONS.find((one) => one.version === version);
  return {
    allowed: `versions in EKS's standard support: ${supported.map((one) => `"${one.version}" (until ${one.standardSupportEnds})`).join(", ")}`,
    wayOut: known
      ? `Standard support of ${version} ended on ${known.standardSupportEnds}. Upgrade by one minor version at a time: state the next one, bring it up, go on.`
      : `Choose one of these, in quotes; of a newer one add the date from ${KUBERNETES_VERSIONS_SOURCE.url} to model/kubernetes-versions.ts.`,
  };
}

const minor = (version: string): number => Number(version.split(".")[1]);

/** Why a cluster may not go from one version to another; undefined if it may. */
export function kubernetesStepFault(standing: string, wanted: string): Pick<Problem, "allowed" | "wayOut"> | undefined {
  const step = minor(wanted) - minor(standing);
  if (step === 0 || step === 1) return undefined;
  const next = `1.${minor(standing) + 1}`;
  return {
    allowed: `"${standing}", which the cluster has, or "${next}", the next one`,
    wayOut:
      step < 0
        ? "EKS never goes back to an earlier version."
        : `Upgrade to ${next} first, bring mcp-servers up, and see that all pods are ready; then go on.`,
  };
}
