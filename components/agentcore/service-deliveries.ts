import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Tags } from "../../model/tags.ts";

export interface ServiceDeliveriesArgs {
  /** Of the runtime or gateway. */
  readonly resourceArn: pulumi.Input<string>;
  /** Unique in the account's region, at most 50 characters: names of the deliveries begin with it. */
  readonly prefix: string;
  /** Where its logs go. */
  readonly logGroupArn: pulumi.Input<string>;
  readonly tags: Tags;
}

/**
 * What AgentCore itself says of a runtime or gateway: its logs into a group, its traces to X-Ray. It delivers them from its own side: neither needs an
 * endpoint in the VPC.
 *
 * Creates a source, a destination and a delivery for each. Does not turn Transaction Search on, which is one switch for the whole account.
 */
export class ServiceDeliveries extends pulumi.ComponentResource {
  constructor(name: string, args: ServiceDeliveriesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:agentcore:ServiceDeliveries", name, {}, opts);

    this.#deliver(`${name}-logs`, "APPLICATION_LOGS", args, {
      deliveryDestinationConfiguration: { destinationResourceArn: args.logGroupArn },
    });
    this.#deliver(`${name}-traces`, "TRACES", args, { deliveryDestinationType: "XRAY" });
    this.registerOutputs({});
  }

  #deliver(
    name: string,
    logType: "APPLICATION_LOGS" | "TRACES",
    { resourceArn, prefix, tags }: ServiceDeliveriesArgs,
    destination: Pick<
      aws.cloudwatch.LogDeliveryDestinationArgs,
      "deliveryDestinationConfiguration" | "deliveryDestinationType"
    >,
  ): void {
    const physical = `${prefix}-${logType === "TRACES" ? "traces" : "logs"}`;
    const from = new aws.cloudwatch.LogDeliverySource(
      name,
      { name: physical, logType, resourceArn, tags: { ...tags } },
      { parent: this },
    );
    const to = new aws.cloudwatch.LogDeliveryDestination(
      name,
      { name: physical, ...destination, tags: { ...tags } },
      { parent: this },
    );
    new aws.cloudwatch.LogDelivery(
      name,
      { deliverySourceName: from.name, deliveryDestinationArn: to.arn, tags: { ...tags } },
      { parent: this },
    );
  }
}
