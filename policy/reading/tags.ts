import type { PolicyProviderResource } from "@pulumi/policy";
import type { Tags } from "../../model/tags.ts";
import { asObject, type Properties, type Reading, read, readObject, readText } from "./guarded.ts";

/** The tags that AWS will be given, as far as they are known: for each key its value. */
export type EffectiveTags = (key: string) => Reading<string>;

/** Later maps win, as AWS's provider merges them; a map that is not known may hold any key. */
function merged(maps: readonly Reading<Properties>[]): EffectiveTags {
  return (key) => {
    for (const map of maps.toReversed()) {
      const value = map.is === "known" ? readText(map.value, key) : map;
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

/** `defaultTags` of a provider: an object for the programs, JSON text on the wire. */
function defaultTags(provider: PolicyProviderResource | undefined): Reading<Properties> {
  const configured = provider === undefined ? ({ is: "absent" } as const) : read(provider.props, "defaultTags");
  const block = asObject(
    configured.is === "known" && typeof configured.value === "string"
      ? { is: "known", value: parsed(configured.value) }
      : configured,
  );
  return block.is === "known" ? readObject(block.value, "tags") : block;
}

export function effectiveTags(properties: Properties, provider: PolicyProviderResource | undefined): EffectiveTags {
  return merged([defaultTags(provider), readObject(properties, "tagsAll"), readObject(properties, "tags")]);
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
