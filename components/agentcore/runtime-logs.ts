import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccountRegion } from "../../model/account-region.ts";
import { deliveredLogGroup, runtimeLogGroup, runtimeLogGroups } from "../../model/agentcore-images.ts";
import type { Protection } from "../../model/environment-class.ts";
import { logGroupsKeyPolicy } from "../../model/key-policies.ts";
import type { Tags } from "../../model/tags.ts";
import { ServiceDeliveries } from "./service-deliveries.ts";

export interface RuntimeLogsArgs {
  readonly environment: string;
  readonly runtimeName: string;
  readonly runtimeId: pulumi.Input<string>;
  readonly runtimeArn: pulumi.Input<string>;
  /** Each writes into a group of its own. */
  readonly endpoints: readonly string[];
  readonly protection: Protection;
  readonly place: AccountRegion;
  readonly tags: Tags;
}

/**
 * All that a runtime says, and that AgentCore says of it, under one key.
 *
 * Creates the key, a group for each of its endpoints, which AgentCore would make itself at the first session, unencrypted and kept for ever, the group
 * of AgentCore's own words, and the deliveries.
 */
export class RuntimeLogs extends pulumi.ComponentResource {
  constructor(name: string, args: RuntimeLogsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:RuntimeLogs", name, {}, opts);

    const { environment, runtimeName, tags } = args;
    const delivered = deliveredLogGroup(environment, runtimeName);
    const key = new aws.kms.Key(
      name,
      {
        description: `Logs of runtime ${runtimeName}`,
        enableKeyRotation: true,
        deletionWindowInDays: args.protection.keyDeletionDays,
        policy: JSON.stringify(logGroupsKeyPolicy(args.place, [runtimeLogGroups(runtimeName), delivered])),
        tags: { ...tags, Name: name },
      },
      { parent: this },
    );
    for (const endpoint of args.endpoints)
      this.#createGroup(
        `${name}-${endpoint.toLowerCase()}`,
        pulumi.output(args.runtimeId).apply((id) => runtimeLogGroup(id, endpoint)),
        key,
        args,
      );
    const group = this.#createGroup(`${name}-service`, delivered, key, args);
    new ServiceDeliveries(
      name,
      {
        resourceArn: args.runtimeArn,
        prefix: `${environment}-${runtimeName}`,
        logGroupArn: group.arn,
        tags,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }

  #createGroup(
    name: string,
    groupName: pulumi.Input<string>,
    key: aws.kms.Key,
    { protection, tags }: RuntimeLogsArgs,
  ): aws.cloudwatch.LogGroup {
    return new aws.cloudwatch.LogGroup(
      name,
      { name: groupName, retentionInDays: protection.logDays, kmsKeyId: key.arn, tags: { ...tags } },
      { parent: this },
    );
  }
}
