import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AGENTCORE_GROUPS, type AgentcoreGateway, type AgentcoreGroup } from "../../model/agentcore-names.ts";
import { GROUP_PURPOSES, HTTPS, ISOLATED_RULES, type IsolatedRule } from "../../model/agentcore-rules.ts";
import type { Tags } from "../../model/tags.ts";

export interface IsolatedGroupsArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly vpcCidr: string;
  /** Of the gateway endpoints. */
  readonly prefixListIds: Readonly<Record<AgentcoreGateway, pulumi.Input<string>>>;
  readonly tags: Tags;
}

type GroupIds = Readonly<Record<AgentcoreGroup, pulumi.Output<string>>>;

/**
 * The security groups of the isolated network, named as the document names them.
 *
 * Creates the groups and their rules (model/agentcore-rules.ts), each a resource of its own. Nothing else lets anything in or out.
 */
export class IsolatedGroups extends pulumi.ComponentResource {
  readonly ids: GroupIds;

  constructor(name: string, args: IsolatedGroupsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:IsolatedGroups", name, {}, opts);

    this.ids = this.#createGroups(name, args);
    for (const rule of ISOLATED_RULES) this.#createRule(name, rule, args);

    this.registerOutputs({ ids: this.ids });
  }

  #createGroups(name: string, { vpcId, tags }: IsolatedGroupsArgs): GroupIds {
    const groups = AGENTCORE_GROUPS.map((group) => [
      group,
      new aws.ec2.SecurityGroup(
        `${name}-${group}`,
        { description: GROUP_PURPOSES[group], vpcId, tags: { ...tags, Name: group } },
        { parent: this },
      ).id,
    ]);
    return Object.fromEntries(groups) as GroupIds;
  }

  #createRule(name: string, rule: IsolatedRule, args: IsolatedGroupsArgs): void {
    const settings = {
      securityGroupId: this.ids[rule.group],
      description: rule.description,
      ipProtocol: "tcp",
      fromPort: HTTPS,
      toPort: HTTPS,
      ...this.#peerOf(rule, args),
    };
    const called = `${name}-${rule.key}`;
    if (rule.direction === "ingress") new aws.vpc.SecurityGroupIngressRule(called, settings, { parent: this });
    else new aws.vpc.SecurityGroupEgressRule(called, settings, { parent: this });
  }

  #peerOf({ peer }: IsolatedRule, { vpcCidr, prefixListIds }: IsolatedGroupsArgs) {
    if (peer === "vpc") return { cidrIpv4: vpcCidr };
    return "group" in peer
      ? { referencedSecurityGroupId: this.ids[peer.group] }
      : { prefixListId: prefixListIds[peer.prefixList] };
  }
}
