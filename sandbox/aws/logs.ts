import type { Context, ResourceModel } from "../model.ts";
import { Refusal } from "../model.ts";
import { given, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import { UNKNOWN } from "../wire.ts";
import { usableKey } from "./kms.ts";
import { arn } from "./network.ts";

export const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";
/** 0 keeps for ever. */
const RETENTION = [
  0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** What the log service itself does with a key, in the group's name. */
const KEY_ACTIONS = ["Encrypt", "Decrypt", "ReEncryptFrom", "GenerateDataKey", "DescribeKey"].map(
  (one) => `kms:${one}`,
);

function judgeKey(inputs: Properties, context: Context): void {
  const reference = text(inputs.kmsKeyId);
  if (reference === undefined) return;
  const group = arn("logs", context.caller, `log-group:${text(inputs.name) ?? ""}`);
  const service = `logs.${context.caller.region}.amazonaws.com`;
  if (!usableKey(context, reference, { service }, KEY_ACTIONS, { "kms:EncryptionContext:aws:logs:arn": group }))
    throw new Refusal(
      "AccessDeniedException",
      `The specified KMS key does not exist or is not allowed to be used with Arn '${group}'`,
    );
}

const logGroup: ResourceModel = {
  type: LOG_GROUP,
  arguments: {
    name: { replace: true },
    retentionInDays: { default: 0 },
    kmsKeyId: {},
    logGroupClass: { replace: true },
    tags: {},
  },
  autoname: { property: "name", limit: 512 },
  computed: ["arn", "logGroupClass", "namePrefix", "region"],
  check({ name, retentionInDays }) {
    if (retentionInDays !== UNKNOWN && !RETENTION.includes(Number(retentionInDays))) {
      return [
        [
          "retentionInDays",
          `expected retention_in_days to be one of [${RETENTION.join(" ")}], got ${String(retentionInDays)}`,
        ],
      ];
    }
    const given = text(name);
    return given === undefined || /^[.\-_/#A-Za-z0-9]{1,512}$/.test(given)
      ? []
      : [
          [
            "name",
            `"name" isn't a valid log group name (alphanumeric characters, underscores, hyphens, slashes, hash signs and dots are allowed): "${given}"`,
          ],
        ];
  },
  create(inputs, context) {
    const { world, caller } = context;
    const name = given(text(inputs.name), "name");
    if (world.get(LOG_GROUP, name, caller.account))
      throw new Refusal("ResourceAlreadyExistsException", "The specified log group already exists");
    judgeKey(inputs, context);
    return {
      id: name,
      computed: {
        arn: arn("logs", caller, `log-group:${name}`),
        logGroupClass: inputs.logGroupClass ?? "STANDARD",
        namePrefix: "",
        region: caller.region,
      },
    };
  },
  update(_object, inputs, context) {
    judgeKey(inputs, context);
    return {};
  },
  seconds: { create: 1 },
  calls: {
    arn: "logs:log-group:{name}",
    create: [["logs:CreateLogGroup", "self"]],
    given: { retentionInDays: [["logs:PutRetentionPolicy", "self"]] },
    read: [["logs:DescribeLogGroups"], ["logs:ListTagsForResource", "self"]],
    update: {
      retentionInDays: [["logs:PutRetentionPolicy", "self"]],
      kmsKeyId: [
        ["logs:AssociateKmsKey", "self"],
        ["logs:DisassociateKmsKey", "self"],
      ],
    },
    delete: [["logs:DeleteLogGroup", "self"]],
  },
};

export const logsModels: readonly ResourceModel[] = [logGroup];
