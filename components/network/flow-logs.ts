import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccountRegion } from "../../model/account-region.ts";
import type { Protection } from "../../model/environment-class.ts";
import { FLOW_LOG_FORMAT } from "../../model/flow-log-format.ts";
import { serviceTrust } from "../../model/service-trust.ts";
import type { Tags } from "../../model/tags.ts";
import { EncryptedLogGroup } from "../logging/encrypted-log-group.ts";

export interface FlowLogsArgs {
  readonly vpcId: pulumi.Input<string>;
  /** Unique in the account's region. */
  readonly logGroupName: string;
  readonly protection: Protection;
  readonly place: AccountRegion;
  readonly tags: Tags;
}

/**
 * Accepted and rejected traffic of a VPC, each line with the AZ's id, in an encrypted log group of its own.
 *
 * Creates the group with its key, the role that writes it, and the flow log.
 */
export class FlowLogs extends pulumi.ComponentResource {
  readonly logGroupName: pulumi.Output<string>;

  constructor(name: string, args: FlowLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:network:FlowLogs", name, {}, opts);

    const { logGroupName, protection, place, tags } = args;
    const group = new EncryptedLogGroup(
      name,
      { logGroupName, description: "VPC flow logs", protection, place, tags },
      { parent: this },
    );
    const role = this.#createWriter(name, args);
    new aws.ec2.FlowLog(
      name,
      {
        vpcId: args.vpcId,
        trafficType: "ALL",
        logDestinationType: "cloud-watch-logs",
        logDestination: group.logGroupArn,
        logFormat: FLOW_LOG_FORMAT,
        iamRoleArn: role.arn,
        maxAggregationInterval: 60,
        tags: { ...tags, Name: name },
      },
      { parent: this },
    );

    this.logGroupName = group.logGroupName;
    this.registerOutputs({ logGroupName: this.logGroupName });
  }

  /** Of this account's flow logs only, into this group only. */
  #createWriter(name: string, { logGroupName, place, tags }: FlowLogsArgs): aws.iam.Role {
    const role = new aws.iam.Role(
      name,
      {
        description: "Writes VPC flow logs",
        assumeRolePolicy: serviceTrust("vpc-flow-logs.amazonaws.com", {
          Condition: { StringEquals: { "aws:SourceAccount": place.account } },
        }),
        tags: { ...tags },
      },
      { parent: this },
    );
    new aws.iam.RolePolicy(
      name,
      {
        role: role.id,
        // Of plain values, so that a policy can be judged in the first preview.
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "WriteFlowLogs",
              Effect: "Allow",
              Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
              Resource: `arn:aws:logs:${place.region}:${place.account}:log-group:${logGroupName}:*`,
            },
          ],
        }),
      },
      { parent: this },
    );
    return role;
  }
}
