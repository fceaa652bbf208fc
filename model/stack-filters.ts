import { HARMLESS, isHarmless, mattering } from "./change-causes.ts";
import { wayTo } from "./import-graph.ts";
import { filtersLeavingOut, starts } from "./path-filters.ts";
import type { ProjectView, StackEntry } from "./project-view.ts";
import type { SourceTree } from "./source-tree.ts";

/**
 * Path filters of one stack: a change starts a run wherever it can matter to the stack itself. What upstream stacks hand on is left to them.
 *
 * They stay right while modules are added: a new one runs in a stack only once a module is edited that runs there already.
 */
export function stackFilters({ paths }: SourceTree, view: ProjectView, stack: StackEntry): readonly string[] {
  const judged = [...paths].filter((path) => !isHarmless(path));
  return [...HARMLESS.map((glob) => `!${glob}`), ...filtersLeavingOut(judged, mattering(view, stack))];
}

/** A module of a program at whose change filters start no run, with the way by which it is imported. */
export interface MissedImport {
  readonly path: string;
  readonly way: readonly string[];
}

/** The first such module; undefined where there is none. */
export function missedImport(filters: readonly string[], view: ProjectView, program: string): MissedImport | undefined {
  const reached = view.ofProgram(program);
  const path = [...reached.modules.keys()].find((module) => !starts(filters, module));
  return path === undefined ? undefined : { path, way: wayTo(path, reached) };
}
