import { describeProblem } from "../model/problem.ts";
import { TYPE } from "../model/resource-record.ts";
import { revocationOf } from "../model/revocation.ts";
import { parseServiceName } from "../model/service-name.ts";
import { ENVIRONMENTS_FOLDER, hostKeyOf } from "../stacks/environment.ts";
import type { EnvironmentOptions, Opened } from "./command.ts";
import { confirm } from "./confirm.ts";
import { type EndpointConnections, endpointConnections } from "./endpoint-connections.ts";
import { type LiveState, readLiveState } from "./live-state.ts";
import { ROOT } from "./place.ts";
import type { Printer } from "./print.ts";
import { type RevocationRecord, describeRecord, writeRecord } from "./revocation-files.ts";

export interface RevokeOptions extends EnvironmentOptions {
  readonly reason: string;
  readonly yes?: boolean;
}

/** A connection from where its customer stands. */
interface Offered {
  /** The stack that offers the service, and the key of that one whose endpoint service it is. */
  readonly stack: string;
  readonly host: string;
  readonly account: string;
  readonly region: string;
  readonly serviceId: string;
  readonly endpointIds: readonly string[];
  readonly acceptances: RevocationRecord["acceptances"];
}

/**
 * Cuts a connection off from the customer's side: rejects its endpoint, removes whom nobody else needs from the service's principals, writes both into the
 * files, and looks whether it is so.
 *
 * @param key a connection of the environment; where the customer is alone in it, a service that accepts endpoints by their ids
 * @returns whether the way is closed
 */
export async function revoke(
  { environment, place }: Opened,
  key: string,
  options: RevokeOptions,
  printer: Printer,
): Promise<boolean> {
  const offered = offeredTo(environment, key, await readLiveState(environment, place));
  const owner = { environment: environment.name, account: offered.account, region: offered.region };
  const live = await endpointConnections(place, owner);
  const { serviceId, endpointIds } = offered;
  const standing = await live.list(serviceId);
  const { remove, keep } = revocationOf(await live.principals(serviceId), standing, endpointIds);

  printer.line(`${key}: ${endpointIds.join(", ")} at ${serviceId} of account ${offered.account}`);
  for (const one of keep)
    printer.line(`  ${one} stays admitted: another connection needs it, so its owner may ask again`);
  const sure = await confirm("revoke", { environment: environment.name, needed: place.kind === "AWS" && !options.yes });
  if (!sure) return false;

  const known = endpointIds.filter((id) => standing.some(({ endpointId }) => endpointId === id));
  if (known.length > 0) await live.reject(serviceId, known);
  if (remove.length > 0) await live.removePrincipals(serviceId, remove);
  const record: RevocationRecord = {
    servicesStack: offered.stack,
    service: offered.host,
    principals: remove,
    reason: options.reason,
    on: environment.facts.today,
    acceptances: offered.acceptances,
  };
  keepRecord(record, place.folder === ROOT, printer);
  const proof = await closed(live, offered, remove);
  for (const line of proof.lines) printer.line(`  ${line}`);
  const stacks = [offered.stack, ...new Set(record.acceptances.map(({ stack }) => stack))];
  printer.line(`next: npx corpai up ${environment.name} --only ${stacks.join(",")}, so that their states agree`);
  printer.answer({
    environment: environment.name,
    connection: key,
    ...record,
    rejected: known,
    kept: keep,
    closed: proof.ok,
  });
  return proof.ok;
}

function keepRecord(record: RevocationRecord, committed: boolean, printer: Printer): void {
  const changes = describeRecord(record);
  if (committed) writeRecord(ENVIRONMENTS_FOLDER, record);
  for (const change of changes) printer.line(`  ${committed ? "written" : "to be written"}: ${change}`);
}

/** What AWS says of it now. A rejected endpoint passes no packet, whatever its own groups say. */
async function closed(
  live: EndpointConnections,
  { serviceId, endpointIds }: Offered,
  removed: readonly string[],
): Promise<{ readonly ok: boolean; readonly lines: readonly string[] }> {
  const connections = (await live.list(serviceId)).filter(({ endpointId }) => endpointIds.includes(endpointId));
  const principals = await live.principals(serviceId);
  const open = connections.filter(({ state }) => state !== "rejected" && state !== "deleting" && state !== "failed");
  const admitted = removed.filter((one) => principals.includes(one));
  return {
    ok: open.length === 0 && admitted.length === 0,
    lines: [
      ...endpointIds.map((id) => `${id}: ${connections.find(({ endpointId }) => endpointId === id)?.state ?? "gone"}`),
      ...removed.map((one) => `${one}: ${admitted.includes(one) ? "still admitted" : "not admitted any more"}`),
    ],
  };
}

/** @throws {Error} where the environment's files do not hold the customer's side of it */
function offeredTo({ name, stacks, facts }: Opened["environment"], key: string, live: LiveState): Offered {
  const registration = facts.connections
    .flatMap(({ registrations }) => Object.entries(registrations))
    .find(([one]) => one === key)?.[1];
  const service = registration && "fromStack" in registration.service ? registration.service : undefined;
  const serviceKey = service?.key ?? (registration ? undefined : key);
  const offering = facts.customerServices.find(
    (one) =>
      serviceKey !== undefined &&
      Object.hasOwn(one.services, serviceKey) &&
      (!service || one.stack === service.fromStack),
  );
  const config = stacks.find((one) => one.name === offering?.stack)?.config;
  if (!offering || serviceKey === undefined || !config || !("services" in config))
    throw new Error(notHere(name, key, facts));
  const host = hostKeyOf(config.services, serviceKey);
  const endpoint = service ? live.endpoints[key] : undefined;
  const accepted = facts.acceptances.flatMap(({ stack, accept }) =>
    (accept[serviceKey] ?? []).map((one, index) => ({ stack, service: serviceKey, index, one })),
  );
  const mine = accepted.filter(({ one }) => (service ? "fromStack" in one && one.key === key : !("fromStack" in one)));
  const endpointIds = service
    ? [endpoint?.id ?? ""].filter((id) => id !== "")
    : mine.flatMap(({ one }) => ("endpointId" in one ? [one.endpointId] : []));
  if (endpointIds.length === 0)
    throw new Error(
      `${name}: ${key} has no endpoint that could be rejected. It has never been brought up, or no endpoint of it is accepted.`,
    );
  return {
    stack: offering.stack,
    host,
    account: offering.account,
    region: offering.region,
    serviceId:
      (endpoint && parseServiceName(endpoint.serviceName)?.serviceId) ?? serviceIdOf(live, offering.stack, host),
    endpointIds,
    acceptances: mine.map(({ stack, service: accepting, index }) => ({ stack, service: accepting, index })),
  };
}

function serviceIdOf({ records = [] }: LiveState, stack: string, host: string): string {
  const id = records.find(
    (one) => one.type === TYPE.service && one.stack === stack && one.name === `${host}-endpoint-service`,
  )?.id;
  if (typeof id === "string") return id;
  throw new Error(`${stack} has not built ${host}: there is nothing to revoke`);
}

const notHere = (name: string, key: string, facts: Opened["environment"]["facts"]): string =>
  describeProblem({
    stack: name,
    property: "CONNECTION",
    given: `"${key}"`,
    allowed: `a connection whose customer's stacks are in this environment, or a service of theirs: ${
      [
        ...facts.connections.flatMap(({ registrations }) => Object.keys(registrations)),
        ...facts.customerServices.flatMap(({ services }) => Object.keys(services)),
      ].join(", ") || "there is none"
    }`,
    wayOut: "Ask the customer to run it in theirs: only they can cut a connection off from their side.",
  });
