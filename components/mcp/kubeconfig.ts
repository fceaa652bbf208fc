import * as pulumi from "@pulumi/pulumi";

export interface KubeconfigArgs {
  readonly region: string;
  readonly name: pulumi.Input<string>;
  /** URL of the private API. */
  readonly endpoint: pulumi.Input<string>;
  /** Base64 PEM. */
  readonly certificateAuthority: pulumi.Input<string>;
}

/** A kubeconfig that holds no credential: the AWS CLI makes a token of the caller's own whenever one is needed. */
export function kubeconfig({ region, name, endpoint, certificateAuthority }: KubeconfigArgs): pulumi.Output<string> {
  return pulumi.jsonStringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: endpoint, "certificate-authority-data": certificateAuthority } }],
    users: [
      {
        name,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "aws",
            args: ["eks", "get-token", "--region", region, "--cluster-name", name],
            interactiveMode: "Never",
          },
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}
