/** The variables of a container, and what keeps it from starting. */
import { record, records, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { found, namespaceOf } from "./objects.ts";

/** In place of a value that only a Secret knows. */
export const SECRET_VALUE = "[secret]";

/** A container's variables as its process sees them, and what keeps the container from starting. */
export function environment(
  world: World,
  owner: WorldObject,
  container: Properties,
): { readonly values: Record<string, string>; readonly missing: readonly string[] } {
  const namespace = namespaceOf(owner);
  const values: Record<string, string> = {};
  const missing: string[] = [];
  const from = (kind: "Secret" | "ConfigMap", { name, optional }: Properties): Record<string, string> | undefined => {
    const object = found(world, `kubernetes:core/v1:${kind}`, owner.account, namespace, text(name) ?? "");
    if (!object && optional !== true) missing.push(`${kind.toLowerCase()} "${text(name)}" not found`);
    const data = object && { ...record(object.inputs.data), ...record(object.inputs.stringData) };
    return (
      data &&
      Object.fromEntries(
        Object.entries(data).map(([key, value]) => [key, kind === "Secret" ? SECRET_VALUE : String(value)]),
      )
    );
  };
  for (const { prefix, secretRef, configMapRef } of records(container.envFrom)) {
    const data = secretRef === undefined ? from("ConfigMap", record(configMapRef)) : from("Secret", record(secretRef));
    for (const [key, value] of Object.entries(data ?? {})) values[`${text(prefix) ?? ""}${key}`] = value;
  }
  for (const { name, value, valueFrom } of records(container.env)) {
    const variable = text(name) ?? "";
    const source = record(valueFrom);
    if (valueFrom === undefined) {
      values[variable] = text(value) ?? "";
      continue;
    }
    const [kind, reference] =
      source.secretKeyRef === undefined
        ? (["ConfigMap", source.configMapKeyRef] as const)
        : (["Secret", source.secretKeyRef] as const);
    if (reference === undefined) {
      values[variable] = `[${Object.keys(source)[0]}]`;
      continue;
    }
    const data = from(kind, record(reference));
    const key = text(record(reference).key) ?? "";
    if (data?.[key] !== undefined) values[variable] = data[key];
    else if (data && record(reference).optional !== true)
      missing.push(`couldn't find key ${key} in ${kind} ${namespace}/${text(record(reference).name)}`);
  }
  return { values, missing };
}
