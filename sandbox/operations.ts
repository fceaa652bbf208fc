/** What a provider does to the world, as far as all types have it in common: may it, does the model let it, how long does it take. */
import { permitCall, permitChange, permitDelete, permitFinish, permitMake, permitRead } from "./aws/authorization.ts";
import type { Context, FunctionModel, ResourceModel } from "./model.ts";
import { Refusal } from "./model.ts";
import { digested } from "./resource.ts";
import { physicalName } from "./values.ts";
import type { Properties, Value } from "./wire.ts";
import { hasUnknown, isObject } from "./wire.ts";
import type { WorldObject } from "./world.ts";

/** Something was made or changed, and then the provider failed: Pulumi keeps it in its state, with the reason. */
export class HalfDone extends Error {
  readonly object: WorldObject;

  constructor(object: WorldObject, { message }: Refusal) {
    super(message);
    this.object = object;
  }
}

/** How an operation came about. */
export interface Occasion {
  /** What the program calls the resource. */
  readonly name?: string;
  /** Virtual seconds lost to retries. */
  readonly delay?: number;
  /** Somebody waits for the answer. */
  readonly unheard?: true;
}

/** Creates in the world. The object is ready after all that its inputs name, plus its own time. */
export function make(
  model: ResourceModel,
  inputs: Properties,
  context: Context,
  { name, delay = 0, unheard }: Occasion = {},
): WorldObject {
  if (hasUnknown(inputs)) throw new Error(`${model.type}: an unknown value reached a create`);
  const { world, caller } = context;
  permitMake(model, inputs, context);
  const { id, computed } = model.create(inputs, context);
  const object: WorldObject = {
    type: model.type,
    id,
    account: caller.account,
    region: caller.region,
    inputs: digested(model, inputs),
    computed,
    readyAt: 0,
    estate: false,
    ...(unheard && { unheard }),
  };
  const names = namedIn(inputs);
  object.readyAt = world.time.step(
    {
      operation: "create",
      object,
      name: name ?? physicalName(object),
      names,
      // A Kubernetes object names its cluster by no argument: its account is the API server.
      after: [...world.named(names), ...world.servedAt(caller.account)],
      seconds: (model.seconds?.create ?? 0) + delay,
    },
    caller.run,
  );
  world.put(object);
  try {
    permitFinish(model, object, context);
    model.awaits?.(object, context);
  } catch (error) {
    throw halfMade(model, object, error, context);
  }
  return object;
}

/** What is left where a create fails after the object exists. */
export function halfMade(model: ResourceModel, object: WorldObject, error: unknown, context: Context): unknown {
  if (!(error instanceof Refusal)) return error;
  model.halfMade?.(object, context);
  return new HalfDone(object, error);
}

/** @param changed names of the arguments that differ; none where only what was left half-done is finished */
export function change(
  model: ResourceModel,
  object: WorldObject,
  inputs: Properties,
  changed: readonly string[],
  context: Context,
  { name, delay = 0 }: Occasion = {},
): void {
  const { world, caller } = context;
  permitChange(model, object, inputs, changed, context);
  const computed = model.update?.(object, inputs, context) ?? {};
  object.inputs = digested(model, inputs);
  object.computed = { ...object.computed, ...computed };
  const doing = {
    operation: "update",
    object,
    name: name ?? physicalName(object),
    names: namedIn(inputs),
    after: [object],
    seconds: (changed.length > 0 ? (model.seconds?.update?.(changed) ?? 0) : 0) + delay,
  } as const;
  object.readyAt = Math.max(object.readyAt, world.time.step(doing, caller.run));
  world.changed();
  if (model.calls?.tagsAfterwards) return;
  try {
    permitRead(model, object, context);
    model.awaits?.(object, context);
  } catch (error) {
    throw error instanceof Refusal ? new HalfDone(object, error) : error;
  }
}

export function unmake(
  model: ResourceModel,
  object: WorldObject,
  context: Context,
  { name, delay = 0 }: Occasion = {},
): void {
  const { world, caller } = context;
  permitDelete(model, object, context);
  const notBefore = model.waitsUntil?.(object, context);
  model.remove?.(object, context);
  const seconds = (model.seconds?.delete ?? 0) + delay;
  const names = namedIn(object.inputs);
  world.time.step(
    { operation: "delete", object, name: name ?? physicalName(object), names, after: [object], seconds, notBefore },
    caller.run,
  );
  if (!object.estate) world.remove(object, model.lingers?.(object));
}

export function look(model: FunctionModel, args: Properties, context: Context): Properties {
  permitCall(model, args, context);
  return model.call(args, context);
}

/** All strings anywhere in the inputs: what of the world they name is looked up among these. */
function namedIn(value: Value | undefined, found = new Set<string>()): ReadonlySet<string> {
  if (typeof value === "string") found.add(value);
  else if (Array.isArray(value)) value.forEach((inner) => namedIn(inner, found));
  else if (isObject(value)) Object.values(value).forEach((inner) => namedIn(inner, found));
  return found;
}
