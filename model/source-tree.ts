/** The project's files at one moment: paths are those from its root. */
export interface SourceTree {
  readonly paths: ReadonlySet<string>;
  /** A file's text; undefined where there is no such file. */
  read(path: string): string | undefined;
}

/** Before there was any file. */
export const NO_FILES: SourceTree = { paths: new Set(), read: () => undefined };
