/** What one file says of another: stacks, keys of theirs, and keys that may occur once among them. */
import type { EnvironmentFacts, StackFacts } from "./environment-facts.ts";
import type { StackProblem } from "./problem.ts";

/** Whether a stack's own file is wrong, so that nothing can be said of what refers to it. */
export const isUnsound = ({ unsound }: EnvironmentFacts, stack: string): boolean =>
  unsound.some((one) => one.stack === stack);

/** The same of any stack of a program. */
export const anyUnsound = ({ unsound }: EnvironmentFacts, program: string): boolean =>
  unsound.some((one) => one.program === program);

/** Stacks of one program are read together, their records merged by key. */
export function duplicateKeys(
  all: readonly { readonly stack: string; readonly keys: readonly string[] }[],
  { property, what, wayOut }: { readonly property: string; readonly what: string; readonly wayOut: string },
): StackProblem[] {
  return all.flatMap(({ stack, keys }, index) =>
    all.slice(0, index).flatMap((earlier) =>
      keys
        .filter((key) => earlier.keys.includes(key))
        .map((key) => ({
          stack,
          property: `${property}.${key}`,
          given: `a key that ${earlier.stack} has as well`,
          allowed: `each ${what} key once per environment`,
          wayOut,
        })),
    ),
  );
}

export function unknownStack(
  at: { readonly stack: string; readonly property: string },
  given: string,
  known: readonly StackFacts[],
): StackProblem {
  return {
    ...at,
    given,
    allowed:
      known.length > 0
        ? `a stack of this environment: ${known.map(({ stack }) => stack).join(", ")}`
        : "no stack, since this environment has none of that program",
    wayOut: "Correct the name, or state the values literally where the other party keeps its own stacks.",
  };
}

export function unknownKey(
  at: { readonly stack: string; readonly property: string },
  given: { readonly fromStack: string; readonly key: string },
  known: readonly string[],
): StackProblem {
  return {
    ...at,
    given: given.key,
    allowed: `a key of ${given.fromStack}: ${known.join(", ") || "it has none"}`,
    wayOut: "Correct the key.",
  };
}
