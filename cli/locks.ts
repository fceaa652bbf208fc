import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { backendFolder } from "./file-backend.ts";

/** A lock of Pulumi's file backend, as its owner wrote it. */
export interface Lock {
  readonly file: string;
  readonly pid: number;
  readonly hostname: string;
  readonly username: string;
  /** ISO time. */
  readonly timestamp: string;
}

/**
 * A stack's locks; none where the backend is no folder of this machine: there, Pulumi itself names the owner when it refuses.
 *
 * @param backend its URL
 */
export function locksOf(backend: string, project: string, stack: string): Lock[] {
  const root = backendFolder(backend);
  if (root === undefined) return [];
  const folder = join(root, ".pulumi/locks/organization", project, stack);
  if (!existsSync(folder)) return [];
  // Beside each lock the backend puts its attributes, which name nobody.
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return names.flatMap((name): Lock[] => {
    const file = join(folder, name);
    try {
      return [{ ...(JSON.parse(readFileSync(file, "utf8")) as Omit<Lock, "file">), file }];
    } catch {
      // Gone meanwhile, or still being written by somebody who is alive.
      return [];
    }
  });
}

/** Whether the owner's end is proved: it ran on this machine, and no process has its number, or one that began after the lock was made. */
export function ownerIsDead({ pid, hostname: host, timestamp }: Lock): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
  const [state = "", ...began] = processState(pid);
  // A zombie has ended; nobody has buried it yet.
  return state.startsWith("Z") || Date.parse(began.join(" ")) > Date.parse(timestamp) + CLOCK_TOLERANCE_MS;
}

/** `ps` gives whole seconds, which it computes from ticks since the machine's start. */
const CLOCK_TOLERANCE_MS = 3000;

/** A process's state and begin, in words; empty where nobody tells. */
function processState(pid: number): string[] {
  try {
    return execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "ignore"],
    })
      .trim()
      .split(/\s+/);
  } catch {
    return [];
  }
}

/** Drops this one lock. `pulumi cancel` would drop every lock of the stack, also one that somebody alive has taken since. */
export function drop({ file }: Lock): void {
  for (const name of [file, `${file}.attrs`]) rmSync(name, { force: true });
}

export const describeOwner = ({ pid, hostname: host, username, timestamp }: Lock): string =>
  `process ${pid} of ${username} on ${host}, since ${timestamp}`;
