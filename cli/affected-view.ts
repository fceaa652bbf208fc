import { catalog, isProgram } from "../stacks/catalog.ts";
import { environments } from "../stacks/environment.ts";
import type { Affected } from "./affected.ts";
import { ROOT } from "./place.ts";
import type { Printer } from "./print.ts";

/** What a change touches, and the commit it is counted from. */
export interface SinceCommit {
  readonly since: string;
  readonly affected: readonly Affected[];
}

/** The TypeScript compiler, which reads the imports, takes half a second to load: no other command waits for it. */
export async function affectedSince(reference: string): Promise<SinceCommit> {
  const [{ changeSince }, { affectedBy }] = await Promise.all([import("./git-tree.ts"), import("./affected.ts")]);
  const change = changeSince(reference, ROOT);
  return { since: change.since, affected: affectedBy(change) };
}

/** Prints the stacks that a change touches, each with the reasons. */
export async function showAffected(reference: string, printer: Printer): Promise<void> {
  const { since, affected } = await affectedSince(reference);
  printer.line(affected.length === 0 ? `nothing is touched since ${since}` : `touched since ${since}:`);
  for (const { stack, because } of affected) {
    printer.line();
    printer.line(printer.paint("bold", stack));
    for (const { through, what } of because) printer.line(`  ${through.padEnd(13)}  ${what}`);
  }
  printer.answer({
    since,
    environments: touchedEnvironments(affected),
    stacks: affected.map(({ stack, because, removed }) => ({ stack, because, ...(removed && { removed }) })),
  });
}

/** The environments that have something to preview, with what decides where that can be done. */
function touchedEnvironments(affected: readonly Affected[]): object[] {
  return Object.entries(environments()).flatMap(([environment, { class: kind }]) => {
    const touched = affected.filter((stack) => stack.environment === environment && !stack.removed);
    const needsKubernetesApi = touched.some(({ program }) => isProgram(program) && catalog[program].needsKubernetesApi);
    return touched.length === 0 ? [] : [{ environment, class: kind, needsKubernetesApi }];
  });
}
