import { mustBe } from "../frame/expectations.ts";
import { undecided } from "../frame/finding.ts";
import { cis, securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";

const TYPES = new Set(["aws:kms/key:Key"]);

export const kmsKeyRotation = rule({
  name: "kms-key-rotation",
  title: "Keys are rotated",
  says: "A symmetric KMS key rotates its material every year.",
  why: "What one year's material opens is then one year's data.",
  severity: "medium",
  set: "baseline",
  topics: ["data", "encryption"],
  references: [...cis("3.6"), ...securityHub("KMS.4"), ...nist("SC-12", "SC-28(3)")],
  url: "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
  fix: "Set enableKeyRotation: true.",
  types: TYPES,
  remedies: [{ types: TYPES, set: { enableKeyRotation: true } }],

  *resource(key) {
    const spec = key.text("customerMasterKeySpec");
    // AWS rotates symmetric keys only.
    if (spec.is === "known" && spec.value !== "SYMMETRIC_DEFAULT") return;
    const findings = [...mustBe(key, "enableKeyRotation", true, { absent: "and AWS then leaves it off" })];
    if (spec.is !== "unknown") yield* findings;
    else if (findings.length > 0)
      yield undecided('"enableKeyRotation" is not true, and whether the key is symmetric is not known yet');
  },
});
