import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** Files that are to be there together, or not at all. */
export interface FileSet {
  /** By path: the text of a file that does not exist yet. */
  readonly created: Readonly<Record<string, string>>;
  /** By path: the new text of a file that does. */
  readonly changed: Readonly<Record<string, string>>;
}

/**
 * Writes every file under a temporary name, and gives all of them their own names then.
 *
 * @throws {Error} where one cannot be written, or exists already: then none is there, and none is changed
 */
export function writeTogether({ created, changed }: FileSet): void {
  const temporary = (path: string): string => `${path}.${process.pid}.tmp`;
  const all = { ...created, ...changed };
  const before = Object.keys(changed).map((path) => [path, readFileSync(path)] as const);
  const made: string[] = [];
  try {
    for (const [path, text] of Object.entries(all)) writeFileSync(temporary(path), text, { flag: "wx" });
    for (const path of Object.keys(created)) {
      // A rename would take the place of a file that somebody else has written since.
      linkSync(temporary(path), path);
      made.push(path);
    }
    for (const path of Object.keys(changed)) renameSync(temporary(path), path);
  } catch (error) {
    for (const path of made) rmSync(path, { force: true });
    for (const [path, text] of before) if (!readFileSync(path).equals(text)) writeFileSync(path, text);
    throw error;
  } finally {
    for (const path of Object.keys(all)) rmSync(temporary(path), { force: true });
  }
}
