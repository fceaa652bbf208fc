import * as aws from "@pulumi/aws";
import type { ZoneNames } from "../model/zones-explained.ts";
import { found } from "./lookup.ts";

/** What this stack's account calls the AZs of its region, by id. */
export async function zoneNames(): Promise<ZoneNames> {
  const zones = await found(aws.getAvailabilityZones({ state: "available" }));
  return Object.fromEntries((zones?.zoneIds ?? []).map((azId, index) => [azId, zones?.names[index] ?? ""]));
}
