/** A service's own DNS name: whether the hosted zone can show it, and what its owner has to publish where no program does. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { NamedService } from "../../components/privatelink/endpoint-service.ts";
import type { StackProblem } from "../../model/problem.ts";
import { found } from "../lookup.ts";
import { type Config, offeredServices } from "./config.ts";

/** Names whose hosted zone is another domain's, private, or another account's. */
export async function hostedZoneProblems(stack: string, { services }: Config): Promise<StackProblem[]> {
  const problems = offeredServices(services).map(async ([key, { privateDns }]): Promise<StackProblem[]> => {
    if (privateDns?.hostedZoneId === undefined) return [];
    const { name, hostedZoneId: zoneId } = privateDns;
    const zone = await found(aws.route53.getZone({ zoneId }));
    const domain = zone?.name.replace(/\.$/, "");
    const holds = domain !== undefined && (name === domain || name.endsWith(`.${domain}`));
    if (holds && zone?.privateZone !== true) return [];
    const what = !zone ? "which this account does not have" : holds ? "which is private" : `the zone of ${domain}`;
    return [
      {
        stack,
        property: `corpai:services.${key}.privateDns.hostedZoneId`,
        given: `${zoneId}, ${what}`,
        allowed: `a public hosted zone of this account for ${name} or a domain above it: AWS reads the TXT record from the internet`,
        wayOut: "Correct the id; or publish the record elsewhere, and say so with recordPublished: true.",
      },
    ];
  });
  return (await Promise.all(problems)).flat();
}

/** The TXT record, and what AWS has made of it so far. */
export function tellRecord(key: string, named: pulumi.Output<NamedService>): void {
  if (pulumi.runtime.isDryRun()) return;
  void named.apply(({ name, record, verified }) => {
    const state = verified ? "verified" : "pendingVerification";
    const next = verified ? "" : "; publish it at this name or at a domain above, then set recordPublished: true";
    return pulumi.log.info(
      `Private DNS name ${name} of ${key}: ${record.type} record ${record.name} with value "${record.value}", ${state}${next}`,
    );
  });
}
