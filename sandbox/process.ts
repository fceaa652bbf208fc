import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Whether a process runs. One that has ended but that nobody has buried, as in a container without an init, does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return !/^\d+ \(.*\) [ZX] /s.test(read(`/proc/${pid}/stat`) ?? "");
}

/** Whether this process is a server of this clone: numbers of ended processes are given out again. */
export function runsDaemon(pid: number, root: string): boolean {
  if (!isAlive(pid)) return false;
  const command = read(`/proc/${pid}/cmdline`)?.replaceAll("\0", " ") ?? commandByPs(pid);
  return command.includes("daemon.ts") && command.includes(root);
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function commandByPs(pid: number): string {
  try {
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}
