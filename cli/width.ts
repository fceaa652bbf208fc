import { eastAsianWidth } from "get-east-asian-width";

const graphemes = new Intl.Segmenter();

/** Columns that one character, with all that is laid over it, takes on a terminal. */
function graphemeWidth(grapheme: string): number {
  if (/^\p{Emoji_Presentation}|\ufe0f/u.test(grapheme)) return 2;
  return /^[\p{Mn}\p{Me}\p{Cf}]/u.test(grapheme) ? 0 : eastAsianWidth(grapheme.codePointAt(0) ?? 0);
}

const PLAIN = /^[ -~]*$/;

/** Columns that a text takes on a terminal: `数据` takes four, and a letter with its accents one. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return [...graphemes.segment(text)].reduce((sum, { segment }) => sum + graphemeWidth(segment), 0);
}

/** Filled up with blanks. */
export const padded = (text: string, columns: number): string =>
  text + " ".repeat(Math.max(0, columns - displayWidth(text)));

/** As much of a text as fits, whole characters only. */
export function cutToWidth(text: string, columns: number): string {
  if (PLAIN.test(text)) return text.slice(0, Math.max(0, columns));
  let width = 0;
  let cut = "";
  for (const { segment } of graphemes.segment(text)) {
    width += graphemeWidth(segment);
    if (width > columns) break;
    cut += segment;
  }
  return cut;
}
