import { isDeepStrictEqual } from "node:util";
import type { Caller, CheckFailure, Context, ResourceModel } from "./model.ts";
import type { Properties, Value } from "./wire.ts";
import { UNKNOWN, digest, hasUnknown, isObject } from "./wire.ts";
import type { WorldObject } from "./world.ts";

const takesTagMap = (model: ResourceModel): boolean => "tags" in model.arguments && model.tagList !== true;

interface CheckRequest {
  readonly name: string;
  readonly news: Properties;
  readonly olds: Properties;
  /** The engine's per-resource seed: the same for the preview and the update that follows. */
  readonly seed: Uint8Array;
  readonly context: Context;
}

/** What every type has in common before its own rules: known arguments, required ones, defaults, names. */
export function checked(
  model: ResourceModel,
  { name, news, olds, seed, context }: CheckRequest,
): { readonly inputs: Properties; readonly failures: readonly CheckFailure[] } {
  const failures: CheckFailure[] = [];
  let inputs: Properties = {};
  for (const [key, value] of Object.entries(news)) {
    if (key.startsWith("__") || value === null) continue;
    if (!Object.hasOwn(model.arguments, key)) {
      failures.push([
        key,
        `the sandbox's ${model.type} takes no argument "${key}"; it takes ${Object.keys(model.arguments).sort().join(", ")}`,
      ]);
      continue;
    }
    inputs[key] = value;
  }
  for (const [key, argument] of Object.entries(model.arguments)) {
    if (inputs[key] !== undefined) continue;
    if (argument.default !== undefined) inputs[key] = structuredClone(argument.default);
    else if (argument.required)
      failures.push([key, `Missing required argument: the argument "${key}" is required, but no definition was found`]);
  }
  if (model.autoname && inputs[model.autoname.property] === undefined) {
    const { property, limit } = model.autoname;
    // As Pulumi's bridge does: a logical name that leaves no room for the random part is an error, not a shorter name.
    if (olds[property] === undefined && name.length + 8 > limit)
      failures.push([property, `name '${name}-' plus 7 random chars is longer than maximum length ${limit}`]);
    else inputs[property] = olds[property] ?? `${name}-${randomPart(7, seed, context)}`;
  }
  if (model.settle)
    inputs = model.settle(inputs, { olds, autoname: (digits) => `${name}-${randomPart(digits, seed, context)}` });
  if (takesTagMap(model) && Object.keys(context.caller.defaultTags).length > 0) {
    const own = inputs.tags;
    inputs.tagsAll = own === UNKNOWN ? UNKNOWN : { ...context.caller.defaultTags, ...(isObject(own) ? own : {}) };
  }
  if (failures.length === 0) failures.push(...(model.check?.(inputs, context) ?? []));
  return { inputs, failures };
}

function randomPart(digits: number, seed: Uint8Array, { world }: Context): string {
  return seed.length > 0 ? Buffer.from(seed).toString("hex").slice(0, digits) : world.hex(digits);
}

const normal = (value: Value | undefined, set: boolean): Value | undefined =>
  set && Array.isArray(value) ? [...value].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))) : value;

/** What a change starts from: what was given, and for an argument that is also computed and was not, what AWS made of it. */
export function before(model: ResourceModel, inputs: Properties, state: Properties): Properties {
  const kept = model.computed.filter(
    (key) => key in model.arguments && inputs[key] === undefined && state[key] !== undefined,
  );
  return { ...inputs, ...Object.fromEntries(kept.map((key) => [key, state[key] ?? null])) };
}

/** Names of the arguments that differ. */
export function changedArguments(
  model: ResourceModel,
  olds: Properties,
  news: Properties,
  ignored: readonly string[],
): string[] {
  return [...Object.keys(model.arguments), "tagsAll"].filter((key) => {
    if (ignored.includes(key)) return false;
    // Terraform keeps what AWS has where an optional and computed argument is no longer given.
    if (news[key] === undefined && model.computed.includes(key)) return false;
    const set = model.arguments[key]?.set === true;
    const old = model.computed.includes(key) ? asAsked(olds[key], news[key]) : olds[key];
    return !isDeepStrictEqual(normal(old, set), normal(news[key], set));
  });
}

/** Of an argument that is computed, too, only what is asked for, also inside of it. */
const asAsked = (old: Value | undefined, wanted: Value | undefined): Value | undefined =>
  isObject(old) && isObject(wanted) ? Object.fromEntries(Object.entries(old).filter(([key]) => key in wanted)) : old;

/** What an import finds: all that arguments could have asked for, as AWS has it. */
export function importedInputs(model: ResourceModel, inputs: Properties, outputs: Properties): Properties {
  const live = model.computed.filter((key) => key in model.arguments && outputs[key] !== undefined);
  return { ...inputs, ...Object.fromEntries(live.map((key) => [key, outputs[key] ?? null])) };
}

export function replaces(
  model: ResourceModel,
  changed: readonly string[],
  olds: Properties,
  news: Properties,
  caller: Caller,
): string[] {
  const conditional = model.replaces?.(olds, news, caller) ?? [];
  return changed.filter((key) => model.arguments[key]?.replace === true || conditional.includes(key));
}

/** Whether the old one goes first: always by the model, and in Pulumi's bridge wherever a name was given by hand and stays. */
export function deletesFirst(model: ResourceModel, logicalName: string, olds: Properties, news: Properties): boolean {
  if (typeof model.deleteBeforeReplace === "function") return model.deleteBeforeReplace(olds, news);
  if (model.deleteBeforeReplace === true || !model.autoname) return model.deleteBeforeReplace === true;
  const name = String(news[model.autoname.property]);
  const automatic = name.startsWith(`${logicalName}-`) && /^[0-9a-f]{7}$/.test(name.slice(logicalName.length + 1));
  return !automatic && name === olds[model.autoname.property];
}

/** What a preview shows: given arguments as given, but a set with one unknown element hides them all, as Terraform's sets do. */
export function previewed(model: ResourceModel, inputs: Properties): Properties {
  const shown = Object.entries(inputs).map(([key, value]): [string, Value] => [
    key,
    model.arguments[key]?.set === true && hasUnknown(value) ? UNKNOWN : value,
  ]);
  const tags: Properties = takesTagMap(model) ? { tagsAll: inputs.tagsAll ?? inputs.tags ?? {} } : {};
  return { ...tags, ...Object.fromEntries(shown) };
}

/** Properties with outputs laid over them; `vpcConfig.vpcId` is laid inside the argument, unless that is unknown as a whole. */
export function overlaid(inputs: Properties, outputs: Properties): Properties {
  const result = { ...inputs };
  for (const [path, value] of Object.entries(outputs)) {
    const [key = "", ...rest] = path.split(".");
    const inner = result[key];
    if (rest.length === 0) result[key] = value;
    else if (inner === undefined || isObject(inner)) result[key] = overlaid(inner ?? {}, { [rest.join(".")]: value });
  }
  return result;
}

/** The value of `arn` or of `vpcConfig.vpcId`. */
export function at(properties: Properties, path: string): Value | undefined {
  return path
    .split(".")
    .reduce<Value | undefined>((value, key) => (isObject(value) ? value[key] : undefined), properties);
}

/** Inputs as the world keeps them: sensitive values as digests, of a map its keys in clear. */
export function digested(model: ResourceModel, inputs: Properties): Properties {
  const hide = (value: Value): Value =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hide(inner)]))
      : isDigest(value)
        ? value
        : digest(value);
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [key, model.arguments[key]?.sensitive ? hide(value) : value]),
  );
}

const isDigest = (value: Value): boolean => typeof value === "string" && value.startsWith("sha256:");

/** Computed outputs as they are right now. */
export function liveOutputs(model: ResourceModel, object: WorldObject, context: Context): Properties {
  const all = { ...object.computed, ...(model.read?.(object, context) ?? {}) };
  const computed = Object.fromEntries(Object.entries(all).filter(([key]) => !key.startsWith("_")));
  const tags: Properties = takesTagMap(model) ? { tagsAll: object.inputs.tagsAll ?? object.inputs.tags ?? {} } : {};
  return { ...tags, ...computed, id: object.id };
}
