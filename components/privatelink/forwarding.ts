import { createHash } from "node:crypto";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { cidrContains } from "../../model/cidr-plan.ts";
import type { Tags } from "../../model/tags.ts";

/** What stands behind the load balancer. Ports default to the service's. */
export type Targets =
  | { readonly type: "instance"; readonly instanceIds: readonly string[]; readonly port?: number | undefined }
  | { readonly type: "ip"; readonly addresses: readonly string[]; readonly port?: number | undefined }
  | { readonly type: "alb"; readonly loadBalancerArn: string; readonly port?: number | undefined };

export type HealthCheck =
  | { readonly protocol: "TCP"; readonly port?: number | undefined }
  | { readonly protocol: "HTTP" | "HTTPS"; readonly path: string; readonly port?: number | undefined };

/** What one port of a load balancer does with its connections. */
export interface ForwardingSettings {
  /** TCP port of the listener. */
  readonly port: number;
  readonly targets: Targets;
  readonly healthCheck: HealthCheck;
  /** Whether targets get the client's address in a header of proxy protocol v2, which they then have to read. */
  readonly proxyProtocol: boolean;
  /** Seconds without a packet after which the load balancer forgets a connection. */
  readonly idleTimeoutSeconds: number;
}

export interface ForwardingArgs extends ForwardingSettings {
  /** Key of the service whose port it is. */
  readonly service: string;
  readonly loadBalancerArn: pulumi.Input<string>;
  /** What AWS calls the target group: final. */
  readonly targetGroupName: string;
  readonly vpcId: string;
  /** CIDRs of the VPC: what says whether a target's address is inside. */
  readonly vpcCidrs: readonly string[];
  readonly tags: Tags;
}

/**
 * One port of a load balancer: TCP in, TCP to one group of targets.
 *
 * Creates a target group with its targets, and a listener. Where a setting of the target group changes, its targets are registered anew, one after the
 * other, since those that are registered keep what they were registered with.
 */
export class Forwarding extends pulumi.ComponentResource {
  readonly targetGroupArn: pulumi.Output<string>;
  readonly #child: pulumi.CustomResourceOptions;

  constructor(name: string, args: ForwardingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:privatelink:Forwarding", name, { service: args.service }, opts);
    this.#child = childOptions(this, opts);

    const targetGroup = this.#createTargetGroup(name, args);
    this.#registerTargets(name, args, targetGroup);
    this.#createListener(name, args, targetGroup);

    this.targetGroupArn = targetGroup.arn;
    this.registerOutputs({ service: args.service, targetGroupArn: this.targetGroupArn });
  }

  #createTargetGroup(name: string, args: ForwardingArgs): aws.lb.TargetGroup {
    const { targetGroupName, vpcId, targets, port, proxyProtocol, tags } = args;
    return new aws.lb.TargetGroup(
      name,
      {
        name: targetGroupName,
        vpcId,
        targetType: targets.type,
        protocol: "TCP",
        port: targets.port ?? port,
        healthCheck: healthCheckOf(args),
        // A target group of a load balancer of its own kind has no such attribute.
        ...(targets.type === "alb" ? {} : { proxyProtocolV2: proxyProtocol }),
        tags: { ...tags, Name: targetGroupName },
      },
      // AWS cannot change a target group's port, nor have a second group of the same fixed name beside it. The port is a default only: each target
      // states its own, and health checks follow that.
      { ...this.#child, ignoreChanges: ["port"] },
    );
  }

  #registerTargets(name: string, args: ForwardingArgs, targetGroup: aws.lb.TargetGroup): void {
    const { port, targets } = args;
    const outside = outsideAddresses(args);
    let before: aws.lb.TargetGroupAttachment | undefined;
    for (const target of targetIds(targets)) {
      before = new aws.lb.TargetGroupAttachment(
        `${name}-${targetName(target)}`,
        {
          targetGroupArn: targetGroup.arn,
          targetId: target,
          port: targets.port ?? port,
          ...(outside.includes(target) ? { availabilityZone: "all" } : {}),
        },
        {
          ...this.#child,
          // Registering what is registered does nothing, and taking it away afterwards would leave nothing.
          deleteBeforeReplace: true,
          replacementTrigger: settingsDigest(args),
          // The others go on serving.
          dependsOn: before ? [before] : [],
        },
      );
    }
  }

  #createListener(name: string, args: ForwardingArgs, targetGroup: aws.lb.TargetGroup): void {
    const { loadBalancerArn, port, idleTimeoutSeconds, tags } = args;
    new aws.lb.Listener(
      name,
      {
        loadBalancerArn,
        port,
        protocol: "TCP",
        tcpIdleTimeoutSeconds: idleTimeoutSeconds,
        defaultActions: [{ type: "forward", targetGroupArn: targetGroup.arn }],
        tags: { ...tags },
      },
      this.#child,
    );
  }
}

/** They were children of the load balancer before this component was. */
const childOptions = (
  parent: pulumi.Resource,
  opts: pulumi.ComponentResourceOptions | undefined,
): pulumi.CustomResourceOptions => (opts?.parent ? { parent, aliases: [{ parent: opts.parent }] } : { parent });

function healthCheckOf({ healthCheck }: Pick<ForwardingArgs, "healthCheck">) {
  return {
    enabled: true,
    protocol: healthCheck.protocol,
    port: healthCheck.port === undefined ? "traffic-port" : String(healthCheck.port),
    ...(healthCheck.protocol === "TCP" ? {} : { path: healthCheck.path }),
  };
}

/** Of all that a registered target may not have heard of. */
const settingsDigest = ({ healthCheck, proxyProtocol }: ForwardingSettings): string =>
  createHash("sha256")
    .update(JSON.stringify({ healthCheck: healthCheckOf({ healthCheck }), proxyProtocol }))
    .digest("hex")
    .slice(0, 16);

function targetIds(targets: Targets): readonly string[] {
  switch (targets.type) {
    case "instance":
      return targets.instanceIds;
    case "ip":
      return targets.addresses;
    case "alb":
      return [targets.loadBalancerArn];
  }
}

/** A load balancer's ARN by its own name. */
const targetName = (target: string): string => /:loadbalancer\/app\/([^/]+)\//.exec(target)?.[1] ?? target;

/** Addresses of targets that no CIDR of the VPC holds, reached over a peering, a transit gateway or a VPN. */
export function outsideAddresses({
  targets,
  vpcCidrs,
}: {
  readonly targets: Targets;
  readonly vpcCidrs: readonly string[];
}): readonly string[] {
  if (targets.type !== "ip") return [];
  return targets.addresses.filter((address) => !vpcCidrs.some((cidr) => cidrContains(cidr, `${address}/32`)));
}

/** Ports on which targets are reached: for clients and for health checks. */
export function targetPorts({
  port,
  targets,
  healthCheck,
}: Pick<ForwardingSettings, "port" | "targets" | "healthCheck">): readonly number[] {
  const own = targets.port ?? port;
  return [...new Set([own, healthCheck.port ?? own])];
}
