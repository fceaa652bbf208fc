import { connectionState, nextStep } from "./connection-state.ts";
import type { Connection, Endpoint } from "./network-nodes.ts";
import { UNKNOWN, nodeName } from "./resource-record.ts";
import { type Judgement, blocked, open, undecided } from "./trace-verdict.ts";

/**
 * Whether the other party has said yes.
 *
 * What a stack records of its endpoint is as old as its last update or refresh, which mostly was before the acceptance; the accepter's own record, or
 * that there is none, says more.
 */
export function judgeAcceptance(connection: Connection, environment: string): Judgement {
  const { key, endpoint, service, offeredBy, accepter, acceptance } = connection;
  if (!endpoint) return undecided("there is no endpoint that could be accepted");
  const recorded = typeof endpoint.state === "string" ? connectionState(endpoint.state) : undefined;
  const step = (state: typeof recorded): string => nextStep(state ?? null, { key, environment })?.action ?? "";
  if (recorded && ["rejected", "failed", "expired", "deleting"].includes(recorded))
    return blocked(
      `${nodeName(endpoint.id)} is ${recorded}, as last recorded`,
      `${step(recorded)}; if that has changed since: npx corpai refresh ${environment}`,
    );

  if (!service) return withoutService(connection, environment, recorded === "available");
  if (service.acceptanceRequired === false) return open(`${nodeName(service.id)} accepts by itself`);
  if (accepter) {
    if (accepter.state === UNKNOWN) return open(`${accepter.stack} is to accept it`);
    const state = accepter.state === undefined ? undefined : connectionState(accepter.state);
    if (state === undefined || state === "available") return open(`${accepter.stack} has accepted it: ${accepter.id}`);
    return blocked(`${accepter.id} of ${accepter.stack} is ${state}, as last recorded`, step(state));
  }
  if (service.acceptanceRequired === UNKNOWN)
    return undecided(`whether ${nodeName(service.id)} accepts by itself is not known yet`);
  const missing = `${nodeName(service.id)} wants each connection accepted, and no program has accepted ${nodeName(endpoint.id)}`;
  if (recorded !== "available") return blocked(missing, acceptFix(connection, environment));
  switch (acceptance) {
    case "listed":
      return blocked(
        `${missing}, although a file lists it; that it was available is older`,
        acceptFix(connection, environment),
      );
    case "unlisted":
      return undecided(
        `${missing}; it was available when last recorded, so either somebody accepted it by hand, or the acceptance has been taken back since: npx corpai refresh ${environment} decides`,
      );
    case "elsewhere":
      return open(
        `${endpoint.id} was available when last recorded; accepted outside of ${offeredBy === undefined ? "these programs" : "Pulumi"}`,
      );
  }
}

function acceptFix({ key, acceptance }: Connection, environment: string): string {
  if (acceptance === "listed")
    return `bring the acceptance up: npx corpai up ${environment} --only customer-acceptance`;
  const step = nextStep("pending_acceptance", { key, environment })?.action ?? "";
  return `${step}; if that has been done: npx corpai refresh ${environment}`;
}

/** The service is the other party's own affair, or has not been built. */
function withoutService(
  { endpoint, offeredBy }: Connection & { readonly endpoint?: Endpoint | undefined },
  environment: string,
  available: boolean,
): Judgement {
  if (offeredBy !== undefined) {
    const named = typeof endpoint?.serviceName === "string" ? endpoint.serviceName : "the service";
    return blocked(
      `${named} is none that ${offeredBy} offers, or it is gone`,
      `npx corpai up ${environment} --only ${offeredBy},connections`,
    );
  }
  if (available) return open(`${endpoint?.id ?? "the endpoint"} was available when last recorded`);
  return undecided(
    `the service is the other party's own, and the endpoint was not available when last recorded: npx corpai refresh ${environment} asks AWS`,
  );
}
