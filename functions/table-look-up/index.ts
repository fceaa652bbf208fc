import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { lookUp } from "./look-up.ts";
import { toolsOf } from "./tools.ts";

const client = new DynamoDBClient({});
const tools = toolsOf(process.env.TOOLS);

/** What the gateway tells of a call besides its input. */
interface LambdaContext {
  readonly clientContext?: { readonly custom?: Readonly<Record<string, string>> };
}

/** AWS calls this for each call of a tool: what it returns is what the agent gets. */
export const handler = (input: unknown, { clientContext }: LambdaContext): Promise<unknown> =>
  lookUp(client, tools, clientContext?.custom?.bedrockAgentCoreToolName, input);
