/** Runs programs of `programs/` through the real engine under the real policy pack, in a folder and a backend of their own. */
import { spawn } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { serveProvider } from "./provider.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

export const PACK = path.join(ROOT, "policy");
const STACK = "customer-services.demo.data";

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

/** A stack's state, as far as tests look into it. */
export interface State {
  readonly deployment: {
    readonly resources: {
      readonly urn: string;
      readonly inputs?: Record<string, unknown>;
      readonly outputs?: Record<string, unknown>;
    }[];
  };
}

interface Logged {
  readonly policyEvent?: {
    readonly resourceUrn: string;
    readonly message: string;
    readonly policyName: string;
    readonly enforcementLevel: string;
  };
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Where set-up puts what a machine lacks; anywhere else on PATH is as good. */
const toolPath = [path.join(ROOT, ".tools/bin"), path.dirname(process.execPath), process.env["PATH"] ?? ""].join(
  path.delimiter,
);

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk: Buffer): void => void (output += chunk.toString());
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", (error) =>
      reject(new Error(`${command} cannot be started: let \`node setup.mjs\` install it`, { cause: error })),
    );
    child.on("exit", (code) => resolve({ code, output }));
  });
}

const byRuleAndName = (a: PolicyEvent, b: PolicyEvent): number =>
  `${a.policy} ${a.name}`.localeCompare(`${b.policy} ${b.name}`);

function eventsIn(log: string): readonly PolicyEvent[] {
  const logged = log
    .split("\n")
    .filter((line) => line.startsWith("{"))
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

/** One stack of one program, under a pack. */
export class PolicyStack {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #stopProvider: () => void;
  readonly #pack: string;

  private constructor(folder: string, env: NodeJS.ProcessEnv, stopProvider: () => void, pack: string) {
    this.#folder = folder;
    this.#env = env;
    this.#stopProvider = stopProvider;
    this.#pack = pack;
  }

  /** A stack that was never created. @param program file name in `programs/`, or a path */
  static async create(program: string, pack = PACK): Promise<PolicyStack> {
    const folder = await mkdtemp(path.join(tmpdir(), "corpai-policy-"));
    const provider = await serveProvider();
    const config = { "aws:region": "us-east-1", "aws:allowedAccountIds": ["111122223333"] };
    await Promise.all([
      mkdir(path.join(folder, "state")),
      symlink(path.join(ROOT, "node_modules"), path.join(folder, "node_modules")),
      copyFile(path.resolve(ROOT, "test/policy/programs", program), path.join(folder, "index.ts")),
      writeFile(path.join(folder, "package.json"), JSON.stringify({ type: "module" })),
      writeFile(path.join(folder, `Pulumi.${STACK}.yaml`), JSON.stringify({ config })),
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
    const stack = new PolicyStack(folder, env, provider.stop, pack);
    const initialized = await stack.#pulumi("stack", "init", STACK);
    if (initialized.code !== 0) throw new Error(initialized.output);
    return stack;
  }

  /** @param operation with its own flags: `["up", "--yes"]`. @param config of the pack. @param pack another one than the stack's */
  async run(operation: readonly string[], config: object = {}, pack = this.#pack): Promise<Run> {
    const log = path.join(this.#folder, "events.json");
    await rm(log, { force: true });
    const { code, output } = await this.#pulumi(
      ...operation,
      ...["--stack", STACK, "--non-interactive", "--event-log", log],
      ...(await this.#policyFlags(config, pack)),
    );
    return { succeeded: code === 0, events: eventsIn(await readFile(log, "utf8").catch(() => "")), output };
  }

  async state(): Promise<State> {
    const { output } = await this.#pulumi("stack", "export", "--stack", STACK);
    return JSON.parse(output) as State;
  }

  /** Judges a state as it stands in a file, without a program and without a provider. */
  async analyze(state: State, config: object = {}): Promise<Run> {
    const file = path.join(this.#folder, "state.json");
    await writeFile(file, JSON.stringify(state));
    const flags = ["policy", "analyze", "--file", file, "--json"];
    const { code, output } = await this.#pulumi(...flags, ...(await this.#policyFlags(config, this.#pack)));
    return { succeeded: code === 0, events: eventsIn(output), output };
  }

  async remove(): Promise<void> {
    this.#stopProvider();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #policyFlags(config: object, pack: string): Promise<readonly string[]> {
    const file = path.join(this.#folder, "policies.json");
    await writeFile(file, JSON.stringify(config));
    return ["--policy-pack", pack, "--policy-pack-config", file];
  }

  #pulumi(...args: readonly string[]): Promise<Ended> {
    return run("pulumi", args, this.#folder, this.#env);
  }
}

/** Runs a command where tests run theirs. */
export const execute = (command: string, args: readonly string[], cwd: string): Promise<Ended> =>
  run(command, args, cwd, { ...process.env, PATH: toolPath });
