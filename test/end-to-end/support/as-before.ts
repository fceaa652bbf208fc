import assert from "node:assert/strict";
import { join } from "node:path";
import { loadEstate } from "../../../sandbox/estate.ts";
import type { WorldObject } from "../../../sandbox/world.ts";
import type { Clone } from "./clone.ts";

/** Roles that AWS's services make for themselves, which stay when nothing needs them any more, as in AWS. */
const isServiceLinked = ({ type, inputs: { path } }: WorldObject): boolean =>
  type === "aws:iam/role:Role" && typeof path === "string" && path.startsWith("/aws-service-role/");

/** What a destroy has to leave: the world of the demo as its estate file says, to the letter. */
export async function assertAsBefore({ folder, sandbox }: Clone): Promise<void> {
  const { objects } = await sandbox.world("demo");
  const { objects: estate } = loadEstate(join(folder, "sandbox/estates/demo.yaml"));
  const plain = (all: readonly WorldObject[]): unknown => JSON.parse(JSON.stringify(all));
  assert.deepEqual(plain(objects.filter((one) => !isServiceLinked(one))), plain(estate), "the estate is as it was");
}
