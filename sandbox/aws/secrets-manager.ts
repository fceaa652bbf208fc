/** Secrets, of which the world knows who may read them but never what they hold: those of programs, and those that RDS manages. */
import type { CheckFailure, Context, ResourceModel } from "../model.ts";
import { Refusal, each } from "../model.ts";
import { given, integer, text } from "../values.ts";
import type { World, WorldObject } from "../world.ts";
import { keyForGrants, whyKeyDenies } from "./kms.ts";
import { KEY } from "./kms.ts";
import { arn, inPlace } from "./network.ts";
import type { Actor } from "./policies.ts";
import { whyDenied } from "./policies.ts";

export const SECRET = "aws:secretsmanager/secret:Secret";
const DAY = 86_400;

const newArn = ({ world, caller }: Context, name: string): string =>
  arn("secretsmanager", caller, `secret:${name}-${world.hex(6)}`);

/** The secret that a service makes on behalf of its caller, and takes along when it goes. @param keyArn without it, under AWS's own key */
export function managedSecret(context: Context, name: string, service: string, keyArn?: string): WorldObject {
  const { account, region } = context.caller;
  const id = newArn(context, name);
  const computed = { arn: id, region, _managedBy: service };
  const inputs = { name, ...(keyArn !== undefined && { kmsKeyId: keyArn }) };
  const secret: WorldObject = { type: SECRET, id, account, region, inputs, computed, readyAt: 0, estate: false };
  context.world.put(secret);
  return secret;
}

/** Why a role cannot read a secret's value, in AWS's words; undefined where it can. */
export function whyUnreadable(world: World, secretArn: string, actor: Actor): string | undefined {
  const secret = world.get(SECRET, secretArn);
  if (!secret) return "ResourceNotFoundException: Secrets Manager can't find the specified secret.";
  const request = { action: "secretsmanager:GetSecretValue", arn: secretArn, keys: {} };
  const why = whyDenied(world, actor, request);
  if (why !== undefined)
    return `AccessDeniedException: User: arn:aws:sts::${actor.account}:assumed-role/${actor.role} is not authorized to perform: ${request.action} on resource: ${secretArn} ${why}`;
  const key = world.all(KEY, ({ computed }) => computed.arn === secret.inputs.kmsKeyId)[0];
  // Without a key of the customer's it is AWS's own, which whoever may read the secret may use.
  if (secret.inputs.kmsKeyId === undefined) return undefined;
  const keys = {
    "kms:ViaService": `secretsmanager.${secret.region}.amazonaws.com`,
    "kms:EncryptionContext:SecretARN": secretArn,
  };
  return key && whyKeyDenies(world, key, actor, "kms:Decrypt", keys) === undefined
    ? undefined
    : "AccessDeniedException: Access to KMS is not allowed";
}

function judgeKey(reference: string | undefined, context: Context): void {
  if (reference !== undefined && !keyForGrants(context, reference, "secretsmanager"))
    throw new Refusal("InvalidParameterException", `The KMS key ${reference} does not exist, or it may not be used.`);
}

const secret: ResourceModel = {
  type: SECRET,
  arguments: {
    name: { replace: true },
    description: {},
    kmsKeyId: {},
    recoveryWindowInDays: { default: 30 },
    forceOverwriteReplicaSecret: { default: false },
    tags: {},
  },
  autoname: { property: "name", limit: 512 },
  computed: ["arn", "policy", "replicas", "namePrefix", "region"],
  check({ recoveryWindowInDays }): CheckFailure[] {
    const days = integer(recoveryWindowInDays);
    return days === undefined || days === 0 || (days >= 7 && days <= 30)
      ? []
      : [["recoveryWindowInDays", `expected recovery_window_in_days to be 0 or in the range (7 - 30), got ${days}`]];
  },
  create(inputs, context) {
    const name = given(text(inputs.name), "name");
    const isNamed = (one: WorldObject): boolean => inPlace(context)(one) && one.inputs.name === name;
    if (context.world.lingering(SECRET).some(({ object }) => isNamed(object)))
      throw new Refusal(
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for deletion.",
      );
    if (context.world.all(SECRET, isNamed).length > 0)
      throw new Refusal("ResourceExistsException", `The operation failed because the secret ${name} already exists.`);
    judgeKey(text(inputs.kmsKeyId), context);
    const id = newArn(context, name);
    const { region } = context.caller;
    return { id, computed: { arn: id, policy: "", replicas: [], namePrefix: "", region } };
  },
  update(_object, inputs, context) {
    judgeKey(text(inputs.kmsKeyId), context);
    return {};
  },
  remove({ computed }) {
    if (computed._managedBy !== undefined)
      throw new Refusal(
        "InvalidRequestException",
        `You can't perform this operation on the secret because it is managed by ${text(computed._managedBy) ?? ""}.`,
      );
  },
  lingers: ({ inputs }) => (integer(inputs.recoveryWindowInDays) ?? 30) * DAY,
  seconds: { create: 1, delete: 1 },
  calls: {
    arn: "secretsmanager:secret:{name}-??????",
    create: [["secretsmanager:CreateSecret", "self"]],
    read: [
      ["secretsmanager:DescribeSecret", "self"],
      ["secretsmanager:GetResourcePolicy", "self"],
    ],
    update: {
      ...each(["description", "kmsKeyId"], ["secretsmanager:UpdateSecret", "self"]),
      ...each(["recoveryWindowInDays", "forceOverwriteReplicaSecret"]),
    },
    delete: [["secretsmanager:DeleteSecret", "self"]],
  },
};

export const secretsManagerModels: readonly ResourceModel[] = [secret];
