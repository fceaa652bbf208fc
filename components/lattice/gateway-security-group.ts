import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { isIpv6Cidr } from "../../model/ipv6.ts";
import { parsePortRange } from "../../model/lattice-limits.ts";
import type { Tags } from "../../model/tags.ts";

/** Where requests go: to who carries a group, or to networks. */
export type Target =
  | { readonly securityGroupId: string; readonly open: boolean }
  /** By key: the rules are called by it. Of either family: a gateway of IPv6 reaches nothing by a rule for IPv4. */
  | { readonly cidrs: Readonly<Record<string, pulumi.Input<string>>> };

/** Ports of one host behind a gateway. */
export interface Destination {
  /** `443` or `8000-8100`. */
  readonly ports: readonly string[];
  readonly target: Target;
}

export interface GatewaySecurityGroupArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly destinations: readonly Destination[];
  readonly tags: Tags;
}

/** What a gateway's group has to be let in by, where this program does not see to it. */
export interface ToOpen {
  readonly securityGroupId: string;
  readonly ports: string;
}

/**
 * The security group of a resource gateway's network interfaces: out to its targets on their ports, and nothing else.
 *
 * Creates the group, its egress rules and, on request, the rules on the targets' own groups that admit it. A gateway never receives, so there is no
 * ingress. https://docs.aws.amazon.com/vpc-lattice/latest/ug/resource-gateway.html
 */
export class GatewaySecurityGroup extends pulumi.ComponentResource {
  readonly securityGroupId: pulumi.Output<string>;
  readonly toOpen: readonly ToOpen[];

  constructor(name: string, args: GatewaySecurityGroupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:lattice:GatewaySecurityGroup", name, {}, opts);

    const group = new aws.ec2.SecurityGroup(
      name,
      {
        description: "VPC Lattice resource gateway: out to its targets",
        vpcId: args.vpcId,
        tags: { ...args.tags, Name: `corpai-${name}` },
      },
      { parent: this },
    );
    const rules = new Map(args.destinations.flatMap(rulesOf).map((rule) => [rule.key, rule]));
    for (const { key, rule, opens } of rules.values()) {
      new aws.vpc.SecurityGroupEgressRule(
        `${name}-to-${key}`,
        { ...rule, securityGroupId: group.id, description: "What the gateway is for" },
        { parent: this },
      );
      if (opens === undefined) continue;
      new aws.vpc.SecurityGroupIngressRule(
        `${name}-into-${key}`,
        {
          securityGroupId: opens,
          description: "VPC Lattice resource gateway",
          ipProtocol: rule.ipProtocol,
          fromPort: rule.fromPort,
          toPort: rule.toPort,
          referencedSecurityGroupId: group.id,
        },
        { parent: this },
      );
    }

    this.securityGroupId = group.id;
    this.toOpen = args.destinations.flatMap(({ target, ports }) =>
      "securityGroupId" in target && !target.open
        ? ports.map((range) => ({ securityGroupId: target.securityGroupId, ports: range }))
        : [],
    );
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }
}

interface EgressRule {
  readonly key: string;
  readonly rule: Pick<
    aws.vpc.SecurityGroupEgressRuleArgs,
    "ipProtocol" | "fromPort" | "toPort" | "cidrIpv4" | "cidrIpv6" | "referencedSecurityGroupId"
  >;
  /** The group that is to admit the gateway in turn. */
  readonly opens: string | undefined;
}

/** What is not known yet is a subnet of `network`, which has none but IPv4. */
const isIpv6 = (cidr: pulumi.Input<string>): boolean => typeof cidr === "string" && isIpv6Cidr(cidr);

/** Several hosts behind one gateway may need the same rule, which AWS takes once. */
function rulesOf({ ports, target }: Destination): EgressRule[] {
  return ports.flatMap((range): EgressRule[] => {
    const parsed = parsePortRange(range);
    const on = { ipProtocol: "tcp", fromPort: parsed?.from ?? 0, toPort: parsed?.to ?? 0 };
    if ("securityGroupId" in target) {
      const { securityGroupId, open } = target;
      const rule = { ...on, referencedSecurityGroupId: securityGroupId };
      return [{ key: `${securityGroupId}-${range}`, rule, opens: open ? securityGroupId : undefined }];
    }
    return Object.entries(target.cidrs).map(([key, cidr]) => ({
      key: `${key}-${range}`,
      rule: { ...on, ...(isIpv6(cidr) ? { cidrIpv6: cidr } : { cidrIpv4: cidr }) },
      opens: undefined,
    }));
  });
}
