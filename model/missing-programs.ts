import type { EnvironmentFacts } from "./environment-facts.ts";
import type { StackProblem } from "./problem.ts";

/** A program that others read has to be in the environment too. */
export function missingPrograms({ stacks, unsound }: EnvironmentFacts): StackProblem[] {
  const present = new Set<string>([...stacks, ...unsound].map(({ program }) => program));
  return stacks.flatMap(({ stack, reads, environment }) =>
    reads
      .filter((program) => !present.has(program))
      .map((program) => ({
        stack,
        property: "the environment",
        given: `no file of program ${program}, which ${stack} reads`,
        allowed: "environments in which every program finds those that it reads",
        wayOut: `Add environments/Pulumi.${program}.${environment}.yaml, or remove the file of ${stack}.`,
      })),
  );
}
