import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** Version of the pod security standard that the manifests here are written for: a newer cluster must not refuse pods that ran before its upgrade. */
const STANDARD_VERSION = "v1.35";
const MODES = ["enforce", "audit", "warn"] as const;

/**
 * A namespace whose pods are held to the pod security standard `restricted`, and to no traffic at all.
 *
 * Creates the namespace and a NetworkPolicy that denies everything in both directions; what runs there adds policies of its own. Probes by the kubelet need
 * none: a pod's own node is always let in. https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export class RestrictedNamespace extends pulumi.ComponentResource {
  readonly namespaceName: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:mcp:RestrictedNamespace", name, {}, opts);

    const namespace = new k8s.core.v1.Namespace(
      name,
      { metadata: { name, labels: Object.fromEntries(MODES.flatMap(labelsOf)) } },
      // It stood by itself before this component did.
      { parent: this, aliases: [{ parent: pulumi.rootStackResource }] },
    );
    new k8s.networking.v1.NetworkPolicy(
      `${name}-default-deny`,
      {
        metadata: { name: "default-deny", namespace: namespace.metadata.name },
        spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      },
      { parent: this },
    );

    this.namespaceName = namespace.metadata.name;
    this.registerOutputs({ namespaceName: this.namespaceName });
  }
}

const labelsOf = (mode: (typeof MODES)[number]): [string, string][] => [
  [`pod-security.kubernetes.io/${mode}`, "restricted"],
  [`pod-security.kubernetes.io/${mode}-version`, STANDARD_VERSION],
];
