import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { serviceTrust } from "../../model/service-trust.ts";
import type { Tags } from "../../model/tags.ts";

const MONITORING_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole";

/** The role by which RDS writes what a database's operating system measures. Creates the role and attaches AWS's own policy. */
export class MonitoringRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: { readonly tags: Tags }, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:data:MonitoringRole", name, {}, opts);

    const role = new aws.iam.Role(
      name,
      {
        description: "Writes enhanced monitoring of CorpAI's databases",
        assumeRolePolicy: serviceTrust("monitoring.rds.amazonaws.com"),
        tags: { ...args.tags },
      },
      { parent: this },
    );
    const attachment = new aws.iam.RolePolicyAttachment(
      name,
      { role: role.name, policyArn: MONITORING_POLICY },
      { parent: this },
    );

    // RDS tries the role when it makes the database, so it has to be complete by then.
    this.arn = pulumi.all([role.arn, attachment.id]).apply(([arn]) => arn);
    this.registerOutputs({ arn: this.arn });
  }
}
