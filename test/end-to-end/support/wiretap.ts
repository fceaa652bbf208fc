/** Keeps all that commands in a clone print, and all that they write for a moment only, for a test to look through. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { leaksIn, leaksUnder } from "../../support/leaks.ts";
import { type Clone, type Ran, toolPath } from "./clone.ts";

export class Wiretap {
  readonly #clone: Clone;
  readonly #folder: string;
  readonly #printed: string[] = [];

  constructor(clone: Clone) {
    this.#clone = clone;
    this.#folder = mkdtempSync(join(tmpdir(), "wiretap-"));
    for (const name of ["bin", "kept", "tmp"]) mkdirSync(join(this.#folder, name));
    writeFileSync(join(this.#folder, "bin/pulumi"), this.#standIn(), { mode: 0o755 });
  }

  /**
   * The Pulumi CLI, which leaves copies of what it printed and of the files that its flags name: `corpai` deletes these at once. Whoever makes other
   * temporary files makes them in the folder that TMPDIR names.
   */
  #standIn(): string {
    const real = execFileSync("sh", ["-c", "command -v pulumi"], { encoding: "utf8", env: { PATH: toolPath } }).trim();
    const kept = join(this.#folder, "kept");
    return `#!/bin/sh
'${real}' "$@" >"${kept}/$$.out" 2>"${kept}/$$.err"
code=$?
for argument; do
  case "$before" in --event-log | --file) cp "$argument" "${kept}/$$.$(basename "$argument")" ;; esac
  before=$argument
done
cat "${kept}/$$.out"
cat "${kept}/$$.err" >&2
exit $code
`;
  }

  async run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    const ran = await this.#clone.run(command, args, {
      PATH: [join(this.#folder, "bin"), toolPath].join(delimiter),
      TMPDIR: join(this.#folder, "tmp"),
      ...env,
    });
    this.#printed.push(`${command} ${args.join(" ")}\n${ran.out}${ran.err}`);
    return ran;
  }

  corpai(...args: readonly string[]): Promise<Ran> {
    return this.run(process.execPath, [join(this.#clone.folder, "cli/corpai.mjs"), ...args]);
  }

  async pulumi(...args: readonly string[]): Promise<Ran> {
    const settings = this.#clone.sandbox.environment(await this.#clone.sandbox.start());
    return this.run("pulumi", [...args, "--non-interactive", "--color", "never"], settings);
  }

  /** Wherever one of the values has been seen: on a terminal, in the clone, among what was kept. */
  leaks(values: Readonly<Record<string, string>>): { readonly files: readonly string[]; readonly leaks: string[] } {
    const folders = [this.#clone.folder, this.#folder].map((folder) => leaksUnder(folder, values));
    return {
      files: folders.flatMap(({ files }) => files),
      leaks: [
        ...this.#printed.flatMap((text) => leaksIn(`printed by ${text.split("\n")[0] ?? ""}`, text, values)),
        ...folders.flatMap(({ leaks }) => leaks),
      ],
    };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
