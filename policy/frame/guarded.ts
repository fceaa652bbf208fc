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

/** Reads one property without ever ending the rule. */
export function read(properties: Properties, key: string): Reading<unknown> {
  try {
    const value = properties[key];
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

export const asObject = (found: Reading<unknown>): Reading<Properties> => ofKind(found, isProperties);
export const asText = (found: Reading<unknown>): Reading<string> => ofKind(found, isText);
