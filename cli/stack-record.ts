import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Engine } from "./engine.ts";

/** A provider alone is no key yet. */
const KEY = /^(encryptionsalt|encryptedkey):/m;

/**
 * Makes a stack's record in the backend.
 *
 * Pulumi writes a new key into the stack's file where the old one does not fit the backend or the passphrase, and what was encrypted before is lost. A
 * file that has a key stays as it is; one that has none yet gets one, as with plain Pulumi.
 *
 * @throws {Error} where the file would have changed
 */
export async function stackRecord(engine: Engine, folder: string, stack: string): Promise<void> {
  const file = join(folder, "environments", `Pulumi.${stack}.yaml`);
  const before = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  await engine.init(stack);
  if (before === undefined || !KEY.test(before) || readFileSync(file, "utf8") === before) return;
  writeFileSync(file, before);
  throw new Error(
    `${stack}: this backend or passphrase does not go with the key in ${file}, which is left as it was. Log in to the backend that the stack belongs to, or set PULUMI_CONFIG_PASSPHRASE.`,
  );
}
