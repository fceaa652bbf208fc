/** A clone of the tree as it is, in which `corpai` and plain `pulumi` run as people run them. */
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  cpSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { SandboxClient } from "../../../sandbox/client.ts";
import { WorldFile } from "../../../sandbox/world-file.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** Where set-up puts what a machine lacks comes first. */
export const toolPath = [join(ROOT, ".tools/bin"), dirname(process.execPath), process.env.PATH].join(delimiter);

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A command that is at work. */
export interface Running {
  readonly child: ChildProcess;
  /** Its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  /** All that it has printed so far. */
  readonly said: () => string;
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
    const clone = new Clone(folder);
    clone.git("init", "--quiet", "--initial-branch", "main");
    clone.commit("as it is");
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    // .gitignore names folders; a link is none.
    appendFileSync(join(folder, ".git/info/exclude"), "node_modules\n");
    return clone;
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
      cwd: this.folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Commits all that has changed. @returns the commit's name */
  commit(message: string): string {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", message);
    return this.git("rev-parse", "HEAD").trim();
  }

  corpai(...args: string[]): Promise<Ran> {
    return this.run(process.execPath, [join(this.folder, "cli/corpai.mjs"), ...args]);
  }

  /** `corpai <args>` whose end is not awaited, for a test to interrupt. */
  startCorpai(...args: readonly string[]): Running {
    const child = spawn(process.execPath, ["cli/corpai.mjs", ...args], {
      cwd: this.folder,
      env: { ...process.env, PATH: toolPath },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (more: Buffer) => (text += more.toString()));
    const ended = once(child, "exit").then(([code]) => code as number | null);
    return { child, ended, said: () => text };
  }

  /** @param env besides what a person's shell has */
  run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    return new Promise((resolve) => {
      const options = { cwd: this.folder, env: { ...process.env, PATH: toolPath, ...env }, maxBuffer: 1 << 26 };
      const child = execFile(command, args, options, (_error, out, err) =>
        resolve({ code: child.exitCode ?? 1, out, err }),
      );
    });
  }

  /** Changes a file; a change that changes nothing is a mistake of the test. Answers how to undo it. */
  edit(file: string, change: (text: string) => string): () => void {
    const path = join(this.folder, file);
    const before = readFileSync(path, "utf8");
    const after = change(before);
    if (after === before) throw new Error(`${file} is unchanged`);
    writeFileSync(path, after);
    return () => writeFileSync(path, before);
  }

  /** What programs have made in the demo's world, by type and id. */
  made(): string[] {
    const stored = new WorldFile(join(this.folder, ".sandbox/worlds/demo.json")).read();
    return (stored?.objects ?? []).filter(({ estate }) => !estate).map(({ type, id }) => `${type} ${id}`);
  }

  /** What the states of the sandbox's stacks hold of AWS and Kubernetes, by type and id. */
  owned(): string[] {
    return globSync(".sandbox/state/.pulumi/stacks/**/*.json", { cwd: this.folder }).flatMap((file) => {
      const { checkpoint } = JSON.parse(readFileSync(join(this.folder, file), "utf8")) as {
        checkpoint: { latest?: { resources?: { type: string; id?: string; custom: boolean; external?: boolean }[] } };
      };
      const custom = (checkpoint.latest?.resources ?? []).filter((one) => one.custom && one.external !== true);
      return custom.filter(({ type }) => !type.startsWith("pulumi:")).map(({ type, id }) => `${type} ${id ?? ""}`);
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
