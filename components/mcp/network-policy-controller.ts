import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/**
 * The switch by which a cluster in Auto Mode starts to read NetworkPolicies; until it is set, they are accepted and ignored. The other one is on the node
 * class. https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html
 *
 * Creates the ConfigMap that EKS looks for.
 */
export class NetworkPolicyController extends pulumi.ComponentResource {
  readonly configMapName: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:mcp:NetworkPolicyController", name, {}, opts);

    const configMap = new k8s.core.v1.ConfigMap(
      name,
      {
        metadata: { name: "amazon-vpc-cni", namespace: "kube-system" },
        data: { "enable-network-policy-controller": "true" },
      },
      { parent: this },
    );

    this.configMapName = configMap.metadata.name;
    this.registerOutputs({ configMapName: this.configMapName });
  }
}
