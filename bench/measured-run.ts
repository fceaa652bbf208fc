/** A command with all that it starts: how long it takes, and the most memory that it holds at one time. */
import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

export interface Measured {
  readonly code: number | null;
  readonly output: string;
  readonly seconds: number;
  /** Of all processes together; NaN where the system has no /proc. */
  readonly peakBytes: number;
}

const SAMPLE_MILLISECONDS = 100;

export function measuredRun(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    let peakBytes = NaN;
    const sample = (): void => {
      const bytes = child.pid === undefined ? undefined : heldBy(child.pid);
      if (bytes !== undefined) peakBytes = Number.isNaN(peakBytes) ? bytes : Math.max(peakBytes, bytes);
    };
    const timer = setInterval(sample, SAMPLE_MILLISECONDS);
    child.once("error", reject);
    child.once("close", (code) => {
      clearInterval(timer);
      resolve({ code, output, seconds: (performance.now() - start) / 1000, peakBytes });
    });
  });
}

/** Resident memory of a process and of all that it has started. */
function heldBy(root: number): number | undefined {
  try {
    const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    const all = new Map(processes.flatMap((pid) => statusOf(Number(pid)) ?? []).map((one) => [one.pid, one]));
    const isOurs = (pid: number): boolean => pid === root || (all.has(pid) && isOurs(all.get(pid)?.parent ?? 0));
    return [...all.values()].filter(({ pid }) => isOurs(pid)).reduce((sum, { bytes }) => sum + bytes, 0);
  } catch {
    return undefined;
  }
}

/** Undefined where the process has ended meanwhile. */
function statusOf(pid: number): { readonly pid: number; readonly parent: number; readonly bytes: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/status`, "utf8");
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? 0);
    return { pid, parent: field("PPid"), bytes: field("VmRSS") * 1024 };
  } catch {
    return undefined;
  }
}
