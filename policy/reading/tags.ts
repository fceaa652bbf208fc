import type { Tags } from "../../model/tags.ts";
import { Fields } from "../frame/fields.ts";
import type { Properties, Reading } from "../frame/guarded.ts";
import type { Subject } from "../frame/shown.ts";

/** The tags that AWS will be given, as far as they are known: for each key its value. */
export type EffectiveTags = (key: string) => Reading<string>;

/** Later maps win, as AWS's provider merges them; a map that is not known may hold any key. */
function merged(maps: readonly Reading<Fields>[]): EffectiveTags {
  return (key) => {
    for (const map of maps.toReversed()) {
      const value = map.is === "known" ? map.value.text([key]) : map;
      if (value.is !== "absent") return value;
    }
    return { is: "absent" };
  };
}

function parsed(json: string): Properties {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? (value as Properties) : {};
  } catch {
    return {};
  }
}

/** Configuration of a provider: an object where a program made the provider, JSON text on the wire. */
export function providerPart(configuration: Fields, key: string): Reading<Fields> {
  const configured = configuration.read(key);
  return configured.is === "known" && typeof configured.value === "string"
    ? { is: "known", value: new Fields([parsed(configured.value)], key) }
    : configuration.part(key);
}

function defaultTags({ provider }: Subject): Reading<Fields> {
  if (provider === undefined) return { is: "absent" };
  const block = providerPart(new Fields([provider.props as Properties]), "defaultTags");
  return block.is === "known" ? block.value.part("tags") : block;
}

export function effectiveTags(subject: Subject): EffectiveTags {
  return merged([defaultTags(subject), subject.part("tagsAll"), subject.part("tags")]);
}

/** How the tags stand to those that are wanted, with the keys that settle it: none there, another value there, not known yet. */
export type Carrying =
  { readonly is: "carried" } | { readonly is: "lacking" | "other" | "open"; readonly keys: readonly string[] };

export function carrying(tags: EffectiveTags, wanted: Tags): Carrying {
  const keys = (holds: (found: Reading<string>, value: string) => boolean): readonly string[] =>
    Object.entries(wanted).flatMap(([key, value]) => (holds(tags(key), value) ? [key] : []));
  const lacking = keys(({ is }) => is === "absent");
  if (lacking.length > 0) return { is: "lacking", keys: lacking };
  const other = keys((found, value) => found.is === "known" && found.value !== value);
  if (other.length > 0) return { is: "other", keys: other };
  const open = keys(({ is }) => is === "unknown");
  return open.length > 0 ? { is: "open", keys: open } : { is: "carried" };
}
