import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { podsOf } from "../../../sandbox/kubernetes/pods.ts";
import { PACKAGES } from "../../../sandbox/packages.ts";
import { type Sandbox, startSandbox } from "../../../sandbox/server.ts";
import type { World } from "../../../sandbox/world.ts";
import { Clone } from "./clone.ts";

/** Every stack of the demo, in an order in which they come up. */
export const DEMO_STACKS = [
  "network.demo",
  "cluster.demo",
  "data.demo",
  "customer-access.demo.data",
  "customer-services.demo.data",
  "customer-services.demo.tools",
  "connections.demo",
  "customer-acceptance.demo.data",
  "customer-acceptance.demo.tools",
  "mcp-servers.demo",
] as const;

/** A pod as a person would ask after it. */
export interface PodView {
  readonly ready: boolean;
  readonly reason: string;
  /** First hop of the first path that does not let it through. */
  readonly blockedAt: string | undefined;
}

/** A clone whose plain `pulumi` commands run against a sandbox in this process, so that a test can look into its world and change it. */
export class Scratch {
  readonly #clone = Clone.create();
  readonly #sandbox: Sandbox;

  private constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    for (const name of ["state", "home"]) mkdirSync(join(this.#backend, name), { recursive: true });
  }

  static async create(): Promise<Scratch> {
    return new Scratch(await startSandbox({ estates: join(import.meta.dirname, "../../../sandbox/estates"), port: 0 }));
  }

  get #backend(): string {
    return join(this.#clone.folder, ".sandbox");
  }

  /** `pulumi <args>`, without questions. */
  async pulumi(...args: string[]): Promise<{ readonly code: number; readonly text: string }> {
    const { code, out, err } = await this.#clone.run("pulumi", [...args, "--non-interactive", "--color", "never"], {
      PULUMI_BACKEND_URL: `file://${join(this.#backend, "state")}`,
      PULUMI_HOME: join(this.#backend, "home"),
      PULUMI_CONFIG_PASSPHRASE: "sandbox",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Without it each command first looks for the real plugins of what a state names: seconds, and a network.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_DEBUG_PROVIDERS: PACKAGES.map((name) => `${name}:${this.#sandbox.port}`).join(","),
    });
    return { code, text: out + err };
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

  /** Changes a file of the clone; answers how to undo it. */
  edit(file: string, change: (text: string) => string): () => void {
    return this.#clone.edit(file, change);
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
    await this.#clone.remove();
  }
}
