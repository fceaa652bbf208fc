import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/**
 * The secrets provider that a stack's file names; undefined for a passphrase, and where there is no file.
 *
 * `pulumi stack init` has to be told: on a backend of one's own it takes a passphrase otherwise, and writes that over the file's provider and key, after
 * which nobody can decrypt the file's secrets any more (tried).
 *
 * @param folder the project's
 */
export function secretsProviderOf(folder: string, stack: string): string | undefined {
  const file = join(folder, "environments", `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) return undefined;
  return (parse(readFileSync(file, "utf8")) as { readonly secretsprovider?: string } | null)?.secretsprovider;
}
