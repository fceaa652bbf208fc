/**
 * Pulumi Deployments' path filters: globs over whole paths from the repository's root. Those that begin with `!` leave out; a path has to match one of the
 * others, if there are any, and none of these. https://www.pulumi.com/docs/deployments/concepts/settings/path-filtering/
 */
import { posix } from "node:path";

/** Whether a path is one of a glob's: `*` and `?` stay within a folder, `**` goes through all. */
export function matchesGlob(glob: string, path: string): boolean {
  const pattern = glob.replace(/\*\*\/|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (part) => PARTS[part] ?? `\\${part}`);
  return new RegExp(`^${pattern}$`, "s").test(path);
}

const PARTS: Readonly<Record<string, string>> = { "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]" };

/** Whether a change at a path starts a run. */
export function starts(filters: readonly string[], path: string): boolean {
  const [leftOut, wanted] = [filters.filter(isExclusion), filters.filter((filter) => !isExclusion(filter))];
  const isWanted = wanted.length === 0 || wanted.some((glob) => matchesGlob(glob, path));
  return isWanted && !leftOut.some((filter) => matchesGlob(filter.slice(1), path));
}

const isExclusion = (filter: string): boolean => filter.startsWith("!");

/**
 * Filters that leave out what does not matter and nothing else, so that a file of which nothing is known yet starts a run.
 *
 * A folder in which nothing matters is left out by the kinds of files that it has: a new kind may be one that matters.
 */
export function filtersLeavingOut(paths: Iterable<string>, matters: (path: string) => boolean): string[] {
  const all = [...paths];
  const folders = new Set(all.filter(matters).flatMap(foldersOf));
  const filters = all.filter((path) => !matters(path)).map((path) => `!${widest(path, folders)}`);
  return [...new Set(filters)].sort();
}

/** `a/b/c.ts` → `a`, `a/b` */
function foldersOf(path: string): string[] {
  const steps = path.split("/").slice(0, -1);
  return steps.map((_step, index) => steps.slice(0, index + 1).join("/"));
}

/** @param mixed folders in which something matters */
function widest(path: string, mixed: ReadonlySet<string>): string {
  const folder = foldersOf(path).find((one) => !mixed.has(one));
  const kind = posix.extname(path);
  return folder === undefined || kind === "" ? path : `${folder}/**/*${kind}`;
}
