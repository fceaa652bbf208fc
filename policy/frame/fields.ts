import { asObject, type Properties, type Reading, read } from "./guarded.ts";

/** Where a property stands: dotted, or in parts where a key has dots itself. */
export type Path = string | readonly string[];

const partsOf = (path: Path): readonly string[] => (typeof path === "string" ? path.split(".") : path);

const ABSENT = { is: "absent" } as const;

/** Follows a path through objects; what is unknown on the way leaves all behind it unknown. */
function follow(properties: Properties, parts: readonly string[]): Reading<unknown> {
  let found: Reading<unknown> = { is: "known", value: properties };
  for (const part of parts) {
    // A list is followed by its elements' places.
    const inside: Reading<Properties> =
      found.is === "known" && Array.isArray(found.value)
        ? { is: "known", value: found.value as unknown as Properties }
        : asObject(found);
    if (inside.is !== "known") return inside;
    found = read(inside.value, part);
  }
  return found;
}

/** Properties of a resource, or of a part of it, that can be read without ever ending a rule. */
export class Fields {
  readonly #views: readonly Properties[];
  readonly #at: string;

  /** @param views of the same thing: what the first does not know, the next one may. @param at where this part stands, for people */
  constructor(views: readonly Properties[], at = "") {
    this.#views = views;
    this.#at = at;
  }

  /** Where a property stands, as messages name it. */
  at(path: Path): string {
    const own = partsOf(path).join(".");
    return `"${this.#at === "" ? own : `${this.#at}.${own}`}"`;
  }

  read(path: Path): Reading<unknown> {
    const parts = partsOf(path);
    const readings = this.#views.map((view) => follow(view, parts));
    return readings.find(({ is }) => is === "known") ?? readings.find(({ is }) => is === "unknown") ?? ABSENT;
  }

  /** Numbers count as texts, since ports are written either way. */
  text(path: Path): Reading<string> {
    const found = this.read(path);
    if (found.is !== "known") return found;
    return typeof found.value === "string" || typeof found.value === "number"
      ? { is: "known", value: String(found.value) }
      : ABSENT;
  }

  /** AWS's provider has some of its booleans as texts. */
  flag(path: Path): Reading<boolean> {
    const found = this.read(path);
    if (found.is !== "known") return found;
    if (found.value === true || found.value === "true") return { is: "known", value: true };
    return found.value === false || found.value === "false" ? { is: "known", value: false } : ABSENT;
  }

  number(path: Path): Reading<number> {
    const found = this.read(path);
    if (found.is !== "known") return found;
    const value = typeof found.value === "string" && found.value.trim() !== "" ? Number(found.value) : found.value;
    return typeof value === "number" && !Number.isNaN(value) ? { is: "known", value } : ABSENT;
  }

  /** Each element is read for itself: a list's length is often known where its elements are not. */
  list(path: Path): Reading<readonly Reading<unknown>[]> {
    const found = this.read(path);
    if (found.is !== "known") return found;
    const { value } = found;
    if (!Array.isArray(value)) return ABSENT;
    const elements = value as unknown as Properties;
    return { is: "known", value: Array.from({ length: value.length }, (_, index) => read(elements, String(index))) };
  }

  part(path: Path): Reading<Fields> {
    const found = asObject(this.read(path));
    if (found.is !== "known") return found;
    return { is: "known", value: new Fields([found.value], this.at(path).slice(1, -1)) };
  }

  /** The elements of a list of objects. One object stands for a list of one, as some states have it. */
  parts(path: Path): Reading<readonly Reading<Fields>[]> {
    const single = this.part(path);
    if (single.is === "known") return { is: "known", value: [single] };
    const found = this.list(path);
    if (found.is !== "known") return found;
    const here = this.at(path).slice(1, -1);
    return {
      is: "known",
      value: found.value.map((element, index): Reading<Fields> => {
        const object = asObject(element);
        return object.is === "known" ? { is: "known", value: new Fields([object.value], `${here}[${index}]`) } : object;
      }),
    };
  }

  /** Keys of an object that are there, whatever is known of their values. */
  keys(path: Path): Reading<readonly string[]> {
    const found = asObject(this.read(path));
    return found.is === "known" ? { is: "known", value: Object.keys(found.value) } : found;
  }
}
