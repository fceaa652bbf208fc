import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { DEREGISTRATION_SECONDS } from "../../model/server-settings.ts";
import type { Tags } from "../../model/tags.ts";

export interface InternalServiceArgs {
  readonly namespace: pulumi.Input<string>;
  /** Labels of the pods behind it. */
  readonly pods: Readonly<Record<string, string>>;
  /** Where clients connect. */
  readonly port: number;
  /** Where the pods listen, and answer `/ready`. */
  readonly targetPort: number;
  /** In at least two AZs, one in each. */
  readonly subnetIds: pulumi.Input<readonly string[]>;
  /** Who may connect. */
  readonly clientCidrs: readonly string[];
  readonly tags: Tags;
}

const annotation = (name: string): string => `service.beta.kubernetes.io/aws-load-balancer-${name}`;

/**
 * An internal Network Load Balancer in front of pods, made by EKS Auto Mode. https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html
 *
 * Creates the Service; EKS makes the load balancer, its security group, and the rule that lets it in to the pods. Clients come to the pods with the load
 * balancer's address, so that a network policy can tell them from other pods.
 */
export class InternalService extends pulumi.ComponentResource {
  readonly host: pulumi.Output<string>;

  constructor(name: string, args: InternalServiceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:mcp:InternalService", name, {}, opts);

    const service = new k8s.core.v1.Service(
      name,
      {
        metadata: {
          name,
          namespace: args.namespace,
          annotations: {
            [annotation("scheme")]: "internal",
            [annotation("nlb-target-type")]: "ip",
            [annotation("subnets")]: pulumi.output(args.subnetIds).apply((ids) => ids.join(",")),
            [annotation("additional-resource-tags")]: pairs(args.tags),
            [annotation("attributes")]: pairs({ "load_balancing.cross_zone.enabled": "true" }),
            [annotation("target-group-attributes")]: pairs({
              "deregistration_delay.timeout_seconds": String(DEREGISTRATION_SECONDS),
              "preserve_client_ip.enabled": "false",
            }),
            [annotation("healthcheck-protocol")]: "HTTP",
            [annotation("healthcheck-path")]: "/ready",
            [annotation("healthcheck-port")]: "traffic-port",
            // Its own default waits for ready pods as well, which may be a customer's turn.
            "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0].hostname}",
          },
        },
        spec: {
          type: "LoadBalancer",
          loadBalancerClass: "eks.amazonaws.com/nlb",
          loadBalancerSourceRanges: [...args.clientCidrs],
          allocateLoadBalancerNodePorts: false,
          selector: { ...args.pods },
          ports: [{ name: "http", protocol: "TCP", port: args.port, targetPort: args.targetPort }],
        },
      },
      { parent: this },
    );

    this.host = service.status.apply(({ loadBalancer }) => loadBalancer.ingress[0]?.hostname ?? "");
    this.registerOutputs({ host: this.host });
  }
}

const pairs = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
