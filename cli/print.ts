import { inspect } from "node:util";
import { printable, printableLines } from "../model/printable.ts";
import { cutToWidth, displayWidth, padded } from "./width.ts";

/** Where a command's words go. */
export interface Output {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number;
  readonly rows?: number;
}

const STYLES = ["bold", "dim", "red", "green", "yellow", "cyan"] as const;
type Style = (typeof STYLES)[number];
export type Paint = (style: Style, text: string) => string;

/**
 * Where a style begins and ends, until the text is written: two of Unicode's noncharacters for each. A terminal's own codes come in last, when those that
 * somebody else's text may hold have been made harmless.
 */
const FIRST_MARK = 0xfdd0;
const MARKS = /[\ufdd0-\ufddb]/g;
const mark = (style: Style, end: 0 | 1): string => String.fromCharCode(FIRST_MARK + 2 * STYLES.indexOf(style) + end);

function codeOf(marked: string): string {
  const position = marked.charCodeAt(0) - FIRST_MARK;
  const codes = inspect.colors[STYLES[position >> 1] ?? "bold"] ?? [0, 0];
  return `\u001b[${codes[position % 2] ?? 0}m`;
}

/** A terminal that does not know its size says zero. */
const stated = (size: number | undefined, otherwise: number): number =>
  size === undefined || size === 0 ? otherwise : size;

const isSet = (variable: string | undefined): boolean => variable !== undefined && variable !== "";

/**
 * Prints for people on one stream; where a command answers in JSON, what it says besides goes to the other. Texts may hold what somebody else wrote: of
 * that, nothing reaches a terminal that it would obey.
 */
export class Printer {
  readonly json: boolean;
  /** Whether {@link live} shows anything: on a terminal that can go back over what it has written, with somebody in front of it. */
  readonly isLive: boolean;
  readonly #words: Output;
  readonly #answer: Output;
  readonly #coloured: boolean;
  /** What is shown below all else, until it changes. */
  #live: readonly string[] = [];

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
    const capable = this.#words.isTTY === true && env.TERM !== "dumb";
    this.#coloured = capable && !isSet(env.NO_COLOR);
    this.isLive = capable && !isSet(env.CI);
  }

  /** Marks a part of a text that this printer will print. */
  readonly paint: Paint = (style, text) => `${mark(style, 0)}${text}${mark(style, 1)}`;

  line(text = ""): void {
    this.#words.write(`${this.#erased()}${this.#written(printableLines(text))}\n${this.#drawn()}`);
  }

  /** A line for a program that reads what this prints: as it is. */
  verbatim(text: string): void {
    this.#words.write(`${text}\n`);
  }

  /** What is going on right now, a line for each thing, below all that {@link line} prints; none takes them away. */
  live(lines: readonly string[]): void {
    if (!this.isLive) return;
    const erased = this.#erased();
    this.#live = lines.slice(0, Math.max(1, stated(this.#words.rows, 24) - 1)).map((line) => this.#fitting(line));
    this.#words.write(`${erased}${this.#drawn()}`);
  }

  /** The document that `--json` asked for. */
  answer(document: unknown): void {
    if (this.json) this.#answer.write(`${harmlessJson(document)}\n`);
  }

  #written(text: string): string {
    return text.replace(MARKS, (marked) => (this.#coloured ? codeOf(marked) : ""));
  }

  get #columns(): number {
    return Math.max(2, stated(this.#words.columns, 80));
  }

  /** Short of the last column: some terminals go on to the next line there, others do not. */
  #fitting(line: string): string {
    return cutToWidth(printable(line), this.#columns - 1);
  }

  #drawn(): string {
    return this.#live.map((line) => this.#written(this.paint("dim", line))).join("\n");
  }

  /** Goes back over the live lines. A terminal that has become narrower since has wrapped them. */
  #erased(): string {
    if (this.#live.length === 0) return "";
    const rows = this.#live.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / this.#columns)), 0);
    return `\r${rows > 1 ? `\u001b[${rows - 1}A` : ""}\u001b[J`;
  }
}

/** JSON escapes of what a terminal obeys or hides only the first 32 characters. */
function harmlessJson(document: unknown): string {
  return JSON.stringify(document, null, 2).replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`)
      .join(""),
  );
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
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column] ?? ""))),
  );
  return rows.map((row, index) => {
    const line = row
      .map((cell, column) => (column === row.length - 1 ? cell : padded(cell, widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
    return index === 0 ? paintHead(line) : line;
  });
}
