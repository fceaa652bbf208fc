import { stackFilters, missedImport } from "../../model/stack-filters.ts";
import { type StackProblem, show } from "../../model/problem.ts";
import type { ProjectView } from "../../model/project-view.ts";
import type { SourceTree } from "../../model/source-tree.ts";
import type { StackConfiguration } from "../configuration.ts";
import type { Config } from "./config.ts";

/** Filters that somebody has written, with those that are computed: the narrower of the two decides. */
export function filtersOf(
  stacks: readonly StackConfiguration[],
  tree: SourceTree,
  view: ProjectView,
  { paths }: Config,
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    stacks.map(({ name, stack: { program, environment } }) => {
      const computed = stackFilters(tree, view, { name, program, environment, names: undefined });
      return [name, [...(paths[program] ?? []), ...computed]];
    }),
  );
}

/** A program that imports what its filters leave out would change without a preview. */
export function filterProblems(stack: string, view: ProjectView, { paths }: Config): StackProblem[] {
  return Object.entries(paths).flatMap(([program, filters]) => {
    const missed = missedImport(filters, view, program);
    if (!missed) return [];
    const [importer] = missed.way.slice(-2, -1);
    return [
      {
        stack,
        property: `corpai:paths.${program}`,
        given: `${show(filters)}, at which a change to ${missed.path} starts no run`,
        allowed: `filters that every module of ${program} passes${importer === undefined ? "" : `; ${importer} imports this one`}`,
        wayOut: `Add ${missed.path} or a folder of it, or leave corpai:paths.${program} out: filters are computed from the imports.`,
      },
    ];
  });
}
