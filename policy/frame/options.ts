import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema.js";

/** What can be set about a rule: its schema, which the engine holds configurations to, and what holds where nothing is set. */
export interface Option<Value> {
  readonly says: string;
  readonly schema: PolicyConfigJSONSchema;
  readonly default: Value;
}

export type Options = Readonly<Record<string, Option<unknown>>>;

export type Values<Of extends Options> = { readonly [Key in keyof Of]: Of[Key]["default"] };

export const texts = (says: string, byDefault: readonly string[]): Option<readonly string[]> => ({
  says,
  schema: { type: "array", items: { type: "string" } },
  default: byDefault,
});

export const whole = (says: string, byDefault: number, minimum = 0): Option<number> => ({
  says,
  schema: { type: "integer", minimum },
  default: byDefault,
});

/** The engine has checked what was set, and fills in the defaults of the schema; an older one, or a test, may not. */
export function valuesOf<Of extends Options>(options: Of, set: Readonly<Record<string, unknown>>): Values<Of> {
  const entries = Object.entries(options).map(([key, option]) => [key, set[key] ?? option.default] as const);
  return Object.fromEntries(entries) as Values<Of>;
}

export function schemaOf(options: Options): Record<string, PolicyConfigJSONSchema> {
  return Object.fromEntries(
    Object.entries(options).map(([key, { says, schema, default: byDefault }]) => [
      key,
      { ...schema, description: says, default: byDefault as number | string[] },
    ]),
  );
}
