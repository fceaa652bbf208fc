import { each, mustBeGiven } from "../frame/expectations.ts";
import { violation } from "../frame/finding.ts";
import { cisEks, securityHub, nist } from "../frame/references.ts";
import { rule } from "../frame/rule.ts";
import { CLUSTER_TYPE } from "../reading/subnet-lists.ts";

export const eksSecretsEncryption = rule({
  name: "eks-secrets-encryption",
  title: "Kubernetes Secrets are encrypted by a key of the account",
  says: "A cluster encrypts Secrets by a KMS key of the account.",
  why: "Since 1.28 AWS encrypts them by a key of its own; only one of the account can be audited and taken away.",
  severity: "medium",
  set: "strict",
  topics: ["kubernetes", "encryption"],
  references: [...cisEks("5.3.1"), ...securityHub("EKS.3"), ...nist("SC-28", "SC-12")],
  url: "https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html",
  fix: 'Set encryptionConfig: { provider: { keyArn }, resources: ["secrets"] }.',
  caution: "It cannot be taken back: the cluster dies with the key.",
  types: new Set([CLUSTER_TYPE]),

  *resource(cluster) {
    const config = cluster.read("encryptionConfig");
    if (config.is === "absent") yield violation('"encryptionConfig" is not set');
    yield* each(cluster, "encryptionConfig", (encryption) =>
      mustBeGiven(encryption, "provider.keyArn", "so it names no key"),
    );
  },
});
