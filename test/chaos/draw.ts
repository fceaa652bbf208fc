import { createHash } from "node:crypto";

/** Draws that follow from a seed and what they are for alone, so that a run can be repeated without those before it. */
export interface Draw {
  /** From 0 to less than 1. */
  fraction(): number;
  /** An integer from 0 to less than the bound. */
  below(bound: number): number;
  one<T>(list: readonly T[]): T;
}

export function drawOf(...seeds: readonly (string | number)[]): Draw {
  let count = 0;
  const fraction = (): number => {
    const digest = createHash("sha256")
      .update([...seeds, (count += 1)].join("\n"))
      .digest();
    return digest.readUInt32BE() / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(fraction() * bound);
  return {
    fraction,
    below,
    one: (list) => {
      const drawn = list[below(list.length)];
      if (drawn === undefined) throw new Error("nothing to draw from");
      return drawn;
    },
  };
}
