/** A copy of the tree to change and break, with a sandbox and a backend of its own: nothing of it reaches the clone under test. */
import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { podsOf } from "../../../sandbox/kubernetes/pods.ts";
import { PACKAGES, type Sandbox, startSandbox } from "../../../sandbox/server.ts";
import type { World } from "../../../sandbox/world.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** Every stack of the demo, in an order in which they come up. */
export const DEMO_STACKS = [
  "network.demo",
  "cluster.demo",
  "customer-access.demo.data",
  "customer-services.demo.data",
  "customer-services.demo.tools",
  "connections.demo",
  "customer-acceptance.demo.data",
  "customer-acceptance.demo.tools",
  "mcp-servers.demo",
] as const;

export interface Ran {
  readonly code: number;
  /** Both streams, in the order in which they came. */
  readonly text: string;
}

/** A pod as a person would ask after it. */
export interface PodView {
  readonly ready: boolean;
  readonly reason: string;
  /** First hop of the first path that does not let it through. */
  readonly blockedAt: string | undefined;
}

export class Scratch {
  readonly folder: string;
  readonly #sandbox: Sandbox;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, sandbox: Sandbox) {
    this.folder = folder;
    this.#sandbox = sandbox;
    this.#env = {
      ...process.env,
      PATH: [join(ROOT, ".tools/bin"), dirname(process.execPath), process.env.PATH].join(delimiter),
      PULUMI_BACKEND_URL: `file://${join(folder, ".backend/state")}`,
      PULUMI_HOME: join(folder, ".backend/home"),
      PULUMI_CONFIG_PASSPHRASE: "sandbox",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Without it each command first looks for the real plugins of what a state names: seconds, and a network.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DEBUG_PROVIDERS: PACKAGES.map((name) => `${name}:${sandbox.port}`).join(","),
    };
  }

  /** Copies what git tracks, and what it would: tests see the tree as it is. */
  static async create(): Promise<Scratch> {
    const folder = mkdtempSync(join(tmpdir(), "corpai-"));
    const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: ROOT, encoding: "utf8" });
    for (const file of files.split("\0").filter((name) => name !== "" && !name.startsWith("test/"))) {
      cpSync(join(ROOT, file), join(folder, file), { recursive: true });
    }
    for (const name of ["node_modules", ".tools"]) symlinkSync(join(ROOT, name), join(folder, name));
    for (const name of ["state", "home"]) mkdirSync(join(folder, ".backend", name), { recursive: true });
    return new Scratch(folder, await startSandbox({ estates: join(folder, "sandbox/estates"), port: 0 }));
  }

  /** `pulumi <args>`, without questions. */
  pulumi(...args: string[]): Promise<Ran> {
    return new Promise((resolve) => {
      const all = [...args, "--non-interactive", "--color", "never"];
      const child = execFile(
        "pulumi",
        all,
        { cwd: this.folder, env: this.#env, maxBuffer: 1 << 26 },
        (_error, out, err) => resolve({ code: child.exitCode ?? 1, text: out + err }),
      );
    });
  }

  /** `npx corpai <args>`, with the sandbox of the copy's own that it starts by itself. */
  corpai(...args: string[]): Promise<Ran> {
    return new Promise((resolve) => {
      const env = { PATH: this.#env.PATH, HOME: process.env.HOME };
      const child = execFile(
        process.execPath,
        ["cli/corpai.mjs", ...args],
        { cwd: this.folder, env, maxBuffer: 1 << 26 },
        (_error, out, err) => resolve({ code: child.exitCode ?? 1, text: out + err }),
      );
    });
  }

  /** What programs have made in the world of that sandbox, by type and id. */
  made(): string[] {
    const file = join(this.folder, ".sandbox/worlds/demo.json");
    if (!existsSync(file)) return [];
    const { objects } = JSON.parse(readFileSync(file, "utf8")) as {
      objects: { type: string; id: string; estate: boolean }[];
    };
    return objects.filter(({ estate }) => !estate).map(({ type, id }) => `${type} ${id}`);
  }

  /** Initializes every stack, as `corpai` does first: the engine refuses references to stacks that it does not know. */
  async initialize(stacks: readonly string[] = DEMO_STACKS): Promise<void> {
    for (const stack of stacks) await this.#mustSucceed("stack", "init", "--no-select", stack);
  }

  /** Brings stacks up one after another; throws what the engine said where one fails. */
  async up(...stacks: readonly string[]): Promise<void> {
    for (const stack of stacks) await this.#mustSucceed("up", "--yes", "--skip-preview", "--stack", stack);
  }

  async outputs<T>(stack: string): Promise<T> {
    return JSON.parse(await this.#mustSucceed("stack", "output", "--json", "--stack", stack)) as T;
  }

  async #mustSucceed(...args: string[]): Promise<string> {
    const { code, text } = await this.pulumi(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")}\n${text}`);
    return text;
  }

  /** Changes a file of the copy; a change that changes nothing is a mistake of the test. */
  edit(file: string, change: (text: string) => string): void {
    const path = join(this.folder, file);
    const before = readFileSync(path, "utf8");
    const after = change(before);
    if (after === before) throw new Error(`${file} is unchanged`);
    writeFileSync(path, after);
  }

  get world(): World {
    return this.#sandbox.world("demo");
  }

  /** The pods of a deployment, as they are right now. */
  pods(deployment: string): PodView[] {
    return podsOf(this.world)
      .filter((pod) => pod.deployment === deployment)
      .map(({ ready, reason, walks }) => ({
        ready,
        reason,
        blockedAt: walks.find((walk) => walk.blockedAt)?.blockedAt,
      }));
  }

  async remove(): Promise<void> {
    await this.#sandbox.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
