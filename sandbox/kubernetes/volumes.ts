/** What volumes from ConfigMaps and Secrets hold, and what keeps containers from starting where they are not there. */
import { record, records, text } from "../values.ts";
import type { Properties } from "../wire.ts";
import type { World, WorldObject } from "../world.ts";
import { found, namespaceOf } from "./objects.ts";

/** Volumes of a pod whose objects are not there. */
export function unmounted(world: World, owner: WorldObject, spec: Properties): string[] {
  return records(spec.volumes).flatMap(({ configMap, secret }) => {
    const [kind, name] =
      configMap === undefined
        ? (["Secret", text(record(secret).secretName)] as const)
        : (["ConfigMap", text(record(configMap).name)] as const);
    if (name === undefined) return [];
    return found(world, `kubernetes:core/v1:${kind}`, owner.account, namespaceOf(owner), name)
      ? []
      : [`${kind.toLowerCase()} "${name}" not found`];
  });
}

/** A file of a ConfigMap, as a container sees it at a path; undefined where it has none there. */
export function fileAt(
  world: World,
  owner: WorldObject,
  spec: Properties,
  container: Properties,
  path: string,
): string | undefined {
  const mount = records(container.volumeMounts).find(({ mountPath }) => path.startsWith(`${text(mountPath) ?? ""}/`));
  const volume = mount && records(spec.volumes).find(({ name }) => name === mount.name);
  if (!volume) return undefined;
  const { name, items } = record(volume.configMap);
  const inside = path.slice((text(mount.mountPath) ?? "").length + 1);
  const chosen = records(items).find((item) => item.path === inside);
  const key = items === undefined ? inside : text(chosen?.key);
  const map = found(world, "kubernetes:core/v1:ConfigMap", owner.account, namespaceOf(owner), text(name) ?? "");
  return key === undefined ? undefined : text(record(map?.inputs.data)[key]);
}
