import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type StackProblem } from "../../model/problem.ts";
import type { SourceTree } from "../../model/source-tree.ts";
import { refuse } from "../context.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The project's files as they are, those that git leaves out not among them. Ends the program where git does not tell which they are. */
export function workingTree(stack: string): SourceTree {
  const paths = new Set(listed(stack));
  return { paths, read: (path) => (paths.has(path) ? readFileSync(join(ROOT, path), "utf8") : undefined) };
}

function listed(stack: string): readonly string[] {
  try {
    const list = execFileSync(
      "git",
      ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z"],
      {
        cwd: ROOT,
        encoding: "utf8",
        maxBuffer: 1 << 26,
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    return list.split("\0").filter((path) => path !== "");
  } catch {
    return refuse([NO_CLONE(stack)]);
  }
}

const NO_CLONE = (stack: string): StackProblem => ({
  stack,
  property: "the project's folder",
  given: "a folder of which git does not tell the files",
  allowed: "a clone made by git, and git on PATH",
  wayOut: "Clone the repository instead of copying its files: path filters are about files that git knows.",
});
