import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Protection } from "../../model/environment-class.ts";
import type { Tags } from "../../model/tags.ts";

export interface AgentTableArgs {
  /** What AWS calls it. */
  readonly tableName: string;
  /** Attributes of the key, which are texts. */
  readonly partitionKey: string;
  readonly sortKey?: string | undefined;
  readonly keyArn: pulumi.Input<string>;
  readonly protection: Protection;
  readonly tags: Tags;
}

/** A DynamoDB table: encrypted under a key of ours, recoverable to any second, paid by request. Creates the table. */
export class AgentTable extends pulumi.ComponentResource {
  readonly tableName: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: AgentTableArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:AgentTable", name, {}, opts);

    const { partitionKey, sortKey, protection } = args;
    const table = new aws.dynamodb.Table(
      name,
      {
        name: args.tableName,
        billingMode: "PAY_PER_REQUEST",
        hashKey: partitionKey,
        ...(sortKey !== undefined && { rangeKey: sortKey }),
        attributes: [partitionKey, ...(sortKey === undefined ? [] : [sortKey])].map((key) => ({
          name: key,
          type: "S",
        })),
        serverSideEncryption: { enabled: true, kmsKeyArn: args.keyArn },
        pointInTimeRecovery: { enabled: true },
        deletionProtectionEnabled: protection.protect,
        tags: { ...args.tags },
      },
      { parent: this, protect: protection.protect },
    );

    this.tableName = table.name;
    this.arn = table.arn;
    this.registerOutputs({ tableName: this.tableName, arn: this.arn });
  }
}
