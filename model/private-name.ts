/** A service's own DNS name on the endpoints to it: who has to show what, and what is left to be done. */
import type { NextStep } from "./connection-state.ts";
import type { AcrossService, CustomerServicesFacts } from "./environment-facts.ts";
import type { StackProblem } from "./problem.ts";

/** What the owner of a service says of its name. */
export interface PrivateName {
  readonly name: string;
  /** Whether its TXT record is made, or said to be published, so that AWS is asked to look for it. */
  readonly isShown: boolean;
}

/** The name that a registered service offers; undefined where it has none. What CorpAI states literally, the customer has shown. */
export function privateNameOf(
  service: AcrossService,
  { customerServices }: { readonly customerServices: readonly CustomerServicesFacts[] },
): PrivateName | undefined {
  if ("serviceName" in service)
    return service.privateDnsName === undefined ? undefined : { name: service.privateDnsName, isShown: true };
  return customerServices.find(({ stack }) => stack === service.fromStack)?.services[service.key]?.privateDns;
}

/** What keeps a connection that is available from its service's own name; null where nothing does. */
export function privateNameStep(
  { name, isShown }: PrivateName,
  isEnabled: boolean,
  { key, environment }: { readonly key: string; readonly environment: string },
): NextStep | null {
  if (isShown && isEnabled) return null;
  if (isShown)
    return {
      who: "corpai",
      action: `${key} goes by the endpoint's name as yet: have it answer to ${name}: npx corpai up ${environment} --only connections,mcp-servers`,
    };
  return {
    who: "customer",
    action: `${key} goes by the endpoint's name until ${name} is shown to be the customer's: publish the TXT record that customer-services puts out (privateDns.record of the service), set recordPublished: true (or hostedZoneId), and bring it up; then npx corpai up ${environment}`,
  };
}

/** Two endpoints of a VPC cannot answer to one name. */
export function duplicateNames(
  registrations: readonly { readonly stack: string; readonly key: string; readonly name: string | undefined }[],
): StackProblem[] {
  return registrations.flatMap(({ stack, key, name }, index) => {
    const earlier = registrations.slice(0, index).find((one) => name !== undefined && one.name === name);
    if (!earlier) return [];
    return [
      {
        stack,
        property: `corpai:registrations.${key}.service`,
        given: `a service named ${String(name)}, which ${earlier.key} of ${earlier.stack} is as well`,
        allowed: "one connection for each private DNS name in CorpAI's VPC",
        wayOut: "Remove one of the two, or have the service offered without privateDns.",
      },
    ];
  });
}
