import { type Holding, type Standing, fateOf, holdingsOf, protectionProblems, shortType } from "../model/holdings.ts";
import { describeProblems } from "../model/problem.ts";
import type { Engine } from "./engine.ts";
import { inParallel } from "./in-parallel.ts";
import { type Printer, indented, table } from "./print.ts";

/** Each is a run of the Pulumi CLI. */
const READS_AT_ONCE = 4;

/** What stacks hold that a destroy has to be thought over for. @throws {Error} where a state cannot be read: nobody knows then what would be lost */
export async function readHoldings(stacks: readonly string[], engine: Pick<Engine, "standing">): Promise<Holding[]> {
  const standing: (readonly Standing[])[] = await inParallel(stacks, READS_AT_ONCE, (stack) => engine.standing(stack));
  return holdingsOf(standing.flat());
}

/** What a destroy would end, and what of it stays. Nothing where nothing holds anything. */
export function printHoldings(holdings: readonly Holding[], printer: Printer): void {
  if (holdings.length === 0) return;
  const { paint } = printer;
  const rows = holdings.map((holding) => [
    holding.stack,
    `${holding.resource} (${shortType(holding.type)})`,
    holding.protectedBy.length > 0 ? paint("red", fateOf(holding)) : fateOf(holding),
  ]);
  printer.line();
  for (const line of table([["stack", "holds", "after a destroy"], ...rows], (head) => paint("bold", head)))
    printer.line(indented(line, "  "));
  printer.line();
}

/** Stacks that hold what is protected, with the reasons and the ways out. */
export function keptStacks(holdings: readonly Holding[]): Map<string, string> {
  const byStack = Map.groupBy(protectionProblems(holdings), ({ stack }) => stack);
  return new Map([...byStack].map(([stack, problems]) => [stack, describeProblems(problems)]));
}
