import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AccountRegion } from "../../model/account-region.ts";
import { CONNECTION_EVENTS, topicKeyPolicy, topicPolicy } from "../../model/notification-policies.ts";
import type { Tags } from "../../model/tags.ts";

export interface ConnectionNotificationsArgs {
  /** `vpce-svc-…` by the key of the service. */
  readonly serviceIds: Readonly<Record<string, pulumi.Input<string>>>;
  readonly place: AccountRegion;
  /** Who gets a mail, once they have confirmed that they want it. */
  readonly emails: readonly string[];
  /** Days between the key's deletion and its end. */
  readonly keyDeletionDays: number;
  readonly tags: Tags;
}

/**
 * Tells people who connects, who was accepted, rejected, or has left.
 *
 * Creates an encrypted topic with its key and both their policies, one notification for each endpoint service, and a subscription for each address.
 */
export class ConnectionNotifications extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>;

  constructor(name: string, args: ConnectionNotificationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("corpai:privatelink:ConnectionNotifications", name, {}, opts);

    const topic = this.#createTopic(name, args);
    const policy = this.#letPublish(name, args, topic);
    this.#notify(name, args, topic, policy);
    this.#subscribe(name, args, topic);

    this.topicArn = topic.arn;
    this.registerOutputs({ topicArn: this.topicArn });
  }

  #createTopic(name: string, { place, keyDeletionDays, tags }: ConnectionNotificationsArgs): aws.sns.Topic {
    const key = new aws.kms.Key(
      name,
      {
        description: "Messages about connections to the endpoint services",
        policy: JSON.stringify(topicKeyPolicy(place)),
        enableKeyRotation: true,
        deletionWindowInDays: keyDeletionDays,
        tags: { ...tags, Name: name },
      },
      { parent: this },
    );
    return new aws.sns.Topic(name, { kmsMasterKeyId: key.arn, tags: { ...tags, Name: name } }, { parent: this });
  }

  #letPublish(
    name: string,
    { serviceIds, place }: ConnectionNotificationsArgs,
    topic: aws.sns.Topic,
  ): aws.sns.TopicPolicy {
    const document = pulumi
      .all([topic.arn, pulumi.all(Object.values(serviceIds))])
      .apply(([arn, ids]) => topicPolicy(place, arn, ids));
    return new aws.sns.TopicPolicy(name, { arn: topic.arn, policy: pulumi.jsonStringify(document) }, { parent: this });
  }

  #notify(
    name: string,
    { serviceIds }: ConnectionNotificationsArgs,
    topic: aws.sns.Topic,
    policy: aws.sns.TopicPolicy,
  ): void {
    for (const [key, vpcEndpointServiceId] of Object.entries(serviceIds))
      new aws.ec2.VpcEndpointConnectionNotification(
        `${name}-${key}`,
        {
          vpcEndpointServiceId,
          connectionNotificationArn: topic.arn,
          connectionEvents: [...CONNECTION_EVENTS],
        },
        // What happens before PrivateLink may publish is never told.
        { parent: this, dependsOn: [policy] },
      );
  }

  #subscribe(name: string, { emails }: ConnectionNotificationsArgs, topic: aws.sns.Topic): void {
    for (const email of emails)
      new aws.sns.TopicSubscription(
        `${name}-${email}`,
        { topic: topic.arn, protocol: "email", endpoint: email },
        { parent: this },
      );
  }
}
