import { createHash } from "node:crypto";
import type { Struct as StructMessage } from "google-protobuf/google/protobuf/struct_pb.js";
import structProtos from "google-protobuf/google/protobuf/struct_pb.js";

export type { StructMessage };

const { Struct } = structProtos;

/** How Pulumi's engine marks special values inside a protobuf Struct. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
export type Properties = Record<string, Value>;

export function isObject(value: unknown): value is { [key: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value holds anything that a preview does not know yet. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

function hasSecret(value: Value): boolean {
  if (Array.isArray(value)) return value.some(hasSecret);
  if (!isObject(value)) return false;
  return value[SIGNATURE] === SECRET || value.secret === true || Object.values(value).some(hasSecret);
}

/** Takes secrets, outputs and resource references apart to what models work with: plain values, ids for references. */
function open(value: Value): Value {
  if (Array.isArray(value)) return value.map(open);
  if (!isObject(value)) return value;
  switch (value[SIGNATURE]) {
    case SECRET:
      return open(value.value ?? null);
    case OUTPUT:
      return value.value === undefined ? UNKNOWN : open(value.value);
    case RESOURCE:
      return value.id === undefined || value.id === "" ? UNKNOWN : open(value.id);
    default:
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, open(inner)]));
  }
}

/** A Struct as plain values, and the names of the properties that held a secret anywhere inside. */
export interface Received {
  readonly plain: Properties;
  readonly secretKeys: ReadonlySet<string>;
}

export function receive(message: StructMessage | undefined): Received {
  const raw = message?.toJavaScript() ?? {};
  const plain = Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, open(value)]));
  return { plain, secretKeys: new Set(Object.keys(raw).filter((key) => hasSecret(raw[key] ?? null))) };
}

/** A secret as the engine understands it: encrypted in state, masked on screens. */
export function secret(value: Value): Value {
  return { [SIGNATURE]: SECRET, value };
}

/** A reference to a resource, as remote components return their children. An id that a preview does not know travels as "". */
export function resourceReference({ urn, id }: { readonly urn: string; readonly id: string }): Value {
  return { [SIGNATURE]: RESOURCE, urn, id: id === UNKNOWN ? "" : id, packageVersion: "" };
}

/** @param secretKeys properties to return as secrets, because what they derive from was one */
export function send(
  properties: Readonly<Record<string, Value | undefined>>,
  secretKeys: ReadonlySet<string> = new Set(),
): StructMessage {
  const entries = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, secretKeys.has(key) && value !== UNKNOWN ? secret(value) : value]],
  );
  // A Struct cannot hold `undefined`, at any depth; JSON drops it.
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(Object.fromEntries(entries))) as Record<string, never>);
}

/** What the world keeps in place of a sensitive value: enough to see a change, not enough to leak. */
export function digest(value: Value): string {
  return `sha256:${createHash("sha256").update(JSON.stringify(value)).digest("hex")}`;
}
