import { connectionState } from "./connection-state.ts";
import { principalCovers } from "./iam-documents.ts";

/** An endpoint at a service, as its owner sees it. */
export interface KnownEndpoint {
  readonly endpointId: string;
  readonly ownerAccount: string;
  /** In AWS's spelling, or ours. */
  readonly state: string | undefined;
}

/** Who may connect no more once some endpoints are cut off. */
export interface Revocation {
  readonly remove: readonly string[];
  /** Admits one of the endpoints, but another connection that stays as well. */
  readonly keep: readonly string[];
}

/**
 * Which principals go. To reject an endpoint without that would let its owner ask again; to remove a principal alone would leave the connection alive.
 *
 * @param principals ARNs that the service admits now
 * @param all every endpoint at the service
 * @param cut ids of the endpoints that are cut off
 */
export function revocationOf(
  principals: readonly string[],
  all: readonly KnownEndpoint[],
  cut: readonly string[],
): Revocation {
  const owners = (endpoints: readonly KnownEndpoint[]): string[] => endpoints.map(({ ownerAccount }) => ownerAccount);
  const gone = owners(all.filter(({ endpointId }) => cut.includes(endpointId)));
  const staying = owners(all.filter((one) => !cut.includes(one.endpointId) && isAlive(one)));
  const concerned = principals.filter((principal) => gone.some((account) => principalCovers(principal, account)));
  const isNeeded = (principal: string): boolean => staying.some((account) => principalCovers(principal, account));
  return { remove: concerned.filter((one) => !isNeeded(one)), keep: concerned.filter(isNeeded) };
}

const isAlive = ({ state = "" }: KnownEndpoint): boolean =>
  ["pending_acceptance", "pending", "available"].includes(connectionState(state) ?? "");
