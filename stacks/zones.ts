import * as aws from "@pulumi/aws";
import { show } from "../model/problem.ts";
import { refuseAll } from "./context.ts";
import { found } from "./lookup.ts";

/** An AZ by its id and by this account's name for it. */
export interface Zone {
  readonly azId: string;
  readonly name: string;
}

/** This account's names of AZs, for what takes names. @param property whose AZs they are, for the error */
export async function zonesOf(stack: string, property: string, azIds: readonly string[]): Promise<Zone[]> {
  const { names, zoneIds } = await aws.getAvailabilityZones({ state: "available" });
  const nameOf = (azId: string): string | undefined => names[zoneIds.indexOf(azId)];
  refuseAll(
    azIds
      .filter((azId) => nameOf(azId) === undefined)
      .map((azId) => ({
        stack,
        property,
        given: show(azId),
        allowed: `AZs that this account can use: ${[...zoneIds].sort().join(", ")}`,
        wayOut: "Choose among these.",
      })),
  );
  return azIds.map((azId) => ({ azId, name: nameOf(azId) ?? "" }));
}

/** How AWS offers the interface endpoint of one of its services here. */
export interface EndpointOffer {
  /** AZs of ours in which it can stand; none where the region lacks it. */
  readonly azIds: readonly string[];
  readonly takesPolicy: boolean;
}

/** @param service the end of its name: `com.amazonaws.<region>.<service>` */
export async function endpointOffer(service: string, zones: readonly Zone[]): Promise<EndpointOffer> {
  const offered = await found(aws.ec2.getVpcEndpointService({ service, serviceType: "Interface" }));
  return {
    azIds: zones.flatMap(({ azId, name }) => (offered?.availabilityZones.includes(name) ? [azId] : [])),
    takesPolicy: offered?.vpcEndpointPolicySupported ?? false,
  };
}
