import type { EngineRun } from "./engine.ts";
import { importCommand } from "./import-command.ts";
import { named } from "./pending-creates.ts";

/** AWS's own failures, and what gets lost on the way: nothing in the configuration is wrong. */
const PASSING =
  /InternalError|InternalFailure|ServiceUnavailable|RequestLimitExceeded|Throttling|TooManyRequests|RequestError|connection reset|unable to return a response in the time allotted/;

/** What to do about errors that AWS's words alone do not help with. */
export function advice(stack: string, { errors, taken }: Pick<EngineRun, "errors" | "taken">): string[] {
  const already = taken.map(
    (create) =>
      `${named(create)} is there already. If an earlier update made it, and its answer was lost, tell Pulumi, and run this again; if it is somebody else's, it is in the way:\n  ${importCommand(stack, create)}`,
  );
  const passing = errors.some((error) => PASSING.test(error))
    ? ["AWS failed by itself. What has been made is kept: run this again, and it goes on from there."]
    : [];
  return [...already, ...passing];
}
