/** The states of a connection, in the words of the onboarding document. */
export const CONNECTION_STATES = [
  "pending_acceptance",
  "pending",
  "available",
  "rejected",
  "failed",
  "expired",
  "deleting",
] as const;
export type ConnectionState = (typeof CONNECTION_STATES)[number];

/** Who has to act next, and what they have to do. */
export interface NextStep {
  readonly who: "customer" | "corpai";
  readonly action: string;
}

const fold = (word: string): string => word.replaceAll("_", "").toLowerCase();
const byFoldedWord = new Map(CONNECTION_STATES.map((state) => [fold(state), state]));

/**
 * AWS spells the same state `pendingAcceptance`, `PendingAcceptance` or `pending-acceptance` by API; ours is the document's spelling.
 * Undefined for a word that means no live endpoint (`deleted`) or that is not known.
 */
export function connectionState(word: string): ConnectionState | undefined {
  return byFoldedWord.get(fold(word.replaceAll("-", "_")));
}

/** What follows from a state. Null: nobody has to do anything. `state` null: the endpoint does not exist yet. */
export function nextStep(
  state: ConnectionState | null,
  { key, environment }: { readonly key: string; readonly environment: string },
): NextStep | null {
  switch (state) {
    case "available":
      return null;
    case null:
      return { who: "corpai", action: `bring the endpoint up: npx corpai up ${environment}` };
    case "pending_acceptance":
      return {
        who: "customer",
        action: `accept the connection request of ${key}: list its endpoint under corpai:accept and bring customer-acceptance up, or accept it in the VPC console under Endpoint Services`,
      };
    case "pending":
      return { who: "corpai", action: "wait: AWS is still setting the endpoint up" };
    case "rejected":
      return {
        who: "customer",
        action: `the customer rejected ${key}, and what was rejected is not accepted any more: agree with them, then have it asked anew: npx corpai reconnect ${environment} ${key}`,
      };
    case "expired":
      return {
        who: "corpai",
        action: `the request of ${key} expired unanswered: agree with the customer, then have it asked anew: npx corpai reconnect ${environment} ${key}`,
      };
    case "failed":
      return {
        who: "corpai",
        action: `the endpoint of ${key} failed: read its error in the VPC console, then npx corpai up ${environment}`,
      };
    case "deleting":
      return { who: "corpai", action: "wait: AWS is deleting the endpoint" };
  }
}
