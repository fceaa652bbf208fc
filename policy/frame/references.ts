/** A control of a published framework that a rule answers to. */
export interface Reference {
  readonly framework: keyof typeof FRAMEWORKS;
  readonly control: string;
}

/** What the rules refer to: name and edition, as a report would cite them. */
export const FRAMEWORKS = {
  securityHub: {
    name: "AWS Security Hub controls",
    short: "Security Hub",
    version: "2026",
    url: "https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html",
  },
  cis: {
    name: "CIS AWS Foundations Benchmark",
    short: "CIS AWS",
    version: "3.0.0",
    url: "https://www.cisecurity.org/benchmark/amazon_web_services",
  },
  cisEks: {
    name: "CIS Amazon EKS Benchmark",
    short: "CIS EKS",
    version: "1.5.0",
    url: "https://www.cisecurity.org/benchmark/kubernetes",
  },
  nist: {
    name: "NIST SP 800-53",
    short: "NIST 800-53",
    version: "Rev. 5",
    url: "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
  },
  pss: {
    name: "Kubernetes Pod Security Standards",
    short: "PSS",
    version: "1.35",
    url: "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
  },
  corpai: {
    name: "CorpAI PrivateLink onboarding",
    short: "CorpAI",
    version: "1",
    url: "https://github.com/corpai/connect/blob/main/docs/policies.md",
  },
} as const;

const controlsOf =
  (framework: Reference["framework"]) =>
  (...controls: readonly string[]): readonly Reference[] =>
    controls.map((control) => ({ framework, control }));

/** Of whichever of its standards: most are of AWS Foundational Security Best Practices, a few of CIS or NIST alone. */
export const securityHub = controlsOf("securityHub");
export const cis = controlsOf("cis");
export const cisEks = controlsOf("cisEks");
export const nist = controlsOf("nist");
export const pss = controlsOf("pss");
/** Rules that no framework knows, since they are about this product's own promise to its customers. */
export const corpai = controlsOf("corpai");
