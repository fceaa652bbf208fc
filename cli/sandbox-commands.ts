import type { Command } from "commander";
import { SandboxClient } from "../sandbox/client.ts";
import { toolchainPath } from "../setup.mjs";
import { environmentOrAll, knownEnvironment } from "./environment-argument.ts";
import { ROOT } from "./place.ts";
import type { Printer } from "./print.ts";
import { addByHandCommands } from "./sandbox-by-hand.ts";
import { addFaultCommands } from "./sandbox-faults.ts";

/** `corpai sandbox …` */
export function addSandboxCommands(program: Command, printer: (options: { readonly json?: boolean }) => Printer): void {
  const client = new SandboxClient(ROOT);
  const sandbox = program
    .command("sandbox")
    .description(
      "the small AWS that this project runs against by default, and what goes on in it behind Pulumi's back",
    );
  sandbox
    .command("start")
    .description("serves it in the background, unless it is running")
    .option("--json", "answer in JSON")
    .action(async (options: { readonly json?: boolean }) => {
      const { pid, port, controlPort, started } = await client.start();
      printer(options).line(
        `the sandbox is running: process ${pid}, providers on port ${port}, control on port ${controlPort}, since ${started}`,
      );
      printer(options).answer({ running: true, pid, port, controlPort, started });
    });
  sandbox
    .command("stop")
    .description("ends it; its worlds stay")
    .option("--json", "answer in JSON")
    .action(async (options: { readonly json?: boolean }) => {
      const stopped = await client.stop();
      printer(options).line(
        stopped ? `the sandbox has stopped: process ${stopped.pid} is gone` : "the sandbox was not running",
      );
      printer(options).answer({ running: false, ...(stopped ? { stopped: stopped.pid } : {}) });
    });
  sandbox
    .command("status")
    .description("whether it is running")
    .option("--json", "answer in JSON")
    .action(async (options: { readonly json?: boolean }) => {
      const running = await client.status();
      printer(options).line(
        running
          ? `running: process ${running.pid}, providers on port ${running.port}, since ${running.started}`
          : "not running",
      );
      printer(options).answer(
        running
          ? {
              running: true,
              pid: running.pid,
              port: running.port,
              controlPort: running.controlPort,
              started: running.started,
            }
          : { running: false },
      );
    });
  sandbox
    .command("env")
    .description('prints what makes plain pulumi commands use it: eval "$(npx corpai sandbox env)"')
    .action(async () => {
      for (const line of exportLines(client.environment(await client.start()), toolchainPath()))
        printer({}).verbatim(line);
    });
  sandbox
    .command("reset")
    .addArgument(environmentOrAll())
    .description("the world as its estate file says, and no stacks in it; configuration files stay")
    .action(async (name: string | undefined) => {
      for (const environment of name === undefined ? client.environments() : [knownEnvironment(name)]) {
        await client.reset(environment);
        printer({}).line(`${environment}: as its estate file says`);
      }
    });
  sandbox
    .command("advance")
    .argument("<time>", "such as 30s, 10m, 8h or 7d")
    .addArgument(environmentOrAll())
    .description("moves the sandbox's clock forward")
    .action(async (time: string, name: string | undefined) => {
      const seconds = secondsOf(time);
      for (const environment of name === undefined ? client.environments() : [knownEnvironment(name)]) {
        printer({}).line(`${environment}: ${await client.advance(environment, seconds)} s since the world began`);
      }
    });
  addByHandCommands(sandbox, client, printer);
  addFaultCommands(sandbox, client, printer);
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Lines for any POSIX shell. */
export function exportLines(variables: Readonly<Record<string, string>>, folders: readonly string[]): string[] {
  const path = folders.length > 0 ? [`export PATH=${quoted(folders.join(":"))}:"$PATH"`] : [];
  return [...path, ...Object.entries(variables).map(([name, value]) => `export ${name}=${quoted(value)}`)];
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };

/** @throws {Error} with what is allowed */
export function secondsOf(time: string): number {
  const [, count, unit = ""] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(time) ?? [];
  const seconds = Number(count) * (UNITS[unit] ?? NaN);
  if (!Number.isFinite(seconds))
    throw new Error(`"${time}" is no time: give a number and one of s, m, h, d, such as 8h`);
  return seconds;
}
