import type { Fields } from "../frame/fields.ts";
import type { Reading } from "../frame/guarded.ts";

/** Whose service an endpoint leads to. */
export type Offer = "aws" | "customer";

/** `com.amazonaws.vpce.<region>.vpce-svc-…` is a customer's; every other name is AWS's own. */
export function offerOf(endpoint: Fields): Reading<Offer> {
  const name = endpoint.text("serviceName");
  if (name.is !== "known") return name;
  return { is: "known", value: /(^|\.)vpce-svc-[0-9a-f]+$|\.vpce\./.test(name.value) ? "customer" : "aws" };
}

/** AWS makes a gateway endpoint where no type is given. */
export function endpointTypeOf(endpoint: Fields): Reading<string> {
  const type = endpoint.text("vpcEndpointType");
  return type.is === "absent" ? { is: "known", value: "Gateway" } : type;
}
