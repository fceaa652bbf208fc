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
}

/** Any operation of that kind: `creating`, `updating`, `deleting`, … */
export interface PendingOperation extends PendingCreate {
  readonly operation: string;
}

/** What became of a create. */
export type Fate = { readonly id: string } | "nothing" | "unclear";
export type LookUp = (creates: readonly PendingCreate[]) => Promise<ReadonlyMap<string, Fate>>;

interface Deployment {
  readonly resources?: readonly { readonly id?: string; readonly type: string }[];
  readonly pending_operations?: readonly { readonly type: string; readonly resource: PendingCreate }[];
}

/** @param exported what `pulumi stack export` prints */
export function pendingOperationsIn(exported: string): PendingOperation[] {
  const { deployment } = JSON.parse(exported) as { readonly deployment?: Deployment | null };
  return (deployment?.pending_operations ?? []).map(({ type: operation, resource: { urn, type, inputs, parent } }) => ({
    operation,
    urn,
    type,
    inputs,
    ...(parent === undefined ? {} : { parent }),
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
 * Finds in the sandbox's world what creates have made: something of their type that stood not there before, that no stack has, and that was asked for
 * with the same arguments, its name among them. Creates with the same arguments have made the same, so that any of them may have any of it.
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
      const fitting = strays.filter((one) => fits(create, one));
      const alike = creates.filter((other) => fitting.some((one) => fits(other, one)));
      if (fitting.length > alike.length) return [create.urn, "unclear"];
      const own = fitting[alike.indexOf(create)];
      return [create.urn, own ? { id: own.id } : "nothing"];
    }),
  );
}

/** Whether a thing is what a create asked for, as far as that can be compared: of secrets, neither side tells the value. */
function fits(create: PendingCreate, { type, inputs }: Existing): boolean {
  return type === create.type && agrees(create.inputs, inputs);
}

function agrees(asked: unknown, there: unknown): boolean {
  if (isSecret(asked) || isDigest(there)) return true;
  if (typeof asked !== "object" || typeof there !== "object" || asked === null || there === null)
    return (asked ?? null) === (there ?? null);
  const [one, other] = [asked as Record<string, unknown>, there as Record<string, unknown>];
  const keys = new Set([...Object.keys(one), ...Object.keys(other)].filter((key) => !key.startsWith("__")));
  return [...keys].every((key) => agrees(one[key], other[key]));
}

/** How Pulumi marks a secret in a state, and how the sandbox keeps one. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const isSecret = (value: unknown): boolean => typeof value === "object" && value !== null && SIGNATURE in value;
const isDigest = (value: unknown): boolean => typeof value === "string" && value.startsWith("sha256:");

/** Physical name, Name tag, or namespace and name of a Kubernetes object. */
function nameIn(inputs: Readonly<Record<string, unknown>>): string | undefined {
  const { name, tags, metadata } = inputs as {
    readonly name?: unknown;
    readonly tags?: { readonly Name?: unknown } | null;
    readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown } | null;
  };
  const namespace = typeof metadata?.namespace === "string" ? metadata.namespace : "";
  if (typeof metadata?.name === "string") return `${namespace}/${metadata.name}`;
  if (typeof name === "string") return name;
  return typeof tags?.Name === "string" ? tags.Name : undefined;
}

/** For people: what it is, and by which name to look for it. */
export function named({ urn, type, inputs }: PendingCreate): string {
  const name = nameIn(inputs);
  return `${urn.split("::").at(-1) ?? urn} (${type}${name === undefined ? "" : `, "${name}"`})`;
}

/** What a person types once they have looked. */
export function manualCommands(stack: string, creates: readonly PendingCreate[]): string {
  const imports = creates.map(({ urn, type, parent }) => {
    const below = parent === undefined ? "" : ` --parent 'parent=${parent}'`;
    return `  where it exists:  pulumi import --yes --stack ${stack} --generate-code=false --protect=false${below} '${type}' '${urn.split("::").at(-1) ?? ""}' <its id>`;
  });
  return [...imports, `  and then, always:  pulumi refresh --yes --stack ${stack} --clear-pending-creates`].join("\n");
}
