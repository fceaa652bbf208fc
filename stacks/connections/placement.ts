/** Where a connection is to stand: by the files of both sides, and by what AWS says of the service. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { endpointZones, isRevoked, plannedZones } from "../../model/connection-check.ts";
import type { StackProblem } from "../../model/problem.ts";
import { type ZoneChoice, chooseRemoteZones, chooseZones, zoneChoiceFault } from "../../model/zones.ts";
import type { Environment } from "../environment.ts";
import { asSoonAsAllowed, found } from "../lookup.ts";
import type { Registration } from "./config.ts";

type OwnZones = Pick<aws.GetAvailabilityZonesResult, "names" | "zoneIds">;

/** What is the same for all connections of a stack. */
interface Surroundings {
  readonly cell: string | undefined;
  readonly facts: Environment["facts"];
  /** This account's AZs, asked for once however many connections there are. */
  readonly ownZones: () => Promise<OwnZones | undefined>;
}

/** AZs of this stack's account: asked once, and only where somebody needs them. */
export function ownZonesOnce(): () => Promise<OwnZones | undefined> {
  let asked: Promise<OwnZones | undefined> | undefined;
  return () => (asked ??= found(aws.getAvailabilityZones({ state: "available" })));
}

/**
 * The AZs of a connection: planned from the files of both sides, and compared with what AWS says of the service as soon as it exists. AWS answers with
 * the consumer's own AZ names, which makes the comparison by id safe across accounts.
 */
export async function placed(
  at: Pick<StackProblem, "stack" | "property">,
  registration: Registration,
  knownServiceName: string | undefined,
  { cell, facts, ownZones }: Surroundings,
): Promise<Placed> {
  const { service, singleAz, serviceRegion } = registration;
  const planned = plannedZones(registration, { cell }, facts);
  const own = facts.connections.find(({ stack }) => stack === at.stack);
  // What stands stays as it is: AWS says nothing of the service any more to whoever was cut off.
  if (own && planned && isRevoked(service, own, facts)) return { choice: planned, problems: [] };
  const asked =
    knownServiceName === undefined
      ? undefined
      : await asSoonAsAllowed(`AZs of ${knownServiceName}`, async () => ({
          shown: await shownService(knownServiceName, serviceRegion, ownZones),
        }));
  const shown = asked?.shown;
  if (asked && shown === undefined) {
    // The same `corpai up` may bring the customer's service back before this stack's turn, so only an update insists.
    if (planned && pulumi.runtime.isDryRun()) {
      void pulumi.log.warn(
        `${knownServiceName} does not exist any more, or does not admit this account: checked at update`,
      );
      return { choice: planned, problems: [] };
    }
    const given = `${knownServiceName}, which AWS does not show to this account${serviceRegion === undefined ? "" : " in this region"}`;
    const wayOut = `Ask the customer to check the name and to add this account to the service's allowed principals${
      serviceRegion === undefined ? "" : ", and this region to its supported ones"
    }.`;
    const problem = { ...at, given, allowed: "an endpoint service that admits this account", wayOut };
    return { choice: chooseZones([], []), problems: [problem] };
  }
  const azIds = endpointZones({ cell }, facts) ?? [];
  const actual =
    shown && (serviceRegion === undefined ? chooseZones(azIds, shown.azIds) : chooseRemoteZones(azIds, serviceRegion));
  const fault = actual && zoneChoiceFault(actual, singleAz, facts.today);
  if (actual && fault) return { choice: actual, problems: [{ ...at, given: actual.explanation, ...fault }] };
  // Where the service already spans other AZs than its file says, an update has to use those that exist; a later one follows the file.
  return {
    choice: actual ?? planned ?? chooseZones([], []),
    acceptanceRequired: shown?.acceptanceRequired,
    problems: [],
  };
}

/** Where a connection is to stand, and what was learnt of its service on the way. */
interface Placed {
  readonly choice: ZoneChoice;
  /** Undefined where AWS has not been asked. */
  readonly acceptanceRequired?: boolean | undefined;
  readonly problems: StackProblem[];
}

/** A service as AWS shows it to this account, undefined where it does not. Of one in another region the provider answers with no AZs. */
async function shownService(
  serviceName: string,
  serviceRegion: string | undefined,
  ownZones: Surroundings["ownZones"],
): Promise<{ readonly azIds: string[]; readonly acceptanceRequired: boolean } | undefined> {
  const zones = await ownZones();
  const elsewhere = serviceRegion === undefined ? {} : { serviceRegions: [serviceRegion] };
  const service = await found(aws.ec2.getVpcEndpointService({ serviceName, ...elsewhere }));
  return (
    service && {
      azIds: service.availabilityZones.map((zone) => zones?.zoneIds[zones.names.indexOf(zone)] ?? zone),
      acceptanceRequired: service.acceptanceRequired,
    }
  );
}
