/** Topics, who may publish to them, and what PrivateLink publishes of the connections to an endpoint service. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { list, parsed, statements } from "./iam.ts";
import { keyBy, keyState, whyKeyDenies } from "./kms.ts";
import { arn, inPlace, newId } from "./network.ts";
import { applies } from "./policies.ts";

export const TOPIC = "aws:sns/topic:Topic";
const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
const NOTIFICATION = "aws:ec2/vpcEndpointConnectionNotification:VpcEndpointConnectionNotification";

const EVENTS = ["Accept", "Connect", "Delete", "Reject"];
const PRIVATELINK = "vpce.amazonaws.com";

const ownedTopic = (context: Context, topicArn: string): WorldObject => {
  const [topic] = context.world.all(TOPIC, (one) => one.id === topicArn && inPlace(context)(one));
  if (!topic) throw new Refusal("NotFound", "Topic does not exist");
  return topic;
};

const topic: ResourceModel = {
  type: TOPIC,
  arguments: { name: { replace: true }, displayName: {}, kmsMasterKeyId: {}, policy: {}, tags: {} },
  autoname: { property: "name", limit: 256 },
  computed: ["arn", "owner", "policy", "region"],
  create(inputs, context) {
    const id = arn("sns", context.caller, text(inputs.name) ?? "");
    encryptable(inputs, context);
    return {
      id,
      computed: { arn: id, owner: context.caller.account, policy: inputs.policy ?? "", region: context.caller.region },
    };
  },
  update(_object, inputs, context) {
    encryptable(inputs, context);
    return {};
  },
  remove({ id }, { world }) {
    for (const type of [TOPIC_POLICY, SUBSCRIPTION])
      world.all(type, ({ inputs }) => inputs.arn === id || inputs.topic === id).forEach((one) => world.remove(one));
  },
  calls: {
    arn: "sns:{name}",
    create: [["sns:CreateTopic", "self"]],
    read: [
      ["sns:GetTopicAttributes", "self"],
      ["sns:ListTagsForResource", "self"],
    ],
    update: each(["displayName", "kmsMasterKeyId", "policy"], ["sns:SetTopicAttributes", "self"]),
    delete: [["sns:DeleteTopic", "self"]],
  },
};

function encryptable({ kmsMasterKeyId }: Properties, context: Context): void {
  const reference = text(kmsMasterKeyId);
  if (reference !== undefined && !keyBy(context, reference))
    throw new Refusal("InvalidParameter", `Invalid parameter: KMS key ${reference} does not exist`);
}

const topicPolicy: ResourceModel = {
  type: TOPIC_POLICY,
  arguments: { arn: { required: true, replace: true }, policy: { required: true } },
  computed: ["owner", "region"],
  create(inputs, context) {
    const own = ownedTopic(context, text(inputs.arn) ?? "");
    wellFormed(inputs, own);
    return { id: own.id, computed: { owner: own.account, region: own.region } };
  },
  update(object, inputs, context) {
    wellFormed(inputs, ownedTopic(context, text(object.inputs.arn) ?? ""));
    return {};
  },
  calls: {
    create: [["sns:SetTopicAttributes", "arn"]],
    read: [["sns:GetTopicAttributes", "arn"]],
    update: { policy: [["sns:SetTopicAttributes", "arn"]] },
    delete: [["sns:SetTopicAttributes", "arn"]],
  },
};

/** A topic's policy speaks of that topic alone. */
function wellFormed({ policy }: Properties, { id }: WorldObject): void {
  const all = statements(parsed(policy));
  if (all.length === 0 || all.some((one) => list(one.Resource).some((resource) => resource !== id)))
    throw new Refusal("InvalidParameter", "Invalid parameter: Policy statement must apply to the topic's own resource");
}

const subscription: ResourceModel = {
  type: SUBSCRIPTION,
  arguments: {
    topic: { required: true, replace: true },
    protocol: { required: true, replace: true },
    endpoint: { required: true, replace: true },
  },
  computed: ["arn", "confirmationWasAuthenticated", "ownerId", "pendingConfirmation", "region"],
  check({ protocol }) {
    const given = text(protocol);
    const failure: CheckFailure = ["protocol", `the sandbox knows subscriptions of protocol email, got ${given}`];
    return given !== undefined && given !== "email" ? [failure] : [];
  },
  create(inputs, context) {
    const own = ownedTopic(context, text(inputs.topic) ?? "");
    const id = `${own.id}:${context.world.hex(32)}`;
    return {
      id,
      computed: {
        arn: id,
        confirmationWasAuthenticated: false,
        ownerId: own.account,
        // Nobody here reads the mail in which AWS asks.
        pendingConfirmation: true,
        region: own.region,
      },
    };
  },
  calls: {
    create: [["sns:Subscribe", "topic"]],
    read: [["sns:GetSubscriptionAttributes"]],
    delete: [["sns:Unsubscribe"]],
  },
};

const notification: ResourceModel = {
  type: NOTIFICATION,
  arguments: {
    vpcEndpointServiceId: { replace: true },
    vpcEndpointId: { replace: true },
    connectionNotificationArn: { required: true },
    connectionEvents: { required: true, set: true },
  },
  computed: ["notificationType", "region", "state"],
  check({ connectionEvents }) {
    return texts(connectionEvents)
      .filter((event) => !EVENTS.includes(event))
      .map((event) => ["connectionEvents", `expected one of [${EVENTS.join(" ")}], got ${event}`] as const);
  },
  create(inputs, context) {
    told(inputs, context);
    return {
      id: newId(context, "vpce-nfn"),
      computed: { notificationType: "Topic", region: context.caller.region, state: "Enabled" },
    };
  },
  update(_object, inputs, context) {
    told(inputs, context);
    return {};
  },
  calls: {
    create: [["ec2:CreateVpcEndpointConnectionNotification", "vpcEndpointServiceId"]],
    read: [["ec2:DescribeVpcEndpointConnectionNotifications"]],
    update: each(["connectionEvents", "connectionNotificationArn"], ["ec2:ModifyVpcEndpointConnectionNotification"]),
    delete: [["ec2:DeleteVpcEndpointConnectionNotifications"]],
  },
};

function told(inputs: Properties, { world, caller }: Context): void {
  const service = text(inputs.vpcEndpointServiceId);
  const own = world.objects.some(({ id, account }) => id === service && account === caller.account);
  if (service !== undefined && !own)
    throw new Refusal("InvalidVpcEndpointServiceId.NotFound", `The VpcEndpointService Id '${service}' does not exist`);
  if (world.get(TOPIC, text(inputs.connectionNotificationArn) ?? "")?.account !== caller.account)
    throw new Refusal("InvalidParameter", "The connection notification ARN names no topic of this account");
}

/** One message, as whoever subscribes would get it. */
export interface Message {
  readonly event: string;
  readonly serviceId: string;
  readonly endpointId: string;
}

/** Tells the owner of a service; where a policy of the topic or its key is against it, nobody is told, and nobody is told that. */
export function publish(world: World, service: WorldObject, event: string, endpointId: string): void {
  const keys = {
    "aws:SourceArn": arn("ec2", service, `vpc-endpoint-service/${service.id}`),
    "aws:SourceAccount": service.account,
  };
  for (const { inputs } of world.all(NOTIFICATION, (one) => one.inputs.vpcEndpointServiceId === service.id)) {
    const own = world.get(TOPIC, text(inputs.connectionNotificationArn) ?? "");
    if (!own || !texts(inputs.connectionEvents).includes(event)) continue;
    const policy = world.all(TOPIC_POLICY, (one) => one.inputs.arn === own.id)[0]?.inputs.policy ?? own.computed.policy;
    const allowed = statements(parsed(policy)).some(
      (one) =>
        one.Effect === "Allow" &&
        list((one.Principal as Properties | undefined)?.Service).includes(PRIVATELINK) &&
        applies(one, { action: "sns:Publish", arn: own.id, keys }),
    );
    if (!allowed || !mayEncrypt(world, own, keys)) continue;
    const message: Message = { event, serviceId: service.id, endpointId };
    own.computed = { ...own.computed, _messages: [...messagesOf(own), { ...message }] as never };
    world.changed(own);
  }
}

function mayEncrypt(
  world: World,
  { account, region, inputs }: WorldObject,
  keys: Readonly<Record<string, string>>,
): boolean {
  const reference = text(inputs.kmsMasterKeyId);
  if (reference === undefined) return true;
  const key = keyBy({ world, caller: { account, region } as Context["caller"] }, reference);
  if (!key || keyState(world, key) !== undefined) return false;
  return ["kms:GenerateDataKey", "kms:Decrypt"].every(
    (action) => whyKeyDenies(world, key, { service: PRIVATELINK }, action, keys) === undefined,
  );
}

/** All that a topic was given so far. */
export const messagesOf = ({ computed }: WorldObject): readonly Message[] =>
  (computed._messages as unknown as readonly Message[] | undefined) ?? [];

export const snsModels: readonly ResourceModel[] = [topic, topicPolicy, subscription, notification];
