/**
 * Until when EKS supports a Kubernetes minor version in the standard way; afterwards it costs six times as much, and gets fixes for a year more.
 * As of 2026-11-20: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
 */
const STANDARD_SUPPORT_UNTIL: Readonly<Record<string, string>> = {
  "1.31": "2025-11-26",
  "1.32": "2026-03-23",
  "1.33": "2026-07-29",
  "1.34": "2026-12-02",
  "1.35": "2027-03-27",
};

const OLDEST_MINOR = 31;

/** The last day of standard support; undefined for a version younger than this table. Older ones have had theirs. */
export function standardSupportUntil(version: string): string | undefined {
  const minor = Number(/^1\.(\d+)$/.exec(version)?.[1] ?? Number.NaN);
  return minor < OLDEST_MINOR ? "2025-07-23" : STANDARD_SUPPORT_UNTIL[version];
}
