import type { ProgramName } from "../stacks/catalog.ts";
import type { Engine } from "./engine.ts";
import { type Planned, allUpstreamOf } from "./plan.ts";

/** Stacks that a command handles where nobody names any, and those that it leaves alone. */
export interface Unasked<T> {
  readonly handled: readonly T[];
  readonly leftAlone: readonly T[];
}

/**
 * Leaves out stacks of programs on demand, and of those that need them, of which nothing stands. One that has been brought up is handled like all others: a destroy that forgot it
 * would leave its costs.
 */
export async function unasked<T extends Planned>(
  stacks: readonly T[],
  onDemand: readonly ProgramName[],
  engine: Pick<Engine, "stacks" | "owned">,
): Promise<Unasked<T>> {
  const optional = stacks.filter(({ stack }) =>
    [stack.program, ...allUpstreamOf(stack.program)].some((program) => onDemand.includes(program)),
  );
  if (optional.length === 0) return { handled: stacks, leftAlone: [] };
  const known = await engine.stacks();
  const stands = async ({ name }: T): Promise<boolean> => known.has(name) && (await engine.owned(name)).length > 0;
  const judged = await Promise.all(optional.map(async (one) => ((await stands(one)) ? [] : [one])));
  const leftAlone = judged.flat();
  return { handled: stacks.filter((one) => !leftAlone.includes(one)), leftAlone };
}
