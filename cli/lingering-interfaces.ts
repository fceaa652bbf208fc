import { DescribeNetworkInterfacesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import type { ProgramName } from "../stacks/catalog.ts";
import type { Engine } from "./engine.ts";

/** Something of AWS's own is still in the way, and goes by itself. */
export class NotYet extends Error {}

/**
 * Programs whose VPC AgentCore leaves interfaces in, and those after whose end it does. Nobody can delete these, and a VPC that is half gone when AWS
 * refuses the rest is worse than one that waits.
 * https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/agentcore-vpc.html
 */
const LEAVING: Readonly<Partial<Record<ProgramName, readonly ProgramName[]>>> = {
  "agentcore-network": ["agentcore-tools", "agentcore-runtime"],
};

/** For as long AWS keeps them, at most. */
const HOURS = 8;
const INTERFACE_TYPE = "agentic_ai";
const VPC_KEY = "aws:ec2/vpc:Vpc ";

/** What the look needs of a stack. */
export interface Leaving {
  readonly name: string;
  readonly program: ProgramName;
  readonly environment: string;
}

export interface Looking {
  readonly engine: Pick<Engine, "owned" | "lastDestroyed">;
  /** EC2 in the stack's account and region. */
  readonly ec2: () => Promise<EC2Client>;
  /** How time is made to pass where it is nobody's to wait for. */
  readonly hurry?: string | undefined;
}

/**
 * Makes sure that AWS holds nothing in a stack's VPC that would keep it from going.
 *
 * @throws {NotYet} what still stands, and when to come back
 */
export async function awaitInterfaces(stack: Leaving, { engine, ec2, hurry }: Looking): Promise<void> {
  const leavers = LEAVING[stack.program];
  if (!leavers) return;
  const vpcId = (await engine.owned(stack.name)).find((key) => key.startsWith(VPC_KEY))?.slice(VPC_KEY.length);
  if (vpcId === undefined) return;
  const standing = await interfacesIn(await ec2(), vpcId);
  if (standing.length === 0) return;
  const ends = await Promise.all(leavers.map((one) => engine.lastDestroyed(`${one}.${stack.environment}`)));
  throw new NotYet(explanation(vpcId, standing, latest(ends), hurry));
}

async function interfacesIn(client: EC2Client, vpcId: string): Promise<string[]> {
  const Filters = [
    { Name: "vpc-id", Values: [vpcId] },
    { Name: "interface-type", Values: [INTERFACE_TYPE] },
  ];
  const found: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new DescribeNetworkInterfacesCommand({ Filters, NextToken }));
    for (const { NetworkInterfaceId, SubnetId } of page.NetworkInterfaces ?? [])
      found.push(`${NetworkInterfaceId ?? ""} in ${SubnetId ?? ""}`);
    NextToken = page.NextToken === "" ? undefined : page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

const latest = (moments: readonly (Date | undefined)[]): Date | undefined =>
  moments.flatMap((moment) => moment ?? []).toSorted((a, b) => b.getTime() - a.getTime())[0];

const clockTime = (moment: Date): string => `${moment.toISOString().slice(0, 16).replace("T", " ")} UTC`;

function explanation(
  vpcId: string,
  standing: readonly string[],
  end: Date | undefined,
  hurry: string | undefined,
): string {
  const when = end
    ? `the last of which went at ${clockTime(end)}: run the same command again after ${clockTime(new Date(end.getTime() + HOURS * 3_600_000))}, and it finishes`
    : `so run the same command again in ${HOURS} hours, and it finishes`;
  return `the network stays for now. AgentCore's interfaces still stand in ${vpcId}:
${standing.map((one) => `  - ${one}`).join("\n")}
AWS keeps them for up to ${HOURS} hours after their runtimes, ${when}.${hurry === undefined ? "" : `\nIn the sandbox, time passes by: ${hurry}`}`;
}
