import type { PolicyResource } from "@pulumi/policy";
import { MINIMUM_AZS } from "../../model/zones.ts";
import type { Reading } from "./guarded.ts";
import { ancestorsOf, readViews, type Registered, type Registry } from "./registered.ts";
import type { SubnetIds } from "./subnet-lists.ts";

const SUBNET_TYPE = "aws:ec2/subnet:Subnet";

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

const placeOf = ({ views }: Registered): Place => ({
  azId: readViews(views, "availabilityZoneId"),
  azName: readViews(views, "availabilityZone"),
});

/**
 * The `Subnet` resources that a property's value came from. The engine knows them in a preview too, when their ids are not known yet.
 * A value that came from a whole component (awsx's VPC) depends on that alone, and so on any of its subnets.
 */
export function subnetsBehind(
  resource: PolicyResource,
  properties: readonly string[],
  registry: Registry,
): readonly Registered[] {
  const behind = new Set(
    properties.flatMap((property) => (resource.propertyDependencies[property] ?? []).map(({ urn }) => urn)),
  );
  const components = new Set([...behind].filter((urn) => registry.get(urn)?.type.startsWith("aws:") === false));
  return [...registry.values()].filter(
    (each) =>
      each.type === SUBNET_TYPE &&
      (behind.has(each.urn) || ancestorsOf(each, registry).some(({ urn }) => components.has(urn))),
  );
}

/** One place for each subnet given; where ids do not tell which is which, the resources behind the property are taken for them. */
function places(subnetIds: SubnetIds, behind: readonly Registered[], registry: Registry): readonly Place[] {
  if (subnetIds.is !== "known") return behind.length > 0 ? behind.map(placeOf) : [NOT_YET];

  const idOf = ({ views }: Registered): Reading<unknown> => readViews(views, "id");
  const byId = new Map<unknown, Registered>();
  for (const each of registry.values()) {
    const id = idOf(each);
    if (each.type === SUBNET_TYPE && id.is === "known") byId.set(id.value, each);
  }
  const found = subnetIds.value.map((id) => (id.is === "known" ? byId.get(id.value) : undefined));
  const unfound = subnetIds.value.filter((_, index) => found[index] === undefined);
  // One new subnet hides a whole list of ids that stand: what is not known yet may be any of them.
  const hidden = unfound.some(({ is }) => is === "unknown");
  const rest =
    unfound.length === 0
      ? []
      : behind.filter((subnet) => !found.includes(subnet) && (hidden || idOf(subnet).is !== "known"));
  const elsewhere = unfound.slice(rest.length);
  return [
    ...found.flatMap((subnet) => (subnet === undefined ? [] : [placeOf(subnet)])),
    ...rest.map(placeOf),
    ...elsewhere.map((id) => (id.is === "unknown" ? NOT_YET : NOWHERE)),
  ];
}

export function zonesOf(subnetIds: SubnetIds, behind: readonly Registered[], registry: Registry): Zones {
  const all = places(subnetIds, behind, registry);
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
