import type { SingleAz } from "../../model/zones.ts";
import type { Fields } from "../frame/fields.ts";

const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** What a component was passed as `singleAz`. */
export type Permission =
  | { readonly is: "none" }
  | { readonly is: "unreadable" }
  | { readonly is: "given"; readonly until: SingleAz["until"]; readonly lapsed: boolean };

/** A permission has to be plain: one that a preview cannot read is none. */
export function permissionOf(component: Fields | undefined, today: string): Permission {
  const passed = component?.read("singleAz");
  if (component === undefined || passed === undefined || passed.is === "absent") return { is: "none" };

  const singleAz = component.part("singleAz");
  if (singleAz.is !== "known") return { is: "unreadable" };
  const reason = singleAz.value.text("reason");
  const until = singleAz.value.text("until");
  if (reason.is !== "known" || reason.value.trim() === "") return { is: "unreadable" };
  if (until.is !== "known" || !ISO_DATE.test(until.value) || Number.isNaN(Date.parse(until.value)))
    return { is: "unreadable" };
  return { is: "given", until: until.value, lapsed: until.value < today };
}
