import * as pulumi from "@pulumi/pulumi";
import { formatStackName } from "../model/stack-name.ts";
import { type ProgramName, type ProgramOutputs, type Reads, type ReadsAcross, catalog } from "./catalog.ts";
import type { Environment } from "./environment.ts";

/** The outputs of one upstream stack, by name. */
export interface Upstream<O> {
  /** Known, or unknown in a preview of a stack that has never been brought up. */
  output<K extends keyof O & string>(name: K): pulumi.Output<O[K]>;
  /** The value now, undefined where a preview does not know it: for checks that must come before the first resource. */
  peek<K extends keyof O & string>(name: K): Promise<O[K] | undefined>;
}

/** Output names whose value is a record by key. */
type RecordOutput<O> = { [K in keyof O & string]: O[K] extends Readonly<Record<string, unknown>> ? K : never }[keyof O & string];

/** The one way to another stack's outputs. The catalog says who may read whom: an unlisted read does not compile. */
export interface Reader<P extends ProgramName> {
  /** A program without instances. */
  program<R extends Reads<P>>(program: R): Upstream<ProgramOutputs[R]>;
  /** All stacks of a program in this environment, one record of theirs merged by key. */
  all<R extends Reads<P>, K extends RecordOutput<ProgramOutputs[R]>>(program: R, name: K): pulumi.Output<ProgramOutputs[R][K]>;
  /** One stack of the other party, by its full name. */
  stack<R extends ReadsAcross<P>>(program: R, stack: string): Upstream<ProgramOutputs[R]>;
}

export function reader<P extends ProgramName>(program: P, environment: Environment): Reader<P> {
  const upstreams = new Map<string, Upstream<never>>();

  function upstream<O>(stack: string): Upstream<O> {
    const known = upstreams.get(stack) ?? openUpstream(stack);
    upstreams.set(stack, known);
    return known as unknown as Upstream<O>;
  }

  return {
    program: <R extends Reads<P>>(read: R) => upstream<ProgramOutputs[R]>(formatStackName({ program: read as ProgramName, environment: environment.name, instance: undefined })),
    all: <R extends Reads<P>, K extends RecordOutput<ProgramOutputs[R]>>(read: R, name: K) => {
      const stacks = environment.stacks.filter(({ stack }) => stack.program === (read as ProgramName)).map((configuration) => configuration.name);
      const records = stacks.map((stack) => upstream<ProgramOutputs[R]>(stack).output(name) as pulumi.Output<Record<string, unknown>>);
      return pulumi.all(records).apply((all) => merged(all, stacks, name)) as pulumi.Output<ProgramOutputs[R][K]>;
    },
    stack: <R extends ReadsAcross<P>>(_read: R, stack: string) => upstream<ProgramOutputs[R]>(stack),
  };

  function openUpstream(stack: string): Upstream<never> {
    const reference = new pulumi.StackReference(stack, { name: `${pulumi.getOrganization()}/${pulumi.getProject()}/${stack}` });
    const details = (name: string): Promise<pulumi.StackReferenceOutputDetails> => reference.getOutputDetails(name);

    async function output(name: string): Promise<pulumi.Input<unknown>> {
      const { value, secretValue } = await details(name);
      if (value !== undefined) return value as unknown;
      if (secretValue !== undefined) return pulumi.secret(secretValue as unknown);
      if (pulumi.runtime.isDryRun()) return pulumi.unknown;
      throw new pulumi.RunError(
        `${pulumi.getStack()}: needs ${name} of ${stack}, which has not been brought up (or is older than this program). Bring it up first: pulumi up -s ${stack}, or npx corpai up ${environment.name}, which knows the order. ${program} reads: ${catalog[program].reads.join(", ") || "nothing"}.`,
      );
    }
    return {
      output: (name: string) => pulumi.output(output(name)),
      peek: async (name: string) => {
        const { value, secretValue } = await details(name);
        return (value ?? secretValue) as unknown;
      },
    } as unknown as Upstream<never>;
  }
}

function merged(records: readonly Record<string, unknown>[], stacks: readonly string[], name: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  records.forEach((record, index) => {
    for (const [key, value] of Object.entries(record)) {
      if (Object.hasOwn(result, key)) {
        throw new pulumi.RunError(`${pulumi.getStack()}: ${name}.${key} occurs in more than one of ${stacks.join(", ")} (again in ${stacks[index] ?? ""}); keys are unique per environment. Rename one.`);
      }
      result[key] = value;
    }
  });
  return result;
}
