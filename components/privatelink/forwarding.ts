import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type ForwardingSettings, outsideAddresses, targetIds } from "../../model/forwarding.ts";
import type { Tags } from "../../model/tags.ts";
import { type AdoptedListener, type AdoptedTargetGroup, takenOver } from "./adopted.ts";

export interface ForwardingArgs extends ForwardingSettings {
  /** Key of the service whose port it is. */
  readonly service: string;
  readonly loadBalancerArn: pulumi.Input<string>;
  /** What AWS calls the target group: final. */
  readonly targetGroupName: string;
  readonly vpcId: string;
  /** CIDRs of the VPC: what says whether a target's address is inside. */
  readonly vpcCidrs: readonly string[];
  /** Seconds for which a target that is registered has the others wait. */
  readonly settleSeconds: number;
  /** What stands and is taken over: listener, target group, and the targets, which have to be registered. */
  readonly adopted?: AdoptedListener | undefined;
  readonly tags: Tags;
}

/**
 * One port of a load balancer: TCP in, TCP to one group of targets.
 *
 * Creates a target group with its targets, and a listener, or takes them over. Where a setting of the target group changes, its targets are registered anew, one after the
 * other, since those that are registered keep what they were registered with; between two the update waits, so that the first may become healthy.
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
    const { vpcId, targets, port, proxyProtocol, tags } = args;
    const adopted = args.adopted?.targetGroup;
    const targetGroupName = adopted?.name ?? args.targetGroupName;
    return new aws.lb.TargetGroup(
      name,
      {
        name: targetGroupName,
        vpcId,
        targetType: targets.type,
        protocol: "TCP",
        port: adopted?.port ?? targets.port ?? port,
        healthCheck: healthCheckOf(args, adopted),
        ...(adopted ? { deregistrationDelay: adopted.deregistrationDelay } : {}),
        // A target group of a load balancer of its own kind has no such attribute.
        ...(targets.type === "alb" ? {} : { proxyProtocolV2: proxyProtocol }),
        tags: adopted?.tags ?? { ...tags, Name: targetGroupName },
      },
      // AWS cannot change a target group's port, nor have a second group of the same fixed name beside it. The port is a default only: each target
      // states its own, and health checks follow that.
      { ...this.#child, ...takenOver(adopted?.arn), ignoreChanges: ["port"] },
    );
  }

  #registerTargets(name: string, args: ForwardingArgs, targetGroup: aws.lb.TargetGroup): void {
    const { port, targets } = args;
    const outside = outsideAddresses(args);
    const ids = targetIds(targets);
    const hooks = settling(name, args);
    let before: aws.lb.TargetGroupAttachment | undefined;
    for (const target of ids) {
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
          ...registeredAlready(args, targetGroup, target),
          // Registering what is registered does nothing, and taking it away afterwards would leave nothing.
          deleteBeforeReplace: true,
          replacementTrigger: registeredWith(args),
          // The others go on serving.
          dependsOn: before ? [before] : [],
          // After the last one nobody waits.
          ...(target === ids.at(-1) ? {} : hooks),
        },
      );
    }
  }

  #createListener(name: string, args: ForwardingArgs, targetGroup: aws.lb.TargetGroup): void {
    const { loadBalancerArn, port, idleTimeoutSeconds, adopted, tags } = args;
    new aws.lb.Listener(
      name,
      {
        loadBalancerArn,
        port,
        protocol: "TCP",
        tcpIdleTimeoutSeconds: idleTimeoutSeconds,
        defaultActions: [{ type: "forward", targetGroupArn: targetGroup.arn }],
        tags: adopted?.tags ?? { ...tags },
      },
      { ...this.#child, ...takenOver(adopted?.arn) },
    );
  }
}

/** They were children of the load balancer before this component was. */
const childOptions = (
  parent: pulumi.Resource,
  opts: pulumi.ComponentResourceOptions | undefined,
): pulumi.CustomResourceOptions => (opts?.parent ? { parent, aliases: [{ parent: opts.parent }] } : { parent });

/**
 * A target that a group which is taken over has registered. It stays so when the group leaves the state, and only then: one that leaves the file is
 * deregistered.
 */
function registeredAlready(
  { adopted, targets, port }: ForwardingArgs,
  targetGroup: aws.lb.TargetGroup,
  target: string,
): pulumi.CustomResourceOptions {
  if (!adopted) return {};
  return { import: [adopted.targetGroup.arn, target, targets.port ?? port].join(","), deletedWith: targetGroup };
}

/** By the clock: neither a resource nor a look-up of the provider says when AWS calls a target healthy. Pulumi goes on once the hook has ended. */
function settling(
  name: string,
  { settleSeconds, targets }: ForwardingArgs,
): Pick<pulumi.CustomResourceOptions, "hooks"> {
  if (settleSeconds === 0 || targetIds(targets).length < 2) return {};
  const hook = new pulumi.ResourceHook(`${name}-settles`, async () => {
    void pulumi.log.info(`${name}: a target is registered; ${settleSeconds} s for it to become healthy`);
    await new Promise((resolve) => setTimeout(resolve, settleSeconds * 1000));
  });
  return { hooks: { afterCreate: [hook] } };
}

function healthCheckOf({ healthCheck }: Pick<ForwardingArgs, "healthCheck">, adopted?: AdoptedTargetGroup) {
  return {
    ...adopted?.healthCheckTimes,
    enabled: true,
    protocol: healthCheck.protocol,
    port: healthCheck.port === undefined ? "traffic-port" : String(healthCheck.port),
    ...(healthCheck.protocol === "TCP" ? {} : { path: healthCheck.path }),
  };
}

/** All that a registered target may not have heard of. */
const registeredWith = ({ healthCheck, proxyProtocol }: ForwardingSettings): string =>
  JSON.stringify({ healthCheck: healthCheckOf({ healthCheck }), proxyProtocol });

/** A load balancer's ARN by its own name. */
const targetName = (target: string): string => /:loadbalancer\/app\/([^/]+)\//.exec(target)?.[1] ?? target;
