/** A package at its place in node_modules, as package-lock.json has it. */
interface LockedPackage {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  /** Also names packages that are used where somebody else has brought them. */
  readonly peerDependenciesMeta?: Readonly<Record<string, unknown>>;
}

/** The places of package-lock.json, such as `node_modules/a/node_modules/b`. */
export type Lockfile = Readonly<Record<string, LockedPackage>>;

/** A lockfile's places; undefined where the text is none that names them (npm writes these since version 7). */
export function lockfileOf(text: string): Lockfile | undefined {
  try {
    const { packages } = JSON.parse(text) as { readonly packages?: Lockfile };
    return packages;
  } catch {
    return undefined;
  }
}

/** The places of packages and of all that these need, as Node.js finds them from the root. */
export function placesOf(lockfile: Lockfile, names: Iterable<string>): ReadonlySet<string> {
  const places = new Set<string>();
  for (const name of names) add(places, placeFrom(lockfile, "", name));
  for (const place of places)
    for (const name of neededBy(lockfile[place])) add(places, placeFrom(lockfile, place, name));
  return places;
}

const add = (places: Set<string>, place: string | undefined): void => {
  if (place !== undefined) places.add(place);
};

const neededBy = (entry: LockedPackage | undefined): string[] =>
  [entry?.dependencies, entry?.optionalDependencies, entry?.peerDependencies, entry?.peerDependenciesMeta].flatMap(
    (names) => Object.keys(names ?? {}),
  );

/** Where Node.js finds a package from a place: the nearest node_modules that has it. */
function placeFrom(lockfile: Lockfile, place: string, name: string): string | undefined {
  const own = `${place === "" ? "" : `${place}/`}node_modules/${name}`;
  if (Object.hasOwn(lockfile, own)) return own;
  if (place === "") return undefined;
  const above = place.lastIndexOf("/node_modules/");
  return placeFrom(lockfile, above < 0 ? "" : place.slice(0, above), name);
}

/** Fields that say who needs a package, and not which one it is. */
const WHO_NEEDS_IT: readonly string[] = ["dev", "devOptional", "optional", "peer"];

/** Places at which the two have different packages. */
export function changedPlaces(before: Lockfile, after: Lockfile): ReadonlySet<string> {
  const places = [...Object.keys(before), ...Object.keys(after)].filter((place) => place !== "");
  return new Set(places.filter((place) => contentOf(before[place]) !== contentOf(after[place])));
}

const contentOf = (entry: LockedPackage | undefined): string =>
  JSON.stringify(
    Object.entries(entry ?? {})
      .filter(([field]) => !WHO_NEEDS_IT.includes(field))
      .sort(),
  );

/** `@pulumi/aws 7.48.0 → 7.49.0` */
export function describeChange(place: string, before: Lockfile, after: Lockfile): string {
  const name = place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
  const [was, is] = [before[place], after[place]].map((entry) => entry && (entry.version ?? "another one"));
  if (was === undefined) return `${name} ${is ?? ""} is new`;
  if (is === undefined) return `${name} ${was} is gone`;
  return was === is ? `${name} ${is}, with another content` : `${name} ${was} → ${is}`;
}
