import { SUBNET_KIND_TAG, type SubnetKind, subnetKind } from "../../model/subnet-kinds.ts";
import type { Fields } from "../frame/fields.ts";
import type { Reading } from "../frame/guarded.ts";

/** What a subnet says it is. */
export function declaredKind(subnet: Fields): Reading<SubnetKind> {
  const declared = subnet.text(["tags", SUBNET_KIND_TAG]);
  if (declared.is !== "known") return declared;
  const kind = subnetKind(declared.value);
  return kind === undefined ? { is: "absent" } : { is: "known", value: kind };
}
