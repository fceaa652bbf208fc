import { undecided, violation } from "../../../policy/frame/finding.ts";
import { kmsKeyRotation } from "../../../policy/rules/kms-key-rotation.ts";
import { describeRule } from "../support/table.ts";

const OFF = violation('"enableKeyRotation" is not set, and AWS then leaves it off');

describeRule(kmsKeyRotation, {
  type: "aws:kms/key:Key",
  sound: { enableKeyRotation: true },
  absent: [OFF],
  cases: {
    "refuses a key whose material stays": {
      set: { enableKeyRotation: false },
      finds: [violation('"enableKeyRotation" is false')],
    },
    "cannot decide while it is not known": {
      unknown: ["enableKeyRotation"],
      finds: [undecided('"enableKeyRotation" is not known yet', "Give it as a plain value: enableKeyRotation: true.")],
    },
    "leaves asymmetric keys alone, which AWS cannot rotate": {
      inputs: { customerMasterKeySpec: "RSA_4096" },
    },
    "cannot decide while it is not known whether the key is symmetric, unless it rotates in any case": {
      unknown: ["customerMasterKeySpec"],
    },
    "says so where it does not": {
      unset: ["enableKeyRotation"],
      unknown: ["customerMasterKeySpec"],
      finds: [undecided('"enableKeyRotation" is not true, and whether the key is symmetric is not known yet')],
    },
  },
});
