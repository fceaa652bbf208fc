import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/** An estate that is another one under other names, so that what they have in common stands once. */
const extension = z.strictObject({
  /** The other estate, whose file stands beside this one. */
  extends: z.string().regex(/^[a-z][a-z0-9-]*$/, "must be the name of an estate"),
  /** Account or part of an id to what stands for it here; each has to occur in the other estate. */
  renamed: z
    .record(z.string().regex(/^\w{4,}$/, "must be at least four letters or digits"), z.string().regex(/^\w+$/))
    .default({}),
});

/** What an estate's file says, with all that it extends. @throws {Error} naming the file */
export function readEstate(file: string, extending: readonly string[] = []): unknown {
  const document: unknown = parse(readFileSync(file, "utf8"));
  if (typeof document !== "object" || document === null || !("extends" in document)) return document;
  const parsed = extension.safeParse(document);
  const wrong = (what: string): Error => new Error(`${file} is no valid estate: ${what}`);
  if (!parsed.success)
    throw wrong(parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; "));
  const { extends: name, renamed } = parsed.data;
  const other = join(dirname(file), `${name}.yaml`);
  if (!existsSync(other)) throw wrong(`extends: there is no ${basename(other)} beside it`);
  if ([...extending, file].includes(other)) throw wrong(`extends: ${name} extends this one in turn`);
  const { value, unused } = withNames(readEstate(other, [...extending, file]), renamed);
  if (unused.length > 0) throw wrong(`renamed: ${unused.join(", ")} does not occur in ${basename(other)}`);
  return value;
}

/** A document with names replaced wherever they occur, in keys as in texts, all at once: two may change places. */
function withNames(
  document: unknown,
  renamed: Readonly<Record<string, string>>,
): { readonly value: unknown; readonly unused: readonly string[] } {
  const names = Object.keys(renamed).sort((a, b) => b.length - a.length);
  if (names.length === 0) return { value: document, unused: [] };
  const pattern = new RegExp(names.join("|"), "g");
  const used = new Set<string>();
  const inText = (text: string): string =>
    text.replace(pattern, (name) => {
      used.add(name);
      return renamed[name] ?? name;
    });
  const inside = (value: unknown): unknown => {
    if (typeof value === "string") return inText(value);
    if (Array.isArray(value)) return value.map(inside);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [inText(key), inside(inner)]));
  };
  return { value: inside(document), unused: names.filter((name) => !used.has(name)) };
}
