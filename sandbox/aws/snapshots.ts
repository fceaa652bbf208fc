/** What stays of a database or cache that is deleted, and of which nobody disposes but by hand. */
import type { Context } from "../model.ts";
import { Refusal } from "../model.ts";
import type { WorldObject } from "../world.ts";
import { arn } from "./network.ts";

const KINDS = {
  rds: {
    type: "aws:rds/snapshot:Snapshot",
    taken: (name: string) =>
      new Refusal(
        "DBSnapshotAlreadyExists",
        `Cannot create the snapshot because a snapshot with the identifier ${name} already exists.`,
      ),
  },
  elasticache: {
    type: "aws:elasticache/snapshot:Snapshot",
    taken: (name: string) => new Refusal("SnapshotAlreadyExistsFault", `Snapshot ${name} already exists.`),
  },
} as const;

/** @throws {Refusal} where there is one of that name */
export function keepSnapshot(
  service: keyof typeof KINDS,
  name: string,
  { id: source, inputs }: WorldObject,
  { world, caller }: Context,
): void {
  const { account, region } = caller;
  const { type, taken } = KINDS[service];
  if (world.get(type, name, account)) throw taken(name);
  const computed = { arn: arn(service, caller, `snapshot:${name}`), region };
  const own = { name, source, kmsKeyId: inputs.kmsKeyId ?? "" };
  world.put({ type, id: name, account, region, inputs: own, computed, readyAt: world.clock, estate: false });
}
