import { type ResourceRecord, UNKNOWN, argument, fields } from "./resource-record.ts";

/** `public`: has a route to an internet gateway. `private`: may have one to a NAT gateway. `isolated`: has no way out at all. */
export type SubnetKind = "public" | "private" | "isolated";

/** The tag by which awsx, and whoever does as it does, says what a subnet is. */
export const SUBNET_KIND_TAG = "SubnetType";

/** Programs, by the first part of their stacks' names, all of whose subnets are isolated whatever they say. */
export const ISOLATED_PROGRAMS: readonly string[] = ["agentcore-network"];

/** What a tag's value says; undefined where it is none of the three. */
export function subnetKind(declared: unknown): SubnetKind | undefined {
  const kind = typeof declared === "string" ? declared.toLowerCase() : undefined;
  return kind === "public" || kind === "private" || kind === "isolated" ? kind : undefined;
}

/** What a subnet is by its program, or by what it says itself; undefined where nothing says so. */
export function kindOfSubnet(
  subnet: ResourceRecord,
  isolatedPrograms: readonly string[],
): SubnetKind | "not known yet" | undefined {
  if (isolatedPrograms.includes(subnet.stack.split(".")[0] ?? "")) return "isolated";
  const tags = argument(subnet, "tags");
  const declared = tags === UNKNOWN ? UNKNOWN : fields(tags)[SUBNET_KIND_TAG];
  return declared === UNKNOWN ? "not known yet" : subnetKind(declared);
}
