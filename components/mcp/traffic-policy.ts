import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Egress } from "../../model/pod-egress.ts";

/** Addresses that are let in on one port. */
export interface Ingress {
  readonly cidrs: pulumi.Input<readonly string[]>;
  readonly port: number;
}

export interface TrafficPolicyArgs {
  readonly namespace: pulumi.Input<string>;
  /** Labels of the pods. */
  readonly pods: Readonly<Record<string, string>>;
  readonly egress: pulumi.Input<readonly Egress[]>;
  readonly ingress: readonly Ingress[];
}

/** All that some pods may send and receive, besides what their own node asks them. Creates the NetworkPolicy. */
export class TrafficPolicy extends pulumi.ComponentResource {
  readonly policyName: pulumi.Output<string>;

  constructor(name: string, args: TrafficPolicyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:mcp:TrafficPolicy", name, {}, opts);

    const policy = new k8s.networking.v1.NetworkPolicy(
      name,
      {
        metadata: { name, namespace: args.namespace },
        spec: {
          podSelector: { matchLabels: { ...args.pods } },
          policyTypes: ["Ingress", "Egress"],
          ingress: args.ingress.map(({ cidrs, port }) => ({
            from: pulumi.output(cidrs).apply(blocks),
            ports: [{ protocol: "TCP", port }],
          })),
          egress: pulumi.output(args.egress).apply((rules) =>
            rules.map(({ cidrs, port, protocols }) => ({
              to: blocks(cidrs),
              ports: protocols.map((protocol) => ({ protocol, port })),
            })),
          ),
        },
      },
      { parent: this },
    );

    this.policyName = policy.metadata.name;
    this.registerOutputs({ policyName: this.policyName });
  }
}

const blocks = (cidrs: readonly string[]) => cidrs.map((cidr) => ({ ipBlock: { cidr } }));
