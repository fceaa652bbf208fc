import type { AttributeValue, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { QueryCommand } from "@aws-sdk/client-dynamodb";
import type { Tool } from "./tools.ts";

/** How many items an answer holds at most: what an agent is given, its model reads. */
export const MOST_ITEMS = 20;

/** What an agent gets. */
export interface Answer {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  /** There are more than these. */
  readonly more?: true;
}

/** A call that no item answers. Its text is for the model, which may then do better. */
export interface Refusal {
  readonly error: string;
}

/**
 * Items of a tool's table by their key: one by the whole of it, several by the partition alone.
 *
 * @param name as the gateway has it: `<target>___<tool>`
 */
export async function lookUp(
  client: DynamoDBClient,
  tools: ReadonlyMap<string, Tool>,
  name: string | undefined,
  input: unknown,
): Promise<Answer | Refusal> {
  const called = name?.split("___").at(-1) ?? "";
  const tool = tools.get(called);
  if (!tool) return { error: `there is no tool ${called}; there are: ${[...tools.keys()].join(", ")}` };
  const given = keyOf(tool, input);
  if ("error" in given) return given;
  const names = Object.keys(given.key);
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: tool.table,
      KeyConditionExpression: names.map((_name, index) => `#k${index} = :v${index}`).join(" AND "),
      ExpressionAttributeNames: Object.fromEntries(names.map((one, index) => [`#k${index}`, one])),
      ExpressionAttributeValues: Object.fromEntries(
        Object.values(given.key).map((value, index) => [`:v${index}`, { S: value }]),
      ),
      Limit: MOST_ITEMS,
    }),
  );
  return { items: Items.map(plain), ...(LastEvaluatedKey && { more: true as const }) };
}

/** The values of the key's attributes: the partition's at least, and none in the middle missing. */
function keyOf({ key }: Tool, input: unknown): { readonly key: Readonly<Record<string, string>> } | Refusal {
  const values = typeof input === "object" && input !== null ? (input as Readonly<Record<string, unknown>>) : {};
  const unknown = Object.keys(values).filter((name) => !key.includes(name));
  if (unknown.length > 0)
    return { error: `${unknown.join(", ")}: no input of this tool, which takes ${key.join(", ")}` };
  const found: Record<string, string> = {};
  for (const [index, name] of key.entries()) {
    const value = values[name];
    if (value === undefined && index > 0) break;
    if (typeof value !== "string" || value === "") return { error: `${name} has to be a text that is not empty` };
    found[name] = value;
  }
  return { key: found };
}

const plain = (item: Readonly<Record<string, AttributeValue>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, valueOf(value)]));

/** DynamoDB's typed values as JSON. Numbers stay texts where JavaScript would round them. */
function valueOf(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return String(Number(value.N)) === value.N ? Number(value.N) : value.N;
  if (value.BOOL !== undefined) return value.BOOL;
  if (value.L) return value.L.map(valueOf);
  if (value.M) return plain(value.M);
  if (value.SS) return value.SS;
  if (value.NS) return value.NS;
  if (value.NULL) return null;
  return "(binary)";
}
