/** Where databases and caches stand: groups of subnets, and the host names of an account's region. */
import { createHash } from "node:crypto";
import type { Context } from "../model.ts";
import { Refusal } from "../model.ts";
import { text, texts } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { WorldObject } from "../world.ts";
import { ownedSubnet } from "./network.ts";

/** RDS and ElastiCache call what they do not take by the same two codes. */
export const invalid = (message: string): Refusal => new Refusal("InvalidParameterValue", message);
export const combination = (message: string): Refusal => new Refusal("InvalidParameterCombination", message);

/** Arguments of a group of subnets, of either. */
export const SUBNET_GROUP_ARGUMENTS = {
  name: { replace: true },
  description: { default: "Managed by Pulumi" },
  subnetIds: { required: true, set: true },
  tags: {},
} as const;

/** The subnets that a group names, one AZ after another. @throws {Refusal} where they are not the account's, or not of one VPC */
export function subnetsOf({ subnetIds }: Properties, context: Context): WorldObject[] {
  const subnets = texts(subnetIds).map((id) => {
    try {
      return ownedSubnet(context, id);
    } catch {
      throw new Refusal("InvalidSubnet", `The subnet ID '${id}' does not exist`);
    }
  });
  if (new Set(subnets.map(({ inputs }) => inputs.vpcId)).size > 1)
    throw invalid("The specified subnets are not in the same VPC.");
  return subnets.sort((a, b) => zoneIdOf(a).localeCompare(zoneIdOf(b)));
}

export const zoneIdOf = ({ computed }: WorldObject): string => text(computed.availabilityZoneId) ?? "";
export const vpcOf = (subnets: readonly WorldObject[]): string => text(subnets[0]?.inputs.vpcId) ?? "";

/** `c9akciq32rgh`: the same in all host names that a service makes in an account's region. */
export const placeName = (service: string, { account, region }: Context["caller"], length: number): string =>
  BigInt(`0x${createHash("sha256").update(`${service} ${account} ${region}`).digest("hex")}`)
    .toString(36)
    .slice(0, length);
