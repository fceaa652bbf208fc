import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Engine } from "./engine.ts";
import { importCommand, manualCommands } from "./import-command.ts";
import type { Interrupts } from "./interrupts.ts";
import { type Lock, describeOwner, drop, locksOf, ownerIsDead } from "./locks.ts";
import { type LookUp, type PendingCreate, type PendingOperation, isKnown, named } from "./pending-creates.ts";

export interface LeftBehindContext {
  readonly engine: Engine;
  /** The backend's URL. */
  readonly backend: string;
  readonly project: string;
  /** Finds out what became of creates whose answers nobody heard; undefined where nobody here can. */
  readonly lookUp: LookUp | undefined;
  readonly say: (line: string) => void;
  readonly interrupts: Pick<Interrupts, "received">;
  /** For how long an update by somebody else on this machine is waited for. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 60_000;
const POLL_MS = 250;

/**
 * Settles what an update that was ended by force has left of a stack: its lock, and operations of which nobody knows whether they were done.
 *
 * @returns why the stack cannot be touched; undefined where it can
 */
export async function settle(stack: string, context: LeftBehindContext): Promise<string | undefined> {
  return (await settleLocks(stack, context)) ?? (await settleOperations(stack, context));
}

async function settleLocks(stack: string, context: LeftBehindContext): Promise<string | undefined> {
  const { backend, project, say, interrupts, patienceMs = PATIENCE_MS } = context;
  const until = Date.now() + patienceMs;
  for (let told = false; ;) {
    const held: Lock[] = [];
    for (const lock of locksOf(backend, project, stack)) {
      if (ownerIsDead(lock)) {
        drop(lock);
        say(`${stack}: dropped the lock of ${describeOwner(lock)}, which has ended`);
      } else held.push(lock);
    }
    const [lock] = held;
    if (!lock) return undefined;
    if (interrupts.received || Date.now() > until || lock.hostname !== hostname())
      return `it is locked by ${describeOwner(lock)}. Wait until that has ended, and run this again. Only if you know that it has: pulumi cancel --yes --stack ${stack}`;
    if (!told) say(`${stack}: waiting for ${describeOwner(lock)}, which holds its lock`);
    told = true;
    await sleep(POLL_MS);
  }
}

/**
 * A create is looked up, since the state does not know its id; all else is read again. Where the last run failed, nobody knows whether what failed was done
 * all the same: an answer may have been lost.
 */
async function settleOperations(stack: string, context: LeftBehindContext): Promise<string | undefined> {
  const { engine, say } = context;
  const [pending, lastFailed] = await Promise.all([engine.pendingOperations(stack), engine.lastFailed(stack)]);
  const creates = pending.filter(({ operation }) => operation === "creating");
  const others = pending.filter(({ operation }) => operation !== "creating");
  const made = await settleCreates(stack, creates, context);
  if (typeof made === "string") return made;
  const toRead = [...made, ...others];
  if (toRead.length === 0 && !lastFailed) return undefined;
  const targets = lastFailed ? [] : toRead.flatMap(({ urn }) => ["--target", urn]);
  const { succeeded, errors } = await engine.run("refresh", stack, ["--yes", "--skip-preview", ...targets]);
  if (!succeeded && toRead.length > 0)
    return `what an earlier update left pending (${toRead.map(named).join(", ")}) cannot be read: ${errors.join("\n")}`;
  if (lastFailed)
    say(
      `${stack}: its last run failed; ${succeeded ? "what is there now has been read again" : `what is there now cannot be read: ${errors.join(" ")}`}`,
    );
  for (const operation of others)
    say(`${stack}: an update was ended by force while ${doing(operation)}; what is there now has been taken over`);
  return undefined;
}

const doing = (pending: PendingOperation): string => `${pending.operation} ${named(pending)}`;

/** @returns creates that had made something and are resources of the stack now, or why that cannot be told */
async function settleCreates(
  stack: string,
  creates: readonly PendingCreate[],
  { engine, lookUp, say }: LeftBehindContext,
): Promise<readonly PendingCreate[] | string> {
  if (creates.length === 0) return [];
  const list = creates.map(named).join(", ");
  if (!lookUp)
    return `an update was ended by force while it created ${list}. Look up whether each exists, then tell Pulumi:\n${manualCommands(stack, creates)}`;
  const found = await lookUp(creates);
  const unclear = creates.filter(({ urn }) => found.get(urn) === "unclear");
  if (unclear.length > 0)
    return `an update was ended by force while it created ${unclear.map(named).join(", ")}; more than one thing could be it. Look at them, then tell Pulumi:\n${manualCommands(stack, unclear)}`;
  const ids = new Map(
    creates.flatMap(({ urn }): [string, string][] => {
      const fate = found.get(urn);
      return typeof fate === "object" ? [[urn, fate.id]] : [];
    }),
  );
  await engine.settleCreates(stack, ids);
  for (const create of creates) {
    const id = ids.get(create.urn);
    say(
      id === undefined
        ? `${stack}: ${named(create)} had not been created before an update was ended by force; it will be`
        : `${stack}: ${named(create)} had been created before an update was ended by force; taken over as ${id}`,
    );
  }
  return creates.filter(({ urn }) => ids.has(urn));
}

/**
 * Takes over what an earlier update has made although its answer was lost: AWS has it, and no stack knows of it. Made again, it would stand there twice,
 * or be refused.
 *
 * @param creates what the next update would create
 * @returns why the stack cannot be touched; undefined where it can
 */
export async function takeOverLost(
  stack: string,
  creates: readonly PendingCreate[],
  { engine, lookUp, say }: Pick<LeftBehindContext, "engine" | "lookUp" | "say">,
): Promise<string | undefined> {
  // What depends on a thing that has yet to be made cannot have been made before it.
  const possible = creates.filter(isKnown);
  if (!lookUp || possible.length === 0) return undefined;
  const fates = await lookUp(possible);
  const unclear = possible.filter(({ urn }) => fates.get(urn) === "unclear");
  if (unclear.length > 0)
    return `${unclear.map(named).join(", ")}: more than one thing that no stack knows of could be it. Look at them, delete those that are too many or tell Pulumi which one it is, and run this again:\n${unclear.map((create) => `  ${importCommand(stack, create)}`).join("\n")}`;
  const found = possible.flatMap((create) => {
    const fate = fates.get(create.urn);
    return typeof fate === "object" ? [{ ...create, id: fate.id }] : [];
  });
  if (found.length === 0) return undefined;
  await engine.takeOver(stack, found);
  for (const one of found)
    say(
      `${stack}: ${named(one)} had been created by an earlier update, whose answer was lost; taken over as ${one.id}`,
    );
  return undefined;
}
