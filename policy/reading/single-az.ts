import type { SingleAz } from "../../model/zones.ts";
import { asObject, readText } from "./guarded.ts";
import { readViews, type Registered } from "./registered.ts";

const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;

/** What a component was passed as `singleAz`. */
export type Permission =
  | { readonly is: "none" }
  | { readonly is: "unreadable" }
  | { readonly is: "given"; readonly until: SingleAz["until"]; readonly lapsed: boolean };

/** A permission has to be plain: one that a preview cannot read is none. */
export function permissionOf(component: Registered | undefined, today: string): Permission {
  const passed = component === undefined ? undefined : readViews(component.views, "singleAz");
  if (passed === undefined || passed.is === "absent") return { is: "none" };

  const singleAz = asObject(passed);
  if (singleAz.is !== "known") return { is: "unreadable" };
  const reason = readText(singleAz.value, "reason");
  const until = readText(singleAz.value, "until");
  if (reason.is !== "known" || reason.value.trim() === "") return { is: "unreadable" };
  if (until.is !== "known" || !ISO_DATE.test(until.value) || Number.isNaN(Date.parse(until.value)))
    return { is: "unreadable" };
  return { is: "given", until: until.value, lapsed: until.value < today };
}
