/** A clone of the tree as it is, in which `corpai` and plain `pulumi` run as people run them. */
import { execFile, execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { SandboxClient } from "../../../sandbox/client.ts";

const ROOT = join(import.meta.dirname, "../../..");

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export class Clone {
  readonly folder: string;
  readonly sandbox: SandboxClient;

  private constructor(folder: string) {
    this.folder = folder;
    this.sandbox = new SandboxClient(folder);
  }

  static create(): Clone {
    // A blank, since people's folders have them.
    const folder = mkdtempSync(join(tmpdir(), "corpai clone "));
    const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: ROOT, encoding: "utf8" });
    for (const file of files.split("\0").filter((name) => name !== ""))
      cpSync(join(ROOT, file), join(folder, file), { force: true });
    const git = (...args: string[]): string =>
      execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
        cwd: folder,
        encoding: "utf8",
      });
    git("init", "--quiet");
    git("add", "--all");
    git("commit", "--quiet", "--message", "as it is");
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    // .gitignore names folders; a link is none.
    appendFileSync(join(folder, ".git/info/exclude"), "node_modules\n");
    return new Clone(folder);
  }

  corpai(...args: string[]): Promise<Ran> {
    return this.run(process.execPath, [join(this.folder, "cli/corpai.mjs"), ...args]);
  }

  /** @param env besides what a person's shell has */
  run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    const PATH = [join(ROOT, ".tools/bin"), dirname(process.execPath), process.env.PATH].join(delimiter);
    return new Promise((resolve) => {
      const options = { cwd: this.folder, env: { ...process.env, PATH, ...env }, maxBuffer: 1 << 26 };
      const child = execFile(command, args, options, (_error, out, err) =>
        resolve({ code: child.exitCode ?? 1, out, err }),
      );
    });
  }

  /** What git sees as changed. */
  changedFiles(): string {
    return execFileSync("git", ["status", "--porcelain"], { cwd: this.folder, encoding: "utf8" });
  }

  async remove(): Promise<void> {
    await this.sandbox.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
