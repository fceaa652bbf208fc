import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EventReport, readEvents } from "./engine-events.ts";
import { importFile } from "./import-command.ts";
import type { Standing } from "../model/holdings.ts";
import type { Interrupts } from "./interrupts.ts";
import type { Found, PendingOperation } from "./pending-creates.ts";
import { ownedIn, pendingOperationsIn, standingIn, withCreatesSettled } from "./pulumi-state.ts";
import { secretsProviderOf } from "./secrets-provider.ts";

export type Operation = "preview" | "up" | "refresh" | "destroy";

export interface EngineRun extends EventReport {
  readonly succeeded: boolean;
  readonly seconds: number;
}

/** Where an engine runs. */
export interface EnginePlace {
  /** The project's folder. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What of the Pulumi CLI the commands use; tests stand in for it. */
export interface Engine {
  /** Names of the project's stacks that the backend has. @throws {Error} in the CLI's words */
  stacks(): Promise<ReadonlySet<string>>;
  /** Makes a stack under the secrets provider of its file, leaving the user's selected one alone. @throws {Error} in the CLI's words */
  init(stack: string): Promise<void>;
  /** What a run has begun, and of whose end the stack's state knows nothing. @throws {Error} in the CLI's words */
  pendingOperations(stack: string): Promise<readonly PendingOperation[]>;
  /** Whether the stack's last update, refresh or destroy did not go well. @throws {Error} in the CLI's words */
  lastFailed(stack: string): Promise<boolean>;
  /** When a stack was last destroyed; undefined where it never was. @throws {Error} in the CLI's words */
  lastDestroyed(stack: string): Promise<Date | undefined>;
  /** Makes resources of pending creates that have made something, and forgets the others. @throws {Error} in the CLI's words */
  settleCreates(stack: string, ids: ReadonlyMap<string, string>): Promise<void>;
  /** Keys of all that a stack's state holds. @throws {Error} in the CLI's words */
  owned(stack: string): Promise<readonly string[]>;
  /** All that a stack has made, as its state has it. @throws {Error} in the CLI's words */
  standing(stack: string): Promise<readonly Standing[]>;
  /** Makes resources of what earlier creates have made, though no state knows of them. @throws {Error} in the CLI's words */
  takeOver(stack: string, found: readonly Found[]): Promise<void>;
  run(operation: Operation, stack: string, flags?: readonly string[]): Promise<EngineRun>;
}

interface Ended {
  readonly code: number;
  readonly output: string;
  readonly complaints: string;
  readonly events: string;
}

/** The Pulumi CLI on PATH: the same engine that plain `pulumi` commands use. */
export class PulumiCli implements Engine {
  readonly #place: EnginePlace;
  readonly #interrupts: Interrupts;

  constructor(place: EnginePlace, interrupts: Interrupts) {
    this.#place = place;
    this.#interrupts = interrupts;
  }

  async stacks(): Promise<ReadonlySet<string>> {
    const listed = JSON.parse(await this.#told(["stack", "ls", "--json"])) as readonly { readonly name: string }[];
    return new Set(listed.map(({ name }) => name.split("/").at(-1) ?? name));
  }

  async init(stack: string): Promise<void> {
    const provider = secretsProviderOf(this.#place.folder, stack);
    const keeping = provider === undefined ? [] : ["--secrets-provider", provider];
    await this.#told(["stack", "init", "--no-select", stack, ...keeping]);
  }

  async pendingOperations(stack: string): Promise<readonly PendingOperation[]> {
    return pendingOperationsIn(await this.#exported(stack));
  }

  async lastFailed(stack: string): Promise<boolean> {
    const history = await this.#told(["stack", "history", "--json", "--page-size", "1", "--stack", stack]);
    const [last] = JSON.parse(history) as readonly { readonly result: string }[];
    return last !== undefined && last.result !== "succeeded";
  }

  async lastDestroyed(stack: string): Promise<Date | undefined> {
    const history = await this.#told(["stack", "history", "--json", "--stack", stack]);
    const runs = JSON.parse(history) as readonly { readonly kind: string; readonly endTime?: string }[];
    const last = runs.find(({ kind }) => kind === "destroy")?.endTime;
    return last === undefined ? undefined : new Date(last);
  }

  async settleCreates(stack: string, ids: ReadonlyMap<string, string>): Promise<void> {
    await this.#toldByFile(["stack", "import", "--stack", stack], withCreatesSettled(await this.#exported(stack), ids));
  }

  async takeOver(stack: string, found: readonly Found[]): Promise<void> {
    const flags = ["--yes", "--skip-preview", "--generate-code=false", "--protect=false"];
    await this.#toldByFile(["import", "--stack", stack, ...flags], importFile(found));
  }

  async owned(stack: string): Promise<readonly string[]> {
    return ownedIn(await this.#exported(stack));
  }

  async standing(stack: string): Promise<readonly Standing[]> {
    return standingIn(stack, await this.#exported(stack));
  }

  /** Where state is kept, and on whose behalf. */
  async backend(): Promise<string> {
    return (JSON.parse(await this.#told(["whoami", "--json"])) as { readonly url: string }).url;
  }

  async run(operation: Operation, stack: string, flags: readonly string[] = []): Promise<EngineRun> {
    const start = performance.now();
    const { code, output, complaints, events } = await this.#spawn([operation, "--stack", stack, ...flags], {
      logged: true,
    });
    const report = readEvents(events);
    const succeeded = code === 0;
    const silent =
      !succeeded && report.errors.length === 0 && !report.findings.some(({ level }) => level === "mandatory");
    return {
      ...report,
      succeeded,
      errors: silent ? [lastWords(`${output}\n${complaints}`)] : report.errors,
      seconds: (performance.now() - start) / 1000,
    };
  }

  #exported(stack: string): Promise<string> {
    return this.#told(["stack", "export", "--stack", stack]);
  }

  async #toldByFile(args: readonly string[], content: string): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "corpai-"));
    const file = join(folder, "file.json");
    try {
      writeFileSync(file, content, { mode: 0o600 });
      await this.#told([...args, "--file", file]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async #told(args: readonly string[]): Promise<string> {
    const { code, output, complaints } = await this.#spawn(args, { logged: false });
    if (code !== 0) throw new Error(`pulumi ${args.slice(0, 2).join(" ")}: ${lastWords(complaints || output)}`);
    return output;
  }

  /**
   * Output goes to a file: whoever writes to a pipe that nobody reads any more is ended by the system, and an engine must outlive this process if that
   * is killed.
   */
  async #spawn(args: readonly string[], { logged }: { readonly logged: boolean }): Promise<Ended> {
    const folder = mkdtempSync(join(tmpdir(), "corpai-"));
    const [output, complaints, log] = [join(folder, "output"), join(folder, "complaints"), join(folder, "events")];
    try {
      const sinks = [openSync(output, "w", 0o600), openSync(complaints, "w", 0o600)] as const;
      // The flag for the event log is hidden unless the variable is set.
      const env = { ...this.#place.env, PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_DEBUG_COMMANDS: "true" };
      const child = spawn(
        "pulumi",
        [...args, "--non-interactive", "--color", "never", ...(logged ? ["--event-log", log] : [])],
        {
          cwd: this.#place.folder,
          env,
          detached: true,
          stdio: ["ignore", ...sinks],
        },
      );
      sinks.forEach((sink) => closeSync(sink));
      if (logged) this.#interrupts.watch(child);
      const code = await new Promise<number>((resolve, reject) => {
        child.once("error", (error) =>
          reject(new Error("the Pulumi CLI cannot be started: let `node setup.mjs` install it", { cause: error })),
        );
        child.once("exit", (status) => resolve(status ?? 1));
      });
      return { code, output: read(output), complaints: read(complaints), events: read(log) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** What the CLI ends with where no event says why. */
function lastWords(output: string): string {
  const lines = output.trim().split("\n");
  const from = lines.findLastIndex((line) => line.startsWith("error:"));
  return (from < 0 ? lines.slice(-5) : lines.slice(from)).join("\n").replace(/^error: /, "");
}
