import type { EngineRun } from "./engine.ts";
import { importCommand } from "./import-command.ts";
import { named } from "./pending-creates.ts";

/** AWS's own failures, and what gets lost on the way: nothing in the configuration is wrong. */
const PASSING =
  /InternalError|InternalFailure|ServiceUnavailable|RequestLimitExceeded|Throttling|TooManyRequests|RequestError|connection reset|unable to return a response in the time allotted/;

/** Backends other than a folder say themselves who holds a stack's lock: Pulumi Cloud by 409, a bucket by the lock's own record. */
const LOCKED = /Another update is currently in progress|the stack is currently locked by/;

/** What to do about errors that AWS's words alone do not help with. */
export function advice(stack: string, { errors, taken }: Pick<EngineRun, "errors" | "taken">): string[] {
  const already = taken.map(
    (create) =>
      `${named(create)} is there already. If an earlier update made it, and its answer was lost, tell Pulumi, and run this again; if it is somebody else's, it is in the way:\n  ${importCommand(stack, create)}`,
  );
  const passing = errors.some((error) => PASSING.test(error))
    ? ["AWS failed by itself. What has been made is kept: run this again, and it goes on from there."]
    : [];
  const locked = errors.some((error) => LOCKED.test(error))
    ? [
        `Nothing of ${stack} was changed, nor of what needs it. Wait until that update has ended, and run this again. Only if you know that it has: pulumi cancel --yes --stack ${stack}`,
      ]
    : [];
  return [...already, ...passing, ...locked];
}
