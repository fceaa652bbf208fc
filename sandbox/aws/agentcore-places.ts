/** Where AgentCore's runtimes stand in a VPC: the AZs that it serves, and the interfaces that agents share and that outlive them. */
import type { Context } from "../model.ts";
import { Refusal } from "../model.ts";
import { record, text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import type { Interface } from "./network.ts";
import {
  INTERFACE,
  attach,
  groupsIn,
  interfaces,
  interfacesOf,
  leaveBehind,
  ownedSubnet,
  ownedVpc,
} from "./network.ts";

export const RUNTIME = "aws:bedrock/agentcoreAgentRuntime:AgentcoreAgentRuntime";

export const validation = (message: string): Refusal => new Refusal("ValidationException", message);

/** AZ ids by region, as of 2026-08-11. https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/agentcore-vpc.html */
const ZONES: Readonly<Record<string, readonly string[]>> = {
  "us-east-1": ["use1-az1", "use1-az2", "use1-az4"],
  "us-east-2": ["use2-az1", "use2-az2", "use2-az3"],
  "us-west-2": ["usw2-az1", "usw2-az2", "usw2-az3"],
  "ca-central-1": ["cac1-az1", "cac1-az2", "cac1-az4"],
  "eu-central-1": ["euc1-az1", "euc1-az2", "euc1-az3"],
  "eu-west-1": ["euw1-az1", "euw1-az2", "euw1-az3"],
  "ap-northeast-1": ["apne1-az1", "apne1-az2", "apne1-az4"],
};

/** How long AWS may keep the interfaces once the last agent that uses them is gone. */
export const INTERFACES_LINGER = 8 * 3600;
/** Of subnets as of groups. */
const MOST = 16;
const DESCRIPTION = "Interface of Amazon Bedrock AgentCore";

/** What the arguments say of the network. */
export interface Wanted {
  readonly subnets: readonly WorldObject[];
  readonly groups: readonly string[];
}

/** The subnets and groups of a runtime in a VPC, as AWS accepts them; undefined in network mode PUBLIC. */
export function networkOf(inputs: Properties, context: Context): Wanted | undefined {
  const { networkMode, networkModeConfig } = record(inputs.networkConfiguration);
  if (networkMode !== "VPC") return undefined;
  const { subnets: ids, securityGroups, requireServiceS3Endpoint } = record(networkModeConfig);
  if (requireServiceS3Endpoint !== undefined)
    throw validation("requireServiceS3Endpoint cannot be set when an agent runtime is created.");
  const subnets = texts(ids).map((id) => ownedSubnet(context, id));
  const [first] = subnets;
  if (!first || subnets.length > MOST || texts(securityGroups).length > MOST)
    throw validation(`A VPC configuration takes 1 to ${MOST} subnets and 1 to ${MOST} security groups.`);
  if (subnets.some(({ inputs: { vpcId } }) => vpcId !== first.inputs.vpcId))
    throw validation("All subnets must belong to the same VPC.");
  judgeZones(subnets, context);
  return {
    subnets,
    groups: groupsIn(context, ownedVpc(context, text(first.inputs.vpcId) ?? ""), texts(securityGroups)),
  };
}

/** The AZs that AgentCore serves in a region. Where there is none, there is nobody to ask. */
export function zonesServed({ caller: { region } }: Context): readonly string[] {
  const served = ZONES[region];
  if (served) return served;
  throw new Refusal("UnknownEndpoint", `could not resolve endpoint of bedrock-agentcore-control in ${region}`);
}

function judgeZones(subnets: readonly WorldObject[], context: Context): void {
  const supported = zonesServed(context);
  const { region } = context.caller;
  const outside = subnets.filter(({ computed }) => !supported.includes(text(computed.availabilityZoneId) ?? ""));
  if (outside.length === 0) return;
  const named = outside.map(
    ({ id, computed }) =>
      `${id} in ${text(computed.availabilityZone) ?? ""} (ID: ${text(computed.availabilityZoneId) ?? ""})`,
  );
  throw validation(
    `The following subnets are in unsupported availability zones in region ${region}: ${named.join(", ")}. Supported availability zones are: ${supported.join(", ")}`,
  );
}

/** One set of interfaces for all agents with the same subnets and groups. */
const setOf = ({ subnets, groups }: Wanted): string =>
  ["agentcore", ...subnets.map(({ id }) => id).toSorted(), ...groups.toSorted()].join(" ");

/** Gives an agent its interfaces: those that others with the same subnets and groups have, or that still stand, or new ones. @returns the set's name */
export function stand(wanted: Wanted, context: Context): string {
  const owner = setOf(wanted);
  const standing = context.world.by(INTERFACE, owner);
  for (const object of standing)
    object.computed = Object.fromEntries(Object.entries(object.computed).filter(([key]) => key !== "_goneAt"));
  context.world.changed(...standing);
  if (standing.length > 0) return owner;
  for (const subnet of wanted.subnets)
    attach(context, { owner, subnet, securityGroupIds: wanted.groups, description: DESCRIPTION });
  return owner;
}

/** Lets go of a set that this agent has used, where no other one does. */
export function leave(world: World, owner: string, leaving: WorldObject): void {
  const shared = world.all(RUNTIME, (other) => other !== leaving && other.computed._interfaces === owner);
  if (shared.length === 0) leaveBehind(world, owner, INTERFACES_LINGER);
}

/** Where a runtime's packets start. */
export const interfacesOfRuntime = (world: World, { computed }: WorldObject): readonly Interface[] =>
  interfacesOf(world, text(computed._interfaces) ?? "");

/** AgentCore's interfaces in a VPC, in use or left behind. */
export const agentInterfacesIn = (world: World, vpcId: string): readonly Interface[] =>
  interfaces(world, (one) => one.vpcId === vpcId && one.description === DESCRIPTION);
