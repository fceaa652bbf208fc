/** What somebody does in AWS's console, behind Pulumi's back. AWS's refusals hold for them too; as administrators they are denied nothing. */
import { z } from "zod";
import { ENDPOINT, acceptConnection, endpointState, rejectConnection, serviceByName } from "./aws/privatelink.ts";
import { catalog } from "./catalog.ts";
import type { Context, ResourceModel } from "./model.ts";
import { Refusal } from "./model.ts";
import { at, changedArguments, checked, digested, overlaid, replaces } from "./resource.ts";
import { flag, like, physicalName, text } from "./values.ts";
import type { Properties, Value } from "./wire.ts";
import { isObject } from "./wire.ts";
import type { World, WorldObject } from "./world.ts";

/** Which objects are meant; all that are given must hold. `*` and `?` are wildcards. */
export const selection = z.strictObject({
  /** Pulumi's type token, or its last part: `VpcEndpoint`. */
  type: z.string().optional(),
  /** Id, ARN, or the name that AWS or Kubernetes knows: the tag Name, a name, metadata.name. */
  name: z.string().optional(),
  account: z.string().optional(),
  /** By property, what it is, as text: what has no name, such as a rule, is told by these. `healthCheck.port` lies inside one. */
  where: z.record(z.string(), z.string()).optional(),
  /** True for what stood before any program, false for what programs made. */
  estate: z.boolean().optional(),
});
export type Selection = z.infer<typeof selection>;

const value: z.ZodType<Value> = z.json();
/** By property; `healthCheck.port` lies inside one, and null takes one away. */
export const changes = z.record(z.string(), value);

export const selected = (
  world: World,
  { type = "*", name = "*", account = "*", where = {}, estate }: Selection,
): WorldObject[] =>
  world.objects.filter(
    (object) =>
      [object.type, object.type.split(":").at(-1) ?? ""].some((each) => like(type, each)) &&
      [object.id, text(object.computed.arn) ?? "", physicalName(object)].some((each) => like(name, each)) &&
      like(account, object.account) &&
      Object.entries(where).every(([path, pattern]) => like(pattern, asText(standing(object, path)))) &&
      (estate === undefined || object.estate === estate),
  );

/** What an object has at `port` or `healthCheck.port`: as it was asked for, else as AWS made it. */
export const standing = (
  { inputs, computed }: Pick<WorldObject, "inputs" | "computed">,
  path: string,
): Value | undefined => at(inputs, path) ?? at(computed, path);

const asText = (found: Value | undefined): string =>
  found === undefined ? "" : typeof found === "string" ? found : JSON.stringify(found);

function theOne(world: World, which: Selection): WorldObject {
  const found = selected(world, which);
  const [one] = found;
  if (one && found.length === 1) return one;
  const list = found.map(({ type, id, account }) => `\n  ${type} ${id} of ${account}`).join("");
  throw new Refusal(
    "SandboxError",
    one
      ? `${found.length} objects fit ${JSON.stringify(which)}; say which one:${list}`
      : `no object fits ${JSON.stringify(which)}`,
  );
}

function modelOf({ type }: WorldObject): ResourceModel {
  const model = catalog.resources.get(type);
  if (!model)
    throw new Refusal("SandboxUnsupported", `the sandbox has no rules for ${type}, so nobody can change it by hand`);
  return model;
}

/** The account's owner; of a Kubernetes object, somebody whom its API server admits. */
function owner(world: World, { account, region }: WorldObject): Context {
  const run = { provider: "", stack: "", after: undefined, startedAt: world.clock, reached: world.clock };
  return { world, caller: { environment: "", account, region, role: undefined, defaultTags: {}, config: {}, run } };
}

/** An object, and what AWS or Kubernetes calls it. */
export interface NamedObject extends WorldObject {
  readonly name: string;
}

export const withName = (object: WorldObject): NamedObject => ({ ...object, name: physicalName(object) });

/** What became of one property; absent where it was not there, or is no more. */
export interface PropertyChange {
  readonly property: string;
  readonly was?: Value;
  readonly is?: Value;
}

export interface ChangedObject extends NamedObject {
  readonly changes: readonly PropertyChange[];
}

/** @param asked by property; a number or a yes that AWS has as text becomes text */
export function changeByHand(world: World, which: Selection, asked: Properties): ChangedObject {
  const object = theOne(world, which);
  const model = modelOf(object);
  const context = owner(world, object);
  const earlier = Object.entries(asked).map(([path, is]) => [path, standing(object, path), is] as const);
  const properties = Object.fromEntries(
    earlier.map(([path, was, is]) => [path, typeof was === "string" && is !== null ? asText(is) : is]),
  );
  // To AWS, a provider's default tags are tags; and a part of something is laid over what was asked for, else over what AWS made of it.
  const { tagsAll, ...before } = object.inputs;
  const parts = Object.keys(properties).flatMap((path) => (path.includes(".") ? (path.split(".")[0] ?? []) : []));
  const made = Object.fromEntries(
    parts.flatMap((key) => (object.computed[key] === undefined ? [] : [[key, object.computed[key]]])),
  );
  const tags: Properties = tagsAll === undefined ? {} : { tags: tagsAll };
  const news = withoutNulls(overlaid({ ...made, ...before, ...tags }, properties));
  const { inputs, failures } = checked(model, { name: object.id, news, olds: before, seed: new Uint8Array(), context });
  if (failures.length > 0)
    throw new Refusal(
      "InvalidParameterValue",
      failures.map(([property, reason]) => `${property}: ${reason}`).join("; "),
    );
  const changed = changedArguments(model, before, inputs, []);
  const fixed = replaces(model, changed, before, inputs, context.caller);
  if (fixed.length > 0)
    throw new Refusal(
      "SandboxError",
      `AWS has no way to change ${fixed.join(", ")} of ${object.type} ${object.id}; delete it instead`,
    );
  const computed = model.update?.(object, inputs, context) ?? {};
  object.inputs = { ...digested(model, inputs), ...(tagsAll === undefined ? {} : { tagsAll: inputs.tags ?? {} }) };
  object.computed = { ...object.computed, ...computed };
  world.changed();
  const effects = earlier.map(([property, was]): PropertyChange => {
    const is = standing(object, property);
    return { property, ...(was === undefined ? {} : { was }), ...(is === undefined ? {} : { is }) };
  });
  return { ...withName(object), changes: effects };
}

const withoutNulls = (properties: Properties): Properties =>
  Object.fromEntries(
    Object.entries(properties).flatMap(([key, one]) =>
      one === null ? [] : [[key, isObject(one) ? withoutNulls(one) : one]],
    ),
  );

export function deleteByHand(world: World, which: Selection): WorldObject {
  const object = theOne(world, which);
  const model = modelOf(object);
  model.remove?.(object, owner(world, object));
  world.remove(object, model.lingers?.(object));
  return object;
}

/** The service owner's answer, in the console. */
export function answerByHand(world: World, endpointIdOrName: string, answer: "accept" | "reject"): WorldObject {
  const endpoint = theOne(world, { type: ENDPOINT, name: endpointIdOrName });
  const service = serviceByName(world, text(endpoint.inputs.serviceName) ?? "");
  if (!service)
    throw new Refusal("InvalidVpcEndpointId.NotFound", `The Vpc Endpoint Id '${endpoint.id}' does not exist`);
  const state = endpointState(world, endpoint);
  const acceptable = state === "pendingAcceptance" && flag(service.inputs.acceptanceRequired);
  const rejectable = ["pendingAcceptance", "pending", "available"].includes(state);
  if (!(answer === "accept" ? acceptable : rejectable))
    throw new Refusal(
      "InvalidState",
      `VPC Endpoint Connection (${service.id}_${endpoint.id}) cannot be ${answer}ed in state ${state}`,
    );
  if (answer === "accept") acceptConnection(world, endpoint);
  else rejectConnection(world, endpoint);
  return endpoint;
}
