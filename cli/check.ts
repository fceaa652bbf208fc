import { printable } from "../model/printable.ts";
import { type StackProblem, describeProblems } from "../model/problem.ts";
import { environments, loadAmongOthers, stackFiles, stackOfFile } from "../stacks/environment.ts";
import type { Printer } from "./print.ts";

/** All that is wrong with one environment's files. */
interface Verdict {
  readonly environment: string;
  readonly stacks: number;
  readonly problems: readonly StackProblem[];
}

/** Judges the files of one environment, or of all. @returns whether they are sound */
export function check(name: string | undefined, printer: Printer): boolean {
  const verdicts = (name === undefined ? Object.keys(environments()) : [name]).map((environment): Verdict => {
    const { stacks, problems } = loadAmongOthers(environment);
    return { environment, stacks: stacks.length, problems };
  });
  const strays = name === undefined ? strayFiles() : [];
  for (const { environment, stacks, problems } of verdicts) {
    printer.line(
      problems.length === 0
        ? `${environment}: ${printer.paint("green", "sound")}, ${stacks} stacks`
        : `${environment}: ${describeProblems(problems)}`,
    );
  }
  for (const stray of strays) printer.line(stray);
  printer.answer({ environments: verdicts.map(({ environment, problems }) => ({ environment, problems })), strays });
  return strays.length === 0 && verdicts.every(({ problems }) => problems.length === 0);
}

/** Files that no environment reads: their names are no stacks of this project. */
function strayFiles(): string[] {
  return stackFiles().flatMap((one) => {
    try {
      stackOfFile(one);
      return [];
    } catch (error) {
      return [printable(`environments/${one.file}: ${(error as Error).message}`)];
    }
  });
}
