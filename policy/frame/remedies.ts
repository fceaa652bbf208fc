import { type Properties, read } from "./guarded.ts";
import type { Remedy } from "./rule.ts";

type Changing = Record<string, unknown>;

/**
 * Sets, in the properties themselves, what a rule's remedies say for a type: wherever the property decides, which is where another value would break
 * the rule. So the same is set in a preview, in which the value may not be known yet, and in the update, whatever it has turned out to be.
 *
 * Properties are changed where they stand: a copy would have to read what a preview cannot know. Inside an object that is not known as a whole nothing
 * can be set.
 *
 * @param breaks whether the rule is broken by other properties
 * @returns whether anything had to be changed
 */
export function applied(
  remedies: readonly Remedy[],
  type: string,
  properties: Changing,
  breaks: (properties: Properties) => boolean,
): boolean {
  let changed = false;
  for (const { types, set } of remedies) {
    if (!types.has(type)) continue;
    for (const [path, value] of Object.entries(set)) {
      const parts = path.split(".");
      const another = value === true ? false : value === false ? true : "";
      // What nobody has given, and need not, stays as it is.
      if (isAbsent(properties, parts) && !breaks(properties)) continue;
      if (breaks(overlaid(properties, parts, another))) changed = assign(properties, parts, value) || changed;
    }
  }
  return changed;
}

/** The same properties, but for one. */
function overlaid(properties: Properties, [key = "", ...rest]: readonly string[], value: unknown): Properties {
  return new Proxy(properties, {
    get: (target, property, receiver): unknown => {
      if (property !== key) return Reflect.get(target, property, receiver);
      if (rest.length === 0) return value;
      const inner = target[key];
      return typeof inner === "object" && inner !== null
        ? overlaid(inner as Properties, rest, value)
        : innermost(rest, value);
    },
  });
}

const innermost = (path: readonly string[], value: unknown): unknown =>
  path.reduceRight((inner, key) => ({ [key]: inner }), value);

function isAbsent(properties: Properties, [key = "", ...rest]: readonly string[]): boolean {
  const found = read(properties, key);
  if (found.is !== "known" || rest.length === 0) return found.is === "absent";
  return typeof found.value === "object" && isAbsent(found.value as Properties, rest);
}

function assign(properties: Changing, [key = "", ...rest]: readonly string[], value: boolean | string): boolean {
  const found = read(properties, key);
  if (rest.length === 0) {
    if (found.is === "known" && found.value === value) return false;
    properties[key] = value;
    return true;
  }
  if (found.is === "unknown") return false;
  if (found.is === "absent") properties[key] = {};
  const inner = properties[key];
  return typeof inner === "object" && inner !== null && !Array.isArray(inner) && assign(inner as Changing, rest, value);
}
