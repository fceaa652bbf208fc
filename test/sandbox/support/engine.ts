/** The real Pulumi engine on a temporary project, its aws plugin stood in for by a sandbox in this process. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { startSandbox } from "../../../sandbox/server.ts";
import type { Sandbox } from "../../../sandbox/server.ts";

const ROOT = join(import.meta.dirname, "../../..");

export interface Ran {
  readonly ok: boolean;
  /** Both streams. */
  readonly text: string;
}

export interface Started {
  readonly done: Promise<Ran>;
  /** As SIGKILL does: no last word to anybody. */
  readonly kill: () => void;
}

export interface Engine {
  readonly sandbox: Sandbox;
  /** `pulumi <args>` on a stack, without questions. */
  run(stack: string, command: string, ...args: string[]): Promise<Ran>;
  /** The same, for tests that end the engine before its time. */
  start(stack: string, command: string, ...args: string[]): Started;
  /** Makes a stack with its settings. */
  stack(name: string, config: Readonly<Record<string, unknown>>): Promise<void>;
  write(program: string): void;
  stop(): Promise<void>;
}

/** @param program an ES module's text: what each stack runs */
export async function startEngine(program: string, packages: readonly string[] = ["aws"]): Promise<Engine> {
  const sandbox = await startSandbox({ estates: join(ROOT, "sandbox/estates"), port: 0 });
  const folder = mkdtempSync(join(tmpdir(), "sandbox-"));
  for (const name of ["state", "home"]) mkdirSync(join(folder, name));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", main: "index.js" }));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: it\nruntime: { name: nodejs, options: { typescript: false } }\n");
  const write = (text: string): void => writeFileSync(join(folder, "index.js"), text);
  write(program);
  const env = {
    ...process.env,
    PATH: [join(ROOT, ".tools/bin"), dirname(process.execPath), process.env.PATH].join(delimiter),
    PULUMI_BACKEND_URL: `file://${join(folder, "state")}`,
    PULUMI_HOME: join(folder, "home"),
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Without it each command first looks for the real plugin of what a state names: 2.5 s and a network.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DEBUG_PROVIDERS: packages.map((name) => `${name}:${sandbox.port}`).join(","),
  };

  function start(...args: string[]): Started {
    const ended = Promise.withResolvers<Ran>();
    const child = execFile(
      "pulumi",
      [...args, "--non-interactive", "--color", "never"],
      { cwd: folder, env, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => ended.resolve({ ok: error === null, text: stdout + stderr }),
    );
    return { done: ended.promise, kill: () => child.kill("SIGKILL") };
  }
  const pulumi = (...args: string[]): Promise<Ran> => start(...args).done;
  const whole = (stack: string, command: string, args: readonly string[]): string[] => {
    const changes = ["up", "refresh", "destroy"].includes(command);
    return [command, "--stack", stack, ...(changes ? ["--yes", "--skip-preview"] : []), ...args];
  };

  return {
    sandbox,
    write,
    run: (stack, command, ...args) => pulumi(...whole(stack, command, args)),
    start: (stack, command, ...args) => start(...whole(stack, command, args)),
    async stack(name, config) {
      const { ok, text } = await pulumi("stack", "init", name);
      if (!ok) throw new Error(text);
      const settings = join(folder, `Pulumi.${name}.yaml`);
      // JSON is YAML; `stack init` wrote the salt, which the passphrase goes with.
      const salt = /encryptionsalt: (.*)/.exec(readFileSync(settings, "utf8"))?.[1];
      writeFileSync(settings, JSON.stringify({ encryptionsalt: salt, config }));
    },
    async stop() {
      await sandbox.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
