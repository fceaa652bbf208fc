/** One tool: the table that it looks into, and the attributes of that table's key, partition first. */
export interface Tool {
  readonly table: string;
  readonly key: readonly string[];
}

const isTool = (value: unknown): value is Tool =>
  typeof value === "object" &&
  value !== null &&
  "table" in value &&
  typeof value.table === "string" &&
  "key" in value &&
  Array.isArray(value.key) &&
  value.key.length > 0 &&
  value.key.every((one) => typeof one === "string");

/** @param text JSON, by tool. @throws {Error} for anything else: without its tools the function is of no use. */
export function toolsOf(text: string | undefined): ReadonlyMap<string, Tool> {
  const parsed: unknown = JSON.parse(text ?? "null");
  if (typeof parsed !== "object" || parsed === null) throw new Error("TOOLS is no JSON object");
  return new Map(
    Object.entries(parsed).map(([name, tool]: [string, unknown]) => {
      if (!isTool(tool)) throw new Error(`TOOLS.${name} needs a table and the attributes of its key`);
      return [name, tool];
    }),
  );
}
