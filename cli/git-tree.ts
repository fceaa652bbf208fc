import { execFileSync } from "node:child_process";
import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describeProblem } from "../model/problem.ts";
import type { SourceTree } from "../model/source-tree.ts";

/** A moment in the past, the present, and the paths at which they differ. */
export interface Change {
  /** The commit's full name. */
  readonly since: string;
  readonly before: SourceTree;
  readonly after: SourceTree;
  /** A renamed file is two: the one that is gone, and the one that is new. */
  readonly paths: readonly string[];
}

const LIMIT = 1 << 30;

/**
 * What has changed in the project's folder since a commit, whether committed or not.
 *
 * The two trees are compared as they are, not from where their branches parted: what a commit that is no ancestor of this one had is undone, and that
 * is a change as well.
 *
 * @throws {Error} where the clone has no such commit
 */
export function changeSince(reference: string, folder: string): Change {
  const git = (args: readonly string[], input?: string): Buffer =>
    execFileSync("git", args, { cwd: folder, input, maxBuffer: LIMIT, stdio: ["pipe", "pipe", "ignore"] });
  const list = (...args: readonly string[]): string[] =>
    git(args)
      .toString()
      .split("\0")
      .filter((path) => path !== "");

  const since = commitOf(reference, git);
  const untracked = list("ls-files", "--others", "--exclude-standard", "-z");
  const changed = list("diff", "--no-renames", "--no-ext-diff", "--name-only", "--relative", "-z", since, "--", ".");
  const now = [...list("ls-files", "--cached", "-z"), ...untracked].filter((path) => isFile(join(folder, path)));
  return {
    since,
    before: treeAt(since, list, git),
    after: {
      paths: new Set(now),
      read: (path) => (isFile(join(folder, path)) ? readFileSync(join(folder, path), "utf8") : undefined),
    },
    paths: [...new Set([...changed, ...untracked])].sort(),
  };
}

function commitOf(reference: string, git: (args: readonly string[]) => Buffer): string {
  try {
    return git(["rev-parse", "--verify", "--quiet", "--end-of-options", `${reference}^{commit}`])
      .toString()
      .trim();
  } catch (error) {
    const { status } = error as { readonly status?: number | null };
    throw new Error(
      describeProblem({
        stack: "affected",
        property: "--since",
        ...(status === NO_SUCH_COMMIT
          ? {
              given: reference,
              allowed: "a commit, branch or tag that this clone has",
              wayOut: "A shallow clone lacks most: fetch it first, in GitHub Actions by fetch-depth.",
            }
          : {
              given: `${reference} in a folder whose history git does not tell`,
              allowed: "a clone made by git, and git on PATH",
              wayOut: "Clone the repository instead of copying its files.",
            }),
      }),
      { cause: error },
    );
  }
}

/** Of `git rev-parse --verify --quiet`; any other is git's own failure. */
const NO_SUCH_COMMIT = 1;

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

const ENTRY = /^\d+ blob ([0-9a-f]+)\t(.+)$/s;

/** All texts come in one go: starting git for each would take a second for every hundred. */
function treeAt(
  commit: string,
  list: (...args: readonly string[]) => string[],
  git: (args: readonly string[], input?: string) => Buffer,
): SourceTree {
  const blobs = new Map(
    list("ls-tree", "-r", "-z", commit).flatMap((line): [string, string][] => {
      const [, blob, path] = ENTRY.exec(line) ?? [];
      return blob === undefined || path === undefined ? [] : [[path, blob]];
    }),
  );
  let texts: ReadonlyMap<string, string> | undefined;
  return {
    paths: new Set(blobs.keys()),
    read: (path) => {
      texts ??= textsOf(git(["cat-file", "--batch"], [...new Set(blobs.values())].join("\n")));
      return texts.get(blobs.get(path) ?? "");
    },
  };
}

/** @param batch for each object a line `<name> blob <size>`, its bytes, and a line's end */
function textsOf(batch: Buffer): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (let at = 0; at < batch.length;) {
    const end = batch.indexOf("\n", at);
    const [name = "", , size = "0"] = batch.toString("utf8", at, end).split(" ");
    texts.set(name, batch.toString("utf8", end + 1, end + 1 + Number(size)));
    at = end + 1 + Number(size) + 1;
  }
  return texts;
}
