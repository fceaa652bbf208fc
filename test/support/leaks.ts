/** Looks for values that must never be seen, in every form in which a program or a tool writes text. */
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

/** What of a text's base64 is the same wherever in a longer text it stands: three alignments, without the characters that its neighbours share. */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text);
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const whole = Math.floor(((bytes.length + shift) * 8) / 6);
    return encoded.slice(Math.ceil((shift * 8) / 6), whole);
  });
}

/** A value and its forms: as it is, in JSON once and twice, in base64, hex and URLs. */
export function formsOf(value: string): readonly string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const base64 = base64Forms(value);
  const hex = Buffer.from(value).toString("hex");
  return [
    ...new Set([
      ...[value, json, JSON.stringify(json).slice(1, -1), encodeURIComponent(value)],
      ...base64,
      ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")),
      ...[hex, hex.toUpperCase()],
    ]),
  ];
}

/** Where one of the values is seen: which, and after what. Searched byte by byte, whatever the encoding around it. */
export function leaksIn(where: string, what: string | Buffer, values: Readonly<Record<string, string>>): string[] {
  const bytes = Buffer.from(what);
  return Object.entries(values).flatMap(([name, value]) => {
    const form = formsOf(value).find((one) => bytes.includes(one));
    if (form === undefined) return [];
    const at = bytes.indexOf(form);
    return [`${where}: ${name} as ${form}, after ${JSON.stringify(bytes.toString("utf8", Math.max(0, at - 80), at))}`];
  });
}

/** The same of every file in a folder, by its name and by what is in it; links are not followed. */
export function leaksUnder(
  folder: string,
  values: Readonly<Record<string, string>>,
): { readonly files: readonly string[]; readonly leaks: string[] } {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map(({ name, parentPath }) => relative(folder, join(parentPath, name)));
  const leaks = files.flatMap((file) => [
    ...leaksIn("a file's name", file, values),
    ...leaksIn(file, readFileSync(join(folder, file)), values),
  ]);
  return { files, leaks };
}
