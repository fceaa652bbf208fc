import type { Fields } from "../frame/fields.ts";
import type { Reading } from "../frame/guarded.ts";

/** `public`: has a route to an internet gateway. `private`: may have one to a NAT gateway. `isolated`: has no way out at all. */
export type SubnetKind = "public" | "private" | "isolated";

/** The tag by which awsx, and whoever does as it does, says what a subnet is. */
export const SUBNET_KIND_TAG = "SubnetType";

/** What a subnet says it is. */
export function declaredKind(subnet: Fields): Reading<SubnetKind> {
  const declared = subnet.text(["tags", SUBNET_KIND_TAG]);
  if (declared.is !== "known") return declared;
  const kind = declared.value.toLowerCase();
  return kind === "public" || kind === "private" || kind === "isolated"
    ? { is: "known", value: kind }
    : { is: "absent" };
}
