import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Disruptions, Replicas } from "../../model/server-settings.ts";

export interface ScalingArgs {
  readonly namespace: pulumi.Input<string>;
  /** Labels of the pods. */
  readonly pods: Readonly<Record<string, string>>;
  readonly deploymentName: string;
  readonly replicas: Replicas;
  readonly disruptions: Disruptions;
}

/**
 * How many pods of a Deployment run, and how many may be taken away at once.
 *
 * Creates a PodDisruptionBudget and, where the number is a range, an autoscaler by CPU, which needs the cluster's metrics server. Pods that are not ready may
 * always be evicted: one that waits for a customer must not keep its node from being renewed.
 */
export class Scaling extends pulumi.ComponentResource {
  readonly budgetName: pulumi.Output<string>;

  constructor(name: string, args: ScalingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:mcp:Scaling", name, {}, opts);

    const { namespace, pods, replicas, disruptions } = args;
    const metadata = { name, namespace };
    const budget = new k8s.policy.v1.PodDisruptionBudget(
      name,
      {
        metadata,
        spec: { ...disruptions, selector: { matchLabels: { ...pods } }, unhealthyPodEvictionPolicy: "AlwaysAllow" },
      },
      { parent: this },
    );
    if (typeof replicas === "object") {
      new k8s.autoscaling.v2.HorizontalPodAutoscaler(
        name,
        {
          metadata,
          spec: {
            scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: args.deploymentName },
            minReplicas: replicas.min,
            maxReplicas: replicas.max,
            metrics: [
              {
                type: "Resource",
                resource: { name: "cpu", target: { type: "Utilization", averageUtilization: replicas.cpuPercent } },
              },
            ],
            // A burst of requests is often followed by another one.
            behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
          },
        },
        { parent: this },
      );
    }

    this.budgetName = budget.metadata.name;
    this.registerOutputs({ budgetName: this.budgetName });
  }
}
