/** What commands answer in JSON of an environment's stacks, and what then stands in the demo's world. */
import assert from "node:assert/strict";
import type { WorldObject } from "../../../sandbox/world.ts";
import type { Clone } from "./clone.ts";

export interface StackAnswer {
  readonly stack: string;
  readonly result: string;
  readonly changes: Readonly<Record<string, number>>;
  readonly findings?: readonly unknown[];
}

/** The stacks of a command that has to go well. */
export async function report(clone: Clone, ...args: string[]): Promise<readonly StackAnswer[]> {
  const { code, out, err } = await clone.corpai(...args, "--json");
  assert.equal(code, 0, out + err);
  return (JSON.parse(out) as { readonly stacks: readonly StackAnswer[] }).stacks;
}

/** All of a type that programs have made. */
export async function madeOf(clone: Clone, type: string): Promise<readonly WorldObject[]> {
  const { objects } = await clone.sandbox.world("demo");
  return objects.filter((object) => object.type === type && !object.estate);
}
