import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type ForwardedService, type Front, frontsOf, targetRules } from "../../model/forwarding.ts";
import { serviceNames } from "../../model/physical-name.ts";
import type { Tags } from "../../model/tags.ts";
import { type AdoptedLoadBalancer, takenOver } from "./adopted.ts";
import { Forwarding } from "./forwarding.ts";

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
  /** Seconds for which a target that is registered has the others wait; 0 by default. */
  readonly settleSeconds?: number | undefined;
  /** What stands and is taken over, in place of a new one. */
  readonly adopted?: AdoptedLoadBalancer | undefined;
  readonly tags: Tags;
}

/**
 * An internal network load balancer in front of one service, or of several that share it.
 *
 * Creates its security group and rules, the load balancer with cross-zone balancing, and one {@link Forwarding} for each port; on request the rules on
 * the targets' own groups. One that stands is taken over with its listeners, while its groups stay the customer's. Does not: anything internet-facing.
 *
 * With PrivateLink the load balancer's group sees the address of the *client*, not of the endpoint, so it admits CorpAI's client CIDR beside the
 * VPC's own. https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
 */
export class InternalLoadBalancer extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly securityGroupIds: pulumi.Output<readonly string[]>;

  constructor(name: string, args: InternalLoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    const azIds = args.subnets.map(({ azId }) => azId);
    super("corpai:privatelink:InternalLoadBalancer", name, { azIds }, opts);
    const fronts = frontsOf(name, args);

    const groupIds = args.adopted?.securityGroupIds ?? [this.#createSecurityGroup(name, fronts, args).id];
    const loadBalancer = this.#createLoadBalancer(name, args, groupIds);
    this.#forward(fronts, args, loadBalancer);

    this.arn = loadBalancer.arn;
    this.securityGroupIds = pulumi.output([...groupIds]);
    this.registerOutputs({ azIds, arn: this.arn, securityGroupIds: this.securityGroupIds });
  }

  #createSecurityGroup(name: string, fronts: readonly Front[], args: InternalLoadBalancerArgs): aws.ec2.SecurityGroup {
    const { service, vpcId, tags } = args;
    const physicalName = serviceNames(service).securityGroup;
    const group = new aws.ec2.SecurityGroup(
      name,
      {
        name: physicalName,
        description: `Security group for ${service} NLB PrivateLink`,
        vpcId,
        tags: { ...tags, Name: physicalName },
      },
      { parent: this },
    );
    this.#admitClients(fronts, args, group);
    this.#reachTargets(name, fronts, args, group);
    return group;
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
    for (const { key, port, to } of targetRules(fronts, args)) {
      const isInside = "securityGroupId" in to;
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-to-${key}`,
        {
          securityGroupId: group.id,
          description: isInside ? "The service's own group" : "A target outside this VPC",
          ipProtocol: "tcp",
          fromPort: port,
          toPort: port,
          // Targets outside the VPC carry no group that a rule could name.
          ...(isInside ? { referencedSecurityGroupId: to.securityGroupId } : { cidrIpv4: `${to.address}/32` }),
        },
        { parent: this },
      );
      if (isInside && to.open) this.#openTargets(`${name}-into-${key}`, to.securityGroupId, port, group);
    }
  }

  #openTargets(name: string, securityGroupId: string, port: number, group: aws.ec2.SecurityGroup): void {
    new aws.vpc.SecurityGroupIngressRule(
      name,
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
    { service, subnets, inboundRulesOnPrivateLink, deletionProtection, adopted, tags }: InternalLoadBalancerArgs,
    securityGroupIds: readonly pulumi.Input<string>[],
  ): aws.lb.LoadBalancer {
    const physicalName = adopted?.name ?? serviceNames(service).loadBalancer;
    return new aws.lb.LoadBalancer(
      name,
      {
        name: physicalName,
        loadBalancerType: "network",
        internal: true,
        subnets: subnets.map(({ id }) => id),
        securityGroups: [...securityGroupIds],
        enforceSecurityGroupInboundRulesOnPrivateLinkTraffic: inboundRulesOnPrivateLink,
        enableCrossZoneLoadBalancing: true,
        enableDeletionProtection: deletionProtection,
        tags: adopted?.tags ?? { ...tags, Name: physicalName },
      },
      { parent: this, ...takenOver(adopted?.arn) },
    );
  }

  #forward(
    fronts: readonly Front[],
    { vpcId, vpcCidrs, settleSeconds = 0, adopted, tags }: InternalLoadBalancerArgs,
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
          settleSeconds,
          adopted: adopted?.listeners.get(front.port),
          tags,
        },
        { parent: this },
      );
  }
}
