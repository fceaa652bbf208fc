import { type Finding, undecided, violation } from "../../../policy/frame/finding.ts";
import { elasticacheEncrypted } from "../../../policy/rules/elasticache-encrypted.ts";
import { describeRule } from "../support/table.ts";

const unset = (path: string): Finding =>
  violation(`"${path}" is not set, and whether it is on then depends on the engine`);

describeRule(elasticacheEncrypted, {
  type: "aws:elasticache/replicationGroup:ReplicationGroup",
  sound: { engine: "valkey", atRestEncryptionEnabled: true, transitEncryptionEnabled: true },
  absent: [unset("atRestEncryptionEnabled"), unset("transitEncryptionEnabled")],
  cases: {
    "refuses sending in clear": {
      set: { transitEncryptionEnabled: false },
      finds: [violation('"transitEncryptionEnabled" is false')],
    },
    "reads a flag that the provider has as text": { set: { atRestEncryptionEnabled: "true" } },
    "cannot decide while it is not known": {
      unknown: ["atRestEncryptionEnabled"],
      finds: [
        undecided(
          '"atRestEncryptionEnabled" is not known yet',
          "Give it as a plain value: atRestEncryptionEnabled: true.",
        ),
      ],
    },
  },
});
