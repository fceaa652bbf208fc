import type { Properties, Value } from "./wire.ts";
import { UNKNOWN, isObject } from "./wire.ts";

/** Typed readers of what a model is given. Unknowns and other types read as absent. */
export const text = (value: Value | undefined): string | undefined =>
  typeof value === "string" && value !== UNKNOWN ? value : undefined;
export const integer = (value: Value | undefined): number | undefined =>
  typeof value === "number" ? value : undefined;
export const flag = (value: Value | undefined): boolean => value === true || value === "true";
export const texts = (value: Value | undefined): string[] =>
  Array.isArray(value) ? value.flatMap((inner) => text(inner) ?? []) : [];
export const record = (value: Value | undefined): Properties => (isObject(value) ? value : {});
/** What AWS or Kubernetes calls an object, as far as it has a name of its own. */
export const physicalName = ({ id, inputs }: { readonly id: string; readonly inputs: Properties }): string =>
  text(record(inputs.tagsAll ?? inputs.tags).Name) ?? text(inputs.name) ?? text(record(inputs.metadata).name) ?? id;
export const records = (value: Value | undefined): Properties[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** A value that the rules above have established; its absence is a mistake in the sandbox itself. */
export function given<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`sandbox: no ${what}`);
  return value;
}

/** Whether a value fits a pattern with `*` and `?`, as filters and policies of AWS write them. */
export const like = (pattern: string, value: string, flags = ""): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    `s${flags}`,
  ).test(value);
