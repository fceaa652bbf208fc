import { z } from "zod";
import { azId, cidr, distinct, must } from "../schema.ts";

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
  /** Regions in which a model may answer: an inference profile that leaves them is refused. The network's own region by default. */
  modelRegions: distinct(
    "region",
    z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, must("a region such as us-east-1", "Correct the region's name.")),
  )
    .min(1, must("at least one region", "Leave the key out: it is the network's own region then."))
    .optional(),
  /** Where flow logs go; unique in the account's region. */
  flowLogGroupName: z
    .string()
    .regex(
      /^\/[A-Za-z0-9_/-]{1,100}$/,
      must("a log group's name such as /aws/vpc/flow-logs", "Give a second network of one account another name."),
    )
    .default("/aws/vpc/flow-logs"),
  /** Whether subnets get a network ACL of their own beside the security groups. */
  networkAcls: z.boolean(must("true or false", "Choose one.")).default(false),
  /** Whether there is a small instance for Session Manager, to look at names and ways from inside. */
  sessionManager: z.boolean(must("true or false", "Choose one.")).default(false),
});

export type Config = z.infer<typeof schema>;
