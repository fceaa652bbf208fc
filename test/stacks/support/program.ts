/** Runs a program in this process: its look-ups are answered by the sandbox, what it would register is recorded. */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { catalog } from "../../../sandbox/catalog.ts";
import type { Properties } from "../../../sandbox/wire.ts";
import { SECURE } from "../../../stacks/configuration.ts";
import { ENVIRONMENTS_FOLDER } from "../../../stacks/environment.ts";
import { readStackFile } from "../../../stacks/stack-file.ts";
import { type Recorded, recorder } from "../../components/support/recorder.ts";
import type { Actor } from "../../sandbox/support/world.ts";
import { answer } from "./answer.ts";

/** Where the SDK says which keys of the configuration are secret. */
const SECRET_KEYS = "PULUMI_CONFIG_SECRET_KEYS";
const savedKeys = process.env[SECRET_KEYS];
/** Stands for every secret of a file. */
export const PLANTED = "planted-secret-0123456789";

export interface Run {
  /** Who asks AWS. */
  readonly as: Actor;
  /** The program of the stack. */
  readonly program: () => Promise<unknown>;
  readonly preview?: boolean;
  /** Changes the committed configuration of the stack. */
  readonly change?: (config: Record<string, unknown>) => void;
  /** Last outputs of the stacks that it reads. */
  readonly upstream?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface Outcome {
  /** What the program said before it ended; undefined where it went through. */
  readonly refusal: string | undefined;
  /** Resources that it registered, references to other stacks aside. */
  readonly resources: readonly Recorded[];
}

/** @param stack one of the demo's */
export async function runProgram(
  stack: string,
  { as, program, preview = false, change, upstream = {} }: Run,
): Promise<Outcome> {
  const { raw } = readStackFile(join(ENVIRONMENTS_FOLDER, `Pulumi.${stack}.yaml`));
  const secrets = Object.keys(raw).filter((key) => raw[key] === SECURE);
  const config: Record<string, unknown> = Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [key, value === SECURE ? PLANTED : structuredClone(value)]),
  );
  change?.(config);
  await recorder.install(stack, { preview });
  pulumi.runtime.setAllConfig(
    Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    ),
    secrets,
  );
  process.env[SECRET_KEYS] = JSON.stringify(secrets);
  recorder.stacks = upstream;
  recorder.lookups = Object.fromEntries(
    [...catalog.functions.keys()].map((token) => [token, (args) => answer(as, token, args as Properties)]),
  );
  recorder.reads = (type, id) => as.read(type, id);
  try {
    await recorder.build(program);
    return { refusal: undefined, resources: [...recorder.resources] };
  } catch (error) {
    if (!pulumi.RunError.isInstance(error)) throw error;
    return { refusal: error.message, resources: [...recorder.resources] };
  }
}

/** Puts the process's mocks back as component tests expect them. */
export async function restore(): Promise<void> {
  recorder.stacks = {};
  recorder.lookups = {};
  pulumi.runtime.setAllConfig({}, []);
  if (savedKeys === undefined) Reflect.deleteProperty(process.env, SECRET_KEYS);
  else process.env[SECRET_KEYS] = savedKeys;
  await recorder.install("network.demo");
}
