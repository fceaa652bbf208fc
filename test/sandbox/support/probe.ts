/** A client that asks for a service again and again while others change the world: after every single change, so that no moment is missed. */
import type { World } from "../../../sandbox/world.ts";

export interface Probe {
  /** How often it asked. */
  readonly asked: number;
  /** What stood in its way, each time that something did. */
  readonly refused: readonly string[];
  stop(): void;
}

/** @param ask answers what stands in the way at the moment; nothing where packets pass */
export function probe(world: World, ask: () => readonly string[]): Probe {
  const state = { asked: 0, refused: [] as string[] };
  const own = { put: world.put.bind(world), remove: world.remove.bind(world), changed: world.changed.bind(world) };
  const look = (): void => {
    state.asked += 1;
    state.refused.push(...ask());
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
