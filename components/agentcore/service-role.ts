import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccountRegion } from "../../model/account-region.ts";
import { type PolicyStatement, policyOf } from "../../model/iam-documents.ts";
import { serviceTrust } from "../../model/service-trust.ts";
import type { Tags } from "../../model/tags.ts";

export interface ServiceRoleArgs extends AccountRegion {
  readonly description: string;
  readonly service: "bedrock-agentcore" | "lambda";
  /** All that it may do. */
  readonly statements: pulumi.Input<readonly PolicyStatement[]>;
  readonly tags: Tags;
}

/**
 * A role that one of AWS's services assumes for what runs in this account, and for nobody else's.
 *
 * Creates the role and its one policy. Its ARN is known only when both stand: services try a role at once.
 */
export class ServiceRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: ServiceRoleArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:ServiceRole", name, {}, opts);

    const { description, service, statements, tags, account } = args;
    const role = new aws.iam.Role(
      name,
      {
        description,
        assumeRolePolicy: serviceTrust(`${service}.amazonaws.com`, {
          Condition: { StringEquals: { "aws:SourceAccount": account } },
        }),
        tags: { ...tags },
      },
      { parent: this },
    );
    const policy = new aws.iam.RolePolicy(
      name,
      { role: role.name, policy: pulumi.jsonStringify(pulumi.output(statements).apply(policyOf)) },
      { parent: this },
    );

    this.arn = pulumi.all([role.arn, policy.id]).apply(([arn]) => arn);
    this.registerOutputs({ arn: this.arn });
  }
}
