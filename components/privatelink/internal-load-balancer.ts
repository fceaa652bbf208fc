import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { serviceNames } from "../../model/physical-name.ts";
import type { Tags } from "../../model/tags.ts";
import { Forwarding, type ForwardingSettings, outsideAddresses, targetPorts } from "./forwarding.ts";

/** A further port of a service, to the same targets. */
export interface FurtherPort {
  readonly port: number;
  /** Where targets listen; the port itself by default. */
  readonly targetPort?: number | undefined;
  /** By default the service's own where that has a port of its own, else TCP on this one. */
  readonly healthCheck?: ForwardingSettings["healthCheck"] | undefined;
}

/** What one service has a load balancer do. */
export interface ForwardedService extends ForwardingSettings {
  /** Key of the service: all physical names derive from it. */
  readonly service: string;
  /** Further ports, by name. */
  readonly ports: Readonly<Record<string, FurtherPort>>;
  /** The group that the targets carry. */
  readonly targetSecurityGroupId: string;
  /** Whether to add to that group the rules that admit the load balancer. */
  readonly openTargetSecurityGroup: boolean;
}

export interface InternalLoadBalancerArgs extends ForwardedService {
  readonly vpcId: string;
  /** CIDRs of the VPC: local clients, and what says whether a target's address is inside. */
  readonly vpcCidrs: readonly string[];
  /** CIDR of CorpAI's nodes and pods. */
  readonly clientCidr: string;
  readonly subnets: readonly { readonly id: string; readonly azId: string }[];
  /** Further services behind this load balancer, each on ports of its own. */
  readonly guests: readonly ForwardedService[];
  readonly inboundRulesOnPrivateLink: "on" | "off";
  /** Whether AWS refuses to delete it. */
  readonly deletionProtection: boolean;
  readonly tags: Tags;
}

/** One listener to be: whose it is, what its resources are called. */
interface Front extends ForwardingSettings {
  readonly name: string;
  readonly targetGroupName: string;
  readonly of: ForwardedService;
}

/**
 * An internal network load balancer in front of one service, or of several that share it.
 *
 * Creates its security group and rules, the load balancer with cross-zone balancing, and one {@link Forwarding} for each port; on request the rules on
 * the targets' own groups. Does not: anything internet-facing.
 *
 * With PrivateLink the load balancer's group sees the address of the *client*, not of the endpoint, so it admits CorpAI's client CIDR beside the
 * VPC's own. https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
 */
export class InternalLoadBalancer extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: InternalLoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    const azIds = args.subnets.map(({ azId }) => azId);
    super("corpai:privatelink:InternalLoadBalancer", name, { azIds }, opts);
    const fronts = frontsOf(name, args);

    const group = this.#createSecurityGroup(name, args);
    this.#admitClients(fronts, args, group);
    this.#reachTargets(name, fronts, args, group);
    const loadBalancer = this.#createLoadBalancer(name, args, group);
    this.#forward(fronts, args, loadBalancer);

    this.arn = loadBalancer.arn;
    this.securityGroupId = group.id;
    this.registerOutputs({ azIds, arn: this.arn, securityGroupId: this.securityGroupId });
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
    fronts: readonly Front[],
    { vpcCidrs, clientCidr }: InternalLoadBalancerArgs,
    group: aws.ec2.SecurityGroup,
  ): void {
    for (const { name, port } of fronts) {
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
  }

  #reachTargets(
    name: string,
    fronts: readonly Front[],
    args: InternalLoadBalancerArgs,
    group: aws.ec2.SecurityGroup,
  ): void {
    const outside = new Set<string>();
    const inside = new Map<
      string,
      { readonly securityGroupId: string; readonly port: number; readonly open: boolean }
    >();
    for (const front of fronts) {
      const { targetSecurityGroupId: securityGroupId, openTargetSecurityGroup } = front.of;
      for (const port of targetPorts(front)) {
        outsideAddresses({ ...front, ...args, targets: front.targets }).forEach((address) =>
          outside.add(`${address}-${port}`),
        );
        // Two ports may have their health checked on the same third one, and AWS takes a rule once.
        const key = `${securityGroupId === args.targetSecurityGroupId ? "targets" : securityGroupId}-${port}`;
        const open = openTargetSecurityGroup || inside.get(key)?.open === true;
        inside.set(key, { securityGroupId, port, open });
      }
    }
    for (const key of outside) this.#reachOutside(name, key, group);
    for (const [key, target] of inside) this.#reachInside(name, key, target, group);
  }

  /** Targets outside the VPC carry no group that a rule could name. */
  #reachOutside(name: string, key: string, group: aws.ec2.SecurityGroup): void {
    const [address = "", port] = key.split("-");
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-to-${key}`,
      {
        securityGroupId: group.id,
        description: "A target outside this VPC",
        ipProtocol: "tcp",
        fromPort: Number(port),
        toPort: Number(port),
        cidrIpv4: `${address}/32`,
      },
      { parent: this },
    );
  }

  #reachInside(
    name: string,
    key: string,
    {
      securityGroupId,
      port,
      open,
    }: { readonly securityGroupId: string; readonly port: number; readonly open: boolean },
    group: aws.ec2.SecurityGroup,
  ): void {
    new aws.vpc.SecurityGroupEgressRule(
      `${name}-to-${key}`,
      {
        securityGroupId: group.id,
        description: "The service's own group",
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        referencedSecurityGroupId: securityGroupId,
      },
      { parent: this },
    );
    if (!open) return;
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-into-${key}`,
      {
        securityGroupId,
        description: "CorpAI PrivateLink load balancer",
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
        referencedSecurityGroupId: group.id,
      },
      { parent: this },
    );
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

  #forward(
    fronts: readonly Front[],
    { vpcId, vpcCidrs, tags }: InternalLoadBalancerArgs,
    loadBalancer: aws.lb.LoadBalancer,
  ): void {
    for (const { name, of, ...front } of fronts)
      new Forwarding(
        name,
        {
          ...front,
          service: of.service,
          loadBalancerArn: loadBalancer.arn,
          vpcId,
          vpcCidrs,
          tags,
        },
        { parent: this },
      );
  }
}

/** Every listener, the service's own first. */
function frontsOf(name: string, { guests, ...own }: InternalLoadBalancerArgs): Front[] {
  return [...frontsOfService(name, own), ...guests.flatMap((guest) => frontsOfService(`${guest.service}-nlb`, guest))];
}

function frontsOfService(name: string, of: ForwardedService): Front[] {
  const { port, targets, healthCheck, proxyProtocol, idleTimeoutSeconds } = of;
  const names = serviceNames(of.service);
  const settings = { proxyProtocol, idleTimeoutSeconds };
  return [
    { ...settings, name, of, port, targets, healthCheck, targetGroupName: names.targetGroup },
    ...Object.entries(of.ports).map(([key, further]) => ({
      ...settings,
      name: `${name}-${key}`,
      of,
      port: further.port,
      targets: { ...targets, port: further.targetPort ?? further.port },
      // A check of the first port itself may be in a protocol that this one does not speak.
      healthCheck: further.healthCheck ?? (healthCheck.port === undefined ? { protocol: "TCP" as const } : healthCheck),
      targetGroupName: names.targetGroupOf(key),
    })),
  ];
}

/** Ports that a service's targets have to admit from the load balancer's group: for clients and for health checks. */
export const portsOnTargets = (service: ForwardedService): readonly number[] => [
  ...new Set(frontsOfService("", service).flatMap(targetPorts)),
];
