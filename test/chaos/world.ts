/** What must hold of the sandbox's world and of Pulumi's states once a command has come to its end. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { WorldObject } from "../../sandbox/client.ts";
import { assertAsBefore } from "../end-to-end/support/as-before.ts";
import type { Clone } from "../end-to-end/support/clone.ts";

export async function madeIn(clone: Clone): Promise<WorldObject[]> {
  return (await clone.sandbox.world("demo")).objects.filter(({ estate }) => !estate);
}

/** Everything that programs made, by what stays the same from one world to the next: type and physical name, not ids. */
export function inventory(objects: readonly WorldObject[]): string[] {
  return objects.map(({ type, id, account, inputs }) => `${type} ${placeOf(account)} ${nameOf(id, inputs)}`).sort();
}

/** A Kubernetes object's account is its API server's URL, which is another one in each world. */
const placeOf = (account: string): string => (/^\d{12}$/.test(account) ? account : "cluster");

/** Names that Pulumi gave end in hex digits of its own; what has no name is told by its arguments, less the ids in them. */
function nameOf(id: string, inputs: WorldObject["inputs"]): string {
  const { name, tags, metadata } = inputs as {
    readonly name?: unknown;
    readonly tags?: { readonly Name?: unknown } | null;
    readonly metadata?: { readonly name?: unknown; readonly namespace?: unknown } | null;
  };
  const known = metadata ? JSON.stringify([metadata.namespace, metadata.name]) : (tags?.Name ?? name);
  const text = typeof known === "string" ? known : JSON.stringify(inputs);
  return text.replace(/-[0-9a-f]{4,}(?![0-9a-z])/g, "-#").replace(/[0-9a-f]{16,}/g, "#") || id;
}

/** Each stack's things are in the world, none is another's as well, and nothing is pending. That nothing is orphaned, the inventory tells. */
export async function assertAccounted(clone: Clone): Promise<void> {
  const made = (await madeIn(clone)).map(({ type, id }) => `${type} ${id}`);
  const states = statesOf(clone);
  assert.deepEqual(
    states.flatMap(({ pending }) => pending),
    [],
    "nothing is pending",
  );
  const owned = states.flatMap((state) => state.owned);
  assert.deepEqual(
    owned.filter((one) => !made.includes(one)),
    [],
    "nothing is lost",
  );
  assert.deepEqual(
    owned.filter((one, index) => owned.indexOf(one) !== index),
    [],
    "nothing is in two states",
  );
}

/** As before any program: the estate, to the letter. */
export async function assertEstate(clone: Clone): Promise<void> {
  const { objects } = await clone.sandbox.world("demo");
  assert.deepEqual(inventory(objects.filter(({ estate: stood }) => !stood)), [], "nothing of ours is left");
  await assertAsBefore(clone);
  assert.deepEqual(
    statesOf(clone).flatMap(({ owned, pending }) => [...owned, ...pending]),
    [],
  );
}

interface StackState {
  readonly owned: readonly string[];
  readonly pending: readonly string[];
}

interface Checkpoint {
  readonly checkpoint: {
    readonly latest?: {
      readonly resources?: readonly { readonly type: string; readonly id?: string; readonly external?: boolean }[];
      readonly pending_operations?: readonly { readonly type: string; readonly resource: { readonly urn: string } }[];
    };
  };
}

/** Pulumi's own resources, such as providers and references, are in no world. */
function statesOf({ folder }: Clone): StackState[] {
  return globSync(".sandbox/state/.pulumi/stacks/*/*.json", { cwd: folder }).map((file) => {
    const { checkpoint } = JSON.parse(readFileSync(join(folder, file), "utf8")) as Checkpoint;
    const { resources = [], pending_operations: pending = [] } = checkpoint.latest ?? {};
    return {
      owned: resources.flatMap(({ type, id, external }) =>
        id === undefined || external === true || type.startsWith("pulumi:") ? [] : [`${type} ${id}`],
      ),
      pending: pending.map(({ type, resource }) => `${type} ${resource.urn}`),
    };
  });
}
