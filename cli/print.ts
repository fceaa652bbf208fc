import { styleText } from "node:util";

/** Where a command's words go. */
export interface Output {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number;
}

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";
export type Paint = (style: Style, text: string) => string;

/** Prints for people on one stream; where a command answers in JSON, what it says besides goes to the other. */
export class Printer {
  readonly paint: Paint;
  readonly #words: Output;
  readonly #answer: Output;
  readonly json: boolean;
  #pending = false;

  /** @param json the one thing on stdout is a JSON document */
  constructor({
    json,
    stdout,
    stderr,
    env = process.env,
  }: {
    readonly json: boolean;
    readonly stdout: Output;
    readonly stderr: Output;
    readonly env?: NodeJS.ProcessEnv;
  }) {
    this.json = json;
    this.#answer = stdout;
    this.#words = json ? stderr : stdout;
    const coloured = this.#words.isTTY === true && (env.NO_COLOR ?? "") === "" && env.TERM !== "dumb";
    this.paint = coloured ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text;
  }

  line(text = ""): void {
    this.#words.write(`${this.#erase()}${text}\n`);
  }

  /** What is going on right now: on a terminal, until the next line takes its place. */
  transient(text: string): void {
    if (this.#words.isTTY !== true) return;
    // A line that wraps could not be erased.
    this.#words.write(`${this.#erase()}${this.paint("dim", text.slice(0, (this.#words.columns ?? 80) - 1))}`);
    this.#pending = true;
  }

  #erase(): string {
    const pending = this.#pending;
    this.#pending = false;
    return pending ? "\r\u001b[K" : "";
  }

  /** The document that `--json` asked for. */
  answer(document: unknown): void {
    if (this.json) this.#answer.write(`${JSON.stringify(document, null, 2)}\n`);
  }
}

/** Every line of a text, moved to the right. */
export function indented(text: string, by = "    "): string {
  return text
    .split("\n")
    .map((line) => (line === "" ? line : by + line))
    .join("\n");
}

/** Columns as wide as what is in them; the last one is not padded. */
export function table(
  rows: readonly (readonly string[])[],
  paintHead: (text: string) => string = (text) => text,
): string[] {
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row, index) => {
    const line = row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
    return index === 0 ? paintHead(line) : line;
  });
}
