import { globSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The folder of a file backend; undefined where the backend is no folder of this machine. @param backend its URL */
export function backendFolder(backend: string): string | undefined {
  if (!backend.startsWith("file://")) return undefined;
  const [url = ""] = backend.split("?");
  return url.startsWith("file://~") ? join(homedir(), url.slice("file://~".length)) : fileURLToPath(url);
}

/**
 * The same backend, told to write no attributes beside its files. It replaces a file in one step but writes attributes in place, so that whoever reads a
 * stack while its engine saves it, as programs do that look at their own outputs, may get no more than `EOF`.
 */
export function withoutAttributes(backend: string): string {
  if (!backend.startsWith("file://") || /[?&]metadata=/.test(backend)) return backend;
  return `${backend}${backend.includes("?") ? "&" : "?"}metadata=skip`;
}

/** Longer than anybody alive takes from making a file to its first byte. */
const BEING_WRITTEN_MS = 1000;

/**
 * Removes attributes of files that an engine, ended by force, has made but not written: with one of them about, Pulumi answers every command with no
 * more than `EOF` (3.259.0: tried). They hold a file's content type and digest, and are needed for neither reading nor writing it.
 *
 * @returns how many
 */
export async function mendFileBackend(backend: string): Promise<number> {
  const folder = backendFolder(backend);
  if (folder === undefined) return 0;
  const empty = (): string[] =>
    globSync(".pulumi/**/*.attrs", { cwd: folder })
      .map((file) => join(folder, file))
      .filter((file) => statSync(file, { throwIfNoEntry: false })?.size === 0);
  if (empty().length === 0) return 0;
  await sleep(BEING_WRITTEN_MS);
  const left = empty();
  for (const file of left) rmSync(file, { force: true });
  return left.length;
}
