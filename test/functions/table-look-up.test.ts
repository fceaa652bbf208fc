// Proves the code behind the gateway's tools: AWS's own client talks to a server that answers as DynamoDB's protocol does. The bundle that is deployed is
// built and called here as Lambda calls it. That a real table holds what is asked for is not proved.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingMessage, type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { after, before, beforeEach, describe, it } from "mocha";
import { MOST_ITEMS, lookUp } from "../../functions/table-look-up/look-up.ts";
import { toolsOf } from "../../functions/table-look-up/tools.ts";
import { bundled } from "../../stacks/agentcore-tools/bundle.ts";

interface Query {
  readonly TableName: string;
  readonly KeyConditionExpression: string;
  readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues: Readonly<Record<string, { readonly S: string }>>;
  readonly Limit: number;
}
type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const ORDERS: readonly Item[] = Array.from({ length: 30 }, (_none, index) => ({
  customerId: { S: index < 25 ? "ada" : "bob" },
  orderId: { S: `o${index}` },
  total: { N: index === 0 ? "12345678901234567890" : String(index) },
  paid: { BOOL: index % 2 === 0 },
  lines: { L: [{ M: { sku: { S: "x" }, note: { NULL: true } } }] },
  tags: { SS: ["new"] },
}));
const TOOLS = JSON.stringify({ "get-orders": { table: "orders", key: ["customerId", "orderId"] } });

/** One table, queried as the protocol has it. */
function answerTo({ TableName, ExpressionAttributeNames, ExpressionAttributeValues, Limit, ...query }: Query): object {
  assert.equal(TableName, "orders");
  const wanted = query.KeyConditionExpression.split(" AND ").map((condition) => {
    const [name = "", value = ""] = condition.split(" = ");
    return [ExpressionAttributeNames[name] ?? "", ExpressionAttributeValues[value]?.S] as const;
  });
  const found = ORDERS.filter((item) => wanted.every(([name, value]) => item[name]?.S === value));
  const Items = found.slice(0, Limit);
  return { Items, Count: Items.length, ...(found.length > Limit && { LastEvaluatedKey: Items.at(-1) }) };
}

let server: Server;
let endpoint: string;
let seen: IncomingMessage["headers"][] = [];
before(async () => {
  server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      seen.push(request.headers);
      response.setHeader("content-type", "application/x-amz-json-1.0");
      response.end(JSON.stringify(answerTo(JSON.parse(Buffer.concat(chunks).toString("utf8")) as Query)));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());
beforeEach(() => (seen = []));

const credentials = { accessKeyId: "x", secretAccessKey: "x" };
const call = (input: unknown, name: string | undefined = "look-up___get-orders") =>
  lookUp(new DynamoDBClient({ endpoint, region: "us-east-1", credentials }), toolsOf(TOOLS), name, input);

describe("a tool that looks into a table", () => {
  it("finds one item by its whole key, as plain JSON", async () => {
    assert.deepEqual(await call({ customerId: "ada", orderId: "o2" }), {
      items: [
        {
          customerId: "ada",
          orderId: "o2",
          total: 2,
          paid: true,
          lines: [{ sku: "x", note: null }],
          tags: ["new"],
        },
      ],
    });
    assert.equal(seen[0]?.["x-amz-target"], "DynamoDB_20120810.Query");
  });

  it("keeps numbers that JavaScript would round as texts", async () => {
    const { items } = (await call({ customerId: "ada", orderId: "o0" })) as { items: { total: unknown }[] };
    assert.equal(items[0]?.total, "12345678901234567890");
  });

  it("finds several by the partition, no more than a model should read, and says that there are more", async () => {
    const many = (await call({ customerId: "ada" })) as { items: unknown[]; more?: true };
    assert.equal(many.items.length, MOST_ITEMS);
    assert.equal(many.more, true);
    const few = await call({ customerId: "bob" });
    assert.equal((few as { items: unknown[] }).items.length, 5);
    assert.ok(!("more" in few));
    assert.deepEqual(await call({ customerId: "eve" }), { items: [] });
  });

  it("asks the table nothing where the call makes no sense, and says what would", async () => {
    const answers = await Promise.all([
      call({ customerId: "ada" }, "look-up___drop-table"),
      call({ customerId: "ada" }, ""),
      call({}),
      call(null),
      call({ customerId: "" }),
      call({ customerId: 7 }),
      call({ customerId: "ada", orderId: ["o1"] }),
      call({ customerId: "ada", filter: "true" }),
    ]);
    assert.deepEqual(answers, [
      { error: "there is no tool drop-table; there are: get-orders" },
      { error: "there is no tool ; there are: get-orders" },
      { error: "customerId has to be a text that is not empty" },
      { error: "customerId has to be a text that is not empty" },
      { error: "customerId has to be a text that is not empty" },
      { error: "customerId has to be a text that is not empty" },
      { error: "orderId has to be a text that is not empty" },
      { error: "filter: no input of this tool, which takes customerId, orderId" },
    ]);
    assert.deepEqual(seen, []);
  });

  it("is of no use without its tools, and says so at once", () => {
    for (const wrong of [undefined, "7", '{"a":{}}', '{"a":{"table":"t","key":[]}}', '{"a":{"table":"t","key":[1]}}'])
      assert.throws(() => toolsOf(wrong), /TOOLS/, wrong);
  });
});

describe("its bundle", () => {
  it("is one small module with nothing of AWS's SDK, which Lambda brings", () => {
    const code = bundled("table-look-up");
    assert.ok(code.length < 8000, `${code.length} characters`);
    assert.deepEqual(
      [...code.matchAll(/from "([^"]+)"/g)].map(([, source]) => source),
      ["@aws-sdk/client-dynamodb", "@aws-sdk/client-dynamodb"],
    );
    assert.equal(code, bundled("table-look-up"), "the same each time, or every preview would change the function");
  });

  it("answers as Lambda calls it", async () => {
    // Beside the tree, so that the SDK is found as it is in Lambda.
    const folder = mkdtempSync(join(import.meta.dirname, "bundle-"));
    const variables = { TOOLS, AWS_ENDPOINT_URL: endpoint, AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "x" };
    const before = { ...process.env };
    try {
      Object.assign(process.env, variables, { AWS_SECRET_ACCESS_KEY: "x" });
      writeFileSync(join(folder, "index.mjs"), bundled("table-look-up"));
      const { handler } = (await import(join(folder, "index.mjs"))) as {
        handler: (input: unknown, context: unknown) => Promise<{ items: unknown[] }>;
      };
      const context = { clientContext: { custom: { bedrockAgentCoreToolName: "look-up___get-orders" } } };
      assert.equal((await handler({ customerId: "bob" }, context)).items.length, 5);
    } finally {
      process.env = before;
      rmSync(folder, { recursive: true });
    }
  });
});
