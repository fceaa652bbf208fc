/** Whether a connection may cross from one region into another, as far as the files of both sides tell. */
import { type StackProblem, show } from "./problem.ts";

/** Where both ends are, and what CorpAI's file says of it. */
export interface Crossing {
  /** Of the stack that holds the endpoint. */
  readonly own: string;
  /** Of the service. */
  readonly region: string;
  /** The region that the registration names, if any. */
  readonly serviceRegion: string | undefined;
}

/** @param at the registration */
export function crossingProblems(
  at: Pick<StackProblem, "stack" | "property">,
  { own, region, serviceRegion }: Crossing,
): StackProblem[] {
  if (serviceRegion === undefined) {
    if (region === own) return [];
    return [
      {
        ...at,
        property: `${at.property}.service`,
        given: `a service in ${region}`,
        allowed: `services in ${own}, the region of this stack, unless the registration names another one`,
        wayOut: `Offer the service in CorpAI's region; or, if its data may leave ${region}, set serviceRegion: ${region} here, and ${own} under supportedRegions of the service.`,
      },
    ];
  }
  const named = { ...at, property: `${at.property}.serviceRegion`, given: show(serviceRegion) };
  if (region === own)
    return [{ ...named, allowed: `no key, since the service is in ${own} as well`, wayOut: "Remove the key." }];
  if (serviceRegion === region) return [];
  return [{ ...named, allowed: `${region}, where the service is`, wayOut: "Correct the region, or the service." }];
}

/** Whether a service that another region names lets it in. @param at the service */
export function supportProblems(
  at: Pick<StackProblem, "stack" | "property">,
  supported: readonly string[],
  { own, region, serviceRegion }: Crossing,
  connection: string,
): StackProblem[] {
  if (region === own || serviceRegion === undefined || supported.includes(own)) return [];
  return [
    {
      ...at,
      given: show(supported),
      allowed: `a list with ${own}, where the endpoint of ${connection} stands`,
      wayOut: `Add ${own}, if the service's data may leave ${region}.`,
    },
  ];
}
