/** What stands on the wire for a value that only the update will know; the engine and the policy SDK know it by this spelling. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
