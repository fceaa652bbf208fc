/** What of an exported state (`pulumi stack export`) this project uses, and how Pulumi writes values there and in its event log. */
import type { Standing } from "../model/holdings.ts";
import { type Plain, type Properties, UNKNOWN } from "../model/resource-record.ts";
import type { PendingCreate, PendingOperation } from "./pending-creates.ts";

/** How Pulumi's engine writes an unknown value, and marks special ones such as secrets, in JSON. */
export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const SIGNATURE = "4dabf18193072939515e22adb298388d";

interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly custom?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  /** Only looked up, not managed. */
  readonly external?: boolean;
}

interface Deployment {
  readonly resources?: readonly RecordedResource[];
  readonly pending_operations?: readonly {
    readonly type: string;
    readonly resource: Omit<PendingCreate, "inputs"> &
      Partial<Pick<PendingCreate, "inputs">> & { readonly custom?: boolean };
  }[];
}

export function pendingOperationsIn(exported: string): PendingOperation[] {
  const pending = deploymentIn(exported).pending_operations ?? [];
  // Components, and what Pulumi keeps for itself, stand in no cloud: nothing of them can be left half done.
  return pending
    .filter(({ resource: { custom, type } }) => custom !== false && !type.startsWith("pulumi:"))
    .map(({ type: operation, resource: { urn, type, inputs = {}, parent, provider } }) => ({
      operation,
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

/** Ids of all that a stack's state holds, by type. */
export const ownedIn = (exported: string): string[] =>
  (deploymentIn(exported).resources ?? []).flatMap(({ id, type }) => (id === undefined ? [] : [ownedKey(type, id)]));

export const ownedKey = (type: string, id: string): string => `${type} ${id}`;

/** All that a stack has made, in the state's order. */
export const standingIn = (stack: string, exported: string): Standing[] =>
  (deploymentIn(exported).resources ?? [])
    .filter(({ custom, external }) => custom === true && external !== true)
    .map(({ urn, type, inputs, protect = false, retainOnDelete = false }) => ({
      stack,
      urn,
      type,
      name: urn.split("::").at(-1) ?? urn,
      inputs: plainProperties(inputs),
      protect,
      retainOnDelete,
    }));

/** A stack that was never brought up has none. */
const deploymentIn = (exported: string): Deployment =>
  (JSON.parse(exported) as { readonly deployment?: Deployment | null }).deployment ?? {};

/** How the engine's event log writes a secret. */
const SECRET_TEXT = "[secret]";

/** As the model reads them. */
export function plainProperties(properties: Readonly<Record<string, unknown>> = {}): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, plain(value)]));
}

/** Secrets stay secret: nobody may decide by what only Pulumi may decrypt. */
function plain(value: unknown): Plain {
  if (value === UNKNOWN_TEXT || value === SECRET_TEXT) return UNKNOWN;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null) return null;
  return SIGNATURE in value ? UNKNOWN : plainProperties(value as Readonly<Record<string, unknown>>);
}
