import { MINIMUM_AZS } from "../../model/zones.ts";
import type { Reading } from "../frame/guarded.ts";
import type { Subject } from "../frame/shown.ts";
import type { StackView } from "../frame/stack-view.ts";
import type { SubnetIds } from "./subnet-lists.ts";

export const SUBNET_TYPES: ReadonlySet<string> = new Set(["aws:ec2/subnet:Subnet"]);

/** The AZ of one subnet. By id or by name: a subnet may be given either, and the two cannot be compared. */
interface Place {
  readonly azId: Reading<unknown>;
  readonly azName: Reading<unknown>;
}

/** What the subnets say of the AZs. `open`: not enough is said; `untilUpdate`: the update will say more. */
export type Zones =
  | { readonly are: "enough" }
  | { readonly are: "too few"; readonly zones: readonly string[] }
  | { readonly are: "open"; readonly untilUpdate: boolean };

const NOWHERE: Place = { azId: { is: "absent" }, azName: { is: "absent" } };
const NOT_YET: Place = { azId: { is: "unknown" }, azName: { is: "unknown" } };

const placeOf = (subnet: Subject): Place => ({
  azId: subnet.read("availabilityZoneId"),
  azName: subnet.read("availabilityZone"),
});

/** One place for each subnet given; where ids do not tell which is which, the resources behind the property are taken for them. */
function places(subnetIds: SubnetIds, behind: readonly Subject[], stack: StackView): readonly Place[] {
  if (subnetIds.is !== "known") return behind.length > 0 ? behind.map(placeOf) : [NOT_YET];

  const byId = new Map<unknown, Subject>();
  for (const subnet of stack.of(SUBNET_TYPES)) {
    const id = subnet.read("id");
    if (id.is === "known") byId.set(id.value, subnet);
  }
  const found = subnetIds.value.map((id) => (id.is === "known" ? byId.get(id.value) : undefined));
  const unfound = subnetIds.value.filter((_, index) => found[index] === undefined);
  // One new subnet hides a whole list of ids that stand: what is not known yet may be any of them.
  const hidden = unfound.some(({ is }) => is === "unknown");
  const rest =
    unfound.length === 0
      ? []
      : behind.filter((subnet) => !found.includes(subnet) && (hidden || subnet.read("id").is !== "known"));
  const elsewhere = unfound.slice(rest.length);
  return [
    ...found.flatMap((subnet) => (subnet === undefined ? [] : [placeOf(subnet)])),
    ...rest.map(placeOf),
    ...elsewhere.map((id) => (id.is === "unknown" ? NOT_YET : NOWHERE)),
  ];
}

/** @param behind the subnets of the stack that the ids may be of */
export function zonesOf(subnetIds: SubnetIds, behind: readonly Subject[], stack: StackView): Zones {
  const all = places(subnetIds, behind, stack);
  const distinct = (key: keyof Place): readonly unknown[] => [
    ...new Set(all.flatMap(({ [key]: az }) => (az.is === "known" ? [az.value] : []))),
  ];
  const spelled = (["azId", "azName"] as const).map((key) => ({
    zones: distinct(key),
    complete: all.every(({ [key]: az }) => az.is === "known"),
  }));

  if (spelled.some(({ zones }) => zones.length >= MINIMUM_AZS)) return { are: "enough" };
  const complete = spelled.find((each) => each.complete);
  if (complete !== undefined) return { are: "too few", zones: complete.zones.map(String) };
  return { are: "open", untilUpdate: all.some(({ azId, azName }) => azId.is === "unknown" || azName.is === "unknown") };
}
