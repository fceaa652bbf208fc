import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type AclEntry, aclEntries } from "../../model/agentcore-acl.ts";
import type { Tags } from "../../model/tags.ts";

export interface IsolatedAclArgs {
  readonly vpcId: pulumi.Input<string>;
  readonly vpcCidr: string;
  readonly subnetIds: readonly pulumi.Input<string>[];
  /** Ranges behind the gateway endpoints. AWS changes them; the next update follows. */
  readonly gatewayCidrs: pulumi.Input<readonly string[]>;
  readonly tags: Tags;
}

/**
 * A second fence around the isolated subnets, for those whose rules ask for one (model/agentcore-acl.ts).
 *
 * Creates one network ACL for all of the subnets. Groups decide all the same: it holds where somebody opens one by mistake.
 */
export class IsolatedAcl extends pulumi.ComponentResource {
  constructor(name: string, args: IsolatedAclArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:IsolatedAcl", name, {}, opts);

    const entries = pulumi.output(args.gatewayCidrs).apply((cidrs) => aclEntries(args.vpcCidr, cidrs));
    new aws.ec2.NetworkAcl(
      name,
      {
        vpcId: args.vpcId,
        subnetIds: [...args.subnetIds],
        ingress: entries.apply(({ ingress }) => ingress.map(allowed)),
        egress: entries.apply(({ egress }) => egress.map(allowed)),
        tags: { ...args.tags, Name: name },
      },
      { parent: this },
    );

    this.registerOutputs({});
  }
}

const allowed = (entry: AclEntry) => ({ ...entry, protocol: "tcp", action: "allow" });
