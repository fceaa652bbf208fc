import { inOrder } from "../model/order.ts";
import { type ProgramName, isAboutOthers, programNames, upstreamOf } from "../stacks/catalog.ts";

/** What planning needs of a stack. */
export interface Planned {
  readonly name: string;
  readonly stack: { readonly program: ProgramName };
}

/** The programs that must be up before this one, near and far. */
export function allUpstreamOf(program: ProgramName): ReadonlySet<ProgramName> {
  const direct = upstreamOf(program);
  return new Set([...direct, ...direct.flatMap((upstream) => [...allUpstreamOf(upstream)])]);
}

/** Whether the second needs what the first builds. */
const needs = (first: Planned, second: Planned): boolean =>
  allUpstreamOf(second.stack.program).has(first.stack.program);

/** Whether the second can only come after the first. */
export const comesAfter = (first: Planned, second: Planned): boolean =>
  needs(first, second) || (isAboutOthers(second.stack.program) && !isAboutOthers(first.stack.program));

export const programOrder: readonly ProgramName[] = inOrder(programNames, (program) =>
  isAboutOthers(program) ? programNames.filter((other) => !isAboutOthers(other)) : upstreamOf(program),
);

/** Stacks so that each comes after all that it needs. */
export function ordered<T extends Planned>(stacks: readonly T[]): T[] {
  return stacks.toSorted((a, b) => programOrder.indexOf(a.stack.program) - programOrder.indexOf(b.stack.program));
}

/** Stacks that have to be there before these are brought up, though nothing of them is built or read. */
export const mentionedBy = <T extends Planned>(stacks: readonly T[], all: readonly T[]): readonly T[] =>
  stacks.some(({ stack }) => isAboutOthers(stack.program)) ? all : [];

/**
 * The stacks that `--only` names, and those without which they cannot be handled.
 *
 * @param only programs or stack names; undefined means all
 * @param along `upstream` takes along what they read, `downstream` what depends on them
 * @throws {Error} where a name is neither
 */
export function selected<T extends Planned>(
  stacks: readonly T[],
  only: readonly string[] | undefined,
  along: "upstream" | "downstream" | "nothing",
): T[] {
  if (only === undefined) return ordered(stacks);
  const named = only.flatMap((name) => {
    const meant = stacks.filter((stack) => stack.name === name || stack.stack.program === name);
    if (meant.length > 0) return meant;
    const programs = [...new Set(stacks.map(({ stack }) => stack.program))];
    throw new Error(
      `--only ${name}: the environment has no such program or stack. Programs: ${programs.join(", ")}; stacks: ${stacks.map((stack) => stack.name).join(", ")}.`,
    );
  });
  const wanted = (stack: T): boolean => {
    if (named.includes(stack)) return true;
    // What is about all others needs them to be there, and nothing that they build.
    if (along === "upstream") return named.some((one) => needs(stack, one));
    return along === "downstream" && named.some((one) => needs(one, stack));
  };
  return ordered(stacks.filter(wanted));
}
