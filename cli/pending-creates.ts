import { isDeepStrictEqual } from "node:util";

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

/** What a create has made. */
export interface Found extends PendingCreate {
  readonly id: string;
}

/** What became of a create. */
export type Fate = { readonly id: string } | "nothing" | "unclear";
export type LookUp = (creates: readonly PendingCreate[]) => Promise<ReadonlyMap<string, Fate>>;

interface Deployment {
  readonly resources?: readonly { readonly id?: string; readonly type: string }[];
  readonly pending_operations?: readonly { readonly type: string; readonly resource: PendingCreate }[];
}

/** @param exported what `pulumi stack export` prints */
export function pendingCreatesIn(exported: string): PendingCreate[] {
  const { deployment } = JSON.parse(exported) as { readonly deployment?: Deployment | null };
  return (deployment?.pending_operations ?? [])
    .filter(({ type }) => type === "creating")
    .map(({ resource: { urn, type, inputs, parent, provider } }) => ({
      urn,
      type,
      inputs,
      ...(parent === undefined ? {} : { parent }),
      ...(provider === undefined ? {} : { provider }),
    }));
}

/**
 * A state in which no create is pending: those that have made something are resources, by their ids. A refresh has to follow, which reads their
 * outputs. `pulumi refresh --import-pending-creates` forgets them (3.259.0: tried; only the command knows its mark, no engine does).
 *
 * @param exported what `pulumi stack export` prints
 * @param ids by URN, of what has been made
 */
export function withCreatesSettled(exported: string, ids: ReadonlyMap<string, string>): string {
  const state = JSON.parse(exported) as { readonly deployment: Deployment };
  const { resources = [], pending_operations: pending = [] } = state.deployment;
  const made = pending.flatMap(({ type, resource }) => {
    const id = ids.get(resource.urn);
    return type === "creating" && id !== undefined ? [{ ...resource, id }] : [];
  });
  const others = pending.filter(({ type }) => type !== "creating");
  return JSON.stringify({
    ...state,
    deployment: { ...state.deployment, resources: [...resources, ...made], pending_operations: others },
  });
}

/** Ids of all that a stack's state holds, by type. @param exported what `pulumi stack export` prints */
export function ownedIn(exported: string): string[] {
  const { deployment } = JSON.parse(exported) as { readonly deployment?: Deployment | null };
  return (deployment?.resources ?? []).flatMap(({ id, type }) => (id === undefined ? [] : [ownedKey(type, id)]));
}

export const ownedKey = (type: string, id: string): string => `${type} ${id}`;

/**
 * Finds in the sandbox's world what creates have made: something of their type that stood not there before, that no stack has, and that has their
 * physical name or Name tag; where they have none, that is in all as they asked for.
 *
 * @param owned keys of all that stacks have
 */
export function fatesOf(
  creates: readonly PendingCreate[],
  objects: readonly Existing[],
  owned: ReadonlySet<string>,
): Map<string, Fate> {
  return new Map(
    creates.map((create): [string, Fate] => {
      const fits = objects.filter(
        (one) => !one.estate && !owned.has(ownedKey(one.type, one.id)) && couldBe(create, one),
      );
      const [only, another] = fits;
      if (!only) return [create.urn, "nothing"];
      // What several creates could have made belongs to nobody for certain.
      const rivals = creates.filter((other) => couldBe(other, only)).length > 1;
      return [create.urn, another || rivals ? "unclear" : { id: only.id }];
    }),
  );
}

/** Whether a create could have made it, as far as type, names and, without a name, all that was asked for tell. */
export function couldBe(create: PendingCreate, existing: Existing): boolean {
  if (create.type !== existing.type) return false;
  const [asked, there] = [namesIn(create.inputs), namesIn(existing.inputs)];
  const named = (names: Names): boolean => names.own !== undefined || names.tag !== undefined;
  if (!named(asked) && !named(there)) return isDeepStrictEqual(sorted(create.inputs), sorted(existing.inputs));
  const same = (one: string | undefined, other: string | undefined): boolean => one !== undefined && one === other;
  return (
    same(asked.own, there.own) ||
    same(asked.tag, there.tag) ||
    same(withoutRandom(asked.own, nameOf(create.urn)), withoutRandom(there.own, nameOf(create.urn)))
  );
}

/** A name that Pulumi made of a resource's has another end each time. */
function withoutRandom(name: string | undefined, resource: string): string | undefined {
  const end = name?.lastIndexOf(`${resource}-`) ?? -1;
  if (name === undefined || end < 0) return undefined;
  const from = end + resource.length + 1;
  return /^[0-9a-f]{7,8}$/.test(name.slice(from)) ? name.slice(0, from) : undefined;
}

/** Lists of texts mostly are sets to AWS, whose order is its own. */
const sorted = (inputs: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => [
      key,
      Array.isArray(value) && value.every((one) => typeof one === "string") ? value.toSorted() : value,
    ]),
  );

/** Whether all that a create asks for is known: what is not cannot have been made. */
export const isKnown = ({ inputs }: PendingCreate): boolean => !JSON.stringify(inputs).includes(UNKNOWN);
/** How Pulumi's engine writes an unknown value. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

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
  return `${nameOf(urn)} (${type}${name === undefined ? "" : `, "${name}"`})`;
}

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;

/** What a person types to tell Pulumi what a create has made. */
export function importCommand(stack: string, { urn, type, parent, provider }: PendingCreate, id = "<its id>"): string {
  const flag = (name: string, of: string | undefined): string => (of === undefined ? "" : ` --${name} '${name}=${of}'`);
  return `pulumi import --yes --stack ${stack} --generate-code=false --protect=false${flag("parent", parent)}${flag("provider", explicit(provider))} '${type}' '${nameOf(urn)}' ${id === "<its id>" ? id : `'${id}'`}`;
}

/** The URN of a provider that the program made; undefined of a default one, which an import finds by itself. */
function explicit(provider: string | undefined): string | undefined {
  const parts = provider?.split("::") ?? [];
  const urn = parts.slice(0, 4).join("::");
  return provider === undefined || nameOf(urn).startsWith("default") ? undefined : urn;
}

/** What `pulumi import --file` reads. */
export function importFile(found: readonly Found[]): string {
  const urns = [...new Set(found.flatMap(({ parent, provider }) => [parent, explicit(provider)]))].flatMap(
    (urn) => urn ?? [],
  );
  const keyOf = (urn: string | undefined): string | undefined =>
    urn === undefined ? urn : `known${urns.indexOf(urn)}`;
  return JSON.stringify({
    nameTable: Object.fromEntries(urns.map((urn, index) => [`known${index}`, urn])),
    resources: found.map(({ urn, type, id, parent, provider }) => ({
      type,
      name: nameOf(urn),
      id,
      parent: keyOf(parent),
      provider: keyOf(explicit(provider)),
    })),
  });
}

/** What a person types once they have looked. */
export function manualCommands(stack: string, creates: readonly PendingCreate[]): string {
  const imports = creates.map((create) => `  where it exists:  ${importCommand(stack, create)}`);
  return [...imports, `  and then, always:  pulumi refresh --yes --stack ${stack} --clear-pending-creates`].join("\n");
}
