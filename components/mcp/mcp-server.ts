import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { WORKLOAD_NODES } from "./workload-nodes.ts";

/** A variable of a pod: a plain value, possibly still unknown, or a secret. */
export type Variable = { readonly value: pulumi.Input<string> } | { readonly secret: pulumi.Output<string> };

export interface McpServerArgs {
  readonly namespace: pulumi.Input<string>;
  /** By digest. */
  readonly image: string;
  /** Where the server listens, and answers `/live` and `/ready`. */
  readonly port: number;
  /** 0 while a connection that the server uses has no host yet. */
  readonly replicas: pulumi.Input<number>;
  readonly env: Readonly<Record<string, Variable>>;
}

/**
 * Longest first request over a new connection, in seconds: the onboarding document says 10 to 15. A probe that gives up earlier would call a
 * healthy pod unready.
 */
const WARM_UP_SECONDS = 15;

/**
 * One MCP server.
 *
 * Creates a service account without API token, a Secret where variables are secret, and a Deployment on the MCP nodes: non-root, read-only root file
 * system, no capabilities, limits, spread over AZs. Pulumi does not await the rollout: a pod that waits for a customer must not fail an update.
 */
export class McpServer extends pulumi.ComponentResource {
  readonly deploymentName: pulumi.Output<string>;

  constructor(name: string, args: McpServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:mcp:McpServer", name, {}, opts);

    const labels = { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "corpai-mcp" };
    const account = this.#createServiceAccount(name, args, labels);
    const secret = this.#createSecret(name, args, labels);
    const deployment = this.#createDeployment(name, args, labels, account, secret);

    this.deploymentName = deployment.metadata.name;
    this.registerOutputs({ deploymentName: this.deploymentName });
  }

  #createServiceAccount(
    name: string,
    { namespace }: McpServerArgs,
    labels: Record<string, string>,
  ): k8s.core.v1.ServiceAccount {
    return new k8s.core.v1.ServiceAccount(
      name,
      { metadata: { name, namespace, labels }, automountServiceAccountToken: false },
      { parent: this },
    );
  }

  /** Named by Pulumi, so that a changed value makes a new Secret and rolls the pods. */
  #createSecret(
    name: string,
    { namespace, env }: McpServerArgs,
    labels: Record<string, string>,
  ): k8s.core.v1.Secret | undefined {
    const secrets = Object.entries(env).flatMap(([variable, value]) =>
      "secret" in value ? [[variable, value.secret] as const] : [],
    );
    if (secrets.length === 0) return undefined;
    return new k8s.core.v1.Secret(
      name,
      { metadata: { namespace, labels }, type: "Opaque", stringData: Object.fromEntries(secrets) },
      { parent: this },
    );
  }

  #createDeployment(
    name: string,
    args: McpServerArgs,
    labels: Record<string, string>,
    account: k8s.core.v1.ServiceAccount,
    secret: k8s.core.v1.Secret | undefined,
  ): k8s.apps.v1.Deployment {
    const env = Object.entries(args.env).map(([variable, value]): k8s.types.input.core.v1.EnvVar => {
      if ("value" in value) return { name: variable, value: value.value };
      return { name: variable, valueFrom: { secretKeyRef: { name: secret?.metadata.name ?? "", key: variable } } };
    });
    const probe = (path: string) => ({
      httpGet: { path, port: args.port },
      periodSeconds: 10,
      timeoutSeconds: WARM_UP_SECONDS + 5,
    });
    return new k8s.apps.v1.Deployment(
      name,
      {
        metadata: { name, namespace: args.namespace, labels, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          replicas: args.replicas,
          selector: { matchLabels: { "app.kubernetes.io/name": name } },
          template: {
            metadata: { labels },
            spec: {
              serviceAccountName: account.metadata.name,
              automountServiceAccountToken: false,
              nodeSelector: { [WORKLOAD_NODES.key]: WORKLOAD_NODES.value },
              tolerations: [{ ...WORKLOAD_NODES, operator: "Equal", effect: "NoSchedule" }],
              topologySpreadConstraints: [
                {
                  maxSkew: 1,
                  topologyKey: "topology.kubernetes.io/zone",
                  whenUnsatisfiable: "ScheduleAnyway",
                  labelSelector: { matchLabels: { "app.kubernetes.io/name": name } },
                },
              ],
              securityContext: {
                runAsNonRoot: true,
                runAsUser: 10001,
                fsGroup: 10001,
                seccompProfile: { type: "RuntimeDefault" },
              },
              // Most servers write temporary files, and the root file system is read-only.
              volumes: [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }],
              containers: [
                {
                  name: "server",
                  image: args.image,
                  ports: [{ name: "http", containerPort: args.port }],
                  env,
                  volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
                  resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "1", memory: "512Mi" } },
                  securityContext: {
                    allowPrivilegeEscalation: false,
                    readOnlyRootFilesystem: true,
                    capabilities: { drop: ["ALL"] },
                  },
                  startupProbe: { ...probe("/live"), failureThreshold: 30 },
                  livenessProbe: { ...probe("/live"), failureThreshold: 3 },
                  readinessProbe: { ...probe("/ready"), failureThreshold: 3 },
                },
              ],
            },
          },
        },
      },
      { parent: this },
    );
  }
}
