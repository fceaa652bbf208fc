import { z } from "zod";
import { azId, cidr, must } from "../schema.ts";

const subnet = z.strictObject(
  { azId, cidr },
  must("an AZ id and a CIDR", "Give azId and cidr; AgentCore takes two subnets in two AZs or more."),
);

export const schema = z.strictObject({
  /** The isolated VPC. */
  vpcCidr: cidr,
  /**
   * One subnet in each of two or three AZs, by what has its home there: runtimes start in their home subnet and spread to the next. Without `mcp` there
   * are two, a third of the endpoints' cost is saved, and the MCP runtime is at home in `resources`.
   */
  subnets: z.strictObject({ agent: subnet, resources: subnet, mcp: subnet.optional() }),
  /** Whether subnets get a network ACL of their own beside the security groups. */
  networkAcls: z.boolean(must("true or false", "Choose one.")).default(false),
  /** Whether there is a small instance for Session Manager, to look at names and ways from inside. */
  sessionManager: z.boolean(must("true or false", "Choose one.")).default(false),
});

export type Config = z.infer<typeof schema>;
