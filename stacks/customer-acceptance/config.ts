import { z } from "zod";
import { accountId, awsId, distinct, fromStack, key } from "../schema.ts";

const endpoint = z.union([fromStack, z.strictObject({ endpointId: awsId("vpce"), ownerAccount: accountId })]);

export const schema = z.strictObject({
  /** By service key: the endpoints that may connect to it. Anything else stays unanswered. */
  accept: z.record(key, distinct("endpoint", endpoint)),
});

export type Config = z.infer<typeof schema>;
