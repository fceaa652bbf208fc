import { join } from "node:path";
import type { Environment } from "../stacks/environment.ts";
import { SandboxClient } from "../sandbox/client.ts";
import { type Engine, PulumiCli } from "./engine.ts";
import { backendFolder, withoutAttributes } from "./file-backend.ts";
import type { Interrupts } from "./interrupts.ts";
import { generateProject } from "./sandbox-project.ts";

export const ROOT = join(import.meta.dirname, "..");

/** Where an environment's stacks run: a project folder, a backend, and the sandbox or AWS behind it. */
export interface Place {
  readonly kind: "sandbox" | "AWS";
  readonly backend: string;
  /** The project's folder. */
  readonly folder: string;
  readonly engine: Engine;
  /** Undefined on AWS. */
  readonly sandbox: SandboxClient | undefined;
}

/**
 * Environments of class demo run in the sandbox and nowhere else; all others on AWS unless they are asked into the sandbox.
 *
 * @throws {Error} before anything runs
 */
export async function placeOf(
  environment: Environment,
  { sandbox, interrupts }: { readonly sandbox: boolean; readonly interrupts: Interrupts },
): Promise<Place> {
  if (environment.class !== "demo" && !sandbox) return onAws(interrupts);
  const client = new SandboxClient(ROOT);
  const folder =
    environment.class === "demo" ? ROOT : generateProject(environment.name, client.home, client.passphrase);
  const settings = client.environment(await client.start());
  const cli = new PulumiCli({ folder, env: { ...process.env, ...settings } }, interrupts);
  return { kind: "sandbox", backend: settings.PULUMI_BACKEND_URL ?? "", folder, engine: cli, sandbox: client };
}

async function onAws(interrupts: Interrupts): Promise<Place> {
  // Such a shell would show made-up things as real ones, or refuse for reasons that are none.
  if (process.env.PULUMI_DEBUG_PROVIDERS !== undefined || process.env.PULUMI_BACKEND_URL?.includes("/.sandbox/")) {
    throw new Error(
      "this shell is set to the sandbox (corpai sandbox env). Use another one for AWS, or give --sandbox.",
    );
  }
  const cli = new PulumiCli({ folder: ROOT, env: process.env }, interrupts);
  const backend = await cli.backend().catch((error: unknown) => {
    throw new Error(
      `${(error as Error).message}\nLog in to the backend that holds the environment's state (pulumi login), or give --sandbox.`,
    );
  });
  const engine =
    backendFolder(backend) === undefined
      ? cli
      : new PulumiCli(
          { folder: ROOT, env: { ...process.env, PULUMI_BACKEND_URL: withoutAttributes(backend) } },
          interrupts,
        );
  return { kind: "AWS", backend, folder: ROOT, engine, sandbox: undefined };
}

/** The first line of each command. */
export function placeLine({ kind, backend }: Place, { name, class: kindOfEnvironment, stacks }: Environment): string {
  const accounts = unique(stacks.flatMap(({ aws }) => aws.allowedAccountIds));
  const regions = unique(stacks.map(({ aws }) => aws.region));
  const list = (noun: string, values: readonly string[]): string =>
    `${noun}${values.length === 1 ? "" : "s"} ${values.join(", ") || "none"}`;
  return `${name} (class ${kindOfEnvironment}) ${kind === "sandbox" ? "in the sandbox" : "on AWS"}: ${list("account", accounts)}; ${list("region", regions)}; backend ${backend}`;
}

const unique = (values: readonly string[]): string[] => [...new Set(values)].sort();
