import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { PolicyStatement } from "../../model/iam-documents.ts";
import type { Egress } from "../../model/pod-egress.ts";
import { type Disruptions, type Replicas, shutdown } from "../../model/server-settings.ts";
import type { Tags } from "../../model/tags.ts";
import { BUNDLES_FOLDER, bundleFile } from "../../model/tls.ts";
import { InternalService } from "./internal-service.ts";
import { MCP_POD, RESTRICTED_CONTAINER, onMcpNodes, serviceAccountFor, workloadLabels } from "./pod-defaults.ts";
import { PodIdentity } from "./pod-identity.ts";
import { Scaling } from "./scaling.ts";
import { TrafficPolicy } from "./traffic-policy.ts";

/** A variable of a pod: a plain value, possibly still unknown, or a secret. */
export type Variable = { readonly value: pulumi.Input<string> } | { readonly secret: pulumi.Output<string> };

/** What a container asks for, and what it may take at most, as Kubernetes writes quantities. */
export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

/** Who reaches the server through a load balancer of its own. */
export interface Exposure {
  readonly port: number;
  /** In at least two AZs, one in each, in a tier without pods. */
  readonly subnets: pulumi.Input<readonly { readonly id: string; readonly cidr: string }[]>;
  readonly clientCidrs: readonly string[];
}

/** What the server may do in AWS. */
export interface Permissions {
  readonly clusterName: pulumi.Input<string>;
  readonly statements: pulumi.Input<readonly PolicyStatement[]>;
}

export interface McpServerArgs {
  /** On whose nodes, and so with whose security group, it runs; on those of all without. */
  readonly tenant?: string | undefined;
  readonly namespace: pulumi.Input<string>;
  /** By digest. */
  readonly image: string;
  /** Where the server listens, and answers `/live` and `/ready`. */
  readonly port: number;
  readonly replicas: Replicas;
  /** Whether a connection that the server uses has no host yet: it then runs no pods. */
  readonly waits: pulumi.Input<boolean>;
  readonly disruptions: Disruptions;
  readonly resources: Resources;
  readonly env: Readonly<Record<string, Variable>>;
  /** PEM of those whose certificates it believes, by the connection on which it does; mounted as files. */
  readonly caBundles: Readonly<Record<string, pulumi.Input<string>>>;
  /** All that it may send to. */
  readonly egress: pulumi.Input<readonly Egress[]>;
  /** Undefined: it uses nothing of AWS, and gets no credentials. */
  readonly permissions: Permissions | undefined;
  readonly exposure: Exposure | undefined;
  readonly tags: Tags;
}

/**
 * Longest first request over a new connection, in seconds: the onboarding document says 10 to 15. A probe that gives up earlier would call a
 * healthy pod unready.
 */
const WARM_UP_SECONDS = 15;

type Labels = Record<string, string>;

/**
 * One MCP server.
 *
 * Creates a service account without API token, its Pod Identity where it uses AWS, a Secret where variables are secret, a ConfigMap of certificate bundles, a traffic policy, a Deployment on
 * the MCP nodes (non-root, read-only root file system, no capabilities, limits, spread over AZs, time to finish what it has begun), its disruption budget and
 * autoscaler, and on request an internal load balancer. Pulumi does not await the rollout: a pod that waits for a customer must not fail an update.
 */
export class McpServer extends pulumi.ComponentResource {
  readonly deploymentName: pulumi.Output<string>;
  /** Of the load balancer; undefined where there is none. */
  readonly host: pulumi.Output<string> | undefined;

  constructor(name: string, args: McpServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:mcp:McpServer", name, {}, opts);

    const labels = workloadLabels(name);
    const account = serviceAccountFor(name, args.namespace, this);
    this.#createIdentity(name, args, account);
    const secret = this.#createSecret(name, args, labels);
    const bundles = this.#createBundles(name, args, labels);
    const traffic = this.#createTrafficPolicy(name, args);
    const deployment = this.#createDeployment(name, args, { labels, account, secret, bundles, traffic });
    this.#createScaling(name, args);

    this.deploymentName = deployment.metadata.name;
    this.host = this.#createService(name, args, deployment)?.host;
    this.registerOutputs({ deploymentName: this.deploymentName, host: this.host });
  }

  #createIdentity(name: string, args: McpServerArgs, account: k8s.core.v1.ServiceAccount): void {
    const { permissions, namespace, tags } = args;
    if (!permissions) return;
    new PodIdentity(
      name,
      {
        ...permissions,
        namespace,
        serviceAccount: account.metadata.name,
        description: `MCP server ${name}`,
        tags,
      },
      { parent: this },
    );
  }

  /** Named by Pulumi, so that a changed value makes a new Secret and rolls the pods. */
  #createSecret(name: string, { namespace, env }: McpServerArgs, labels: Labels): k8s.core.v1.Secret | undefined {
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

  /** Named by Pulumi, for the same reason: clients read a bundle once, when they start. */
  #createBundles(
    name: string,
    { namespace, caBundles }: McpServerArgs,
    labels: Labels,
  ): k8s.core.v1.ConfigMap | undefined {
    const files = Object.entries(caBundles).map(([connection, bundle]) => [bundleFile(connection), bundle]);
    if (files.length === 0) return undefined;
    return new k8s.core.v1.ConfigMap(
      `${name}-bundles`,
      { metadata: { namespace, labels }, data: Object.fromEntries(files) as Record<string, pulumi.Input<string>> },
      { parent: this },
    );
  }

  #createTrafficPolicy(name: string, { namespace, port, egress, exposure }: McpServerArgs): TrafficPolicy {
    const balancers = pulumi.output(exposure?.subnets ?? []).apply((subnets) => subnets.map(({ cidr }) => cidr));
    return new TrafficPolicy(
      name,
      { namespace, pods: selectorOf(name), egress, ingress: exposure ? [{ cidrs: balancers, port }] : [] },
      { parent: this },
    );
  }

  #createDeployment(name: string, args: McpServerArgs, parts: DeploymentParts): k8s.apps.v1.Deployment {
    const { labels, account, secret, bundles, traffic } = parts;
    const selector = { matchLabels: selectorOf(name) };
    const { sleepSeconds, graceSeconds } = shutdown(args.exposure !== undefined);
    const spread = ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
      maxSkew: 1,
      topologyKey,
      whenUnsatisfiable: "ScheduleAnyway",
      labelSelector: selector,
      // Pods of an earlier rollout must not decide where those of this one go.
      matchLabelKeys: ["pod-template-hash"],
    }));
    return new k8s.apps.v1.Deployment(
      name,
      {
        metadata: { name, namespace: args.namespace, labels, annotations: { "pulumi.com/skipAwait": "true" } },
        spec: {
          replicas: replicasOf(args),
          selector,
          template: {
            metadata: { labels },
            spec: {
              ...MCP_POD,
              ...onMcpNodes(args.tenant),
              serviceAccountName: account.metadata.name,
              terminationGracePeriodSeconds: graceSeconds,
              topologySpreadConstraints: spread,
              // Most servers write temporary files, and the root file system is read-only.
              volumes: [
                { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
                ...(bundles ? [{ name: "bundles", configMap: { name: bundles.metadata.name } }] : []),
              ],
              containers: [
                {
                  ...RESTRICTED_CONTAINER,
                  name: "server",
                  image: args.image,
                  ports: [{ name: "http", containerPort: args.port }],
                  env: environment(args, secret),
                  volumeMounts: [
                    { name: "tmp", mountPath: "/tmp" },
                    ...(bundles ? [{ name: "bundles", mountPath: BUNDLES_FOLDER, readOnly: true }] : []),
                  ],
                  resources: args.resources,
                  lifecycle: { preStop: { sleep: { seconds: sleepSeconds } } },
                  ...probes(args.port),
                },
              ],
            },
          },
        },
      },
      { parent: this, dependsOn: [traffic] },
    );
  }

  #createScaling(name: string, { namespace, replicas, disruptions }: McpServerArgs): void {
    new Scaling(
      name,
      { namespace, pods: selectorOf(name), deploymentName: name, replicas, disruptions },
      { parent: this },
    );
  }

  #createService(
    name: string,
    { namespace, port, exposure, tags }: McpServerArgs,
    deployment: k8s.apps.v1.Deployment,
  ): InternalService | undefined {
    if (!exposure) return undefined;
    return new InternalService(
      name,
      {
        namespace,
        pods: selectorOf(name),
        port: exposure.port,
        targetPort: port,
        subnetIds: pulumi.output(exposure.subnets).apply((subnets) => subnets.map(({ id }) => id)),
        clientCidrs: exposure.clientCidrs,
        tags,
      },
      // EKS opens the pods' group for the load balancer, so it has to know the pods.
      { parent: this, dependsOn: [deployment] },
    );
  }
}

interface DeploymentParts {
  readonly labels: Labels;
  readonly account: k8s.core.v1.ServiceAccount;
  readonly secret: k8s.core.v1.Secret | undefined;
  readonly bundles: k8s.core.v1.ConfigMap | undefined;
  readonly traffic: TrafficPolicy;
}

const selectorOf = (name: string): Labels => ({ "app.kubernetes.io/name": name });

/** An autoscaler has the number in its own hands, and leaves it alone at zero. */
function replicasOf({ waits, replicas }: McpServerArgs): pulumi.Output<number> {
  const wanted = typeof replicas === "number" ? replicas : undefined;
  return pulumi.output(waits).apply((waiting) => (waiting ? 0 : wanted)) as pulumi.Output<number>;
}

function environment({ env }: McpServerArgs, secret: k8s.core.v1.Secret | undefined): k8s.types.input.core.v1.EnvVar[] {
  return Object.entries(env).map(([variable, value]) => {
    if ("value" in value) return { name: variable, value: value.value };
    return { name: variable, valueFrom: { secretKeyRef: { name: secret?.metadata.name ?? "", key: variable } } };
  });
}

function probes(port: number) {
  const probe = (path: string) => ({
    httpGet: { path, port },
    periodSeconds: 10,
    timeoutSeconds: WARM_UP_SECONDS + 5,
  });
  return {
    startupProbe: { ...probe("/live"), failureThreshold: 30 },
    livenessProbe: { ...probe("/live"), failureThreshold: 3 },
    readinessProbe: { ...probe("/ready"), failureThreshold: 3 },
  };
}
