import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { StackProblem } from "../model/problem.ts";
import type { Environment } from "../stacks/environment.ts";

/**
 * The secrets provider that a stack's file names; undefined for a passphrase, and where there is no file.
 *
 * `pulumi stack init` has to be told: on a backend of one's own it takes a passphrase otherwise, and writes that over the file's provider and key, after
 * which nobody can decrypt the file's secrets any more (tried).
 *
 * @param folder the project's
 */
export function secretsProviderOf(folder: string, stack: string): string | undefined {
  return secretsKeyOf(folder, stack).secretsprovider;
}

interface SecretsKey {
  readonly secretsprovider?: string;
  /** Written beside a passphrase only. */
  readonly encryptionsalt?: string;
}

function secretsKeyOf(folder: string, stack: string): SecretsKey {
  const file = join(folder, "environments", `Pulumi.${stack}.yaml`);
  return existsSync(file) ? ((parse(readFileSync(file, "utf8")) as SecretsKey | null) ?? {}) : {};
}

/**
 * What keeps production's secrets under a passphrase, or would: whoever has read the repository may try passphrases for as long as they like, and nobody
 * can see them do it, take it away from one person, or renew it.
 *
 * @param backend its URL; Pulumi Cloud has a key of its own for each stack
 */
export function passphraseProblems(
  { class: kind, stacks }: Pick<Environment, "class" | "stacks">,
  { folder, backend }: { readonly folder: string; readonly backend: string },
): StackProblem[] {
  if (kind !== "prod") return [];
  const keptByService = /^https?:/.test(backend);
  return stacks.flatMap(({ name }): StackProblem[] => {
    const { secretsprovider = "", encryptionsalt } = secretsKeyOf(folder, name);
    const [provider = ""] = secretsprovider.split(":");
    const byPassphrase =
      encryptionsalt !== undefined || provider === "passphrase" || (provider === "" && !keptByService);
    if (!byPassphrase) return [];
    return [
      {
        stack: name,
        property: "secretsprovider",
        given: encryptionsalt === undefined && provider === "" ? "nothing, which means a passphrase" : "a passphrase",
        allowed: "a key that AWS KMS or Pulumi Cloud keeps, in environments of class prod",
        wayOut: `Move it to a key: pulumi stack change-secrets-provider -s ${name} 'awskms://alias/NAME?region=REGION'.`,
      },
    ];
  });
}
