/** DynamoDB's tables, as far as programs shape them; what lies in them is nobody's business here. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { flag, given, record, records, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import { hasUnknown } from "../wire.ts";
import type { WorldObject } from "../world.ts";
import { keyForGrants } from "./kms.ts";
import { arn, inPlace } from "./network.ts";

export const TABLE = "aws:dynamodb/table:Table";

const validation = (message: string): Refusal => new Refusal("ValidationException", message);

function judgeKey(inputs: Properties, context: Context): void {
  const encryption = record(inputs.serverSideEncryption);
  const reference = text(encryption.kmsKeyArn);
  if (reference !== undefined && !keyForGrants(context, reference, "dynamodb"))
    throw validation(
      `KMS validation error: com.amazonaws.services.kms.model.NotFoundException: Key '${reference}' does not exist, or may not be used`,
    );
}

const keysOf = ({ hashKey, rangeKey }: Properties): string[] => [hashKey, rangeKey].flatMap((key) => text(key) ?? []);

const TUNABLE = ["billingMode", "deletionProtectionEnabled", "pointInTimeRecovery", "serverSideEncryption"];

const table: ResourceModel = {
  type: TABLE,
  arguments: {
    name: { replace: true },
    hashKey: { required: true, replace: true },
    rangeKey: { replace: true },
    attributes: { required: true, set: true },
    billingMode: { default: "PROVISIONED" },
    deletionProtectionEnabled: {},
    pointInTimeRecovery: {},
    serverSideEncryption: {},
    tags: {},
  },
  autoname: { property: "name", limit: 255 },
  computed: [
    ..."arn readCapacity region replicas streamArn streamEnabled streamLabel streamViewType writeCapacity".split(" "),
    "pointInTimeRecovery",
    "serverSideEncryption",
  ],
  check(inputs) {
    const failures: CheckFailure[] = [];
    const name = text(inputs.name);
    if (name !== undefined && !/^[a-zA-Z0-9_.-]{3,255}$/.test(name))
      failures.push(["name", `"name" must be 3 to 255 of a-z, A-Z, 0-9, '_', '-' and '.': ${name}`]);
    if (inputs.billingMode === "PROVISIONED")
      failures.push(["billingMode", "the sandbox's tables are PAY_PER_REQUEST: capacity is not modelled"]);
    if (!hasUnknown(inputs.attributes ?? null)) {
      const defined = records(inputs.attributes).map((one) => text(one.name) ?? "");
      const unused = defined.filter((one) => !keysOf(inputs).includes(one));
      if (unused.length > 0)
        failures.push(["attributes", `all attributes must be indexed. Unused attributes: ["${unused.join('", "')}"]`]);
    }
    return failures;
  },
  create(inputs, context) {
    const { world, caller } = context;
    const name = given(text(inputs.name), "name");
    if (world.all(TABLE, (one) => inPlace(context)(one) && one.id === name).length > 0)
      throw new Refusal("ResourceInUseException", `Table already exists: ${name}`);
    const defined = new Map(records(inputs.attributes).map((one) => [text(one.name), text(one.type)]));
    for (const key of keysOf(inputs)) {
      const type = defined.get(key);
      if (type === undefined)
        throw validation(
          `One or more parameter values were invalid: Some index key attributes have no definition: ${key}`,
        );
      if (!["S", "N", "B"].includes(type))
        throw validation(
          `Value '${type}' at 'attributeDefinitions.member.attributeType' failed to satisfy constraint: Member must satisfy enum value set: [B, N, S]`,
        );
    }
    judgeKey(inputs, context);
    return {
      id: name,
      computed: {
        arn: arn("dynamodb", caller, `table/${name}`),
        readCapacity: 0,
        writeCapacity: 0,
        replicas: [],
        streamArn: "",
        streamEnabled: false,
        streamLabel: "",
        streamViewType: "",
        pointInTimeRecovery: inputs.pointInTimeRecovery ?? { enabled: false },
        serverSideEncryption: inputs.serverSideEncryption ?? null,
        region: caller.region,
      },
    };
  },
  update(_object, inputs, context) {
    judgeKey(inputs, context);
    return {
      pointInTimeRecovery: inputs.pointInTimeRecovery ?? { enabled: false },
      serverSideEncryption: inputs.serverSideEncryption ?? null,
    };
  },
  remove({ inputs }: WorldObject) {
    if (flag(inputs.deletionProtectionEnabled))
      throw validation(
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.",
      );
  },
  seconds: { create: 15, delete: 10 },
  calls: {
    arn: "dynamodb:table/{name}",
    create: [["dynamodb:CreateTable", "self"]],
    given: { pointInTimeRecovery: [["dynamodb:UpdateContinuousBackups", "self"]] },
    within: {
      serverSideEncryption: [["kms:DescribeKey"], ["kms:CreateGrant"]],
    },
    read: [
      ["dynamodb:DescribeTable", "self"],
      ["dynamodb:DescribeContinuousBackups", "self"],
      ["dynamodb:DescribeTimeToLive", "self"],
      ["dynamodb:ListTagsOfResource", "self"],
    ],
    update: {
      ...each(TUNABLE, ["dynamodb:UpdateTable", "self"]),
      pointInTimeRecovery: [["dynamodb:UpdateContinuousBackups", "self"]],
      // The provider sends them with a change of indexes only, and none are modelled.
      attributes: [],
    },
    delete: [["dynamodb:DeleteTable", "self"]],
  },
};

export const dynamoDbModels: readonly ResourceModel[] = [table];
