/** What a terminal obeys, hides or reorders: control and format characters, line and paragraph separators, halves of characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Joiners inside emoji and in Persian and Indic words: invisible, and harmless where a text is only shown. */
const JOINERS = "\u200c\u200d";

/**
 * Somebody else's text as a terminal may have it: what it would obey or hide is written out, as `\u{1b}`.
 *
 * @param kept characters that stay as they are
 */
export function printable(text: string, kept = ""): string {
  return text.replace(UNPRINTABLE, (character) =>
    kept.includes(character) ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** Lines of text, some of it somebody else's, as a terminal may have them. */
export const printableLines = (text: string): string => printable(text, `\n\t${JOINERS}`);
