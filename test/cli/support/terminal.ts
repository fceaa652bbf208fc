import type { Output } from "../../../cli/print.ts";
import { cutToWidth, displayWidth, padded } from "../../../cli/width.ts";

interface Row {
  text: string;
  /** Goes on in the next row, since the terminal was too narrow. */
  wrapped: boolean;
}

const CODE = /^\u001b\[(\d*(?:;\d+)*)([A-Za-z])/;

/** A terminal as today's are: it wraps what is too long, and wraps it anew when its window changes. Codes that it does not know are rubbish to it. */
export class Terminal implements Output {
  readonly isTTY = true;
  columns: number;
  rows = 24;
  /** All that was ever written to it. */
  written = "";
  #rows: Row[] = [{ text: "", wrapped: false }];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  readonly write = (text: string): void => {
    this.written += text;
    for (let rest = text; rest !== "";) {
      const [code = "", count = "", command] = CODE.exec(rest) ?? [];
      if (command !== undefined) this.#obey(command, Number(count === "" ? 1 : count));
      else this.#put(String.fromCodePoint(rest.codePointAt(0) ?? 0));
      rest = rest.slice(code === "" ? String.fromCodePoint(rest.codePointAt(0) ?? 0).length : code.length);
    }
  };

  /** What somebody sees, without blank lines at the end. */
  get screen(): string {
    return this.#rows
      .map(({ text }) => text.trimEnd())
      .join("\n")
      .trimEnd();
  }

  /** Somebody drags the window: what was wrapped flows anew, and the cursor stays at the end of its text. */
  resize(columns: number): void {
    this.columns = columns;
    const paragraphs: string[] = [];
    let goesOn = false;
    for (const { text, wrapped } of this.#rows) {
      paragraphs.push(goesOn ? (paragraphs.pop() ?? "") + text : text);
      goesOn = wrapped;
    }
    this.#rows = [{ text: "", wrapped: false }];
    [this.#row, this.#column] = [0, 0];
    paragraphs.forEach((paragraph, index) => {
      if (index > 0) this.#put("\n");
      for (const character of paragraph) this.#put(character);
    });
  }

  #put(character: string): void {
    if (character === "\r") this.#column = 0;
    else if (character === "\n") {
      this.#column = 0;
      this.#down(false);
    } else {
      const width = displayWidth(character);
      if (this.#column + width > this.columns) {
        this.#column = 0;
        this.#down(true);
      }
      const row = this.#current;
      const before = padded(cutToWidth(row.text, this.#column), this.#column);
      row.text = before + character + row.text.slice(cutToWidth(row.text, this.#column + width).length);
      this.#column += width;
    }
  }

  get #current(): Row {
    const row = this.#rows[this.#row];
    if (!row) throw new Error(`the cursor is in row ${this.#row} of ${this.#rows.length}`);
    return row;
  }

  #down(wrapped: boolean): void {
    this.#current.wrapped = wrapped;
    this.#row++;
    if (this.#row === this.#rows.length) this.#rows.push({ text: "", wrapped: false });
  }

  #obey(command: string, count: number): void {
    if (command === "A") this.#row = Math.max(0, this.#row - count);
    else if (command === "J") {
      this.#current.text = cutToWidth(this.#current.text, this.#column);
      this.#current.wrapped = false;
      this.#rows.length = this.#row + 1;
    } else if (command !== "m") throw new Error(`the terminal does not know code ${command}`);
  }
}
