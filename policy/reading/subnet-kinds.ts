import { type Plain, UNKNOWN, fields } from "../../model/resource-record.ts";
import type { Fields } from "../frame/fields.ts";
import type { Reading } from "../frame/guarded.ts";

/** `public`: has a route to an internet gateway. `private`: may have one to a NAT gateway. `isolated`: has no way out at all. */
export type SubnetKind = "public" | "private" | "isolated";

/** The tag by which awsx, and whoever does as it does, says what a subnet is. */
const SUBNET_KIND_TAG = "SubnetType";

function kindOf(declared: unknown): SubnetKind | undefined {
  const kind = typeof declared === "string" ? declared.toLowerCase() : undefined;
  return kind === "public" || kind === "private" || kind === "isolated" ? kind : undefined;
}

/** What a subnet says it is. */
export function declaredKind(subnet: Fields): Reading<SubnetKind> {
  const declared = subnet.text(["tags", SUBNET_KIND_TAG]);
  if (declared.is !== "known") return declared;
  const kind = kindOf(declared.value);
  return kind === undefined ? { is: "absent" } : { is: "known", value: kind };
}

/** The same, by a record's tags. */
export function declaredIn(tags: Plain | undefined): SubnetKind | "not known yet" | undefined {
  const declared = tags === UNKNOWN ? UNKNOWN : fields(tags)[SUBNET_KIND_TAG];
  return declared === UNKNOWN ? "not known yet" : kindOf(declared);
}
