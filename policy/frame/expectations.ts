/** What most rules come down to: a property has to have a certain value. */
import type { Reading } from "./guarded.ts";
import type { Fields, Path } from "./fields.ts";
import { type Finding, undecided, violation } from "./finding.ts";

export const notKnown = (where: string): string => `${where} is not known yet`;

/** What to do about a value that a rule cannot see in a preview. */
export const givePlain = (value?: string): string =>
  value === undefined ? "Give it as a plain value." : `Give it as a plain value: ${value}.`;

interface Words {
  /** What follows from its absence; without it, absence is fine. */
  readonly absent?: string;
  /** What is wrong with another value. */
  readonly wrong: string;
  readonly fix?: string;
  readonly plain?: string;
}

/** A reading has to hold. */
export function* expects<Value>(
  reading: Reading<Value>,
  where: string,
  holds: (value: Value) => boolean,
  { absent, wrong, fix, plain }: Words,
): Iterable<Finding> {
  if (reading.is === "unknown") yield undecided(notKnown(where), givePlain(plain));
  else if (reading.is === "absent") {
    if (absent !== undefined) yield violation(`${where} is not set, ${absent}`, fix);
  } else if (!holds(reading.value)) yield violation(`${where} ${wrong}`, fix);
}

/** A flag has to be set one way. @param absent what AWS makes of its absence; left out where that is fine */
export function* mustBe(
  fields: Fields,
  path: Path,
  value: boolean,
  words: { readonly absent?: string; readonly wrong?: string; readonly fix?: string } = {},
): Iterable<Finding> {
  const leaf = typeof path === "string" ? (path.split(".").at(-1) ?? path) : (path.at(-1) ?? "");
  yield* expects(fields.flag(path), fields.at(path), (found) => found === value, {
    wrong: `is ${String(!value)}`,
    plain: `${leaf}: ${String(value)}`,
    ...words,
  });
}

/** Something has to be given, whatever it is. A value that is not known yet has been given, unless all around it is not known either. */
export function* mustBeGiven(fields: Fields, path: Path, absent: string, fix?: string): Iterable<Finding> {
  const found = fields.read(path);
  const around = (typeof path === "string" ? path.split(".") : path).slice(0, -1);
  if (found.is === "absent") yield violation(`${fields.at(path)} is not set, ${absent}`, fix);
  else if (found.is === "unknown" && around.length > 0 && fields.read(around).is === "unknown")
    yield undecided(notKnown(fields.at(path)), givePlain());
}

/** A list has to have something in it. One of which not even the length is known may be empty. */
export function* mustHaveSome(fields: Fields, path: Path, absent: string, fix?: string): Iterable<Finding> {
  const list = fields.list(path);
  if (list.is === "unknown") yield undecided(notKnown(fields.at(path)), givePlain());
  else if (list.is === "absent") yield violation(`${fields.at(path)} is not set, ${absent}`, fix);
  else if (list.value.length === 0) yield violation(`${fields.at(path)} is empty, ${absent}`, fix);
}

/** Judges each element of a list of objects; what is not known of the list is said. */
export function* each(
  fields: Fields,
  path: Path,
  judge: (element: Fields, index: number) => Iterable<Finding>,
): Iterable<Finding> {
  const elements = fields.parts(path);
  if (elements.is === "unknown") yield undecided(notKnown(fields.at(path)), givePlain());
  if (elements.is !== "known") return;
  for (const [index, element] of elements.value.entries()) {
    if (element.is === "known") yield* judge(element.value, index);
    else if (element.is === "unknown")
      yield undecided(notKnown(`"${fields.at(path).slice(1, -1)}[${index}]"`), givePlain());
  }
}

/** Judges each text of a list; the same for what is not known. */
export function* eachText(
  fields: Fields,
  path: Path,
  judge: (text: string, where: string) => Iterable<Finding>,
): Iterable<Finding> {
  const elements = fields.list(path);
  if (elements.is === "unknown") yield undecided(notKnown(fields.at(path)), givePlain());
  if (elements.is !== "known") return;
  for (const [index, element] of elements.value.entries()) {
    const where = `"${fields.at(path).slice(1, -1)}[${index}]"`;
    if (element.is === "unknown") yield undecided(notKnown(where), givePlain());
    else if (element.is === "known" && typeof element.value === "string") yield* judge(element.value, where);
  }
}
