import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../../model/tags.ts";

export interface FlowLogsArgs {
  readonly vpcId: pulumi.Input<string>;
  /** One of CloudWatch's retention steps. */
  readonly retentionDays: number;
  readonly tags: Tags;
}

/** Accepted and rejected traffic of a VPC, in a log group of its own. Creates the group, the role that writes it, and the flow log. */
export class FlowLogs extends pulumi.ComponentResource {
  readonly logGroupName: pulumi.Output<string>;

  constructor(name: string, args: FlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:network:FlowLogs", name, {}, opts);

    const group = new aws.cloudwatch.LogGroup(
      name,
      { retentionInDays: args.retentionDays, tags: { ...args.tags } },
      { parent: this },
    );
    const role = new aws.iam.Role(
      name,
      {
        description: "Writes VPC flow logs",
        assumeRolePolicy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "vpc-flow-logs.amazonaws.com" } },
          ],
        }),
        tags: { ...args.tags },
      },
      { parent: this },
    );
    new aws.iam.RolePolicy(
      name,
      {
        role: role.id,
        policy: pulumi.jsonStringify({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "WriteFlowLogs",
              Effect: "Allow",
              Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
              Resource: pulumi.interpolate`${group.arn}:*`,
            },
          ],
        }),
      },
      { parent: this },
    );
    new aws.ec2.FlowLog(
      name,
      {
        vpcId: args.vpcId,
        trafficType: "ALL",
        logDestinationType: "cloud-watch-logs",
        logDestination: group.arn,
        iamRoleArn: role.arn,
        maxAggregationInterval: 60,
        tags: { ...args.tags, Name: name },
      },
      { parent: this },
    );

    this.logGroupName = group.name;
    this.registerOutputs({ logGroupName: this.logGroupName });
  }
}
