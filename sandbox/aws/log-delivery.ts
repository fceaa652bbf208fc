/** Logs and traces that services deliver by themselves: whose, where to, and both brought together. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { given, record, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { WorldObject } from "../world.ts";
import { GATEWAY } from "./agentcore-gateway.ts";
import { validation } from "./agentcore-places.ts";
import { RUNTIME } from "./agentcore-runtime.ts";
import { LOG_GROUP } from "./logs.ts";
import { arn } from "./network.ts";

export const SOURCE = "aws:cloudwatch/logDeliverySource:LogDeliverySource";
export const DESTINATION = "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination";
export const DELIVERY = "aws:cloudwatch/logDelivery:LogDelivery";

/** What each of these services delivers, by the type of the object that the source names. */
const LOG_TYPES: Readonly<Record<string, readonly string[]>> = {
  [RUNTIME]: ["APPLICATION_LOGS", "USAGE_LOGS", "TRACES"],
  [GATEWAY]: ["APPLICATION_LOGS", "TRACES"],
};

const nameFailures = (name: string | undefined): CheckFailure[] =>
  name === undefined || /^[\w-]{1,60}$/.test(name)
    ? []
    : [["name", `Attribute name must be 1 to 60 letters, numbers, hyphens and underscores, got: ${name}`]];

const notFound = (what: string): Refusal => new Refusal("ResourceNotFoundException", `${what} does not exist.`);

function existing(type: string, name: string, { world, caller }: Context): WorldObject | undefined {
  return world.get(type, name, caller.account);
}

const source: ResourceModel = {
  type: SOURCE,
  arguments: {
    name: { required: true, replace: true },
    logType: { required: true, replace: true },
    resourceArn: { required: true, replace: true },
    tags: {},
  },
  computed: ["arn", "region", "service"],
  check: ({ name }) => nameFailures(text(name)),
  create(inputs, context) {
    const { world, caller } = context;
    const [name, resourceArn, logType] = [
      text(inputs.name) ?? "",
      text(inputs.resourceArn) ?? "",
      text(inputs.logType) ?? "",
    ];
    const about = world.objects.find(
      ({ type, computed }) =>
        type in LOG_TYPES && [computed.agentRuntimeArn, computed.gatewayArn].includes(resourceArn),
    );
    if (!about) throw notFound(resourceArn);
    if (!LOG_TYPES[about.type]?.includes(logType))
      throw validation(`The log type ${logType} is not supported for the resource ${resourceArn}.`);
    const same = ({ inputs: other }: WorldObject): boolean =>
      other.resourceArn === resourceArn && other.logType === logType;
    if (existing(SOURCE, name, context) || world.all(SOURCE, same).length > 0)
      throw new Refusal(
        "ConflictException",
        "This ResourceId has already been used in another Delivery Source in this account.",
      );
    return {
      id: name,
      computed: {
        arn: arn("logs", caller, `delivery-source:${name}`),
        service: "bedrock-agentcore",
        region: caller.region,
      },
    };
  },
  remove({ id }, { world }) {
    if (world.all(DELIVERY, ({ inputs }) => inputs.deliverySourceName === id).length > 0)
      throw new Refusal("ConflictException", `Delivery source ${id} is used by a delivery.`);
  },
  seconds: { create: 1, delete: 1 },
  calls: {
    arn: "logs:delivery-source:{name}",
    create: [["logs:PutDeliverySource", "self"]],
    within: { resourceArn: [["bedrock-agentcore:AllowVendedLogDeliveryForResource", "resourceArn"]] },
    read: [["logs:GetDeliverySource", "self"]],
    delete: [["logs:DeleteDeliverySource", "self"]],
  },
};

const destination: ResourceModel = {
  type: DESTINATION,
  arguments: {
    name: { required: true, replace: true },
    deliveryDestinationConfiguration: {},
    deliveryDestinationType: { replace: true },
    outputFormat: { replace: true },
    tags: {},
  },
  computed: ["arn", "deliveryDestinationType", "region"],
  check: ({ name }) => nameFailures(text(name)),
  create(inputs, context) {
    const { world, caller } = context;
    const name = given(text(inputs.name), "name");
    if (existing(DESTINATION, name, context))
      throw new Refusal("ConflictException", `Delivery destination ${name} already exists.`);
    const group = text(record(inputs.deliveryDestinationConfiguration).destinationResourceArn);
    const type = text(inputs.deliveryDestinationType) ?? (group === undefined ? undefined : "CWL");
    if (type === undefined || (type === "XRAY") !== (group === undefined))
      throw validation("A destination needs a destinationResourceArn, and X-Ray none.");
    // With or without the `:*` that stands for the group's streams.
    const isGroup = ({ computed }: WorldObject): boolean => computed.arn === group?.replace(/:\*$/, "");
    if (group !== undefined && world.all(LOG_GROUP, isGroup).length === 0) throw notFound(group);
    return {
      id: name,
      computed: {
        arn: arn("logs", caller, `delivery-destination:${name}`),
        deliveryDestinationType: type,
        region: caller.region,
      },
    };
  },
  update: () => ({}),
  remove({ computed }, { world }) {
    if (world.all(DELIVERY, ({ inputs }) => inputs.deliveryDestinationArn === computed.arn).length > 0)
      throw new Refusal("ConflictException", `Delivery destination ${text(computed.arn) ?? ""} is used by a delivery.`);
  },
  seconds: { create: 1, delete: 1 },
  calls: {
    arn: "logs:delivery-destination:{name}",
    create: [["logs:PutDeliveryDestination", "self"]],
    read: [["logs:GetDeliveryDestination", "self"]],
    update: each(["deliveryDestinationConfiguration"], ["logs:PutDeliveryDestination", "self"]),
    delete: [["logs:DeleteDeliveryDestination", "self"]],
  },
};

/** Both ends of a delivery, which have to fit: traces go to X-Ray, and nothing else does. */
function judge(inputs: Properties, context: Context): void {
  const from = existing(SOURCE, text(inputs.deliverySourceName) ?? "", context);
  const to = context.world.all(DESTINATION, ({ computed }) => computed.arn === inputs.deliveryDestinationArn)[0];
  if (!from || !to) throw notFound(text(from ? inputs.deliveryDestinationArn : inputs.deliverySourceName) ?? "");
  const [logType, kind] = [text(from.inputs.logType) ?? "", text(to.computed.deliveryDestinationType) ?? ""];
  if ((logType === "TRACES") !== (kind === "XRAY"))
    throw validation(`Delivery destination type ${kind} is not supported for log type ${logType}.`);
}

const delivery: ResourceModel = {
  type: DELIVERY,
  arguments: {
    deliverySourceName: { required: true, replace: true },
    deliveryDestinationArn: { required: true, replace: true },
    tags: {},
  },
  computed: ["arn", "fieldDelimiter", "recordFields", "region", "s3DeliveryConfigurations"],
  create(inputs, context) {
    judge(inputs, context);
    const { world, caller } = context;
    const same = ({ inputs: other }: WorldObject): boolean =>
      other.deliverySourceName === inputs.deliverySourceName &&
      other.deliveryDestinationArn === inputs.deliveryDestinationArn;
    if (world.all(DELIVERY, same).length > 0) throw new Refusal("ConflictException", "Delivery already exists.");
    const id = world.hex(16);
    return {
      id,
      computed: {
        arn: arn("logs", caller, `delivery:${id}`),
        fieldDelimiter: "",
        recordFields: [],
        s3DeliveryConfigurations: [],
        region: caller.region,
      },
    };
  },
  seconds: { create: 2, delete: 1 },
  calls: {
    arn: "logs:delivery:*",
    create: [["logs:CreateDelivery", "self"]],
    read: [["logs:GetDelivery", "self"]],
    delete: [["logs:DeleteDelivery", "self"]],
  },
};

export const logDeliveryModels: readonly ResourceModel[] = [source, destination, delivery];
