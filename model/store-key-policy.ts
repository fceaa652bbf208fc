import type { KeyPolicy } from "./iam-documents.ts";
import { type KeyPlace, forLogGroups, ownAccount } from "./key-policies.ts";
import { storeLogGroup, storeName } from "./physical-name.ts";

/** The logs that RDS exports for PostgreSQL: what the database says, and what an upgrade of it says. */
export const POSTGRES_LOGS = ["postgresql", "upgrade"] as const;

/** The policy of the stores' key: IAM decides who uses it, and the log service may for the logs of this environment's stores, in no other name. */
export function storeKeyPolicy(place: KeyPlace & { readonly environment: string }): KeyPolicy {
  const logGroups = storeLogGroup(storeName(place.environment, "*"), "*");
  return {
    Version: "2012-10-17",
    Statement: [ownAccount(place), forLogGroups(place, "EncryptLogsOfStores", logGroups)],
  };
}
