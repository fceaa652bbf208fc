import { describeProblem, show } from "../model/problem.ts";
import { environments } from "../stacks/environment.ts";
import type { Printer } from "./print.ts";

/**
 * Prints the environments that are brought up from a branch, those of class demo among them.
 *
 * @throws {Error} where there are none: what is merged there would go nowhere, and nobody would know
 */
export function environmentsOfBranch(branch: string, printer: Printer): void {
  const all = Object.entries(environments());
  const found = all.filter(([, entry]) => entry.branch === branch);
  if (found.length === 0) {
    const known = [...new Set(all.flatMap(([, entry]) => entry.branch ?? []))].sort();
    throw new Error(
      describeProblem({
        stack: "environments",
        property: "--branch",
        given: `${show(branch)}, from which no environment is brought up`,
        allowed: known.join(", ") || "none, as long as environments.yaml names no branch",
        wayOut: "Give an environment that branch in environments/environments.yaml, or merge into another one.",
      }),
    );
  }
  for (const [environment, { class: kind }] of found) printer.line(`${environment} (class ${kind})`);
  printer.answer({
    branch,
    environments: found.map(([environment, { class: kind }]) => ({ environment, class: kind })),
  });
}
