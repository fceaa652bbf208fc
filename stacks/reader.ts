import * as pulumi from "@pulumi/pulumi";
import { formatStackName } from "../model/stack-name.ts";
import type { ProgramName, ProgramOutputs, Reads, ReadsAcross, ReadsOptionally } from "./catalog.ts";
import type { Environment } from "./environment.ts";
import { bringUpFirst, required } from "./required.ts";

/** The outputs of one upstream stack, by name. */
export interface Upstream<O> {
  /** Known, or unknown in a preview of a stack that has never been brought up. */
  output<K extends keyof O & string>(name: K): pulumi.Output<O[K]>;
  /** The value now, undefined where a preview does not know it: for checks that must come before the first resource. */
  peek<K extends keyof O & string>(name: K): Promise<O[K] | undefined>;
}

/** Output names whose value is a record by key. */
type RecordOutput<O> = { [K in keyof O & string]: O[K] extends Readonly<Record<string, unknown>> ? K : never }[keyof O &
  string];

/** The one way to another stack's outputs. The catalog says who may read whom: an unlisted read does not compile. */
export interface Reader<P extends ProgramName> {
  /** A program without instances. */
  program<R extends Reads<P>>(program: R): Upstream<ProgramOutputs[R]>;
  /** A program that an environment may do without: undefined where it has no file of it. */
  optional<R extends ReadsOptionally<P>>(program: R): Upstream<ProgramOutputs[R]> | undefined;
  /** All stacks of a program in this environment, one record of theirs merged by key. */
  all<R extends Reads<P>, K extends RecordOutput<ProgramOutputs[R]>>(
    program: R,
    name: K,
  ): pulumi.Output<ProgramOutputs[R][K]>;
  /** One stack of the other party, by its full name. */
  stack<R extends ReadsAcross<P>>(program: R, stack: string): Upstream<ProgramOutputs[R]>;
}

/** @param _program the reader's own program: it narrows whom it may read */
export function reader<P extends ProgramName>(_program: P, environment: Environment): Reader<P> {
  /** By stack. What program's each is, its name says, and no type does. */
  const upstreams = new Map<string, unknown>();

  function upstream<R extends ProgramName>(stack: string): Upstream<ProgramOutputs[R]> {
    type Own = StackUpstream<ProgramOutputs[R]>;
    const known = (upstreams.get(stack) as Own | undefined) ?? new StackUpstream<ProgramOutputs[R]>(stack);
    upstreams.set(stack, known);
    return known;
  }

  const only = <R extends ProgramName>(read: R): Upstream<ProgramOutputs[R]> =>
    upstream<R>(formatStackName({ program: read, environment: environment.name, instance: undefined }));

  return {
    program: <R extends Reads<P>>(read: R) => only<R>(read),
    optional: <R extends ReadsOptionally<P>>(read: R) => {
      // A file that is wrong is there all the same.
      const { stacks, unsound } = environment.facts;
      return [...stacks, ...unsound].some(({ program }) => program === read) ? only<R>(read) : undefined;
    },
    all: <R extends Reads<P>, K extends RecordOutput<ProgramOutputs[R]>>(read: R, name: K) => {
      const stacks = environment.stacks
        .filter(({ stack }) => stack.program === (read as ProgramName))
        .map((configuration) => configuration.name);
      const records = stacks.map((stack) => upstream<R>(stack).output(name) as pulumi.Output<Record<string, unknown>>);
      return pulumi.all(records).apply((all) => merged(all, stacks, name) as ProgramOutputs[R][K]);
    },
    stack: <R extends ReadsAcross<P>>(_read: R, stack: string) => upstream<R>(stack),
  };
}

class StackUpstream<O> implements Upstream<O> {
  readonly #reference: pulumi.StackReference;
  readonly #stack: string;
  /** By name. Whoever asks again gets the same: the SDK takes a value apart each time that it makes an output of one. */
  readonly #outputs = new Map<string, pulumi.Output<unknown>>();

  constructor(stack: string) {
    const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}`;
    this.#reference = new pulumi.StackReference(stack, { name });
    this.#stack = stack;
  }

  output<K extends keyof O & string>(name: K): pulumi.Output<O[K]> {
    const output = this.#outputs.get(name) ?? pulumi.output(this.#output(name));
    this.#outputs.set(name, output);
    return output as pulumi.Output<O[K]>;
  }

  async peek<K extends keyof O & string>(name: K): Promise<O[K] | undefined> {
    const { value, secretValue } = await this.#details(name);
    return (value ?? secretValue) as O[K] | undefined;
  }

  async #output(name: string): Promise<unknown> {
    const { value, secretValue } = await this.#details(name);
    if (secretValue !== undefined) return pulumi.secret(secretValue);
    return required(
      value,
      `needs ${name} of ${this.#stack}, which has not been brought up, or not since it has this output. ${bringUpFirst(this.#stack)}`,
    );
  }

  /** The SDK's type of the values is `any`; what they are is the reader's promise. */
  #details(name: string): Promise<{ readonly value?: unknown; readonly secretValue?: unknown }> {
    return this.#reference.getOutputDetails(name);
  }
}

function merged(
  records: readonly Record<string, unknown>[],
  stacks: readonly string[],
  name: string,
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  records.forEach((record, index) => {
    for (const [key, value] of Object.entries(record)) {
      if (Object.hasOwn(result, key)) {
        throw new pulumi.RunError(
          `${pulumi.getStack()}: ${name}.${key} occurs in more than one of ${stacks.join(", ")} (again in ${stacks[index] ?? ""}); keys are unique per environment. Rename one.`,
        );
      }
      result[key] = value;
    }
  });
  return result;
}
