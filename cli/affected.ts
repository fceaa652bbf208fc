import { type Because, type CauseOf, causesOf, isHarmless } from "../model/change-causes.ts";
import type { ModuleImports } from "../model/import-graph.ts";
import { ProjectView, type StackEntry } from "../model/project-view.ts";
import { type CatalogEntry, catalog, isAboutOthers, isProgram } from "../stacks/catalog.ts";
import type { Change } from "./git-tree.ts";
import { programOrder } from "./plan.ts";

export interface AffectedStack {
  readonly stack: string;
  readonly because: readonly Because[];
}

/** A stack that a change touches, or whose file it removes. */
export interface Affected extends AffectedStack {
  readonly program: string;
  readonly environment: string;
  /** Whether the file is gone: Pulumi knows the stack still, the project does not. */
  readonly removed: boolean;
}

/**
 * The stacks that a change touches, in an order in which they can be brought up; never fewer than it does.
 *
 * Where it cannot be known whether a change matters to a stack, it does. Of a stack that is touched all that read it are touched as well: whether its
 * outputs change, only a run can say.
 */
export function affectedBy(change: Change): Affected[] {
  const known = new Map<string, ModuleImports>();
  const views = { before: new ProjectView(change.before, known), after: new ProjectView(change.after, known) };
  const removed = views.before.stacks.filter(({ name }) => !views.after.stacks.some((stack) => stack.name === name));
  const all = [...views.after.stacks, ...removed].toSorted(
    (a, b) => position(a) - position(b) || a.name.localeCompare(b.name),
  );
  const causes = [...causesOf(change.paths, views), ...byListing(change)];
  const found = new Map<string, Affected>();
  for (const stack of all) {
    const because = [...directly(stack, causes), ...byUpstream(stack, all, found)];
    const { name, program, environment } = stack;
    if (because.length > 0)
      found.set(name, { stack: name, because, program, environment, removed: removed.includes(stack) });
  }
  return [...found.values()];
}

/** Settings that are about the others name the files by which each of them runs: with a file that is new or gone, they are others. */
function byListing({ before, after, paths }: Change): CauseOf[] {
  const listed = paths.filter((path) => before.paths.has(path) !== after.paths.has(path) && !isHarmless(path));
  return listed.map(
    (path) =>
      ({ program }) =>
        isProgram(program) && isAboutOthers(program)
          ? { through: "code", what: `${path}: path filters name it or leave it out` }
          : undefined,
  );
}

/** What has no program any more comes last. */
function position({ program }: StackEntry): number {
  const index = programOrder.findIndex((one) => one === program);
  return index < 0 ? programOrder.length : index;
}

function directly(stack: StackEntry, causes: readonly CauseOf[]): Because[] {
  const reasons = causes.flatMap((cause) => cause(stack) ?? []);
  return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
}

/** Stacks come in order, so what those before have come to is known. */
function byUpstream(stack: StackEntry, all: readonly StackEntry[], found: ReadonlyMap<string, Affected>): Because[] {
  return all
    .filter(({ name }) => found.has(name))
    .flatMap((upstream) => {
      const matters = whyMatters(upstream, stack);
      return matters === undefined ? [] : [{ through: "upstream", what: `${upstream.name}, ${matters}` } as const];
    });
}

/** Why what becomes of the first may change the second. */
function whyMatters(upstream: StackEntry, stack: StackEntry): string | undefined {
  if (!isProgram(stack.program) || !isProgram(upstream.program)) return undefined;
  const { reads, readsOptionally, readsAcross, after }: CatalogEntry = catalog[stack.program];
  const { name, program, environment } = upstream;
  const beside = environment === stack.environment;
  if (beside && isAboutOthers(stack.program)) return "whose delivery it sets up";
  if (beside && (reads.includes(program) || readsOptionally.includes(program))) return "whose outputs it reads";
  if (readsAcross.includes(program) && (stack.names?.has(name) ?? true)) return "whose outputs it reads";
  return beside && after.includes(program) ? "which changes what it finds in AWS" : undefined;
}
