import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type StackProblem, describeProblems } from "../model/problem.ts";
import type { ProgramName, ProgramStack } from "./catalog.ts";
import { type RawConfiguration, SECURE, type StackConfiguration, judgeConfiguration } from "./configuration.ts";
import { type Environment, loadEnvironment, stackNamed } from "./environment.ts";
import { schemas } from "./program-configs.ts";
import { WHOLE_FILE } from "./stack-file.ts";

/** What a program starts from: its own configuration, and what the environment's files say of its neighbours. */
export interface ProgramContext<P extends ProgramName> extends StackConfiguration<P> {
  readonly environment: Environment;
  /** A secret of this stack's configuration. */
  readonly secret: (name: string) => pulumi.Output<string>;
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
  // Which of this stack's secrets are set, Pulumi's own view says.
  const environment = loadEnvironment(stack.environment, { secretsToCome: true });
  const own = environment.problems.filter((problem) => problem.stack === name);
  // Where Pulumi reads the file's text as something else, all that is said of its view would be beside the point.
  refuseAll(own.filter(({ property }) => property === WHOLE_FILE));
  const { configuration, problems } = judgeConfiguration(stack, rawConfiguration(program));
  refuseAll(problems.map((problem) => ({ stack: name, ...problem })));
  if (!configuration) throw new Error(`${name}: no problem and no configuration`);
  refuseAll(own);
  return { ...configuration, environment, secret: (key) => new pulumi.Config().requireSecret(key) };
}

/** Ends the program with problems, if there are any. */
export function refuseAll(problems: readonly StackProblem[]): void {
  if (problems.length > 0) refuse(problems);
}

/** Ends the program with problems. */
export function refuse(problems: readonly StackProblem[]): never {
  throw new pulumi.RunError(describeProblems(problems));
}

/** Pulumi's view of the configuration, which `--config` may have changed, in the form of the file. */
function rawConfiguration(program: ProgramName): RawConfiguration {
  // The SDK's own look at these keys is internal; the language hosts hand them over in this variable.
  const secretKeys = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]") as string[];
  const fields: Readonly<Record<string, z.ZodType | undefined>> = schemas[program].shape;
  const value = (key: string, text: string): unknown => {
    if (secretKeys.includes(key)) return SECURE;
    // Pulumi hands scalars over as text, so "1.35" may be a text or a number: the schema knows.
    const field = key.replace(/^corpai:/, "");
    return Object.hasOwn(fields, field) && fields[field]?.safeParse(text).success ? text : parsed(text);
  };
  const all = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => !key.startsWith("pulumi:"));
  return Object.fromEntries(all.map(([key, text]) => [key, value(key, text)]));
}

/** Structured values come as JSON; text that only begins like it is text. */
function parsed(text: string): unknown {
  if (/^[[{]/.test(text)) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      return text;
    }
  }
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
