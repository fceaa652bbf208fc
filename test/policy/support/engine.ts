/** Runs a program of `programs/` through the real engine with the real policy pack, in a folder and a backend of its own. */
import { spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { serveProvider } from "./provider.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

export interface PolicyEvent {
  readonly policy: string;
  readonly name: string;
  readonly level: string;
  readonly message: string;
}

export interface Run {
  readonly succeeded: boolean;
  /** What the pack reported, sorted by rule and resource. */
  readonly events: readonly PolicyEvent[];
  readonly output: string;
}

interface Logged {
  readonly policyEvent?: {
    readonly resourceUrn: string;
    readonly message: string;
    readonly policyName: string;
    readonly enforcementLevel: string;
  };
}

/** Where set-up puts what a machine lacks; anywhere else on PATH is as good. */
const toolPath = [path.join(ROOT, ".tools/bin"), path.dirname(process.execPath), process.env["PATH"] ?? ""].join(
  path.delimiter,
);

function pulumi(
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk: Buffer): void => void (output += chunk.toString());
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", (error) =>
      reject(new Error("pulumi cannot be started: let `node setup.mjs` install it", { cause: error })),
    );
    child.on("exit", (code) => resolve({ code, output }));
  });
}

const byRuleAndName = (a: PolicyEvent, b: PolicyEvent): number =>
  `${a.policy} ${a.name}`.localeCompare(`${b.policy} ${b.name}`);

function eventsIn(log: string): readonly PolicyEvent[] {
  const logged = log
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Logged);
  return logged
    .flatMap(({ policyEvent }) => (policyEvent === undefined ? [] : [policyEvent]))
    .map(({ policyName, resourceUrn, enforcementLevel, message }) => ({
      policy: policyName,
      name: resourceUrn.split("::").at(-1) ?? "",
      level: enforcementLevel,
      message: message.trim(),
    }))
    .sort(byRuleAndName);
}

/**
 * Runs one operation on a stack that was never created.
 *
 * @param program file name in `programs/`.
 * @param operation the operation with its own flags: `["preview"]`, `["up", "--yes"]`.
 */
export async function runWithPolicies(program: string, stack: string, operation: readonly string[]): Promise<Run> {
  const folder = await mkdtemp(path.join(tmpdir(), "corpai-policy-"));
  const provider = await serveProvider();
  try {
    await Promise.all([
      mkdir(path.join(folder, "state")),
      symlink(path.join(ROOT, "node_modules"), path.join(folder, "node_modules")),
      copyFile(path.join(ROOT, "test/policy/programs", program), path.join(folder, "index.ts")),
      writeFile(path.join(folder, "package.json"), JSON.stringify({ type: "module" })),
      writeFile(
        path.join(folder, "Pulumi.yaml"),
        JSON.stringify({
          name: "corpai",
          main: "index.ts",
          runtime: { name: "nodejs", options: { typescript: false } },
        }),
      ),
    ]);
    const env = {
      ...process.env,
      PATH: toolPath,
      PULUMI_HOME: path.join(folder, "home"),
      PULUMI_BACKEND_URL: `file://${path.join(folder, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "no secrets here",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DEBUG_COMMANDS: "true",
      PULUMI_DEBUG_PROVIDERS: provider.attachment,
    };
    const log = path.join(folder, "events.json");
    const initialized = await pulumi(["stack", "init", stack], folder, env);
    if (initialized.code !== 0) throw new Error(initialized.output);
    const { code, output } = await pulumi(
      [
        ...operation,
        "--stack",
        stack,
        "--non-interactive",
        "--policy-pack",
        path.join(ROOT, "policy"),
        "--event-log",
        log,
      ],
      folder,
      env,
    );
    return { succeeded: code === 0, events: eventsIn(await readFile(log, "utf8").catch(() => "")), output };
  } finally {
    provider.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
