import { undecided, violation } from "../../../policy/frame/finding.ts";
import { eksSecretsEncryption } from "../../../policy/rules/eks-secrets-encryption.ts";
import { describeRule } from "../support/table.ts";
import { UNKNOWN } from "../support/unknown.ts";

describeRule(eksSecretsEncryption, {
  type: "aws:eks/cluster:Cluster",
  sound: { encryptionConfig: { provider: { keyArn: UNKNOWN }, resources: ["secrets"] } },
  absent: [violation('"encryptionConfig" is not set')],
  cases: {
    "refuses one that names no key": {
      set: { "encryptionConfig.provider": {} },
      finds: [violation('"encryptionConfig.provider.keyArn" is not set, so it names no key')],
    },
    "cannot decide while none of it is known": {
      unknown: ["encryptionConfig"],
      finds: [undecided('"encryptionConfig" is not known yet', "Give it as a plain value.")],
    },
  },
});
