import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type PolicyStatement, policyOf } from "../../model/iam-documents.ts";
import { podTrustPolicy } from "../../model/pod-identity.ts";
import type { Tags } from "../../model/tags.ts";

export interface PodIdentityArgs {
  readonly clusterName: pulumi.Input<string>;
  readonly namespace: pulumi.Input<string>;
  readonly serviceAccount: pulumi.Input<string>;
  readonly description: string;
  /** All that the pods may do in AWS. */
  readonly statements: pulumi.Input<readonly PolicyStatement[]>;
  readonly tags: Tags;
}

/**
 * What pods of one service account may do in AWS. Auto Mode's nodes bring the agent that hands out the credentials.
 *
 * Creates a role that only they can get, its one policy, and the association of the two.
 */
export class PodIdentity extends pulumi.ComponentResource {
  readonly roleArn: pulumi.Output<string>;

  constructor(name: string, args: PodIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:mcp:PodIdentity", name, {}, opts);

    const { clusterName, namespace, serviceAccount, description, statements, tags } = args;
    const role = new aws.iam.Role(
      name,
      {
        description,
        assumeRolePolicy: pulumi.output({ clusterName, namespace, serviceAccount }).apply(podTrustPolicy),
        tags: { ...tags },
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      name,
      { role: role.name, policy: pulumi.jsonStringify(pulumi.output(statements).apply(policyOf)) },
      { parent: this },
    );
    new aws.eks.PodIdentityAssociation(
      name,
      { clusterName, namespace, serviceAccount, roleArn: role.arn, tags: { ...tags } },
      // Whoever has the role has its rights from the first moment on.
      { parent: this, dependsOn: [policy] },
    );

    this.roleArn = role.arn;
    this.registerOutputs({ roleArn: this.roleArn });
  }
}
