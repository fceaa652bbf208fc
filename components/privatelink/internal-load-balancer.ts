import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { cidrContains } from "../../model/cidr-plan.ts";
import { serviceNames } from "../../model/physical-name.ts";
import type { Tags } from "../../model/tags.ts";

/** What stands behind the load balancer. Ports default to the service's. */
export type Targets =
  | { readonly type: "instance"; readonly instanceIds: readonly string[]; readonly port?: number | undefined }
  | { readonly type: "ip"; readonly addresses: readonly string[]; readonly port?: number | undefined };

export type HealthCheck =
  | { readonly protocol: "TCP"; readonly port?: number | undefined }
  | { readonly protocol: "HTTP" | "HTTPS"; readonly path: string; readonly port?: number | undefined };

export interface InternalLoadBalancerArgs {
  /** Key of the service: all physical names derive from it. */
  readonly service: string;
  /** TCP port of the listener. */
  readonly port: number;
  readonly vpcId: string;
  /** CIDRs of the VPC: local clients, and what says whether a target's address is inside. */
  readonly vpcCidrs: readonly string[];
  /** CIDR of CorpAI's nodes and pods. */
  readonly clientCidr: string;
  readonly subnets: readonly { readonly id: string; readonly azId: string }[];
  readonly targets: Targets;
  readonly healthCheck: HealthCheck;
  /** The group that the targets carry. */
  readonly targetSecurityGroupId: string;
  /** Whether to add to that group the rules that admit the load balancer. */
  readonly openTargetSecurityGroup: boolean;
  readonly inboundRulesOnPrivateLink: "on" | "off";
  /** Whether AWS refuses to delete it. */
  readonly deletionProtection: boolean;
  readonly tags: Tags;
}

/**
 * An internal network load balancer in front of one service.
 *
 * Creates its security group and rules, a target group with its targets, the load balancer with cross-zone balancing, and one TCP listener;
 * on request the rules on the targets' own group. Does not: anything internet-facing.
 *
 * With PrivateLink the load balancer's group sees the address of the *client*, not of the endpoint, so it admits CorpAI's client CIDR beside the
 * VPC's own. https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
 */
export class InternalLoadBalancer extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;
  /** Ports that the targets' group has to admit from {@link securityGroupId}. */
  readonly targetPorts: readonly number[];

  constructor(name: string, args: InternalLoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    const azIds = args.subnets.map(({ azId }) => azId);
    super("corpai:privatelink:InternalLoadBalancer", name, { azIds }, opts);
    this.targetPorts = targetPorts(args);

    const group = this.#createSecurityGroup(name, args);
    this.#admitClients(name, args, group);
    this.#reachTargets(name, args, group);
    const targetGroup = this.#createTargetGroup(name, args);
    this.#registerTargets(name, args, targetGroup);
    const loadBalancer = this.#createLoadBalancer(name, args, group);
    this.#createListener(name, args, loadBalancer, targetGroup);

    this.arn = loadBalancer.arn;
    this.securityGroupId = group.id;
    this.registerOutputs({
      azIds,
      arn: this.arn,
      securityGroupId: this.securityGroupId,
      targetPorts: this.targetPorts,
    });
  }

  #createSecurityGroup(name: string, { service, vpcId, tags }: InternalLoadBalancerArgs): aws.ec2.SecurityGroup {
    const physicalName = serviceNames(service).securityGroup;
    return new aws.ec2.SecurityGroup(
      name,
      {
        name: physicalName,
        description: `Security group for ${service} NLB PrivateLink`,
        vpcId,
        tags: { ...tags, Name: physicalName },
      },
      { parent: this },
    );
  }

  #admitClients(
    name: string,
    { port, vpcCidrs, clientCidr }: InternalLoadBalancerArgs,
    group: aws.ec2.SecurityGroup,
  ): void {
    for (const cidr of new Set([...vpcCidrs, clientCidr])) {
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-from-${cidr}`,
        {
          securityGroupId: group.id,
          description: cidr === clientCidr ? "CorpAI's nodes and pods, over PrivateLink" : "This VPC",
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          cidrIpv4: cidr,
        },
        { parent: this },
      );
    }
  }

  #reachTargets(name: string, args: InternalLoadBalancerArgs, group: aws.ec2.SecurityGroup): void {
    const { targetSecurityGroupId, openTargetSecurityGroup } = args;
    for (const port of this.targetPorts) {
      // Targets outside the VPC carry no group that a rule could name.
      for (const address of outsideAddresses(args)) {
        new aws.vpc.SecurityGroupEgressRule(
          `${name}-to-${address}-${port}`,
          {
            securityGroupId: group.id,
            description: "A target outside this VPC",
            ipProtocol: "tcp",
            fromPort: port,
            toPort: port,
            cidrIpv4: `${address}/32`,
          },
          { parent: this },
        );
      }
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-to-targets-${port}`,
        {
          securityGroupId: group.id,
          description: "The service's own group",
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          referencedSecurityGroupId: targetSecurityGroupId,
        },
        { parent: this },
      );
      if (!openTargetSecurityGroup) continue;
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-into-targets-${port}`,
        {
          securityGroupId: targetSecurityGroupId,
          description: "CorpAI PrivateLink load balancer",
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          referencedSecurityGroupId: group.id,
        },
        { parent: this },
      );
    }
  }

  #createTargetGroup(
    name: string,
    { service, port, vpcId, targets, healthCheck, tags }: InternalLoadBalancerArgs,
  ): aws.lb.TargetGroup {
    const physicalName = serviceNames(service).targetGroup;
    return new aws.lb.TargetGroup(
      name,
      {
        name: physicalName,
        vpcId,
        targetType: targets.type,
        protocol: "TCP",
        port: targets.port ?? port,
        healthCheck: {
          enabled: true,
          protocol: healthCheck.protocol,
          port: healthCheck.port === undefined ? "traffic-port" : String(healthCheck.port),
          ...(healthCheck.protocol === "TCP" ? {} : { path: healthCheck.path }),
        },
        tags: { ...tags, Name: physicalName },
      },
      // AWS cannot change a target group's port, nor have a second group of the same fixed name beside it. The port is a default only: each target
      // states its own, and health checks follow that.
      { parent: this, ignoreChanges: ["port"] },
    );
  }

  #registerTargets(name: string, args: InternalLoadBalancerArgs, targetGroup: aws.lb.TargetGroup): void {
    const { port, targets } = args;
    const outside = outsideAddresses(args);
    for (const target of targets.type === "instance" ? targets.instanceIds : targets.addresses) {
      new aws.lb.TargetGroupAttachment(
        `${name}-${target}`,
        {
          targetGroupArn: targetGroup.arn,
          targetId: target,
          port: targets.port ?? port,
          ...(outside.includes(target) ? { availabilityZone: "all" } : {}),
        },
        { parent: this },
      );
    }
  }

  #createLoadBalancer(
    name: string,
    { service, subnets, inboundRulesOnPrivateLink, deletionProtection, tags }: InternalLoadBalancerArgs,
    group: aws.ec2.SecurityGroup,
  ): aws.lb.LoadBalancer {
    const physicalName = serviceNames(service).loadBalancer;
    return new aws.lb.LoadBalancer(
      name,
      {
        name: physicalName,
        loadBalancerType: "network",
        internal: true,
        subnets: subnets.map(({ id }) => id),
        securityGroups: [group.id],
        enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: inboundRulesOnPrivateLink,
        enableCrossZoneLoadBalancing: true,
        enableDeletionProtection: deletionProtection,
        tags: { ...tags, Name: physicalName },
      },
      { parent: this },
    );
  }

  #createListener(
    name: string,
    { port, tags }: InternalLoadBalancerArgs,
    loadBalancer: aws.lb.LoadBalancer,
    targetGroup: aws.lb.TargetGroup,
  ): void {
    new aws.lb.Listener(
      name,
      {
        loadBalancerArn: loadBalancer.arn,
        port,
        protocol: "TCP",
        defaultActions: [{ type: "forward", targetGroupArn: targetGroup.arn }],
        tags: { ...tags },
      },
      { parent: this },
    );
  }
}

/** Addresses of targets that no CIDR of the VPC holds, reached over a peering, a transit gateway or a VPN. */
export function outsideAddresses({
  targets,
  vpcCidrs,
}: Pick<InternalLoadBalancerArgs, "targets" | "vpcCidrs">): readonly string[] {
  if (targets.type !== "ip") return [];
  return targets.addresses.filter((address) => !vpcCidrs.some((cidr) => cidrContains(cidr, `${address}/32`)));
}

/** Ports on which targets are reached: for clients and for health checks. */
export function targetPorts({
  port,
  targets,
  healthCheck,
}: Pick<InternalLoadBalancerArgs, "port" | "targets" | "healthCheck">): readonly number[] {
  const own = targets.port ?? port;
  return [...new Set([own, healthCheck.port ?? own])];
}
