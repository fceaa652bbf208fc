import { SIGNATURE, UNKNOWN_TEXT, ownedKey } from "./pulumi-state.ts";

/** What of a thing in the sandbox's world tells it from others. */
export interface Existing {
  readonly type: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Whether it stood there before any program ran. */
  readonly estate: boolean;
}

/** A create that an engine began, and of whose end its stack's state knows nothing. */
export interface PendingCreate {
  readonly urn: string;
  readonly type: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly parent?: string;
  /** URN and id of its provider. */
  readonly provider?: string;
}

/** Any operation of that kind: `creating`, `updating`, `deleting`, … */
export interface PendingOperation extends PendingCreate {
  readonly operation: string;
}

/** What a create has made. */
export interface Found extends PendingCreate {
  readonly id: string;
}

/** What became of a create. */
export type Fate = { readonly id: string } | "nothing" | "unclear";
export type LookUp = (creates: readonly PendingCreate[]) => Promise<ReadonlyMap<string, Fate>>;

/**
 * Finds in the sandbox's world what creates have made: something of their type that stood not there before, that no stack has, and that was asked for
 * with the same arguments or, where there is none such, that has their names. Creates with the same arguments have made the same, so that any of them
 * may have any of it; what only has the names of several belongs to nobody for certain.
 *
 * @param owned keys of all that stacks have
 */
export function fatesOf(
  creates: readonly PendingCreate[],
  objects: readonly Existing[],
  owned: ReadonlySet<string>,
): Map<string, Fate> {
  const strays = objects.filter((one) => !one.estate && !owned.has(ownedKey(one.type, one.id)));
  return new Map(
    creates.map((create): [string, Fate] => {
      const same = fitting(create, creates, strays, asAsked);
      if (same.made.length > 0)
        return [create.urn, same.made.length > same.by.length ? "unclear" : fate(same.made[same.by.indexOf(create)])];
      const { made, by } = fitting(create, creates, strays, couldBe);
      return [create.urn, made.length > 0 && made.length + by.length > 2 ? "unclear" : fate(made[0])];
    }),
  );
}

const fate = (one: Existing | undefined): Fate => (one ? { id: one.id } : "nothing");

/** What a create may have made, and all creates that may have made any of that. */
function fitting(
  create: PendingCreate,
  creates: readonly PendingCreate[],
  strays: readonly Existing[],
  fits: (create: PendingCreate, one: Existing) => boolean,
): { readonly made: readonly Existing[]; readonly by: readonly PendingCreate[] } {
  const made = strays.filter((one) => fits(create, one));
  return { made, by: creates.filter((other) => made.some((one) => fits(other, one))) };
}

/** Whether a create could have made it, as far as type, names and, without a name, all that was asked for tell. */
export function couldBe(create: PendingCreate, existing: Existing): boolean {
  if (create.type !== existing.type) return false;
  const [asked, there] = [namesIn(create.inputs), namesIn(existing.inputs)];
  const named = (names: Names): boolean => names.own !== undefined || names.tag !== undefined;
  if (!named(asked) && !named(there)) return asAsked(create, existing);
  const same = (one: string | undefined, other: string | undefined): boolean => one !== undefined && one === other;
  const resource = resourceName(create.urn);
  return (
    same(asked.own, there.own) ||
    same(asked.tag, there.tag) ||
    same(withoutRandom(asked.own, resource), withoutRandom(there.own, resource))
  );
}

/** A name that Pulumi made of a resource's has another end each time. */
function withoutRandom(name: string | undefined, resource: string): string | undefined {
  const end = name?.lastIndexOf(`${resource}-`) ?? -1;
  if (name === undefined || end < 0) return undefined;
  const from = end + resource.length + 1;
  return /^[0-9a-f]{7,8}$/.test(name.slice(from)) ? name.slice(0, from) : undefined;
}

/** Whether it is in all as a create asked for. */
const asAsked = (create: PendingCreate, { type, inputs }: Existing): boolean =>
  create.type === type && agrees(create.inputs, inputs);

/** Of secrets, neither side tells the value. Lists of texts mostly are sets to AWS, whose order is its own. */
function agrees(asked: unknown, there: unknown): boolean {
  if (isSecret(asked) || isDigest(there)) return true;
  if (typeof asked !== "object" || typeof there !== "object" || asked === null || there === null)
    return (asked ?? null) === (there ?? null);
  const [one, other] = [ordered(asked), ordered(there)];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)].filter((key) => !key.startsWith("__")));
  return [...keys].every((key) => agrees(one[key], other[key]));
}

const ordered = (value: object): Record<string, unknown> =>
  (isTexts(value) ? value.toSorted() : value) as unknown as Record<string, unknown>;
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");
const isSecret = (value: unknown): boolean => typeof value === "object" && value !== null && SIGNATURE in value;
/** How the sandbox keeps a secret. */
const isDigest = (value: unknown): boolean => typeof value === "string" && value.startsWith("sha256:");

/** Whether all that a create asks for is known: what is not cannot have been made. */
export const isKnown = ({ inputs }: PendingCreate): boolean => !JSON.stringify(inputs).includes(UNKNOWN_TEXT);

interface Names {
  /** Physical name, or namespace and name of a Kubernetes object. */
  readonly own: string | undefined;
  /** The Name tag. */
  readonly tag: string | undefined;
}

function namesIn(inputs: Readonly<Record<string, unknown>>): Names {
  const { name, tags, metadata } = inputs as {
    readonly name?: unknown;
    readonly tags?: { readonly Name?: unknown } | null;
    readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown } | null;
  };
  const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  const namespace = text(metadata?.namespace) ?? "";
  const kubernetes = text(metadata?.name);
  return { own: kubernetes === undefined ? text(name) : `${namespace}/${kubernetes}`, tag: text(tags?.Name) };
}

/** For people: what it is, and by which name to look for it. */
export function named({ urn, type, inputs }: PendingCreate): string {
  const { own, tag } = namesIn(inputs);
  const name = own ?? tag;
  return `${resourceName(urn)} (${type}${name === undefined ? "" : `, "${name}"`})`;
}

export const resourceName = (urn: string): string => urn.split("::").at(-1) ?? urn;
