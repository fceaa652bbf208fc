import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  CONNECTIVITY_LIMITS_POLICY,
  type ConnectivityLimits,
  connectivityLimitsPolicy,
} from "../../model/connectivity-limits.ts";
import {
  CONNECTIVITY_REACH_POLICY,
  type ConnectivityReach,
  connectivityReachPolicy,
  reachesFurther,
} from "../../model/connectivity-reach.ts";
import {
  type BroadDocument,
  CONNECTIVITY_FOR_PULUMI_POLICY,
  CONNECTIVITY_POLICY,
  connectivityForPulumiPolicy,
  connectivityPolicy,
} from "../../model/iam-documents.ts";
import type { Tags } from "../../model/tags.ts";

export interface ConnectivityAccessArgs {
  /** Name of the existing role; this component attaches to it and never creates it. */
  readonly roleName: string;
  /** Whether to attach what infrastructure as code needs beyond the document's policy. */
  readonly forPulumi: boolean;
  /** What the role is held to besides; nothing without. */
  readonly limits: ConnectivityLimits | undefined;
  /** What it may do beyond plain connections of one region; `region` is that of CorpAI's VPC. */
  readonly reach: ConnectivityReach & { readonly region: string };
  readonly tags: Tags;
}

/** What CorpAI may do in the customer's account. Creates one to four IAM policies and their attachments to the role. */
export class ConnectivityAccess extends pulumi.ComponentResource {
  readonly policyArns: pulumi.Output<string>[];

  constructor(name: string, args: ConnectivityAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:privatelink:ConnectivityAccess", name, {}, opts);

    const attach = (
      key: string,
      policyName: string,
      description: string,
      document: BroadDocument,
    ): pulumi.Output<string> => {
      const policy = new aws.iam.Policy(
        `${name}-${key}`,
        { name: policyName, description, policy: JSON.stringify(document), tags: { ...args.tags } },
        { parent: this },
      );
      const attachment = new aws.iam.RolePolicyAttachment(
        `${name}-${key}`,
        { role: args.roleName, policyArn: policy.arn },
        { parent: this },
      );
      return attachment.policyArn;
    };
    this.policyArns = [
      attach("connectivity", CONNECTIVITY_POLICY, "Lets CorpAI connect to private services", connectivityPolicy),
      ...(args.forPulumi
        ? [
            attach(
              "for-pulumi",
              CONNECTIVITY_FOR_PULUMI_POLICY,
              "Lets CorpAI manage its connections as code",
              connectivityForPulumiPolicy,
            ),
          ]
        : []),
      ...(args.limits
        ? [
            attach(
              "limits",
              CONNECTIVITY_LIMITS_POLICY,
              "Holds CorpAI to registered services in its own VPC",
              connectivityLimitsPolicy(args.limits),
            ),
          ]
        : []),
      ...(reachesFurther(args.reach)
        ? [
            attach(
              "reach",
              CONNECTIVITY_REACH_POLICY,
              "Lets CorpAI use services' own names and reach the regions named",
              connectivityReachPolicy(args.reach, args.reach.region),
            ),
          ]
        : []),
    ];
    this.registerOutputs({ policyArns: this.policyArns });
  }
}
