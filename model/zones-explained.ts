import type { ZoneChoice } from "./zones.ts";

/** What one account calls AZs: name by id. Another account's name of the same AZ is another one. */
export type ZoneNames = Readonly<Record<string, string>>;

/** Names of both sides as far as they are known. */
export interface BothNames {
  readonly consumer: ZoneNames;
  readonly service: ZoneNames;
}

/**
 * The choice, AZ by AZ: its id, what each side calls it, whether it is used, and why not.
 *
 * @returns one line per AZ, in order of their ids
 */
export function explainZones(choice: ZoneChoice, names: BothNames): string[] {
  if (choice.serviceRegion !== undefined) return explainRemote(choice, choice.serviceRegion, names.consumer);
  const { shared, onlyConsumer, onlyService } = choice;
  const line = (azId: string, verdict: string): string =>
    `${azId} (${called(names.consumer, azId)} to CorpAI, ${called(names.service, azId)} to the customer): ${verdict}`;
  return [
    ...shared.map((azId) => [azId, "used"] as const),
    ...onlyConsumer.map((azId) => [azId, "not used: the service's load balancer has no subnet in it"] as const),
    ...onlyService.map((azId) => [azId, "not used: CorpAI's VPC has no endpoint subnet in it"] as const),
  ]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([azId, verdict]) => line(azId, verdict));
}

function explainRemote({ shared, onlyConsumer }: ZoneChoice, region: string, names: ZoneNames): string[] {
  return [...shared, ...onlyConsumer].sort().map((azId) => {
    const verdict = shared.includes(azId)
      ? `used: the service is in ${region}, and AWS hands over to its AZs whichever they are`
      : "not used: AWS has no access to other regions from it";
    return `${azId} (${called(names, azId)} to CorpAI): ${verdict}`;
  });
}

const called = (names: ZoneNames, azId: string): string =>
  Object.hasOwn(names, azId) ? (names[azId] ?? "") : "no name known";
