/** What ends a command before its time. */
import type { ChildProcess } from "node:child_process";
import { globSync, readFileSync, readlinkSync } from "node:fs";
import { join, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clone } from "../end-to-end/support/clone.ts";
import type { Draw } from "./draw.ts";

export const BLOWS = [
  "one SIGINT",
  "two SIGINTs",
  "SIGKILL of corpai",
  "SIGKILL of one engine",
  "SIGKILL of all engines",
  "SIGKILL of the sandbox",
  "SIGKILL of corpai and its engines",
] as const;
export type Blow = (typeof BLOWS)[number];

/** Whom a blow can hit. */
interface Struck {
  readonly clone: Clone;
  readonly corpai: ChildProcess;
  readonly draw: Draw;
}

/** @returns what was hit, for the table; undefined where there was nobody to hit */
export async function strike(blow: Blow, { clone, corpai, draw }: Struck): Promise<string | undefined> {
  switch (blow) {
    case "one SIGINT":
      corpai.kill("SIGINT");
      return "corpai";
    case "two SIGINTs":
      corpai.kill("SIGINT");
      await sleep(draw.below(600));
      corpai.kill("SIGINT");
      return "corpai";
    case "SIGKILL of corpai":
      corpai.kill("SIGKILL");
      return "corpai";
    case "SIGKILL of one engine": {
      const engines = enginesOf(clone.folder);
      return killed(engines.length > 0 ? [draw.one(engines)] : []);
    }
    case "SIGKILL of all engines":
      return killed(enginesOf(clone.folder));
    case "SIGKILL of the sandbox": {
      const running = await clone.sandbox.status();
      return killed(running ? [{ pid: running.pid, command: "sandbox" }] : []);
    }
    case "SIGKILL of corpai and its engines":
      corpai.kill("SIGKILL");
      killed(enginesOf(clone.folder));
      return "all of it";
  }
}

function killed(processes: readonly Process[]): string | undefined {
  for (const { pid } of processes) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  }
  return processes.length === 0 ? undefined : processes.map(({ command }) => command).join(", ");
}

interface Process {
  readonly pid: number;
  readonly command: string;
}

/** Pulumi engines that work in this folder right now, by operation and stack. */
export function enginesOf(folder: string): Process[] {
  return processesIn(folder).flatMap(({ pid, command }) => {
    const [, operation, stack] = /^\S*pulumi (preview|up|refresh|destroy) --stack (\S+)/.exec(command) ?? [];
    return operation === undefined ? [] : [{ pid, command: `${operation} of ${stack ?? ""}` }];
  });
}

/** Every process whose working folder is in this one. Linux only: nowhere else does a process say so without a tool. */
export function processesIn(folder: string): Process[] {
  return globSync("/proc/[0-9]*").flatMap((entry) => {
    try {
      const cwd = readlinkSync(join(entry, "cwd"));
      if (cwd !== folder && !cwd.startsWith(folder + sep)) return [];
      // One that has ended and that nobody has buried yet has no command line.
      const command = readFileSync(join(entry, "cmdline"), "utf8").replaceAll("\0", " ").trim();
      return command === "" ? [] : [{ pid: Number(entry.split("/").at(-1)), command }];
    } catch {
      return [];
    }
  });
}
