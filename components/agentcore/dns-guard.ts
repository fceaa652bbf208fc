import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccountRegion } from "../../model/account-region.ts";
import type { Protection } from "../../model/environment-class.ts";
import type { Tags } from "../../model/tags.ts";
import { EncryptedLogGroup } from "../logging/encrypted-log-group.ts";

export interface DnsGuardArgs {
  readonly vpcId: pulumi.Input<string>;
  /** All that resolves; a leading `*.` stands for every label before it. */
  readonly names: readonly string[];
  /** Unique in the account's region. */
  readonly queryLogGroupName: string;
  readonly protection: Protection;
  readonly place: AccountRegion;
  readonly tags: Tags;
}

/** Below and above leave room for rules of others. */
const PRIORITY = { allow: 100, block: 200, association: 200 } as const;

/**
 * What a VPC may ask its resolver for: names alone can carry data out, with no route at all.
 *
 * Creates a Resolver DNS Firewall that answers for the given names and for no other, and answers nothing while it is out of order; and a log of every query,
 * in an encrypted group of its own.
 */
export class DnsGuard extends pulumi.ComponentResource {
  readonly queryLogGroupName: pulumi.Output<string>;

  constructor(name: string, args: DnsGuardArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:DnsGuard", name, {}, opts);

    const rules = this.#createRules(name, args);
    this.#enforce(name, rules, args);
    this.queryLogGroupName = this.#logQueries(name, args);

    this.registerOutputs({ queryLogGroupName: this.queryLogGroupName });
  }

  #createRules(name: string, { names, tags }: DnsGuardArgs): aws.route53.ResolverFirewallRuleGroup {
    const group = new aws.route53.ResolverFirewallRuleGroup(name, { tags: { ...tags, Name: name } }, { parent: this });
    const list = (kind: "allow" | "block", domains: string[]): pulumi.Output<string> =>
      new aws.route53.ResolverFirewallDomainList(
        `${name}-${kind}`,
        { domains, tags: { ...tags, Name: `${name}-${kind}` } },
        { parent: this },
      ).id;
    new aws.route53.ResolverFirewallRule(
      `${name}-allow`,
      {
        firewallRuleGroupId: group.id,
        firewallDomainListId: list("allow", [...names]),
        action: "ALLOW",
        priority: PRIORITY.allow,
        // S3 answers for a bucket by a name of its own servers, which is in no list.
        firewallDomainRedirectionAction: "TRUST_REDIRECTION_DOMAIN",
      },
      { parent: this },
    );
    new aws.route53.ResolverFirewallRule(
      `${name}-block`,
      {
        firewallRuleGroupId: group.id,
        firewallDomainListId: list("block", ["*"]),
        action: "BLOCK",
        blockResponse: "NXDOMAIN",
        priority: PRIORITY.block,
      },
      { parent: this },
    );
    return group;
  }

  #enforce(name: string, rules: aws.route53.ResolverFirewallRuleGroup, { vpcId, tags }: DnsGuardArgs): void {
    new aws.route53.ResolverFirewallRuleGroupAssociation(
      name,
      { firewallRuleGroupId: rules.id, vpcId, priority: PRIORITY.association, tags: { ...tags, Name: name } },
      { parent: this },
    );
    // Without the firewall no name is to be had, rather than every one.
    new aws.route53.ResolverFirewallConfig(name, { resourceId: vpcId, firewallFailOpen: "DISABLED" }, { parent: this });
  }

  #logQueries(name: string, args: DnsGuardArgs): pulumi.Output<string> {
    const { vpcId, queryLogGroupName: logGroupName, protection, place, tags } = args;
    const group = new EncryptedLogGroup(
      `${name}-queries`,
      { logGroupName, description: "DNS queries", protection, place, tags },
      { parent: this },
    );
    const config = new aws.route53.ResolverQueryLogConfig(
      name,
      { destinationArn: group.logGroupArn, tags: { ...tags, Name: name } },
      { parent: this },
    );
    new aws.route53.ResolverQueryLogConfigAssociation(
      name,
      { resolverQueryLogConfigId: config.id, resourceId: vpcId },
      { parent: this },
    );
    return group.logGroupName;
  }
}
