import type { ChildProcess } from "node:child_process";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Ends a command at the next point where nothing is left half done.
 *
 * An engine that gets one interrupt finishes what it has begun; at a second one it drops everything, and leaves its stack to be repaired. So each
 * engine runs in a process group of its own, out of reach of the terminal's Ctrl-C, and gets exactly one from here.
 */
export class Interrupts {
  readonly #engines = new Set<ChildProcess>();
  readonly #say: (line: string) => void;
  #received = false;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  /** Nothing new shall begin. */
  get received(): boolean {
    return this.#received;
  }

  /** @returns what stops listening */
  listen(): () => void {
    const receive = (): void => this.#receive();
    for (const signal of SIGNALS) process.on(signal, receive);
    return () => {
      for (const signal of SIGNALS) process.off(signal, receive);
    };
  }

  /** Watches an engine until it ends. */
  watch(engine: ChildProcess): void {
    this.#engines.add(engine);
    engine.once("exit", () => this.#engines.delete(engine));
    engine.once("error", () => this.#engines.delete(engine));
  }

  #receive(): void {
    if (this.#received) {
      this.#say("still finishing: what has begun is brought to an end first");
      return;
    }
    this.#received = true;
    this.#say("interrupted: finishing what has begun, starting nothing new");
    for (const engine of this.#engines) engine.kill("SIGINT");
  }
}
