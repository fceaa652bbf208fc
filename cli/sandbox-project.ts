import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse, stringify } from "yaml";
import type { SandboxHome } from "../sandbox/client.ts";
import { withNamedSecrets } from "../stacks/environment.ts";
import { PassphraseCrypter } from "./passphrase.ts";

const PLACEHOLDER = "sandbox-placeholder";

/** What of a stack's file is copied. */
interface StackFile {
  readonly config?: Readonly<Record<string, unknown>>;
}

/**
 * A project beside the real one, whose stacks run in the sandbox: the same programs, a copy of the environment's configuration without its secrets
 * provider, and a made-up value for each secret, those that are named but not set included.
 *
 * The real files cannot serve: on the sandbox's backend, `stack init` would rewrite their key, and nothing here may decrypt a real secret.
 *
 * @param passphrase the sandbox's public one
 * @returns the project's folder
 * @throws {Error} where no estate file says what stands in this environment
 */
export function generateProject(
  environment: string,
  { root, folder, estates }: SandboxHome,
  passphrase: string,
): string {
  const estate = join(estates, `${environment}.yaml`);
  if (!existsSync(estate)) {
    throw new Error(
      `${environment} has no estate, so the sandbox does not know what stands in AWS before any program runs. Write ${relative(root, estate)}: accounts with their AZs, the VPCs, instances and roles that the configuration names; ${relative(root, join(estates, "demo.yaml"))} is an example.`,
    );
  }
  const project = join(folder, "projects", environment);
  const copies = join(project, "environments");
  const crypter = crypterOf(join(project, "encryptionsalt"), passphrase);
  rmSync(copies, { recursive: true, force: true });
  mkdirSync(copies, { recursive: true });

  const { name, runtime, main } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
    readonly name: string;
    readonly runtime: unknown;
    readonly main: string;
  };
  writeFileSync(
    join(project, "Pulumi.yaml"),
    stringify({ name, runtime, main: relative(project, join(root, main)), stackConfigDir: "environments" }),
  );
  for (const file of readdirSync(join(root, "environments")).filter(
    (name) => name.split(".")[2] === environment && name.startsWith("Pulumi."),
  )) {
    const { config = {} } = parse(readFileSync(join(root, "environments", file), "utf8")) as StackFile;
    writeFileSync(
      join(copies, file),
      // Pulumi's parser takes some text for a time or a number where this one would write it without quotes.
      stringify(
        {
          config: withNamedSecrets(withPlaceholders(config, crypter), () => placeholder(crypter)),
          encryptionsalt: crypter.encryptionSalt,
        },
        { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" },
      ),
    );
  }
  return project;
}

/** One salt for as long as the project lives: what the stacks' states hold is encrypted with it. */
function crypterOf(file: string, passphrase: string): PassphraseCrypter {
  if (existsSync(file)) return new PassphraseCrypter(passphrase, readFileSync(file, "utf8"));
  const crypter = new PassphraseCrypter(passphrase);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, crypter.encryptionSalt);
  return crypter;
}

const placeholder = (crypter: PassphraseCrypter): object => ({ secure: crypter.encrypt(PLACEHOLDER) });

function withPlaceholders(
  config: Readonly<Record<string, unknown>>,
  crypter: PassphraseCrypter,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, made(value)]));

  function made(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(made);
    if (typeof value !== "object" || value === null) return value;
    if ("secure" in value && Object.keys(value).length === 1) return placeholder(crypter);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, made(inner)]));
  }
}
