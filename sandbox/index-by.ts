import type { WorldObject } from "./world.ts";

/** Objects by some text, oldest first. */
export class IndexBy {
  readonly #textsOf: (object: WorldObject) => readonly unknown[];
  readonly #objects = new Map<string, Set<WorldObject>>();

  /** @param textsOf what an object is found by, fixed for its life; what is no text finds nothing */
  constructor(textsOf: (object: WorldObject) => readonly unknown[]) {
    this.#textsOf = textsOf;
  }

  all(text: string): WorldObject[] {
    return [...(this.#objects.get(text) ?? [])];
  }

  count(text: string): number {
    return this.#objects.get(text)?.size ?? 0;
  }

  add(object: WorldObject): void {
    for (const text of this.#of(object)) {
      const known = this.#objects.get(text);
      if (known) known.add(object);
      else this.#objects.set(text, new Set([object]));
    }
  }

  remove(object: WorldObject): void {
    for (const text of this.#of(object)) {
      const known = this.#objects.get(text);
      known?.delete(object);
      if (known?.size === 0) this.#objects.delete(text);
    }
  }

  #of(object: WorldObject): readonly string[] {
    return this.#textsOf(object).filter((text) => typeof text === "string");
  }
}
