import { printable, printableLines } from "../model/printable.ts";

/** Somebody else's text within a sentence: nothing of it is markup, and it calls nobody. */
export const plainText = (text: string): string =>
  printable(text)
    .replace(/[\\`*_{}[\]|~#]/g, (character) => `\\${character}`)
    .replace(/[&<>@]/g, (character) => `&#${character.codePointAt(0) ?? 0};`);

/** A name: shown letter by letter. */
export const code = (text: string): string => `\`${printable(text).replace(/[`|]/g, "'")}\``;

/** Several lines, shown as they are. */
export function block(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map((ticks) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${printableLines(text)}\n${fence}`;
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

export const oneLine = (text: string): string => text.replace(/\s+/g, " ");

/** What opens on a click, if it is not open from the beginning. */
export const details = (summary: string, content: string, open = false): string =>
  `<details${open ? " open" : ""}><summary>${summary}</summary>\n\n${content}\n\n</details>`;
