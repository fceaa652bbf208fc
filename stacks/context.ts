import * as pulumi from "@pulumi/pulumi";
import { describeProblems } from "../model/problem.ts";
import type { ProgramName, ProgramStack } from "./catalog.ts";
import { type Environment, type RawConfiguration, SECURE, type StackConfiguration, judgeConfiguration, loadEnvironment, stackNamed } from "./environment.ts";

/** What a program starts from: its own configuration, and what the environment's files say of its neighbours. */
export interface ProgramContext<P extends ProgramName> extends StackConfiguration<P> {
  readonly environment: Environment;
  /** A secret of this stack's configuration. */
  secret(name: string): pulumi.Output<string>;
}

/**
 * The configuration of the running stack, judged by itself and together with its environment.
 *
 * @throws {pulumi.RunError} with every problem at once, before anything is created.
 */
export function programContext<P extends ProgramName>(program: P): ProgramContext<P> {
  const stack = stackNamed(pulumi.getStack()) as ProgramStack<P>;
  if (stack.program !== program) throw new Error(`stack ${pulumi.getStack()} does not run program ${program}`);
  const name = pulumi.getStack();
  const { configuration, problems } = judgeConfiguration(stack, rawConfiguration());
  refuse(problems.map((problem) => ({ stack: name, ...problem })));
  if (!configuration) throw new Error(`${name}: no problem and no configuration`);

  const environment = loadEnvironment(stack.environment);
  refuse(environment.problems.filter((problem) => problem.stack === name));
  return { ...configuration, environment, secret: (key) => new pulumi.Config().requireSecret(key) };
}

/** Ends the program with problems, if there are any. */
export function refuse(problems: Parameters<typeof describeProblems>[0]): void {
  if (problems.length > 0) throw new pulumi.RunError(describeProblems(problems));
}

/** Pulumi's view of the configuration, which `--config` may have changed, in the form of the file. */
function rawConfiguration(): RawConfiguration {
  const all = Object.entries(pulumi.runtime.allConfig());
  // The SDK's own look at these keys is internal; the language hosts hand them over in this variable.
  const secretKeys = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]") as string[];
  return Object.fromEntries(all.filter(([key]) => !key.startsWith("pulumi:")).map(([key, text]) => [key, secretKeys.includes(key) ? SECURE : parsed(text)]));
}

/** Pulumi hands structured values over as JSON, scalars as text. */
function parsed(text: string): unknown {
  if (/^[[{]/.test(text)) return JSON.parse(text) as unknown;
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
