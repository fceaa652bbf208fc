/** The way of a pod to a database or cache: to its network interfaces, and through its login. */
import type { Actor } from "../aws/policies.ts";
import type { Store } from "../aws/stores.ts";
import type { Source, Step, Walk } from "../path.ts";
import { Blocked, arrive, leave, mayResolve, walked } from "../path.ts";
import type { World } from "../world.ts";

export interface StoreVisit {
  readonly world: World;
  readonly source: Source;
  readonly host: string;
  readonly port: number;
  readonly store: Store;
}

/** Up to the store's port. */
function reach({ world, source, host, port, store }: StoreVisit, step: Step): void {
  const client = `client ${source.ip}`;
  const { id, doors } = store;
  step("dns", client, host, port, () => {
    mayResolve(source);
    if (store.vpcId !== source.vpcId)
      throw new Blocked(`${host} is in ${store.vpcId}, to which ${source.vpcId} has no route`);
    return [undefined, `${host} resolves to ${doors.map(({ ip }) => ip).join(", ")} of ${id}`];
  });
  leave(world, source, { name: id, doors, port }, step);
  step("store-group", client, id, port, () => arrive(world, source, { name: id, doors, port }));
}

/** To the store's port, and, as somebody, through its login. @param identity whose permissions the pod has, or why it has none */
export function visit(
  visited: StoreVisit,
  login?: { readonly user: string; readonly database: string | undefined; readonly identity: Actor | string },
): Walk {
  return walked((step) => {
    reach(visited, step);
    if (!login) return;
    const { store, source, port } = visited;
    step("login", `client ${source.ip}`, store.id, port, () => {
      if (typeof login.identity === "string") throw new Blocked(`no IAM credentials: ${login.identity}`);
      const refusal = store.refuses({ user: login.user, database: login.database, as: login.identity });
      if (refusal !== undefined) throw new Blocked(refusal);
      return [undefined, `${store.id} lets ${login.user} in by role ${login.identity.role}`];
    });
  });
}
