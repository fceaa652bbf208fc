/** A client that asks for a service again and again while others change the world: after every single change, so that no moment is missed. */
import { type Source, walk } from "../../../sandbox/path.ts";
import type { World } from "../../../sandbox/world.ts";

export interface Probe {
  /** How often it asked. */
  readonly asked: number;
  /** What stood in its way, each time that something did. */
  readonly refused: readonly string[];
  stop(): void;
}

/** @param ask where the client goes at the moment: a pod's host may change */
export function probe(
  world: World,
  ask: () => { readonly source: Source; readonly host: string; readonly port: number },
): Probe {
  const state = { asked: 0, refused: [] as string[] };
  const own = { put: world.put.bind(world), remove: world.remove.bind(world), changed: world.changed.bind(world) };
  const look = (): void => {
    const { source, host, port } = ask();
    const { blockedAt, hops } = walk(world, source, host, port);
    state.asked += 1;
    if (blockedAt) state.refused.push(`${blockedAt}: ${hops.at(-1)?.because}`);
  };
  world.put = (...given) => {
    own.put(...given);
    look();
  };
  world.remove = (...given) => {
    own.remove(...given);
    look();
  };
  world.changed = () => {
    own.changed();
    look();
  };
  look();
  return {
    get asked() {
      return state.asked;
    },
    get refused() {
      return state.refused;
    },
    stop: () => void Object.assign(world, own),
  };
}
