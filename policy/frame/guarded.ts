import { UnknownValueError } from "@pulumi/policy";

/** Properties as the policy SDK hands them over: touching a value that only the update will know throws. */
export type Properties = Readonly<Record<string, unknown>>;

/** What a guarded read found. A rule must say what it makes of all three. */
export type Reading<T> =
  { readonly is: "known"; readonly value: T } | { readonly is: "unknown" } | { readonly is: "absent" };

/** Whether this is the SDK's "not known in a preview" rather than a fault of ours. */
export function isUnknownValueError(error: unknown): boolean {
  return error instanceof UnknownValueError;
}

function guarded(get: () => unknown): Reading<unknown> {
  try {
    const value = get();
    return value === undefined || value === null ? { is: "absent" } : { is: "known", value };
  } catch (error) {
    if (isUnknownValueError(error)) return { is: "unknown" };
    throw error;
  }
}

/** What holds of a known value; a value of any other kind counts as absent, since the provider refuses it. */
function ofKind<T>(found: Reading<unknown>, isKind: (value: unknown) => value is T): Reading<T> {
  if (found.is !== "known") return found;
  return isKind(found.value) ? { is: "known", value: found.value } : { is: "absent" };
}

const isProperties = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** Reads one property without ever ending the rule. */
export const read = (properties: Properties, key: string): Reading<unknown> => guarded(() => properties[key]);

export const readObject = (properties: Properties, key: string): Reading<Properties> =>
  ofKind(read(properties, key), isProperties);

export const readText = (properties: Properties, key: string): Reading<string> => ofKind(read(properties, key), isText);

/** Each element is read for itself: a list's length is often known where its elements are not. */
export function readList(properties: Properties, key: string): Reading<readonly Reading<unknown>[]> {
  const list = ofKind(read(properties, key), isList);
  if (list.is !== "known") return list;
  return {
    is: "known",
    value: Array.from({ length: list.value.length }, (_, index) => guarded(() => list.value[index])),
  };
}

/** A list of strings, all of them known; anything else is no such list. */
export function readTexts(properties: Properties, key: string): readonly string[] | undefined {
  const list = readList(properties, key);
  if (list.is !== "known") return undefined;
  const texts = list.value.flatMap((element) =>
    element.is === "known" && isText(element.value) ? [element.value] : [],
  );
  return texts.length === list.value.length ? texts : undefined;
}

/** An element of a list as an object. */
export const asObject = (element: Reading<unknown>): Reading<Properties> => ofKind(element, isProperties);

/** An element of a list as a string. */
export const asText = (element: Reading<unknown>): Reading<string> => ofKind(element, isText);
