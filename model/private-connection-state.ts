/** The states of a private connection, in the words of the document. */
export const PRIVATE_CONNECTION_STATES = [
  "create in progress",
  "completed",
  "create failed",
  "delete in progress",
  "delete failed",
] as const;
export type PrivateConnectionState = (typeof PRIVATE_CONNECTION_STATES)[number];

/** By what the API says; undefined for a word that is not known. */
export function privateConnectionState(word: string): PrivateConnectionState | undefined {
  if (word === "ACTIVE") return "completed";
  const state = word.toLowerCase().replaceAll("_", " ");
  return PRIVATE_CONNECTION_STATES.find((one) => one === state);
}

/**
 * What somebody has to do. Null: nothing.
 *
 * @param state null where it has never been brought up
 * @param recreate command that builds it anew
 */
export function privateConnectionStep(
  state: PrivateConnectionState | null,
  { key, environment, recreate }: { readonly key: string; readonly environment: string; readonly recreate: string },
): string | null {
  switch (state) {
    case "completed":
      return null;
    case null:
      return `bring it up: npx corpai up ${environment} --only private-connections`;
    case "create in progress":
      return "wait: AWS is setting it up, which can take 10 minutes";
    case "create failed":
      return `see that its subnets have free addresses, that quotas of VPC Lattice are not reached, and that no service control policy denies vpc-lattice:* to the service-linked role; then ${recreate}`;
    case "delete in progress":
      return "wait: AWS is deleting it";
    case "delete failed":
      return `remove what still uses ${key} in the console of AWS DevOps Agent, then delete it there`;
  }
}
